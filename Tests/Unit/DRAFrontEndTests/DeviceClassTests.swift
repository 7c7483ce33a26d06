import JSONText
import ResourcePools
import Testing

@testable import DRAFrontEnd

@Suite("DeviceClasses") struct DeviceClassTests {
  @Test func oneForEachResource() throws {
    let pools = try Pools.configs(
      """
      {"resourceList":[
        {"resourceName":"net","nodeNames":["a"],"selectors":{}}, {"resourceName":"net","nodeNames":["b"],"selectors":{}},
        {"resourceName":"ATOM","resourcePrefix":"rebellions.ai","deviceType":"accelerator","selectors":{}}]}
      """)
    let classes = DeviceClass.all(of: pools, driver: .standard)
    #expect(classes.map(\.name) == ["net.intel.com", "atom.rebellions.ai"])
    #expect(classes[1].json.text().contains(#""extendedResourceName":"rebellions.ai/ATOM""#))
  }

  /// What a device lacks must not end the allocation.
  @Test func theExpressionIsGuarded() throws {
    let expression = DeviceClass(of: ResourceName(prefix: "intel.com", name: "net"), driver: .standard).expression
    let guarded = #""resourceName" in device.attributes["k8s.cni.cncf.io"] && "#
    #expect(
      expression == #"device.driver == "devicepool" && "# + guarded
        + #"device.attributes["k8s.cni.cncf.io"].resourceName == "intel.com/net""#)
  }
}

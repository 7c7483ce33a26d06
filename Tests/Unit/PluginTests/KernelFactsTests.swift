import HostInventory
import Netlink
import ResourcePools
import Testing

@testable import Agent

@Suite("Facts that netlink tells") struct KernelFactsTests {
  private func wants(_ selectors: String) throws -> RequiredFacts {
    let (config, problems) = PluginConfig.decode(
      Array(#"{"resourceList":[{"resourceName":"a","selectors":\#(selectors)}]}"#.utf8), file: "c",
      defaults: ConfigDefaults(resourcePrefix: "intel.com", strictUnknownKeys: false, node: .any))
    return RequiredFacts(try #require(config, "\(problems)"))
  }

  /// Each question costs an exchange for each device, and some ask the firmware.
  @Test func nobodyIsAskedForWhatNoPoolWants() throws {
    let function = DevlinkDevice(bus: "pci", name: "0000:3b:00.0")
    let subfunction = DevlinkDevice(bus: "auxiliary", name: "mlx5_core.sf.4")
    let plain = try wants("{}")
    #expect(KernelFactsReader.questions(about: function, plain) == .eswitchMode)
    #expect(KernelFactsReader.questions(about: subfunction, plain).isEmpty)
    let rdma = try wants(#"{"isRdma":true}"#)
    #expect(KernelFactsReader.questions(about: function, rdma) == [.eswitchMode, .enableRDMA])
    #expect(KernelFactsReader.questions(about: subfunction, rdma) == .enableRDMA)
    let profiles = try wants(#"{"ddpProfiles":["x"]}"#)
    #expect(KernelFactsReader.questions(about: function, profiles) == [.eswitchMode, .firmwareAppName])
    #expect(KernelFactsReader.questions(about: DevlinkDevice(bus: "netdevsim", name: "netdevsim1"), rdma).isEmpty)
  }

  @Test func factsOfFunctionsAndOfSubfunctions() {
    var facts = KernelFacts.none
    for (bus, name) in [("pci", "0000:3b:00.0"), ("auxiliary", "mlx5_core.sf.4"), ("pci", "no address")] {
      KernelFactsReader.add(
        DevlinkFact(
          device: DevlinkDevice(bus: bus, name: name), eswitchMode: "legacy", enableRDMA: true, firmwareAppName: nil),
        to: &facts)
    }
    #expect(facts.devlink.keys.map(\.description) == ["0000:3b:00.0"])
    #expect(facts.auxiliaryDevlink["mlx5_core.sf.4"]?.enableRDMA == true)
    #expect(facts.auxiliaryDevlink.count == 1)
  }
}

import Agent
import DRAFrontEnd
import JSONText
import KubeletAPI
import KubeletSimulator
import ResourcePools

/// The part of a rehearsal that Dynamic Resource Allocation serves: the daemon's slices, and claims that are allocated of them
/// and prepared.
struct SimulatedClaims {
  private let controlPlane: ControlPlaneSimulator
  private let kubelet: KubeletSimulator
  private let driver: String
  private let specs: String
  /// Devices that have to be published, by resource.
  private let expected: [String: Int]
  /// How many of all of them should be without a taint.
  private let healthy: Int

  init(_ options: Options, _ kubelet: KubeletSimulator, pools: [ResourcePool]) throws(SimulatorError) {
    controlPlane = try ControlPlaneSimulator(socket: options.apiSocket)
    self.kubelet = kubelet
    driver = options.draDriver.description
    specs = "\(options.runDirectory ?? "/var/run")/cdi"
    let published = pools.map { PublishedPool($0, node: options.nodeName, driver: options.draDriver) }
    expected = Dictionary(
      published.map { ("\($0.resource)", $0.devices.count) }, uniquingKeysWith: { first, _ in first })
    healthy = published.flatMap(\.devices).count { $0.device.taint == nil }
  }

  func stop() { controlPlane.stop() }

  func serve(_ resource: String) -> Bool { expected[resource] != nil }

  /// How many claims each resource can serve, once the driver is registered and its devices are published; nil when that
  /// does not come to pass.
  func capacities() async -> [String: Int]? {
    let total = expected.values.reduce(0, +)
    let patience = Simulation.patience(units: total)
    let slices = await controlPlane.slices(within: patience) { Self.devices($0).count == total }
    // As on the device plugin's side: a device may turn Unhealthy a moment after the start.
    _ = await controlPlane.slices(within: Simulation.settling) { [healthy] slices in
      Self.devices(slices).count { $0["taints"] == nil } == healthy
    }
    guard slices != nil, await kubelet.hasDriver(driver, within: patience) else { return nil }
    return expected.keys.reduce(into: [:]) { $0[$1] = controlPlane.capacity(of: $1) }
  }

  private static func devices(_ slices: [JSONValue]) -> [JSONValue] {
    slices.flatMap { $0["spec"]?["devices"]?.array ?? [] }
  }

  /// A claim for the request, prepared, and the container of a pod that has it.
  func container(for request: ResourceRequest) async throws(SimulatorError) -> ContainerView {
    let claim = try controlPlane.allocate([request])
    let prepared = try await kubelet.prepare([claim], by: driver)
    return try ContainerView(named: "app", of: prepared, specs: specs)
  }
}

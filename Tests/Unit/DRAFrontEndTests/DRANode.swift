import DRAFrontEnd
import Effects
import Foundation
import GRPC
import HostInventory
import JSONText
import KubeletAPI
import KubeletSimulator
import KubeletState
import Logging
import ResourcePools
import TestSupport
import Testing

/// A node whose pool DRA serves: kubelet on the one side, the API helper on the other, each on its real socket. Its files
/// outlive the front end, as in a restart.
final class DRANode: Sendable {
  static let net = "intel.com/net"
  static let driver = "devicepool"

  let directory: TemporaryDirectory
  let machine: MachineTree
  let partition: PoolPartition
  let snapshot: HostSnapshot
  let queue: CompletionQueue
  let kubelet: KubeletSimulator
  let controlPlane: ControlPlaneSimulator

  private init(_ config: String, machine name: String, versions: Set<DRAMethod.Version>) throws {
    directory = try TemporaryDirectory()
    machine = try MachineTree(named: name)
    let (inventory, _) = machine.read()
    partition = PoolPartition(inventory: inventory, pools: try Pools.configs(config))
    snapshot = HostSnapshot(root: machine.root, kernel: machine.kernel, inventory: inventory)
    queue = CompletionQueue()
    for name in ["k/plugins_registry", "run/cdi", "run/devinfo"] {
      try FileManager.default.createDirectory(atPath: directory[name], withIntermediateDirectories: true)
    }
    var settings = SimulatorSettings()
    settings.retryPause = .milliseconds(20)
    settings.draVersions = versions
    kubelet = KubeletSimulator(queue: queue, directory: KubeletDirectory(directory["k"]), settings: settings) { _ in }
    controlPlane = try ControlPlaneSimulator(socket: directory["api.sock"])
  }

  private static let netConfig =
    #"{"resourceList":[{"resourceName":"net","serve":"dra","selectors":{"drivers":["iavf"]}}]}"#

  /// Takes everything down in the right order.
  static func with(
    _ config: String = netConfig, machine: String = "intel-e810-x710",
    versions: Set<DRAMethod.Version> = [.v1, .v1beta1], _ body: (DRANode) async throws -> Void
  ) async throws {
    let node = try DRANode(config, machine: machine, versions: versions)
    var failure: (any Error)?
    do {
      try node.kubelet.start()
      try await body(node)
    } catch {
      failure = error
    }
    node.controlPlane.stop()
    await node.kubelet.stop()
    node.queue.shutdown()
    if let failure { throw failure }
  }

  var pool: ResourcePool { partition.pools[0] }

  /// Short ones, for tests that wait for what happens after them.
  static let shortPauses = {
    var pauses = DRAContext.Pauses()
    pauses.helper = .milliseconds(50)
    pauses.idle = .milliseconds(50)
    return pauses
  }()

  /// The front end of a new daemon.
  func start(_ pauses: DRAContext.Pauses = DRAContext.Pauses()) async -> DRAFrontEnd {
    let kubelet = KubeletDirectory(directory["k"])
    let effects = AllocationEffects(
      deviceInfoDirectory: directory["run/devinfo"], cdiDirectory: nil, reset: FunctionReset(root: machine.root),
      rsdGroups: RSDGroups(lockPath: directory["lock"]))
    let frontEnd = DRAFrontEnd(
      DRAContext(
        driver: .standard, node: "node1", queue: queue, kubelet: kubelet, effects: effects,
        assignments: PodAssignments(kubelet: kubelet, queue: queue), cdiDirectory: directory["run/cdi"],
        deviceInfoDirectory: directory["run/devinfo"], helperSocket: directory["api.sock"], helperUser: 65532,
        pauses: pauses),
      log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    await frontEnd.apply(partition, snapshot: snapshot)
    return frontEnd
  }

  /// The same, once kubelet and the helper are there.
  func serve(_ pauses: DRAContext.Pauses = DRAContext.Pauses()) async throws -> DRAFrontEnd {
    let frontEnd = await start(pauses)
    try await served(frontEnd)
    return frontEnd
  }

  func served(_ frontEnd: DRAFrontEnd) async throws {
    try #require(await kubelet.hasDriver(Self.driver, within: .seconds(10)))
    let end = ContinuousClock.now + .seconds(10)
    while let obstacle = await frontEnd.obstacle() {
      try #require(ContinuousClock.now < end, "\(obstacle)")
      try await Task.sleep(for: .milliseconds(10))
    }
    try #require(await controlPlane.slices(within: .seconds(10)) != nil)
  }

  func claim(_ resource: String = DRANode.net, count: Int = 1, parameters: JSONValue? = nil) throws -> ClaimReference {
    try controlPlane.allocate([ResourceRequest(resource: resource, count: count)], parameters: parameters)
  }

  @discardableResult
  func prepare(_ claim: ClaimReference) async throws -> PreparedClaim {
    try #require(try await kubelet.prepare([claim], by: Self.driver).first)
  }

  func unprepare(_ claim: ClaimReference) async throws { try await kubelet.unprepare([claim], by: Self.driver) }

  /// Why the claim is not prepared.
  func refusal(_ claim: ClaimReference) async -> String {
    do {
      try await prepare(claim)
      return "prepared"
    } catch { return "\(error)" }
  }

  func files(in name: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory[name])) ?? []).sorted()
  }

  /// Whether both of kubelet's sockets are there.
  var hasSockets: Bool {
    !files(in: "k/plugins_registry").isEmpty && files(in: "k/plugins/devicepool").contains("dra.sock")
  }

  /// Whether neither is there.
  var hasNoSocket: Bool {
    files(in: "k/plugins_registry").isEmpty && !files(in: "k/plugins/devicepool").contains("dra.sock")
  }

  var checkpoint: String { directory["k/plugins/devicepool/claims.json"] }
}

extension DRAFrontEnd {
  /// Why claims are not served; nil when they are.
  func obstacle() async -> String? {
    guard let status = await status().first else { return nil }
    if let obstacle = status.obstacle { return obstacle }
    if case .fails(let reason)? = status.helper { return reason }
    return nil
  }
}

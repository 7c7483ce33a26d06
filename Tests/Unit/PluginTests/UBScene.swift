import Foundation
import GRPC
import HostInventory
import KubeletAPI
import KubeletSimulator
import Linux
import Synchronization
import TestSupport

/// The daemon as a process on a node with UB devices: kubelet, UBS engine, container runtime and the kernel's UB core
/// are played, network namespaces are real.
///
/// The daemon is the program that operators run. Only its environment tells it apart: a preloaded library makes libnl
/// speak to the played UB core.
final class UBScene: Sendable {
  static let resource = "unifiedbus.com/ub_net_device"

  /// Why such a scene can't be set, or nil: it can.
  static let obstacle: String? = {
    if let obstacle = UBCorePeer.obstacle { return obstacle }
    if let obstacle = ProductProgram.obstacle { return obstacle }
    guard let directory = try? TemporaryDirectory(),
      let child = try? ChildProcess(["unshare", "--net", "true"], output: directory["log"]), child.wait() == 0
    else { return "no network namespace can be made; run the tests as root or under: unshare -Urn" }
    return nil
  }()

  private static let scenes = Atomic<UInt32>(0)

  let directory: TemporaryDirectory
  let kubeletDirectory: KubeletDirectory
  let kubelet: KubeletSimulator
  let queue = CompletionQueue()
  let core: UBCorePeer
  private let machine: MachineTree
  private let engine = Mutex<FakeUBSEngine?>(nil)
  private let runtime = Mutex<FakeContainerRuntime?>(nil)
  private let daemon = Mutex<ChildProcess?>(nil)
  private let pods = Mutex<[String: ChildProcess]>([:])
  private let netns: String
  private let ubse: String?
  private let names: String
  /// What takes privileges from the daemon before it starts: a command before its own.
  private let confinement: [String]
  /// More of the daemon's arguments.
  private let arguments: [String]

  static let devices: [FakeUBSEngine.Device] = (1...2).map { number in
    FakeUBSEngine.Device(
      "urma_\(number)",
      paths: ["bonding_dev_\(number)", "udma\(number)", "udma3\(number)"].map { "/dev/uburma/\($0)" })
  }
  static let kernelNames = ["udma1", "udma31", "bonding_dev_1", "udma2", "udma32", "bonding_dev_2"]

  /// Sets the scene, plays, and takes everything down again; the daemon's log is added to what `body` throws.
  static func play(
    core words: [String] = kernelNames, netns: String = #""reconcileSeconds":0"#,
    ubse: String? = #""dialect":"auto","pollSeconds":1"#, startEngine: Bool = true,
    names: String = "*", confinement: [String] = [], arguments: [String] = [], _ body: (UBScene) async throws -> Void
  ) async throws {
    let scene = try UBScene(
      core: words, netns: netns, ubse: ubse, names: names, confinement: confinement, arguments: arguments)
    do {
      if ubse != nil, startEngine { try scene.startEngine(.b, devices) }
      try scene.startRuntime()
      try scene.kubelet.start()
      try scene.startDaemon()
      try await body(scene)
    } catch {
      await scene.end()
      throw Failure(description: "\(error)\n\(scene.log)")
    }
    await scene.end()
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  private init(
    core words: [String], netns: String, ubse: String?, names: String, confinement: [String], arguments: [String]
  ) throws {
    self.arguments = arguments
    self.names = names
    self.confinement = confinement
    self.netns = netns
    self.ubse = ubse
    directory = try TemporaryDirectory()
    kubeletDirectory = KubeletDirectory(directory["kubelet"])
    try FileManager.default.createDirectory(
      atPath: kubeletDirectory.devicePlugins, withIntermediateDirectories: true)
    kubelet = KubeletSimulator(queue: queue, directory: kubeletDirectory, settings: SimulatorSettings()) { _ in }
    let number = Self.scenes.add(1, ordering: .relaxed).newValue
    core = try UBCorePeer(port: 0x6000_0000 | UInt32(getpid() & 0xFFFF) << 8 | number, words)
    machine = try MachineTree(named: "kunpeng-ub")
    for name in Self.kernelNames {
      try FileManager.default.createDirectory(
        atPath: machine.place("dev/uburma/\(name)"), withIntermediateDirectories: true)
    }
    // The host's own namespace is that of the played UB core: of this process.
    try show(process: 1, as: getpid())
  }

  /// Makes a process of this machine one of the scene's host.
  func show(process: pid_t, as shown: pid_t) throws {
    let proc = machine.place("proc")
    try FileManager.default.createDirectory(atPath: proc, withIntermediateDirectories: true)
    try? FileManager.default.removeItem(atPath: "\(proc)/\(process)")
    try FileManager.default.createSymbolicLink(atPath: "\(proc)/\(process)", withDestinationPath: "/proc/\(shown)")
  }

  // MARK: The parts

  func startEngine(_ dialect: FakeUBSEngine.Dialect, _ devices: [FakeUBSEngine.Device]) throws {
    let started = try FakeUBSEngine(at: directory["ubse.sock"], dialect: dialect, devices: devices)
    engine.withLock { $0 = started }
  }

  var ubsEngine: FakeUBSEngine? { engine.withLock { $0 } }
  func stopEngine() { engine.withLock { $0.take() }?.stop() }

  func startRuntime() throws {
    let started = try FakeContainerRuntime(at: directory["cri.sock"], queue: queue, pods: [])
    runtime.withLock { $0 = started }
  }

  var containerRuntime: FakeContainerRuntime? { runtime.withLock { $0 } }
  func stopRuntime() async { await runtime.withLock { $0.take() }?.stop() }

  func startDaemon() throws {
    let keys =
      #""netns":{"containerRuntimeEndpoint":"unix://\#(directory["cri.sock"])",\#(netns)}"#
      + (ubse.map { #","ubse":{"socket":"\#(directory["ubse.sock"])",\#($0)}"# } ?? "")
    try #"{"resourceList":[{"deviceType":"ubNetDevice","selectors":{"names":["\#(names)"]},\#(keys)}]}"#
      .write(toFile: directory["config.json"], atomically: true, encoding: .utf8)
    let child = try ChildProcess(
      confinement + [
        ProductProgram.path, "-config-file", directory["config.json"], "-kubelet-dir", kubeletDirectory.path,
        "-host-root",
        machine.root.path, "-registration", "direct", "-v", "5",
      ] + arguments, environment: core.environment, output: directory["log"])
    daemon.withLock { $0 = child }
  }

  /// Lets the daemon look at everything again.
  func lookAgain() { daemon.withLock { daemon in _ = daemon.map { kill($0.id, SIGHUP) } } }

  /// A file of the scene's host.
  func place(_ path: String) -> String { machine.place(path) }

  /// Ends the daemon as an operator does and returns its exit code.
  func stopDaemon() -> Int32? {
    daemon.withLock { daemon in
      guard let child = daemon.take() else { return nil }
      kill(child.id, SIGTERM)
      return child.wait()
    }
  }

  var log: String { (try? String(contentsOfFile: directory["log"], encoding: .utf8)) ?? "no log" }

  private func end() async {
    _ = stopDaemon()
    stopEngine()
    await stopRuntime()
    await kubelet.stop()
    queue.shutdown()
  }

  // MARK: Pods

  /// A network namespace for a pod's sandbox; returns the process that holds it, which `command` starts.
  @discardableResult
  func sandbox(_ name: String, command: [String] = []) async throws -> pid_t {
    let child = try ChildProcess(
      ["unshare", "--net"] + command + ["sleep", "infinity"], output: directory["sandbox-\(name)"])
    let isMade = await eventually { inode(of: child.id) != nil && inode(of: child.id) != inode(of: getpid()) }
    guard isMade else { throw Failure(description: "sandbox \(name) has no namespace of its own") }
    pods.withLock { $0[name] = child }
    try show(process: child.id, as: child.id)
    return child.id
  }

  func inode(ofSandbox name: String) -> UInt64? {
    pods.withLock { $0[name]?.id }.flatMap { inode(of: $0) }
  }

  /// Of the host's namespace.
  var home: UInt64? { inode(of: getpid()) }

  /// What the runtime tells of a pod that runs in that sandbox, as containerd does.
  func pod(
    _ uid: String, in sandbox: String, isReady: Bool = true, attempt: UInt32 = 0
  ) -> FakeContainerRuntime.Pod {
    let pid = pods.withLock { $0[sandbox]?.id } ?? 0
    return .init(sandbox: sandbox, uid: uid, name: uid, isReady: isReady, attempt: attempt, info: #"{"pid":\#(pid)}"#)
  }

  /// Admits a pod with one container, `app`, and one device; returns its nodes.
  @discardableResult
  func admit(_ uid: String, devices: Int = 1) async throws -> [String] {
    let container = Pod.Container(name: "app", requests: [ResourceRequest(resource: Self.resource, count: devices)])
    return try await kubelet.admit(Pod(uid: uid, name: uid, containers: [container])).flatMap(\.devices).map(\.hostPath)
  }

  /// A pod that was admitted and whose sandbox runs, with kubelet about to start its container.
  func waitingPod(_ uid: String, command: [String] = []) async throws -> [String] {
    _ = try await listed()
    let nodes = try await admit(uid)
    try await sandbox(uid, command: command)
    containerRuntime?.run([pod(uid, in: uid)])
    return nodes
  }

  /// Nothing can be read at the checkpoint's place from now on. A directory stays there, while a file that is removed comes
  /// back with kubelet's next checkpoint.
  func loseCheckpoint() throws {
    while mkdir(kubeletDirectory.checkpoint, 0o755) != 0 {
      guard errno == EEXIST else { throw Errno(errno) }
      unlink(kubeletDirectory.checkpoint)
    }
  }

  func start(_ uid: String, container: String = "app") async throws {
    try await kubelet.startContainer(container, ofPod: uid)
  }

  /// Why the container could not start; nil: it did.
  func refusal(_ uid: String) async -> String? {
    do {
      try await start(uid)
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// The resource as kubelet sees it once it has so many healthy devices.
  func listed(healthy: Int = 2, within limit: Duration = .seconds(30)) async throws -> ResourceView {
    let view = await kubelet.view(within: limit) { view in
      view[Self.resource].map { $0.allocatable == healthy && $0.socket != nil } ?? false
    }
    guard let resource = view?[Self.resource] else {
      throw Failure(description: "expected \(healthy) healthy devices, found \(kubelet.view)")
    }
    return resource
  }

  private func inode(of process: pid_t) -> UInt64? {
    var status = stat()
    return stat("/proc/\(process)/ns/net", &status) == 0 ? UInt64(status.st_ino) : nil
  }
}

import Foundation
import TestSupport
import Testing

/// Which capabilities UB pools need, each by what fails without it. The daemon is started with no others, as in the
/// deployment; it stays root, as kubelet's directories want.
@Suite(.enabled(if: UBScene.obstacle == nil, "\(UBScene.obstacle ?? "")"), .timeLimit(.minutes(2)))
struct UBCapabilityTests {
  /// Another user's process without any capability, as sandboxes have it: the pause image runs as 65535.
  private static let pause = ["setpriv", "--reuid", "65535", "--regid", "65535", "--clear-groups"]
  private static let withoutCapabilities = ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]

  /// A command that leaves these and no others to the program it starts, whatever that program's file says.
  private static func only(_ capabilities: String..., group: Int? = nil) -> [String] {
    let bounding = (["-all"] + capabilities.map { "+\($0)" }).joined(separator: ",")
    let groups = group.map { ["--groups", "\($0)"] } ?? ["--clear-groups"]
    return ["setpriv", "--bounding-set=\(bounding)", "--inh-caps=-all", "--no-new-privs"] + groups
  }

  /// As the engine's own service makes it: for its user and group alone.
  private static func giveSocketAway(_ scene: UBScene) throws {
    try scene.startEngine(.b, UBScene.devices)
    let socket = try #require(scene.ubsEngine?.socket)
    try FileManager.default.setAttributes(
      [.ownerAccountID: 4242, .groupOwnerAccountID: 4242, .posixPermissions: 0o660], ofItemAtPath: socket)
  }

  /// Network namespaces of a user that the test is not: without further users there is nothing to show.
  private static let hasUsers: Bool = {
    guard let directory = try? TemporaryDirectory(),
      let child = try? ChildProcess(pause + ["true"], output: directory["log"])
    else { return false }
    return child.wait() == 0
  }()

  @Test(.enabled(if: hasUsers, "needs users besides root: not in a user namespace that maps one"))
  func `the deployment's three are enough: no SYS_ADMIN, nothing else`() async throws {
    let confinement = Self.only("net_admin", "sys_ptrace", "dac_override")
    try await UBScene.play(startEngine: false, confinement: confinement) { scene in
      try Self.giveSocketAway(scene)
      let nodes = try await scene.waitingPod("train", command: Self.pause)
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }

  @Test func `without NET_ADMIN no device moves`() async throws {
    try await UBScene.play(confinement: Self.only("sys_ptrace", "dac_override")) { scene in
      _ = try await scene.waitingPod("train")
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 4 of 4, move the device") == true, "\(refusal ?? "none")")
      // The kernel refuses the move itself; the played UB core, a process, is not even to be asked.
      #expect(refusal?.contains("not permitted") == true, "\(refusal ?? "none")")
      #expect(scene.core.deeds.isEmpty)
    }
  }

  @Test(.enabled(if: hasUsers, "needs users besides root: not in a user namespace that maps one"))
  func `without SYS_PTRACE a sandbox of another user has no namespace`() async throws {
    try await UBScene.play(confinement: Self.only("net_admin", "dac_override")) { scene in
      _ = try await scene.waitingPod("train", command: Self.pause)
      let refusal = await scene.refusal("train")
      #expect(refusal?.contains("step 3 of 4, find the network namespace") == true, "\(refusal ?? "none")")
      #expect(scene.core.deeds.isEmpty)
    }
  }

  @Test func `without SYS_PTRACE the host's first process, which has more capabilities, shows no namespace`()
    async throws
  {
    try await UBScene.play(confinement: Self.only("net_admin", "dac_override")) { scene in
      _ = try await scene.waitingPod("train", command: Self.withoutCapabilities)
      // Not before the sandbox's process has dropped its capabilities.
      let isTold = await eventually {
        await scene.refusal("train")?.contains("cannot open the host's network namespace") == true
      }
      #expect(isTold, "\(scene.log)")
      #expect(scene.log.contains("CAP_SYS_PTRACE"))
      #expect(scene.core.deeds.isEmpty)
    }
  }

  /// The kernel compares users and capabilities: this is why the lack of SYS_PTRACE may go unnoticed in a test bed.
  @Test func `SYS_PTRACE is not needed for processes of the same user with no other capabilities`() async throws {
    try await UBScene.play(confinement: Self.only("net_admin", "dac_override")) { scene in
      let first = try ChildProcess(
        Self.withoutCapabilities + ["sleep", "infinity"], output: scene.directory["first-process"])
      try scene.show(process: 1, as: first.id)
      let nodes = try await scene.waitingPod("train", command: Self.withoutCapabilities)
      let isMoved = await eventually { await scene.refusal("train") == nil }
      #expect(isMoved, "\(scene.log)")
      #expect(scene.core.deeds.prefix(3).elementsEqual(UBScene.moves("move", nodes, scene.inode(ofSandbox: "train"))))
      withExtendedLifetime(first) {}
    }
  }

  @Test(.enabled(if: hasUsers, "needs users besides root: not in a user namespace that maps one"))
  func `without DAC_OVERRIDE the engine's socket stays shut`() async throws {
    try await UBScene.play(startEngine: false, confinement: Self.only("net_admin", "sys_ptrace")) { scene in
      try Self.giveSocketAway(scene)
      let isTold = await eventually(within: .seconds(30)) { scene.log.contains("Permission denied") }
      #expect(isTold, "\(scene.log)")
      #expect(scene.ubsEngine?.requests.isEmpty == true)
    }
  }

  @Test(.enabled(if: hasUsers, "needs users besides root: not in a user namespace that maps one"))
  func `the engine's group does in the place of DAC_OVERRIDE`() async throws {
    let confinement = Self.only("net_admin", "sys_ptrace", group: 4242)
    try await UBScene.play(startEngine: false, confinement: confinement) { scene in
      try Self.giveSocketAway(scene)
      let nodes = try await scene.waitingPod("train", command: Self.pause)
      try await scene.start("train")
      #expect(scene.core.deeds == UBScene.moves("move", nodes, scene.inode(ofSandbox: "train")))
    }
  }
}

import Glibc
import HostInventory
import JSONText
import Linux
import Logging
import ResourcePools

/// Creates groups of Rebellions NPUs (RSD). `rbln-smi` makes the NPUs of one container a driver group, whose node on
/// the host becomes the container's `/dev/rsd0`.
///
/// It is an actor on its own thread, because the tool takes seconds, and groups are created one after the other. If
/// anything fails, the container gets group 0, as with the vendor's plugin.
public actor RSDGroups {
  /// The lock file that every program takes before it creates groups.
  nonisolated let lockPath: String
  private let searchPath: String
  private let executor = ThreadExecutor(name: "rsd-groups")

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The directories in which the vendor's plugin looks for the tool, in its order.
  public static let toolDirectories =
    "/usr/bin:/run/rbln/driver/usr/bin:/host/usr/bin:/host/driver/usr/bin:/usr/local/bin:/usr/sbin:/bin"

  /// `searchPath` lists the directories in which `rbln-smi` is looked for, separated by colons.
  public init(lockPath: String, searchPath: String = toolDirectories) {
    self.lockPath = lockPath
    self.searchPath = searchPath
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Creates a group of these NPUs, by their nodes' names (`rbln0`), and returns its number.
  func group(_ npus: [String]) throws(Failure) -> Int {
    guard let tool = ExternalTool.named("rbln-smi", searchPath: searchPath) else {
      throw Failure(description: "there is no rbln-smi in \(searchPath)")
    }
    let lock = try FileLock(lockPath, seconds: 5)
    defer { lock.release() }
    let plan = try RSDPlan(npus: npus, listing: try output(tool, ["-j"], seconds: 5))
    if !plan.destroyed.isEmpty {
      _ = try output(tool, ["group", "-d", plan.destroyed.map(String.init).joined(separator: ",")], seconds: 10)
    }
    let members = plan.members.map(String.init).joined(separator: ",")
    _ = try output(tool, ["group", "-c", "\(plan.created)", "-a", members], seconds: 10)
    return plan.created
  }

  /// Why `group` can't work, found without creating a group; nil when it can.
  func obstacle(npus: [String]) -> String? {
    guard let tool = ExternalTool.named("rbln-smi", searchPath: searchPath) else {
      return "there is no rbln-smi in \(searchPath): mount the directory that has it, and its libraries"
    }
    do throws(Failure) {
      try FileLock(lockPath, seconds: 5).release()
      _ = try RSDPlan(npus: npus, listing: try output(tool, ["-j"], seconds: 5))
      return nil
    } catch {
      return "\(error): rbln-smi needs the host's /dev/rbln* and its libraries, and the lock file must be writable"
    }
  }

  private func output(_ tool: ExternalTool, _ words: [String], seconds: Int) throws(Failure) -> [UInt8] {
    do {
      return try tool.output(words, seconds: seconds)
    } catch {
      throw Failure(description: "\(words.joined(separator: " ")): \(error)")
    }
  }
}

extension MakeNPUGroup: PerformableEffect {
  func perform(for allocation: inout Allocation, in context: EffectContext) async throws(FileError) {
    do throws(RSDGroups.Failure) {
      allocation.addGroupNode("/dev/rsd\(try await context.rsdGroups.group(npus))")
    } catch {
      context.log.warning(
        "NPUs are not grouped; the container gets group 0",
        metadata: ["npus": "\(npus.joined(separator: ","))", "err": "\(error)"])
      if context.nodes.has(.rsd0) { allocation.addGroupNode(HostNodes.Node.rsd0.rawValue) }
    }
  }
}

/// The steps to create a group. Existing groups with its NPUs are removed first; its number is the lowest free one.
struct RSDPlan: Equatable {
  let destroyed: [Int]
  let created: Int
  /// Numbers of the NPUs, ascending.
  let members: [Int]

  /// Throws when the listing is not of the documented form or does not name an NPU.
  init(npus: [String], listing: [UInt8]) throws(RSDGroups.Failure) {
    let root: JSONNode
    do {
      root = try JSONNode.parse(listing)
    } catch {
      throw RSDGroups.Failure(description: "rbln-smi -j: \(error)")
    }
    guard case .array(let devices)? = root["devices"]?.value else {
      throw RSDGroups.Failure(description: "rbln-smi -j: there is no list 'devices'")
    }
    var groups: [String: Int] = [:]
    var numbers: [String: Int] = [:]
    for device in devices {
      guard let name = device["device"]?.string, let number = device["npu"]?.int else { continue }
      numbers[name] = number
      groups[name] = device["group_id"]?.string.flatMap { Int($0) } ?? 0
    }
    var members: [Int] = []
    for npu in npus {
      guard let number = numbers[npu] else {
        throw RSDGroups.Failure(description: "rbln-smi -j: it does not list \(npu)")
      }
      members.append(number)
    }
    self.members = members.sorted()
    let destroyed = Set(npus.compactMap { groups[$0] }.filter { $0 > 0 })
    let kept = Set(groups.values).subtracting(destroyed)
    self.destroyed = destroyed.sorted()
    created = (1...).first { !kept.contains($0) } ?? 1
  }
}

/// An exclusive lock on a file, between processes. Corresponds to flock(2).
struct FileLock {
  private let descriptor: Int32

  /// Throws when another process keeps it for longer than that.
  init(_ path: String, seconds: Int) throws(RSDGroups.Failure) {
    if let kind = FileKind(path: path), kind != .regular {
      throw RSDGroups.Failure(description: "open \(path): it is \(kind): remove it")
    }
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else {
      throw RSDGroups.Failure(description: "open \(path): \(Errno(errno))")
    }
    let deadline = ContinuousClock.now + .seconds(seconds)
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < deadline else {
        close(descriptor)
        throw RSDGroups.Failure(description: "\(path) is locked by another process for \(seconds) s")
      }
      usleep(50_000)
    }
    self.descriptor = descriptor
  }

  func release() { close(descriptor) }
}

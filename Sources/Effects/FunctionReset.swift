import Glibc
public import HostInventory
import Linux
import ResourcePools

/// Resets functions before containers get them again.
///
/// The kernel waits 100 ms and more for the function, and some drivers never return (igbvf of Linux 6.1 while its
/// interface is down). So each reset has its own thread, and callers wait for `limit` at most. Corresponds to
/// `/sys/bus/pci/devices/<address>/reset`, Documentation/ABI/testing/sysfs-bus-pci.
public actor FunctionReset {
  nonisolated let root: HostRoot
  private let limit: Duration
  /// Functions whose reset has not returned from the kernel.
  private var begun: Set<String> = []

  /// `limit` is how long an Allocate waits for one reset.
  public init(root: HostRoot, limit: Duration = .seconds(30)) {
    self.root = root
    self.limit = limit
  }

  func perform(on address: String) async throws(FileError) {
    let path = root.resolve("/sys/bus/pci/devices/\(address)/reset")
    guard begun.insert(address).inserted else { throw FileError("write", path, EBUSY) }
    let reset = Task {
      await withCheckedContinuation { continuation in
        let error = DedicatedThread.run(name: "reset") { continuation.resume(returning: Self.write(path)) }
        if error != 0 { continuation.resume(returning: FileError("write", path, error)) }
      }
    }
    guard await reset.isOver(within: limit) else {
      Task {
        _ = await reset.value
        begun.remove(address)
      }
      throw FileError("write", path, ETIMEDOUT)
    }
    begun.remove(address)
    if let error = await reset.value { throw error }
  }

  /// Blocks for as long as the kernel takes.
  private static func write(_ path: String) -> FileError? {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return FileError("open", path, errno) }
    defer { close(descriptor) }
    return Glibc.write(descriptor, "1", 1) == 1 ? nil : FileError("write", path, errno)
  }
}

extension ResetFunction: PerformableEffect {
  func perform(for _: inout Allocation, in context: EffectContext) async throws(FileError) {
    try await context.reset.perform(on: address)
  }
}

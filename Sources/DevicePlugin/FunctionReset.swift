import Glibc
import HostInventory

/// Function level reset before a device is handed out again.
///
/// An actor on a queue of its own: the kernel waits 100 ms and more for the function, and no other call is to wait with
/// it. Corresponds to `/sys/bus/pci/devices/<address>/reset`, Documentation/ABI/testing/sysfs-bus-pci.
actor FunctionReset {
  private let root: HostRoot
  private let executor = QueueExecutor(label: "devicepool.reset")

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  init(root: HostRoot) { self.root = root }

  func perform(on address: String) throws(FileError) {
    let path = root.resolve("/sys/bus/pci/devices/\(address)/reset")
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    guard write(descriptor, "1", 1) == 1 else { throw FileError("write", path, errno) }
  }
}

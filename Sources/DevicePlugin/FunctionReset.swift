import Glibc
import HostInventory

/// Function level reset before a device is handed out again.
///
/// Corresponds to `/sys/bus/pci/devices/<address>/reset`, Documentation/ABI/testing/sysfs-bus-pci.
struct FunctionReset: Sendable {
  let address: String
  let root: HostRoot

  func perform() throws(FileError) {
    let path = root.resolve("/sys/bus/pci/devices/\(address)/reset")
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw FileError("open", path, errno) }
    defer { close(descriptor) }
    guard write(descriptor, "1", 1) == 1 else { throw FileError("write", path, errno) }
  }
}

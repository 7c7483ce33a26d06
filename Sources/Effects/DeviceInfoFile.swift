import Glibc
import Linux
import ResourcePools

/// The DeviceInfo file of one device, which Multus copies to the CNI plugins of a pod.
///
/// Its name is `<resource with - for />-<id>-device.json`. It has mode 0444 and one line, as in the device-info spec
/// 1.1.0.
struct DeviceInfoFile: Sendable {
  private let file: AtomicFile
  private let text: String

  init(_ info: DeviceInfo, directory: String, opened: Descriptor? = nil) {
    file = AtomicFile(info.fileName, in: directory, opened: opened, mode: 0o444)
    text = info.text
  }

  /// - Returns: False when the same file existed already, because the device was allocated before.
  func write() throws(FileError) -> Bool { try file.put(text) }

  func remove() { file.remove() }
}

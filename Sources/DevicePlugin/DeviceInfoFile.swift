import Glibc
import ResourcePools

/// What Multus copies to a pod's CNI plugins about one device.
///
/// `<resource with - for />-<id>-device.json`, mode 0444, one line: device-info spec 1.1.0.
struct DeviceInfoFile: Sendable {
  private let file: AtomicFile
  private let text: String

  init(_ info: DeviceInfo, directory: String) {
    file = AtomicFile(path: "\(directory)/\(DeviceInfo.fileName(of: info.unit, in: info.resource))", mode: 0o444)
    text = info.text
  }

  func write() throws(FileError) {
    try file.writeMakingDirectory(text)
  }

  func remove() { unlink(file.path) }
}

import Glibc
import Linux
import ResourcePools

/// A CDI spec file in `/var/run/cdi`, mode 0644; one for each pool.
struct CDISpecFile: Sendable {
  private let file: AtomicFile
  private let text: String

  init(_ spec: CDISpec, directory: String) {
    file = AtomicFile(spec.fileName, in: directory, mode: 0o644)
    text = spec.text
  }

  func write() throws(FileError) {
    _ = try file.put(text)
  }

  func remove() { file.remove() }
}

import EventLoop
import Glibc

/// A directory of this run's own.
struct TemporaryDirectory: Sendable {
  let path: String

  /// Nil with errno when there can be none. The name is short: sockets go below it.
  init?() {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(base)/devicepool-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { return nil }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func make(_ name: String) throws(SimulationFailure) {
    guard mkdir("\(path)/\(name)", 0o755) == 0 else {
      throw SimulationFailure("\(path)/\(name): \(String(cString: strerror(errno)))")
    }
  }

  func remove() { DirectoryTree(path).remove() }
}

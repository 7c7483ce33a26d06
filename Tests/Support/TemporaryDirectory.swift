import Foundation

/// A directory of one test, deleted with everything in it when the last user is gone.
public final class TemporaryDirectory: Sendable {
  public let path: String

  public init() throws {
    let template = FileManager.default.temporaryDirectory.path + "/devicepool-test-XXXXXX"
    var name = template.utf8CString.map { $0 }
    guard mkdtemp(&name) != nil else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
    path = name.withUnsafeBufferPointer { String(decoding: $0.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) }
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The path of an entry.
  public subscript(_ name: String) -> String { path + "/" + name }

  /// The entries' names, sorted.
  public var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

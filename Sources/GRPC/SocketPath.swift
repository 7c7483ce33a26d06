import Glibc
import Linux

/// A path that fits a socket address, and the calls that take one.
struct SocketPath {
  let path: String
  let directory: String

  /// sockaddr_un has room for 108 bytes, one of which ends the string.
  static let maximumBytes = 107

  init(_ path: String) throws(ListenError) {
    let count = path.utf8.count
    guard !path.utf8.contains(0) else { throw .unusablePath(path, reason: "it holds a zero byte") }
    guard count <= Self.maximumBytes else {
      throw .unusablePath(path, reason: "it has \(count) bytes, and at most \(Self.maximumBytes) fit")
    }
    guard let directory = Self.directory(of: path) else {
      throw .unusablePath(path, reason: "it does not end in a name")
    }
    self.path = path
    self.directory = directory
  }

  /// Where the socket is made before it is renamed: `.pool.soc` for `pool.sock`. It stays visible as the socket's address
  /// (`ss -xl`), so it resembles the path; the dot hides it from kubelet's plugin watcher; and it is no longer than the
  /// path, so that it fits where that does. DirectoryLock makes one name enough.
  var temporary: String {
    let name = String(path.dropFirst(directory.count).dropLast())
    return directory + (name.isEmpty ? "~" : "." + name)
  }

  /// The directory with its slash, empty for the working directory; nil for a path that ends in a slash.
  static func directory(of path: String) -> String? {
    guard !path.isEmpty, !path.hasSuffix("/") else { return nil }
    return path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
  }

  func bind(_ socket: Descriptor, to path: String) -> Int32 {
    Self.withAddress(of: path) { Glibc.bind(socket.number, $0, $1) }
  }

  func connect(_ socket: Descriptor, to path: String) -> Int32 {
    Self.withAddress(of: path) { Glibc.connect(socket.number, $0, $1) }
  }

  private static func withAddress(
    of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { room in
      room.copyBytes(from: path.utf8.prefix(room.count - 1))
    }
    return withUnsafeBytes(of: &address) { raw in
      guard let base = raw.baseAddress else { return -1 }
      return body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(raw.count))
    }
  }
}

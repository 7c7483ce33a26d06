import Glibc
import Linux
import Synchronization

/// An open directory of sysfs; everything in it is read relative to its descriptor.
///
/// So a device that is removed and added again while it is read never yields a mixture of two: the descriptor stays
/// with the first, whose files then fail. Each attribute costs open, read, close and nothing else.
struct SysfsDirectory: ~Copyable {
  private let place: SysfsPath
  private let descriptor: Int32
  private let log: AccessLog?
  /// The reading thread, if its waits are watched.
  private let thread: ReadingThread?

  /// As the host spells it.
  var path: String { place.text }

  /// Throws `.system` when it is not there or not a directory.
  init(_ hostPath: String, in root: HostRoot, log: AccessLog? = nil) throws(HostInventoryError) {
    try self.init(root.resolve(hostPath), at: AT_FDCWD, SysfsPath(hostPath), root.thread, log)
  }

  private init(
    _ file: String, at directory: Int32, _ place: SysfsPath, _ thread: ReadingThread?, _ log: AccessLog?
  ) throws(HostInventoryError) {
    guard thread?.begin(place, "") ?? true else { throw .unanswered(path: place.text) }
    let opened = Self.open(file, at: directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    thread?.end()
    guard opened >= 0 else { throw .system(path: place.text, call: "open", code: -opened) }
    descriptor = opened
    self.place = place
    self.log = log
    self.thread = thread
    log?.note(.entry, place.text)
  }

  /// Before a call that the kernel may not answer; `thread?.end()` must follow.
  private func begin(_ name: String = "") throws(HostInventoryError) {
    guard thread?.begin(place, name) ?? true else {
      throw .unanswered(path: name.isEmpty ? path : path(of: name))
    }
  }

  /// The descriptor or, negative, the error's number; without the copy of the name that Swift makes for a C function.
  private static func open(_ name: String, at directory: Int32, _ flags: Int32) -> Int32 {
    name.withCString { name in
      let descriptor = openat(directory, name, flags)
      return descriptor >= 0 ? descriptor : -errno
    }
  }

  deinit { close(descriptor) }

  func directory(_ name: String) throws(HostInventoryError) -> SysfsDirectory {
    try SysfsDirectory(name, at: descriptor, SysfsPath(name, in: place), thread, log)
  }

  /// Nil when there is no such directory.
  func directoryIfPresent(_ name: String) throws(HostInventoryError) -> SysfsDirectory? {
    do { return try directory(name) } catch {
      if case .system(_, _, ENOENT) = error { return nil }
      throw error
    }
  }

  /// The attribute's bytes, parsed; nil when there is no such file.
  ///
  /// Throws `.malformed`, with what was expected, when `parse` gives nil.
  func attribute<T>(
    _ name: String, _ expected: StaticString, _ parse: (UnsafeRawBufferPointer) -> T?
  ) throws(HostInventoryError) -> T? {
    try begin(name)
    defer { thread?.end() }
    let file = Self.open(name, at: descriptor, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if file == -ENOENT { return nil }
      log?.note(.file, path(of: name))
      throw .system(path: path(of: name), call: "open", code: -file)
    }
    defer { close(file) }
    log?.note(.file, path(of: name))
    let result = Self.withBuffer { buffer -> Result<T, HostInventoryError> in
      var count = 0
      var code: Int32 = 0
      repeat {
        count = read(file, buffer.baseAddress, buffer.count)
        code = errno
      } while count < 0 && code == EINTR
      guard count >= 0 else { return .failure(.system(path: path(of: name), call: "read", code: code)) }
      let bytes = UnsafeRawBufferPointer(rebasing: buffer[0..<count])
      if let value = parse(bytes) { return .success(value) }
      return .failure(.malformed(path: path(of: name), found: shown(bytes), expected: "\(expected)"))
    }
    return try result.get()
  }

  private static func withBuffer<T>(_ body: (UnsafeMutableRawBufferPointer) -> T) -> T {
    withUnsafeTemporaryAllocation(byteCount: SysfsFile.capacity, alignment: 8, body)
  }

  func text(_ name: String) throws(HostInventoryError) -> String? {
    try attribute(name, "UTF-8 text", SysfsFile.text)
  }

  func integer(_ name: String) throws(HostInventoryError) -> Int? {
    try attribute(name, "a decimal number", SysfsFile.integer)
  }

  /// What `use` makes of a link's target; nil when there is nothing of that name.
  ///
  /// Throws `.system` with EINVAL when it is not a link.
  func link<T>(_ name: String, _ use: (UnsafeRawBufferPointer) -> T) throws(HostInventoryError) -> T? {
    try begin(name)
    defer { thread?.end() }
    let result = Self.withBuffer { buffer -> Result<T?, HostInventoryError> in
      guard let base = buffer.baseAddress else { return .success(nil) }
      let count = name.withCString { readlinkat(descriptor, $0, base, buffer.count) }
      let code = errno
      if count < 0, code == ENOENT { return .success(nil) }
      log?.note(.itself, path(of: name))
      guard count >= 0 else { return .failure(.system(path: path(of: name), call: "readlink", code: code)) }
      return .success(use(UnsafeRawBufferPointer(rebasing: buffer[0..<count])))
    }
    return try result.get()
  }

  /// The last component of a link's target; nil when there is nothing of that name.
  func linkName(_ name: String) throws(HostInventoryError) -> String? {
    try link(name) { String(decoding: lastComponent($0), as: UTF8.self) }
  }

  /// Calls `body` for each entry but `.` and `..`, in no order.
  func forEachEntry(_ body: (DirectoryEntry) -> Void) throws(HostInventoryError) {
    try begin()
    defer { thread?.end() }
    if place.isListed.exchange(true, ordering: .relaxed) { lseek(descriptor, 0, SEEK_SET) }
    let code = DirectoryEntry.forEach(in: descriptor, body)
    guard code == 0 else { throw .system(path: path, call: "getdents64", code: code) }
  }

  /// Names in byte order, of those entries that `isWanted`.
  func names(where isWanted: (String) -> Bool = { _ in true }) throws(HostInventoryError) -> [String] {
    var names: [String] = []
    try forEachEntry { entry in
      let name = entry.text
      if isWanted(name) { names.append(name) }
    }
    if let log { for name in names { log.note(.entry, path(of: name)) } }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Names in the directory `name`, in byte order; nil when there is no such directory.
  func names(in name: String) throws(HostInventoryError) -> [String]? {
    guard let directory = try directoryIfPresent(name) else { return nil }
    return try directory.names()
  }

  /// Puts an entry into a recording as it is, although nothing of it is read.
  func note(_ name: String) { log?.note(.itself, path(of: name)) }

  func note(_ entry: DirectoryEntry) { log?.note(.itself, path(of: entry.text)) }

  func path(of name: String) -> String { "\(path)/\(name)" }
}

func lastComponent(_ path: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
  guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return path }
  return UnsafeRawBufferPointer(rebasing: path[(slash + 1)...])
}

/// The start of what a file held, fit for a message.
private func shown(_ bytes: UnsafeRawBufferPointer) -> String {
  let text = String(decoding: SysfsFile.trim(bytes).prefix(60), as: UTF8.self)
  return String(text.unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
}

import Foundation
import Glibc

@testable import HostInventory

/// A machine unpacked into memory, single entries of which are changed and put back.
final class FuzzTree: @unchecked Sendable {
  let root: HostRoot
  private let machine: MachineFile
  /// Files and links, in order.
  private let paths: [String]
  private var changed: Set<String> = []
  private var added: [String] = []

  /// A machine is many tiny files, as sysfs itself.
  static let memory = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"

  init(_ machine: MachineFile) {
    self.machine = machine
    paths = machine.entries.filter { $0.value != .directory }.keys.sorted()
    var name = Array("\(Self.memory)/devicepool-fuzz-XXXXXX".utf8CString)
    guard mkdtemp(&name) != nil else { fatalError("mkdtemp in \(Self.memory)") }
    root = HostRoot(String(decoding: name.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self))
    do { try machine.unpack(into: root.path) } catch { fatalError("\(error)") }
  }

  deinit { remove() }

  func remove() { try? FileManager.default.removeItem(atPath: root.path) }

  /// As many changes as the input asks for, at most sixteen.
  func change(by input: inout FuzzInput) {
    for _ in 0..<16 where !input.isEmpty {
      let path = paths[(Int(input.byte()) | Int(input.byte()) << 8) % paths.count]
      switch input.choice(of: 6) {
      case 0, 1: replace(path, .file(input.counted()))
      case 2: replace(path, nil)
      case 3: replace(path, .link(target(input.counted(), of: path)))
      case 4: replace(path, .directory)
      default: add(input.counted(), beside: path, isDirectory: input.choice(of: 2) == 1)
      }
    }
  }

  /// As the machine file has it.
  func restore() {
    for path in added.reversed() where unlink(path) != 0 { rmdir(path) }
    for path in changed { put(machine.entries[path], at: path) }
    (added, changed) = ([], [])
  }

  private func replace(_ path: String, _ entry: MachineFile.Entry?) {
    changed.insert(path)
    put(entry, at: path)
  }

  private func put(_ entry: MachineFile.Entry?, at path: String) {
    let place = "\(root.path)/\(path)"
    if unlink(place) != 0 { rmdir(place) }
    switch entry {
    case nil: break
    case .directory: mkdir(place, 0o755)
    case .link(let target): symlink(target, place)
    case .node: write([], to: place)
    case .file(let bytes): write(bytes, to: place)
    }
  }

  private func add(_ name: [UInt8], beside path: String, isDirectory: Bool) {
    let name = name.prefix(200).filter { $0 != 0 && $0 != UInt8(ascii: "/") }
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
    let place = Array("\(root.path)/\(directory)/".utf8) + name
    let isMade = (place + [0]).withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { text -> Bool in
        guard let text = text.baseAddress else { return false }
        if isDirectory { return mkdir(text, 0o755) == 0 }
        let file = open(text, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        return file >= 0 && close(file) == 0
      }
    }
    // A name that is no UTF-8 is removed with the tree.
    if isMade, let text = String(validating: place, as: UTF8.self) { added.append(text) }
  }

  /// A relative target that stays below the root, as sysfs' own links do.
  private func target(_ bytes: [UInt8], of path: String) -> String {
    var depth = path.utf8.count { $0 == UInt8(ascii: "/") }
    var parts: [Substring] = []
    for part in String(decoding: bytes.filter { $0 != 0 }, as: UTF8.self).split(separator: "/") {
      if part == ".." { depth -= 1 } else if part != "." { depth += 1 }
      if depth < 0 { break }
      parts.append(part)
    }
    return parts.isEmpty ? "x" : parts.joined(separator: "/")
  }

  private func write(_ bytes: [UInt8], to place: String) {
    let file = open(place, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard file >= 0 else { return }
    _ = Glibc.write(file, bytes, bytes.count)
    close(file)
  }
}

/// A UB device's name in the UBS engine and in kubelet, e.g. `urma_1`. It is opaque, but safe as a path component.
struct DeviceName: Hashable, Sendable, Comparable, CustomStringConvertible {
  let text: String

  /// Checks the name.
  ///
  /// - Throws: `unsafe` unless it has 1 to 31 letters, digits, `_`, `.` and `-`, and is neither `.` nor `..`.
  init(_ text: String) throws(UnifiedBusError) {
    guard SafeText.isComponent(text.utf8, atMost: 31) else {
      throw .unsafe(what: "the device name", text: text, expected: "1 to 31 of A-Z a-z 0-9 _ . -")
    }
    self.text = text
  }

  var description: String { text }

  static func < (left: DeviceName, right: DeviceName) -> Bool { left.text < right.text }
}

/// The device node of a kernel UB device: `/dev/uburma/<kernel name>`.
struct DevicePath: Hashable, Sendable, CustomStringConvertible {
  let path: String
  /// The kernel's name of the device, at most 63 bytes, e.g. `udma1` or `bonding_dev_1`.
  let kernelName: String

  /// Checks the path.
  ///
  /// - Throws: `unsafe` unless it is a safe name directly below `/dev/uburma`.
  init(_ path: String) throws(UnifiedBusError) {
    let directory = "/dev/uburma/"
    guard path.utf8.starts(with: directory.utf8),
      SafeText.isComponent(path.utf8.dropFirst(directory.utf8.count), atMost: 63)
    else {
      throw .unsafe(what: "the device path", text: path, expected: "\(directory) and 1 to 63 of A-Z a-z 0-9 _ . -")
    }
    self.path = path
    kernelName = String(path.dropFirst(directory.count))
  }

  init(kernelName: String) throws(UnifiedBusError) {
    try self.init("/dev/uburma/" + kernelName)
  }

  /// Whether this is a bonding device, by the kernel's naming. The engine tells by the order of its answer; an Allocate
  /// answer does not.
  var isBonding: Bool { kernelName.hasPrefix("bonding") }

  var description: String { path }
}

enum SafeText {
  /// Whether the bytes are one component of a path and need no quoting anywhere.
  static func isComponent(_ bytes: some Collection<UInt8>, atMost limit: Int) -> Bool {
    guard (1...limit).contains(bytes.count), !bytes.elementsEqual("..".utf8), !bytes.elementsEqual(".".utf8) else {
      return false
    }
    return bytes.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
        true
      default: false
      }
    }
  }
}

/// A UB device's name in the UBS engine and in kubelet, such as `urma_1`: opaque, but of harmless bytes.
public struct DeviceName: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let text: String

  /// Throws `unsafe` for a name that is empty, longer than 31 bytes, `.`, `..`, or has another byte than letters,
  /// digits, `_`, `.` and `-`.
  public init(_ text: String) throws(UnifiedBusError) {
    guard SafeText.isComponent(text.utf8, atMost: 31) else {
      throw .unsafe(what: "the device name", text: text, expected: "1 to 31 of A-Z a-z 0-9 _ . -")
    }
    self.text = text
  }

  public var description: String { text }

  public static func < (left: DeviceName, right: DeviceName) -> Bool { left.text < right.text }
}

/// The node of a kernel UB device: `/dev/uburma/<kernel name>`.
public struct DevicePath: Hashable, Sendable, CustomStringConvertible {
  public let path: String
  /// What the kernel calls the device, at most 63 bytes: `udma1`, `bonding_dev_1`.
  public let kernelName: String

  /// Throws `unsafe` for any path but a harmless name directly below `/dev/uburma`.
  public init(_ path: String) throws(UnifiedBusError) {
    let directory = "/dev/uburma/"
    guard path.utf8.starts(with: directory.utf8),
      SafeText.isComponent(path.utf8.dropFirst(directory.utf8.count), atMost: 63)
    else {
      throw .unsafe(what: "the device path", text: path, expected: "\(directory) and 1 to 63 of A-Z a-z 0-9 _ . -")
    }
    self.path = path
    kernelName = String(path.dropFirst(directory.count))
  }

  public init(kernelName: String) throws(UnifiedBusError) {
    try self.init("/dev/uburma/" + kernelName)
  }

  /// By the kernel's naming; the engine says it by order, an answer to Allocate does not.
  var isBonding: Bool { kernelName.hasPrefix("bonding") }

  public var description: String { path }
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

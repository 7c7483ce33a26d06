import Glibc

/// The bridges above PCI functions, by the paths that they resolve to.
///
/// Neighbours on a bus share theirs, and are asked for one after the other: the last answer is kept.
struct BridgePath {
  private var directory: [UInt8] = []
  private var bridges: [PCIAddress] = []

  /// Addresses of the bridges in a function's resolved path, the root port first: those of
  /// `…/pci0000:3a/0000:3a:00.0/0000:3b:00.0` are `0000:3a:00.0`.
  mutating func above(_ path: UnsafeRawBufferPointer) -> [PCIAddress] {
    let own = lastComponent(path)
    let above = UnsafeRawBufferPointer(rebasing: path[..<(path.count - own.count)])
    let isTheSame = directory.withUnsafeBytes { known in
      guard known.count == above.count, let own = known.baseAddress, let other = above.baseAddress else { return false }
      return memcmp(own, other, known.count) == 0
    }
    if !isTheSame {
      directory = Array(above)
      bridges = Self.read(above)
    }
    return bridges
  }

  /// Only what follows the last host bridge counts: above a VMD domain there is an endpoint, not a bridge.
  private static func read(_ path: UnsafeRawBufferPointer) -> [PCIAddress] {
    var bridges: [PCIAddress] = []
    var start = 0
    for end in 0...path.count where end == path.count || path[end] == UInt8(ascii: "/") {
      let component = UnsafeRawBufferPointer(rebasing: path[start..<end])
      start = end + 1
      if let address = PCIAddress(component) {
        bridges.append(address)
      } else if !component.isEmpty {
        bridges.removeAll(keepingCapacity: true)
      }
    }
    return bridges
  }
}

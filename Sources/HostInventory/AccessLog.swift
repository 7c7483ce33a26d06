/// Which files, links and directories a reading touched, so that a recording holds just what the product reads.
///
/// One object for one reading on one thread.
final class AccessLog {
  enum Kind: Hashable, CaseIterable {
    /// Read, whatever links lead to it.
    case file
    /// Looked at as it is: a link, not what it leads to.
    case itself
    /// Asked whether it is there.
    case node
    /// Opened as a directory, or seen in a listing.
    case entry
  }
  struct Access: Hashable {
    let kind: Kind
    let path: String
  }
  /// How often each was touched.
  private(set) var counts: [Access: Int] = [:]

  /// A function that is not offered itself, but whose facts another device uses.
  private var kept: Set<String> = []

  func note(_ kind: Kind, _ path: String) { counts[Access(kind: kind, path: path), default: 0] += 1 }

  /// Notes a path that stays in the recording even if `forget` names it.
  func keep(_ kind: Kind, _ path: String) {
    kept.insert(path)
    note(kind, path)
  }

  /// Removes what turns out not to belong to the inventory.
  func forget(_ path: String) {
    guard !kept.contains(path) else { return }
    for kind in Kind.allCases { counts[Access(kind: kind, path: path)] = nil }
  }
}

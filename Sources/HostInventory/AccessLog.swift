/// Which files, links and directories a reading touched, so that a recording holds just what the product reads.
///
/// One object for one reading on one thread.
final class AccessLog {
  enum Kind: Hashable {
    case file, link, node
    /// Seen in a listing, not opened.
    case entry
  }
  struct Access: Hashable {
    let kind: Kind
    let path: String
  }
  private(set) var accesses: Set<Access> = []

  func note(_ kind: Kind, _ path: String) { accesses.insert(Access(kind: kind, path: path)) }

  /// For what turned out to be no business of the inventory.
  func forget(_ kind: Kind, _ path: String) { accesses.remove(Access(kind: kind, path: path)) }
}

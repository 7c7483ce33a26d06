/// One machine's device facts as text: small, readable in a diff, with nothing personal in it.
///
/// The form, a line each; paths are relative to the host's root, and blank lines and lines from `#` on are comments:
/// ```
/// machine TITLE                  the first line: cards, firmware, kernel
/// file PATH VALUE                a file with VALUE and a line end; without VALUE, an empty file
///   | VALUE                      one more line of the file above
/// link PATH -> TARGET            a symbolic link; TARGET is relative and stays below the root
/// dir PATH                       a directory; those above any entry need no line
/// node PATH                      something that is only asked whether it exists, as in /dev
/// fact KIND …                    what netlink, a tool or an engine said (see KernelFacts)
/// ```
/// In all of these `\s \t \n \\ \xHH` stand for a blank, a tab, a line end, a backslash and any byte; `\c` at the end of
/// a file's last line takes its line end away.
public struct MachineFile: Sendable, Equatable {
  /// The first line: cards, firmware and kernel.
  public var title: String
  /// What each path is; paths are relative to the root.
  public internal(set) var entries: [String: Entry] = [:]
  /// The facts that are not in files.
  public var kernel: KernelFacts = .none

  /// The kind of one path.
  public enum Entry: Sendable, Hashable {
    /// A file with its contents.
    case file([UInt8])
    /// A symbolic link with its target, relative to the link's directory.
    case link(String)
    /// A directory; one above another entry need not be listed.
    case directory
    /// A file of which only the existence matters, e.g. a device node.
    case node
  }

  /// Creates a machine without devices.
  public init(title: String) { self.title = title }

  /// The canonical text: entries ordered by path, then facts.
  public var text: String {
    var lines = ["machine \(MachineText.escape(title))"]
    for (path, entry) in entries.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
      lines += Self.lines(path, entry)
    }
    lines += kernel.factLines
    return lines.joined(separator: "\n") + "\n"
  }

  private static func lines(_ path: String, _ entry: Entry) -> [String] {
    let path = MachineText.escape(path, blanks: .all)
    switch entry {
    case .directory: return ["dir \(path)"]
    case .node: return ["node \(path)"]
    case .link(let target): return ["link \(path) -> \(MachineText.escape(target, blanks: .all))"]
    case .file(let bytes):
      guard !bytes.isEmpty else { return ["file \(path)"] }
      var values = MachineText.values(of: bytes)
      let first = values.removeFirst()
      return ["file \(path) \(first)"] + values.map { "  | \($0)" }
    }
  }
}

import Agent
import Glibc
import Linux

/// A folder of recorded nodes: every `*.tree` in it, by name.
struct MachineFolder {
  let path: String
  /// Not empty.
  let files: [String]

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  /// Nil when `path` is not a directory: then it is one machine file, or cannot be read.
  init?(_ path: String?) throws(Failure) {
    guard let path, let all = try? DirectoryNames.read(path) else { return nil }
    let names = all.filter { $0.hasSuffix(Self.suffix) && $0.utf8.count > Self.suffix.utf8.count }
    guard !names.isEmpty else { throw Failure(description: "\(path): there is no machine file (*.tree) in it") }
    self.path = path
    files = names.map { "\(path)/\($0)" }
  }

  private static let suffix = ".tree"

  /// What `nodeNames` are matched with: the file's name without its end.
  static func nodeName(of file: String) -> String {
    let name = file.split(separator: "/").last.map(String.init) ?? file
    return name.hasSuffix(suffix) ? String(name.dropLast(suffix.count)) : name
  }

  /// The result for one node.
  struct Verdict {
    /// 0, or an exit code that says what kind of thing failed.
    var code: Int32
    /// One line.
    var text: String
    /// Units by resource name, pools without one too.
    var units: [String: Int] = [:]
  }

  /// Inspects each node; with `prints`, prints a line for each and then the pools that have no device on any node.
  ///
  /// The exit code is the highest of all; a pool without a device on any node is 1.
  func each(
    _ options: Options, prints: Bool = true, _ look: (_ node: Options, _ name: String) async -> Verdict
  ) async -> Int32 {
    var code: Int32 = 0
    var failed = 0
    var units: [String: Int] = [:]
    var progress = Progress(total: files.count)
    for file in files {
      var node = options
      node.hostRoot = file
      let name = Self.nodeName(of: file)
      if node.nodeName.isEmpty { node.nodeName = name }
      let verdict = await look(node, name)
      progress.clear()
      if prints { Console.print("\(name): \(verdict.text)") }
      if verdict.code != 0 { failed += 1 }
      code = max(code, verdict.code)
      units.merge(verdict.units, uniquingKeysWith: +)
      progress.advance(to: name)
    }
    progress.clear()
    let empty = units.keys.sorted().filter { units[$0] == 0 }
    for name in empty { Console.complain("error: \(name) has no device on any of the nodes in \(path)") }
    if !empty.isEmpty { code = max(code, 1) }
    if prints {
      let nodes = files.count == 1 ? "1 node" : "\(files.count) nodes"
      Console.print("\(nodes): \(code == 0 ? "all well" : "\(failed) failed, \(empty.count) pools empty everywhere")")
    }
    return code
  }
}

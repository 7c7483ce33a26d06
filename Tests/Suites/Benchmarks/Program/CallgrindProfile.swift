/// What a callgrind output file says of a whole run: instructions, and how often memory was asked for.
struct CallgrindProfile {
  private(set) var instructions = 0
  private(set) var allocations = 0

  private static let allocators: Set = ["malloc", "calloc", "realloc", "posix_memalign", "aligned_alloc"]

  /// Nil when the text holds no summary.
  ///
  /// Corresponds to the callgrind profile format: `summary: N`, `cfn=(id) name` followed by `calls=count …`; a name is
  /// spelled at its first use only.
  init?(_ text: String) {
    var names: [Substring: Substring] = [:]
    var callee: Substring = ""
    var hasSummary = false
    for line in text.split(separator: "\n") {
      if let count = line.value(after: "summary: ").flatMap({ Int($0) }) {
        instructions = count
        hasSummary = true
      } else if let count = line.value(after: "calls=").flatMap({ Int($0.prefix { $0 != " " }) }) {
        // glibc's names may carry a version after an at sign, or callgrind's mark of recursion after a quote.
        if Self.allocators.contains(String(callee.prefix { $0 != "@" && $0 != "'" })) { allocations += count }
      } else if let function = line.value(after: "cfn=") ?? line.value(after: "fn=") {
        let id = function.prefix { $0 != " " }
        if function.count > id.count { names[id] = function.dropFirst(id.count + 1) }
        callee = names[id] ?? ""
      }
    }
    guard hasSummary else { return nil }
  }
}

extension Substring {
  fileprivate func value(after prefix: String) -> Substring? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }
}

import Foundation
import TestSupport

/// One Markdown document of the repository, as far as tests look at it.
struct MarkdownPage {
  /// Relative to the repository's root.
  let path: String
  let lines: [Substring]

  init(_ path: String) throws {
    self.path = path
    lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// The lines outside of code blocks.
  var prose: [Substring] { parts.prose }

  /// The lines of code blocks. A line that ends with a backslash is joined with the next one.
  var code: [String] { parts.code }

  private var parts: (prose: [Substring], code: [String]) {
    var prose: [Substring] = []
    var code: [String] = []
    var isCode = false
    for line in lines {
      if line.hasPrefix("```") {
        isCode.toggle()
      } else if !isCode {
        prose.append(line)
      } else if let last = code.last, last.hasSuffix("\\") {
        code[code.count - 1] = last.dropLast() + line.trimmingCharacters(in: .whitespaces)
      } else {
        code.append(String(line))
      }
    }
    return (prose, code)
  }

  /// The anchors that a code host makes of headings: lower case, spaces as hyphens, no punctuation.
  var anchors: Set<String> {
    Set(
      prose.filter { $0.hasPrefix("#") }.map { heading in
        heading.drop { $0 == "#" }.trimmingCharacters(in: .whitespaces).lowercased()
          .filter { $0.isLetter || $0.isNumber || " -_".contains($0) }.replacing(" ", with: "-")
      })
  }

  /// The targets of links and images.
  var links: [String] {
    let text = prose.joined(separator: "\n")
    return text.matches(of: #/\]\(([^)\s]+)\)/#).map { String($0.output.1) }
      + text.matches(of: #/(?:src|srcset|href)="([^"]+)"/#).map { String($0.output.1) }
  }

  /// The pages that `<doc:…>` names.
  var references: [String] {
    prose.joined(separator: "\n").matches(of: #/<doc:([^>]+)>/#).map { String($0.output.1) }
  }

  /// The number of rows of each table, without its head.
  var tables: [Int] {
    prose.split { !$0.hasPrefix("|") }.map { $0.count - 2 }
  }
}

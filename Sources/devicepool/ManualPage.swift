import Agent
import Observability

/// The manual page, made from the same text as the help: `devicepool help -man | man -l -`.
enum ManualPage {
  static var roff: String {
    var page = Page()
    page.request("TH", "DEVICEPOOL", "8", "", "devicepool \(Version.number)", "System Administration")
    page.section("NAME")
    page.text("devicepool - Kubernetes device pools from a JSON file")
    page.section("SYNOPSIS")
    page.command("devicepool", rest: "[run] [flags]")
    for command in Subcommand.all {
      page.request("br")
      page.command("devicepool \(command.name)", rest: "[flags] \(command.operands.text)")
    }
    page.section("DESCRIPTION")
    page.text(
      """
      A node agent that serves pools of devices to kubelet: virtual functions of NICs, accelerators, subfunctions, RDMA \
      devices and UB devices, selected by a JSON file. Flags take one dash or two, and a value after = or as the next \
      word. Flags alone mean run.
      """)
    page.section("RUN")
    page.flags(Options.flags)
    page.verbatim(RunHelp.details)
    for command in Subcommand.all {
      page.section(command.name.uppercased())
      page.text("\(command.summary.prefix(1).uppercased())\(command.summary.dropFirst()).")
      page.flags(command.flags)
      page.verbatim(command.details)
    }
    page.section("SEE ALSO")
    page.text("The configuration's keys are in the product's manual and in config-examples/schema/config.schema.json.")
    return page.text
  }

  /// A page while it is written, with the requests of man(7).
  private struct Page {
    private(set) var text = ""

    mutating func request(_ name: String, _ arguments: String...) {
      let words = arguments.map { " \"\(Self.escaped($0, quote: "\\(dq"))\"" }
      text += ".\(name)\(words.joined())\n"
    }

    mutating func section(_ name: String) { request("SH", name) }

    mutating func text(_ words: String) { text += Self.line(words) + "\n" }

    mutating func command(_ name: String, rest: String) {
      text += ".B \(Self.escaped(name))\n\(Self.line(rest))\n"
    }

    mutating func flags(_ flags: FlagSet) {
      for flag in flags.flags where !flag.help.isEmpty {
        text += ".TP\n.B \\-\(Self.escaped(flag.name))\n"
        text(flag.help + (flag.standard.isEmpty ? "" : " (\(flag.standard))"))
      }
    }

    /// As it stands in the help.
    mutating func verbatim(_ words: String) {
      text += ".PP\n.nf\n"
      for line in words.split(separator: "\n", omittingEmptySubsequences: false) { text(String(line)) }
      text += ".fi\n"
    }

    /// A line that starts with a dot or an apostrophe would be a request.
    private static func line(_ words: String) -> String {
      let text = escaped(words)
      return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&\(text)" : text
    }

    private static func escaped(_ text: String, quote: String = "\"") -> String {
      text.reduce(into: "") { page, character in
        switch character {
        case "\\": page += "\\(rs"
        case "-": page += "\\-"
        case "…": page += "..."
        case "\"": page += quote
        default: page.append(character)
        }
      }
    }
  }
}

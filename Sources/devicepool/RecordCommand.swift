import Agent
import Glibc
import Linux

extension Subcommand {
  /// `record FILE`: this node's device facts as a machine file.
  static let record = Subcommand(
    name: "record", summary: "writes this node's device facts as a machine file", operands: .files("FILE"),
    flags: FlagSet([
      .init("host-root", .text, standard: "/", completion: .files, help: "the host's root, or a machine file"),
      .init("title", .text, help: "the file's first line: card, firmware, kernel"),
    ]),
    details: """
      FILE - is standard output. A regular file is replaced as a whole once the host is read; a device, a FIFO or what a
      link leads to is written into. A machine file is text, a line for each fact that pools are made from: PCI functions
      and their drivers, links, RDMA, vDPA and UB devices. No IP addresses or host names are in it; MAC addresses, GUIDs and
      switch ids become tokens: the interface enx001b21aabbcc is enxid1.
      What could not be read is a warning on standard error.

      exit codes: 0 written, 2 wrong usage, 3 the host can't be read or the file can't be written
      example: devicepool record node7.tree && devicepool plan -machine node7.tree -config-file new.json
      """
  ) { values in
    guard let path = values.rest.first, values.rest.count == 1 else {
      Console.complain("devicepool record: name one file to write, or - for standard output")
      return 2
    }
    var options = Options(configFiles: [])
    options.hostRoot = values.text("host-root") ?? "/"
    options.hostRootOrigin = values.origin("host-root")
    do {
      let (text, problems) = try await Progress.during("reading the host") {
        try await Recording.record(options, title: values.text("title"))
      }
      for problem in problems { Console.complain("warning: \(problem)") }
      if path == "-" {
        Console.printExactly(text)
      } else {
        try OutputFile(path: path).write(text)
      }
      return 0
    } catch {
      Console.complain("error: \(error)")
      return 3
    }
  }
}

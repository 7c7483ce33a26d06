import Foundation

/// A user-space peer that answers for the generic netlink family UBCORE_GENL; see Tests/Fixtures/ubcore-peer.
///
/// It runs in the network namespace of the thread that starts it. Sockets that use libnl speak to it when their peer
/// port is `port`, as they do in a child with `environment`.
public final class UBCorePeer: Sendable {
  public let port: UInt32
  private let child: ChildProcess
  private let directory: TemporaryDirectory
  private let programs: Programs

  /// Needs a C compiler; see `obstacle`.
  public init(port: UInt32, _ words: [String]) throws {
    programs = try Self.built.get()
    directory = try TemporaryDirectory()
    self.port = port
    child = try ChildProcess([programs.peer, "\(port)"] + words, output: directory["journal"])
    let end = ContinuousClock.now + .seconds(10)
    while journal.first != "ready \(port)" {
      guard ContinuousClock.now < end else { throw ChildProcess.Failure(description: "ubcore-peer: \(journal)") }
      usleep(2000)
    }
  }

  /// Why there can be no peer; nil: there can.
  public static var obstacle: String? {
    switch built {
    case .success: nil
    case .failure(let error): "the user-space peer can't be built: \(error)"
    }
  }

  /// What it did so far, line by line, the first of which is `ready PORT`; written before it answers.
  public var journal: [String] {
    let text = (try? String(contentsOfFile: directory["journal"], encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  /// What it did with devices: the journal's `move`, `stay`, `refuse` and `ignore` lines.
  public var deeds: [String] {
    journal.filter { line in ["move", "stay", "refuse", "ignore"].contains { line.hasPrefix("\($0) ") } }
  }

  /// A word of its command language, such as `busy=udma1`; returns when it has been obeyed.
  public func obey(_ word: String) async {
    let count = journal.count { $0 == "did \(word)" }
    child.tell(word)
    _ = await eventually { self.journal.count { $0 == "did \(word)" } > count }
  }

  /// For a child that uses libnl: its generic netlink sockets speak to this peer.
  public var environment: [String: String] {
    ["LD_PRELOAD": programs.preload, "DEVICEPOOL_TEST_NETLINK_PEER": "\(port)"]
  }

  private struct Programs: Sendable {
    let directory: TemporaryDirectory
    var peer: String { directory["ubcore-peer"] }
    var preload: String { directory["netlink-peer.so"] }
  }

  private static let built = Result { () throws -> Programs in
    let programs = Programs(directory: try TemporaryDirectory())
    let sources = Repository.root.appending(path: "Tests/Fixtures/ubcore-peer").path
    try compile(["-o", programs.peer, "\(sources)/ubcore-peer.c"], programs.directory)
    try compile(["-shared", "-fPIC", "-o", programs.preload, "\(sources)/netlink-peer.c"], programs.directory)
    return programs
  }

  /// With the compiler that came with Swift, else with the machine's.
  private static func compile(_ words: [String], _ directory: TemporaryDirectory) throws {
    var complaints: [String] = []
    for compiler in ["clang", "cc"] {
      do {
        let child = try ChildProcess([compiler] + words, output: directory["log"])
        if child.wait() == 0 { return }
        complaints.append((try? String(contentsOfFile: directory["log"], encoding: .utf8)) ?? "")
      } catch {
        complaints.append("\(error)")
      }
    }
    throw ChildProcess.Failure(description: complaints.joined(separator: "; "))
  }
}

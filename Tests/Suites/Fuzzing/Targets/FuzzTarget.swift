/// One input boundary: what a stranger's bytes go through, and what must hold whatever they are.
public struct FuzzTarget: Sendable {
  /// The name of its folder in `Tests/Suites/Fuzzing/Corpus`.
  public let name: String
  /// Throws `Finding` when something holds no more; a crash is a finding as well.
  public let run: @Sendable ([UInt8]) throws -> Void

  init(_ name: String, _ run: @escaping @Sendable ([UInt8]) throws -> Void) {
    self.name = name
    self.run = run
  }

  public static let all: [FuzzTarget] = [
    .config, .functionSet, .manifest, .machine, .sysfs, .npuTools, .kubeletMessages, .podResourcesMessages,
    .claimMessages, .containerRuntimeMessages, .checkpoint, .sandboxInfo, .engine, .linkNetlink, .genericNetlink,
    .uevents, .claim, .claimCheckpoint, .helperLines,
  ]
}

/// Something that must hold and does not.
public struct Finding: Error, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }

  /// Throws unless it holds.
  static func unless(_ holds: Bool, _ what: @autoclosure () -> String) throws(Finding) {
    if !holds { throw Finding(what()) }
  }
}

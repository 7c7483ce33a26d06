import Foundation

/// Inputs that are kept: those of `Tests/Suites/Fuzzing/Corpus`, and the repository's own examples and recordings.
public enum Corpus {
  public struct Seed: Sendable, CustomStringConvertible {
    public let description: String
    public let bytes: [UInt8]
  }

  private static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// Cases of the target's own folder; a `.hex` file holds pairs of digits and comments from `#` on.
  public static func kept(of target: FuzzTarget) throws -> [Seed] {
    try files(in: "Suites/Fuzzing/Corpus/\(target.name)").map(seed)
  }

  /// Everything to begin with.
  public static func seeds(of target: FuzzTarget) throws -> [Seed] {
    var seeds = try kept(of: target)
    switch target.name {
    case "config":
      for folder in try files(in: "Fixtures/Golden") {
        seeds.append(try seed(folder.appendingPathComponent("config.json")))
      }
    case "machine": seeds += try files(in: "Fixtures/Machines").map(seed)
    case "checkpoint": seeds += try files(in: "Fixtures/KubeletCheckpoint").map(seed)
    case "sandbox-info": seeds += try files(in: "Fixtures/ContainerRuntime").map(seed)
    case let name where name.hasSuffix("-messages"):
      let messages = try files(in: "Fixtures/Wire").filter { $0.pathExtension == "hex" }.map(seed)
      // Any message's bytes are worth a try as any other's.
      for choice in UInt8(0)..<15 {
        seeds += messages.map { Seed(description: "\(choice) \($0)", bytes: [choice] + $0.bytes) }
      }
    default: break
    }
    return seeds
  }

  private static func files(in folder: String) throws -> [URL] {
    try FileManager.default.contentsOfDirectory(
      at: tests.appendingPathComponent(folder), includingPropertiesForKeys: nil, options: .skipsHiddenFiles
    ).sorted { $0.path < $1.path }
  }

  private static func seed(_ file: URL) throws -> Seed {
    let data = try Data(contentsOf: file)
    guard file.pathExtension == "hex" else { return Seed(description: file.lastPathComponent, bytes: Array(data)) }
    let digits = String(decoding: data, as: UTF8.self).split(separator: "\n")
      .map { $0.prefix { $0 != "#" } }.joined().filter { !$0.isWhitespace }
    var bytes: [UInt8] = []
    for index in stride(from: 0, to: digits.count, by: 2) {
      let start = digits.index(digits.startIndex, offsetBy: index)
      let end = digits.index(start, offsetBy: 2, limitedBy: digits.endIndex)
      guard let end, let byte = UInt8(digits[start..<end], radix: 16) else {
        throw Finding("\(file.lastPathComponent): expected pairs of hex digits at digit \(index)")
      }
      bytes.append(byte)
    }
    return Seed(description: file.lastPathComponent, bytes: bytes)
  }
}

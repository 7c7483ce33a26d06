import CFuzzDriver
import Foundation
import FuzzTargets

enum Fuzzing {
  /// The one of the command line; libFuzzer's callback can't carry it.
  private static let target: FuzzTarget = {
    let name = CommandLine.arguments.dropFirst().first ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      print("no target '\(name)': devicepool-fuzz list")
      exit(2)
    }
    return target
  }()

  static func list() {
    for target in FuzzTarget.all { print(target.name) }
  }

  static func writeSeeds(below directory: String) {
    do {
      for target in FuzzTarget.all {
        let folder = URL(fileURLWithPath: directory).appendingPathComponent(target.name)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for (number, seed) in try Corpus.seeds(of: target).enumerated() {
          try Data(seed.bytes).write(to: folder.appendingPathComponent("seed-\(number)"))
        }
      }
    } catch {
      print("\(error)")
      exit(1)
    }
  }

  static func run() -> Never {
    _ = target
    var words = CommandLine.arguments
    words.remove(at: 1)
    var count = Int32(words.count)
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = .allocate(capacity: words.count + 1)
    for (index, word) in words.enumerated() { arguments?[index] = strdup(word) }
    arguments?[words.count] = nil
    exit(
      LLVMFuzzerRunDriver(&count, &arguments) { data, size in
        do {
          try Fuzzing.target.run(Array(UnsafeBufferPointer(start: data, count: size)))
        } catch {
          fatalError("\(Fuzzing.target.name): \(error)")
        }
        return 0
      })
  }
}

import Foundation

/// The program that operators run, as the build left it beside the tests' own.
public enum ProductProgram {
  public static let path: String = {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("devicepool").path
  }()

  /// Why it can't be run, or nil: it can. `swift test --product` of another product builds none.
  public static var obstacle: String? {
    FileManager.default.isExecutableFile(atPath: path) ? nil : "\(path) is not built"
  }
}

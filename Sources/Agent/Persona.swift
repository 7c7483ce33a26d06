/// The name by which the program was started. Some defaults depend on it, so that it can replace another plugin in an
/// image.
public enum Persona: String, Sendable, CaseIterable {
  /// This program's own name.
  case devicepool
  /// The program of the SR-IOV network device plugin.
  case sriovdp
  /// The script that starts the SR-IOV network device plugin in its image.
  case entrypoint = "entrypoint.sh"
  /// The program of the RDMA shared device plugin.
  case rdmaShared = "k8s-rdma-shared-dp"

  /// Finds the persona by the last part of `argv[0]`; any other name means `devicepool`.
  public init(program: String) {
    let name = program.utf8.lastIndex(of: UInt8(ascii: "/")).map { program[program.utf8.index(after: $0)...] }
    self = Persona(rawValue: name.map(String.init) ?? program) ?? .devicepool
  }

  var configFile: String {
    switch self {
    case .rdmaShared: "/k8s-rdma-shared-dev-plugin/config.json"
    case .devicepool, .sriovdp, .entrypoint: "/etc/pcidp/config.json"
    }
  }

  /// The exit code for wrong arguments: 2 as in Go's flag package, 1 as in the shell script.
  public var usageExitCode: Int32 { self == .entrypoint ? 1 : 2 }

  /// Whether the arguments ask for the version, by `-v` or `--version` of the RDMA shared device plugin.
  public func asksForVersion(_ words: [String]) -> Bool {
    self == .rdmaShared && words.contains { ["-v", "--v", "-version", "--version"].contains($0) }
  }

  /// Translates the script's arguments. It took any value of `--use-cdi` as yes, and stopped at an empty argument.
  func rewritten(_ words: [String]) -> [String] {
    guard self == .entrypoint else { return words }
    return words.prefix { !$0.isEmpty }.map { $0.hasPrefix("--use-cdi=") ? "--use-cdi" : $0 }
  }
}

/// The name that the program was started by: a few defaults follow from it, so that it can take another plugin's place
/// in an image.
public enum Persona: String, Sendable, CaseIterable {
  case devicepool
  case sriovdp
  /// The SR-IOV network device plugin's image starts by this script.
  case entrypoint = "entrypoint.sh"
  case rdmaShared = "k8s-rdma-shared-dp"

  /// By the last part of `argv[0]`.
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

  /// The exit code for words that can't be understood: Go's flag package says 2, the shell script said 1.
  public var usageExitCode: Int32 { self == .entrypoint ? 1 : 2 }

  /// `-v` and `--version` of the RDMA shared device plugin.
  public func asksForVersion(_ words: [String]) -> Bool {
    self == .rdmaShared && words.contains { ["-v", "--v", "-version", "--version"].contains($0) }
  }

  /// What the words mean to this program. The script took any value of `--use-cdi` as yes, and stopped at an empty word.
  func rewritten(_ words: [String]) -> [String] {
    guard self == .entrypoint else { return words }
    return words.prefix { !$0.isEmpty }.map { $0.hasPrefix("--use-cdi=") ? "--use-cdi" : $0 }
  }
}

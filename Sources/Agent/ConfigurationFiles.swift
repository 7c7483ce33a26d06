import KubeletAPI
import Linux
public import ResourcePools

/// The configuration files of the command line, read and decoded together.
public struct ConfigurationFiles: Sendable {
  /// The values of `-config-file`.
  public let paths: [String]
  /// What the files' meaning depends on besides their text.
  public let defaults: ConfigDefaults

  /// `node` replaces the options' node name, for files that are checked for several nodes.
  public init(_ options: Options, node: ConfigDefaults.Node? = nil) {
    paths = options.configFiles
    defaults = ConfigDefaults(
      resourcePrefix: options.resourcePrefix, strictUnknownKeys: options.strictConfig,
      node: node ?? (options.nodeName.isEmpty ? .unnamed : .named(options.nodeName)),
      socketDirectories: [options.kubelet.pluginsRegistry, options.kubelet.devicePlugins])
  }

  /// The directories to watch. A ConfigMap's files are links through `..data`, which is replaced whole.
  var directories: Set<String> { Set(paths.map { Self.split($0).directory }) }

  /// Whether the event may mean new contents of one of the files.
  func concerns(_ event: DirectoryWatcher.Event) -> Bool {
    switch event {
    case .appeared(let directory, let name), .written(let directory, let name):
      paths.contains {
        Self.split($0) == (directory, name) || (Self.split($0).directory == directory && name == "..data")
      }
    case .lookAgain: true
    case .vanished: false
    }
  }

  /// The contents of a file, or why it can't be read.
  typealias Content = Result<[UInt8], FileError>

  func contents() -> [Content] {
    paths.map { path in Result { () throws(FileError) in try SmallFile.bytes(path) } }
  }

  private static func split(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    return (slash == path.startIndex ? "/" : String(path[..<slash]), String(path[path.index(after: slash)...]))
  }

  /// Reads and decodes the files.
  ///
  /// - Returns: The configuration, nil when any of the problems is an error; and all problems.
  public func read() -> (config: PluginConfig?, problems: [ConfigProblem]) { decode(contents()) }

  /// Decodes contents that were read before.
  func decode(_ contents: [Content]) -> (config: PluginConfig?, problems: [ConfigProblem]) {
    var files: [ConfigFile] = []
    var problems: [ConfigProblem] = []
    for (path, content) in zip(paths, contents) {
      switch content {
      case .success(let bytes): files.append(ConfigFile(name: path, bytes: bytes))
      case .failure(let error):
        problems.append(ConfigProblem(.error, file: path, path: .root, reason: "\(error)"))
      }
    }
    let (config, found) = PluginConfig.decode(files, defaults: defaults)
    problems += found
    return (problems.contains { $0.severity == .error } ? nil : config, problems)
  }
}

extension ConfigProblem {
  /// The problem in one line, e.g. `config.json:12:9: resourceList[0].selectors.pfNames[0]: '3-' is not a VF range`.
  public var text: String {
    let place = line.map { ":\($0)" + (column.map { ":\($0)" } ?? "") } ?? ""
    let what = path.description.isEmpty ? "" : "\(path): "
    return "\(file)\(place): \(what)\(reason)"
  }
}

public import DRAFrontEnd
public import DevicePluginFrontEnd
import HelperProtocol
public import KubeletAPI
public import Observability
public import ResourcePools

/// The settings of the command line.
public struct Options: Sendable {
  /// Paths of the configuration files (`-config-file`).
  public var configFiles: [String]
  /// The prefix of resources that have none in the file (`-resource-prefix`).
  public var resourcePrefix = "intel.com"
  /// How CDI device names reach the container runtime (`-use-cdi`, `-cdi-mode`).
  public var cdi = CDIMode.off
  /// How kubelet learns of the endpoints (`-registration`).
  public var registration = RegistrationMode.Choice.auto
  /// kubelet's root directory (`-kubelet-dir`).
  public var kubelet = KubeletDirectory("/var/lib/kubelet")
  /// The directory with the host's files, or a machine file (`-host-root`).
  public var hostRoot = "/"
  /// The origin of `hostRoot`, for messages, e.g. `-machine`.
  public var hostRootOrigin = "-host-root"
  /// The machine file of `hostRoot`, when it was unpacked already: to write and remove the files of a large machine
  /// takes longer than all else.
  public var machine: UnpackedMachine?
  /// Where DeviceInfo and CDI files go instead of `/var/run`, so that a rehearsal does not change the host.
  public var runDirectory: String?
  /// `port` or `address:port`; nil for no status endpoint.
  public var listen: ListenAddress?
  /// Where node-feature-discovery looks for features; nil for no file.
  public var featuresFile: String?
  /// The format of log lines (`-logging-format`).
  public var logFormat = Log.Format.text
  /// klog's verbosity: 0 to 3 for information, 4 and higher for debugging, below 0 for warnings and errors only.
  public var verbosity = 0
  /// Whether a key without effect is an error (`-strict-config`).
  public var strictConfig = false
  /// Seconds that kubelet's calls may be unanswered before the process ends; 0 for no limit.
  public var watchdogSeconds = 0
  /// The DRA driver's name.
  public var draDriver = DriverName.standard
  /// The path of the socket for the API helper.
  public var apiSocket = HelperProtocol.socketPath
  /// The user id that the API helper may have besides root's.
  public var apiUser: UInt32 = 65532
  /// The node's name from NODE_NAME, for a pool's `nodeNames` and for slices; may be empty.
  public var nodeName = ""
  /// Seconds that kubelet's plugin watcher may take to come to a socket.
  public var watcherPatience = 30.0
  /// Seconds that a function may be without its network interface while no pod has it.
  public var interfacePatience = LostInterfaces.standardHold
  /// Seconds between two checks whether units of a moving pool are free.
  public var handoverPause = 10.0
  /// Notes about flags without effect, which are logged once at start.
  public var notes: [String] = []

  /// Creates options with the defaults for everything else.
  public init(configFiles: [String]) { self.configFiles = configFiles }

  /// The flags of `run`, as the help lists them; a test compares the deployments with it.
  public static let flags = FlagSet(
    [
      .init(
        "config-file", .list, standard: "/etc/pcidp/config.json", completion: .files,
        help: "pools: a resourceList, a configList or both; repeatable"),
      .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
      .init("use-cdi", .boolean, standard: "false", help: "hand devices out by CDI name"),
      .init(
        "cdi-mode", .text, standard: "both", choices: CDIMode.allCases.map(\.rawValue),
        help: "with -use-cdi: field, annotations or both"),
      .init(
        "registration", .text, standard: "auto", choices: RegistrationMode.Choice.allCases.map(\.rawValue),
        help: "auto, direct or watcher: how kubelet learns of the pools"),
      .init(
        "kubelet-dir", .text, standard: "/var/lib/kubelet", completion: .directories, help: "kubelet's directory"),
      .init(
        "host-root", .text, standard: "/", completion: .files,
        help: "where this host's sys, dev, proc and run are, or a machine file"),
      .init(
        "listen", .text, standard: "off", help: "port or address:port of /inventory, /metrics, /healthz and /readyz"),
      .init(
        "features-file", .text, standard: "off", completion: .files,
        help: "a file for node-feature-discovery: devices and product of each pool"),
      .init("dra-driver", .text, standard: DriverName.standard.description, help: "name of the DRA driver"),
      .init(
        "api-socket", .text, standard: HelperProtocol.socketPath, completion: .files,
        help: "socket for devicepool-api, for pools with serve dra"),
      .init("api-user", .integer, standard: "65532", help: "the user that devicepool-api may be, beside root"),
      .init(
        "logging-format", .text, standard: "text", choices: Log.Format.allCases.map(\.rawValue), help: "text or json"),
      .init("v", .integer, standard: "0", help: "verbosity: 4 and up for debugging"),
      .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
      .init(
        "watchdog", .integer, standard: "60", help: "seconds without answers to kubelet until it ends; 0: never"),
    ] + accepted)

  /// glog's flags, and those of the replaced plugins' entrypoints: accepted, so that manifests need no edit.
  private static let accepted: [FlagSet.Flag] = [
    .init("logtostderr", .boolean, help: ""), .init("alsologtostderr", .boolean, help: ""),
    .init("stderrthreshold", .text, help: ""), .init("log_dir", .text, help: ""),
    .init("log_link", .text, help: ""), .init("logbuflevel", .integer, help: ""),
    .init("log_backtrace_at", .text, help: ""), .init("vmodule", .text, help: ""),
    .init("log-dir", .text, help: ""), .init("log-level", .integer, help: ""),
  ]

  /// Parses the command line.
  ///
  /// - Throws: What is wrong with the arguments, in the words of Go's flag package.
  public static func parse(
    _ words: [String], persona: Persona, environment: [String: String]
  ) throws(FlagSet.Failure) -> Options {
    let values = try flags.parse(persona.rewritten(words), environment: environment)
    var options = Options(configFiles: values.list("config-file"))
    if options.configFiles.isEmpty { options.configFiles = [persona.configFile] }
    if let prefix = values.text("resource-prefix") { options.resourcePrefix = prefix }
    options.registration = choice("registration", values) ?? .auto
    options.logFormat = choice("logging-format", values) ?? .text
    let mode: CDIMode = choice("cdi-mode", values) ?? .both
    options.cdi = values.flag("use-cdi") ? mode : .off
    if let directory = values.text("kubelet-dir") { options.kubelet = KubeletDirectory(directory) }
    if let root = values.text("host-root") { options.hostRoot = root }
    options.hostRootOrigin = values.origin("host-root")
    if let text = values.text("listen"), text != "off" {
      guard let address = ListenAddress(text) else {
        throw .badValue(flag: values.name("listen"), value: text, expected: "a port, or address:port")
      }
      options.listen = address
    }
    if let path = values.text("features-file"), path != "off" { options.featuresFile = path }
    try options.takeDRA(values)
    options.verbosity = values.integer("v") ?? values.integer("log-level") ?? 0
    options.strictConfig = values.flag("strict-config")
    options.watchdogSeconds = max(0, values.integer("watchdog") ?? 60)
    options.nodeName = environment["NODE_NAME"] ?? ""
    if values.isGiven("log-dir") || values.isGiven("log_dir") {
      options.notes.append("log files are not written: all lines go to standard error")
    }
    if let word = values.rest.first, persona == .devicepool {
      throw .unexpected(word)
    } else if !values.rest.isEmpty {
      options.notes.append("ignored after the flags: \(values.rest.joined(separator: " "))")
    }
    return options
  }

  private mutating func takeDRA(_ values: FlagSet.Values) throws(FlagSet.Failure) {
    if let text = values.text("dra-driver") {
      guard let driver = DriverName(text) else {
        throw .badValue(flag: values.name("dra-driver"), value: text, expected: DriverName.expectation)
      }
      draDriver = driver
    }
    if let path = values.text("api-socket") { apiSocket = path }
    if let number = values.integer("api-user") {
      guard let user = UInt32(exactly: number) else {
        throw .badValue(flag: values.name("api-user"), value: "\(number)", expected: "a user's number")
      }
      apiUser = user
    }
  }

  private static func choice<Choice: RawRepresentable<String>>(_ name: String, _ values: FlagSet.Values) -> Choice? {
    // The flag set has checked it.
    values.text(name).flatMap { Choice(rawValue: $0) }
  }
}

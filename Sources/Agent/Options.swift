public import DevicePluginFrontEnd
public import KubeletAPI
public import Observability
public import ResourcePools

/// What the command line says.
public struct Options: Sendable {
  public var configFiles: [String]
  public var resourcePrefix = "intel.com"
  public var cdi = CDIMode.off
  public var registration = RegistrationMode.Choice.auto
  public var kubelet = KubeletDirectory("/var/lib/kubelet")
  public var hostRoot = "/"
  /// Where DeviceInfo and CDI files go, in the place of `/var/run`: a rehearsal leaves the host alone.
  public var runDirectory: String?
  /// `port` or `address:port`; nil: no status endpoint.
  public var listen: ListenAddress?
  public var logFormat = Log.Format.text
  /// klog's: 0 to 3 informative, 4 and up debugging; below 0 only warnings and errors.
  public var verbosity = 0
  public var strictConfig = false
  /// From NODE_NAME, for a pool's `nodeNames`.
  public var nodeName = ""
  /// Said once at start: flags that are taken and do nothing.
  public var notes: [String] = []

  public init(configFiles: [String]) { self.configFiles = configFiles }

  /// The flags of `run`; the same list stands in the help, and a test holds the deployments to it.
  public static let flags = FlagSet(
    [
      .init(
        "config-file", .list, standard: "/etc/pcidp/config.json",
        help: "pools: a resourceList, a configList or both; repeatable"),
      .init("resource-prefix", .text, standard: "intel.com", help: "prefix of pools that name none"),
      .init("use-cdi", .boolean, standard: "false", help: "hand devices out by CDI name"),
      .init("cdi-mode", .text, standard: "both", help: "with -use-cdi: field, annotations or both"),
      .init("registration", .text, standard: "auto", help: "auto, direct or watcher: how kubelet learns of the pools"),
      .init("kubelet-dir", .text, standard: "/var/lib/kubelet", help: "kubelet's directory"),
      .init("host-root", .text, standard: "/", help: "where this host's sys, dev, proc and run are, or a machine file"),
      .init("listen", .text, standard: "off", help: "port or address:port of /metrics, /healthz and /readyz"),
      .init("logging-format", .text, standard: "text", help: "text or json"),
      .init("v", .integer, standard: "0", help: "verbosity: 4 and up for debugging"),
      .init("strict-config", .boolean, standard: "false", help: "an unknown key is an error"),
    ] + accepted)

  /// glog's flags, and those of the incumbents' entrypoints: taken, so that a manifest needs no edit.
  private static let accepted: [FlagSet.Flag] = [
    .init("logtostderr", .boolean, help: ""), .init("alsologtostderr", .boolean, help: ""),
    .init("stderrthreshold", .text, help: ""), .init("log_dir", .text, help: ""),
    .init("log_link", .text, help: ""), .init("logbuflevel", .integer, help: ""),
    .init("log_backtrace_at", .text, help: ""), .init("vmodule", .text, help: ""),
    .init("log-dir", .text, help: ""), .init("log-level", .integer, help: ""),
  ]

  /// Throws what is wrong with the words, as Go would say it.
  public static func parse(
    _ words: [String], persona: Persona, environment: [String: String]
  ) throws(FlagSet.Failure) -> Options {
    let values = try flags.parse(persona.rewritten(words))
    var options = Options(configFiles: values.list("config-file"))
    if options.configFiles.isEmpty { options.configFiles = [persona.configFile] }
    if let prefix = values.text("resource-prefix") { options.resourcePrefix = prefix }
    options.registration = try choice("registration", values) ?? .auto
    options.logFormat = try choice("logging-format", values) ?? .text
    let mode: CDIMode = try choice("cdi-mode", values) ?? .both
    options.cdi = values.flag("use-cdi") ? mode : .off
    if let directory = values.text("kubelet-dir") { options.kubelet = KubeletDirectory(directory) }
    if let root = values.text("host-root") { options.hostRoot = root }
    if let text = values.text("listen"), text != "off" {
      guard let address = ListenAddress(text) else {
        throw .badValue(flag: "listen", value: text, expected: "a port, or address:port")
      }
      options.listen = address
    }
    options.verbosity = values.integer("v") ?? values.integer("log-level") ?? 0
    options.strictConfig = values.flag("strict-config")
    options.nodeName = environment["NODE_NAME"] ?? ""
    if values.isGiven("log-dir") || values.isGiven("log_dir") {
      options.notes.append("log files are not written: all lines go to standard error")
    }
    if !values.rest.isEmpty {
      options.notes.append("ignored after the flags: \(values.rest.joined(separator: " "))")
    }
    return options
  }

  private static func choice<Choice: RawRepresentable & CaseIterable>(
    _ name: String, _ values: FlagSet.Values
  ) throws(FlagSet.Failure) -> Choice? where Choice.RawValue == String {
    guard let text = values.text(name) else { return nil }
    if let choice = Choice(rawValue: text) { return choice }
    let all = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    throw .badValue(flag: name, value: text, expected: "one of \(all)")
  }
}

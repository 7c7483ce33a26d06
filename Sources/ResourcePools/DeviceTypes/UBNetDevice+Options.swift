import JSONText

extension PoolOptions {
  static let networkNamespace = PoolOption<PoolConfig.NetworkNamespaceOptions>.object(
    "netns",
    [
      ConfigKey(
        "containerRuntimeEndpoint", .text, absent: "the first runtime's socket that is there",
        meaning: "The container runtime's CRI socket."),
      ConfigKey(
        "reconcileSeconds", .integer(0...86_400), absent: "15",
        meaning: "Seconds between two checks that devices are in their pods' network namespaces; 0 turns the "
          + "checks off."),
    ],
    absent: "its defaults", meaning: "How devices are moved into the pod's network namespace."
  ) { object, log in
    var options = PoolConfig.NetworkNamespaceOptions()
    options.containerRuntimeEndpoint = object.socketPath("containerRuntimeEndpoint", log: &log)
    options.reconcileSeconds =
      object.integer("reconcileSeconds", of: .option("netns"), log: &log) ?? options.reconcileSeconds
    return options
  } summarize: { pool in
    guard let options = pool.networkNamespace else { return nil }
    var fields: [JSONValue.Field] = [.init("reconcileSeconds", .int(options.reconcileSeconds))]
    if let endpoint = options.containerRuntimeEndpoint {
      fields.append(.init("containerRuntimeEndpoint", .string(endpoint)))
    }
    return .object(fields)
  }

  static let ubsEngine = PoolOption<PoolConfig.UBSEngineOptions>.object(
    "ubse",
    [
      ConfigKey(
        "socket", .text, absent: PoolConfig.UBSEngineOptions.standardSocket, meaning: "The engine's UNIX socket."),
      ConfigKey(
        "dialect", .choice(PoolConfig.UBSEngineOptions.Dialect.allCases.map(\.rawValue)), absent: "auto",
        meaning: "Which of its incompatible wire formats the engine uses; auto finds it out without side effects."),
      ConfigKey(
        "pollSeconds", .integer(1...3600), absent: "10",
        meaning: "Seconds between two requests for the list of devices and their health."),
    ],
    absent: "devices are read from sysfs", meaning: "The UBS engine that lists and activates devices."
  ) { object, log in
    typealias Options = PoolConfig.UBSEngineOptions
    var options = Options(
      socket: object.socketPath("socket", log: &log) ?? Options.standardSocket,
      dialect: object.choice("dialect", Options.Dialect.self, log: &log) ?? .auto)
    options.pollSeconds = object.integer("pollSeconds", of: .option("ubse"), log: &log) ?? options.pollSeconds
    return options
  } summarize: { pool in
    pool.ubsEngine.map { options in
      .object([
        .init("socket", .string(options.socket)), .init("dialect", .string(options.dialect.rawValue)),
        .init("pollSeconds", .int(options.pollSeconds)),
      ])
    }
  }
}

extension PoolConfig {
  /// How devices are moved into the pod's network namespace (`netns`).
  public struct NetworkNamespaceOptions: Sendable, Equatable {
    /// The container runtime's socket; nil for the first of the usual ones that exists.
    public var containerRuntimeEndpoint: String?
    /// Seconds between two checks that devices are in their pods' network namespaces; 0 turns the checks off.
    public var reconcileSeconds: Int = 15
    /// Creates the default options.
    public init() {}
  }

  /// The UBS engine that lists and activates devices (`ubse`).
  public struct UBSEngineOptions: Sendable, Equatable {
    /// The wire format of the engine; its versions have incompatible ones.
    public enum Dialect: String, Sendable, CaseIterable {
      /// The known formats; see `EngineDialect` in UnifiedBus.
      case A, B, C
      /// The format is found by requests without side effects.
      case auto
    }
    /// The socket of an engine that is installed with its defaults.
    public static let standardSocket = "/var/run/ubse/ubse.sock"
    /// The path of the engine's socket.
    public var socket: String
    /// The wire format.
    public var dialect: Dialect
    /// Seconds between two requests for the list of devices.
    public var pollSeconds = 10
    /// Creates options with the default interval.
    public init(socket: String, dialect: Dialect) {
      self.socket = socket
      self.dialect = dialect
    }
  }

  /// The key `netns`; nil when the pool's devices stay in the host's network namespace.
  public var networkNamespace: NetworkNamespaceOptions? {
    get { self[PoolOptions.networkNamespace] ?? (type.registration == .preStart ? .init() : nil) }
    set { self[PoolOptions.networkNamespace] = newValue }
  }

  /// The key `ubse`; nil when sysfs lists the devices.
  public var ubsEngine: UBSEngineOptions? {
    get { self[PoolOptions.ubsEngine] }
    set { self[PoolOptions.ubsEngine] = newValue }
  }
}

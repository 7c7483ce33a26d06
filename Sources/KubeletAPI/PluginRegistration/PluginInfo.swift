/// Asks what a socket in `plugins_registry` offers. Corresponds to `pluginregistration.InfoRequest`.
public struct InfoRequest: WireMessage {
  /// Creates the request; it has no fields.
  public init() {}
}

/// What a socket in `plugins_registry` offers. Corresponds to `pluginregistration.PluginInfo`.
public struct PluginInfo: WireMessage {
  /// The value of `type` for a device plugin.
  public static let devicePlugin = "DevicePlugin"
  /// The value of `type` for a DRA driver.
  public static let driver = "DRAPlugin"

  /// The kind of plugin: `DevicePlugin` or `DRAPlugin`.
  public var type: String
  /// The resource name with its prefix for a device plugin, the driver's name for a DRA driver.
  public var name: String
  /// The absolute path of the plugin's socket; empty means the socket that was asked.
  public var endpoint: String
  /// The API versions that the plugin speaks, e.g. `v1beta1`.
  public var supportedVersions: [String]

  /// Creates the plugin's answer.
  public init(type: String = Self.devicePlugin, name: String, endpoint: String, supportedVersions: [String]) {
    self.type = type
    self.name = name
    self.endpoint = endpoint
    self.supportedVersions = supportedVersions
  }
}

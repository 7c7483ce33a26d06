/// kubelet's plugin watcher asks what a socket offers. Corresponds to `pluginregistration.InfoRequest`.
public struct InfoRequest: WireMessage {
  public init() {}
}

/// What the socket offers. Corresponds to `pluginregistration.PluginInfo`.
public struct PluginInfo: WireMessage {
  /// The type of a device plugin.
  public static let devicePlugin = "DevicePlugin"

  public var type: String
  /// For a device plugin, its resource name with the prefix.
  public var name: String
  /// The absolute path of the plugin's socket; empty means the socket that was asked.
  public var endpoint: String
  public var supportedVersions: [String]

  public init(type: String = Self.devicePlugin, name: String, endpoint: String, supportedVersions: [String]) {
    self.type = type
    self.name = name
    self.endpoint = endpoint
    self.supportedVersions = supportedVersions
  }
}

/// The complete device list of a resource; each message replaces the one before. Corresponds to
/// `v1beta1.ListAndWatchResponse`.
public struct ListAndWatchResponse: WireMessage {
  /// All devices, the unhealthy ones included.
  public var devices: [PluginDevice]

  /// Creates the plugin's message.
  public init(devices: [PluginDevice]) {
    self.devices = devices
  }
}

/// All devices of a resource; each message replaces the one before. Corresponds to `v1beta1.ListAndWatchResponse`.
public struct ListAndWatchResponse: WireMessage {
  public var devices: [PluginDevice]

  public init(devices: [PluginDevice]) {
    self.devices = devices
  }
}

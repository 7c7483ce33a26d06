/// A plugin introduces itself to kubelet. Corresponds to `v1beta1.RegisterRequest`.
public struct RegisterRequest: WireMessage {
  public var version: String
  /// The file name of the plugin's socket, which lies beside kubelet's.
  public var endpoint: String
  public var resourceName: String
  /// Not read by kubelet, which calls `GetDevicePluginOptions` instead.
  public var options: DevicePluginOptions?

  public init(
    version: String = DevicePluginVersion.current, endpoint: String, resourceName: String,
    options: DevicePluginOptions? = nil
  ) {
    self.version = version
    self.endpoint = endpoint
    self.resourceName = resourceName
    self.options = options
  }
}

/// Registers a device plugin at kubelet. Corresponds to `v1beta1.RegisterRequest`.
public struct RegisterRequest: WireMessage {
  /// The API version that the plugin speaks, `v1beta1`.
  public var version: String
  /// The file name of the plugin's socket, in kubelet's `device-plugins` directory.
  public var endpoint: String
  /// The extended resource, e.g. `intel.com/sriov_net`.
  public var resourceName: String
  /// The plugin's options. kubelet does not read them here; it calls `GetDevicePluginOptions`.
  public var options: DevicePluginOptions?

  /// Creates the request of a plugin that registers itself.
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

/// The version of the device plugin API.
public enum DevicePluginVersion {
  /// The only version that kubelet accepts.
  public static let current = "v1beta1"
}

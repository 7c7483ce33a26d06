/// The version of the device plugin API that kubelet speaks, the only one.
public enum DevicePluginVersion {
  public static let current = "v1beta1"
}

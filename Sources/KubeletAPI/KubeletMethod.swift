/// Full paths of the methods that kubelet, its plugins and the container runtime call on each other.
public enum KubeletMethod {
  /// Registers a device plugin directly. kubelet serves it on `device-plugins/kubelet.sock`.
  public static let register = "/v1beta1.Registration/Register"

  /// Asks a device plugin for its options, before any other call. The plugin serves this and the following four.
  public static let getDevicePluginOptions = "/v1beta1.DevicePlugin/GetDevicePluginOptions"
  /// Streams the complete device list, now and after each change.
  public static let listAndWatch = "/v1beta1.DevicePlugin/ListAndWatch"
  /// Asks which of the free devices the plugin would choose.
  public static let getPreferredAllocation = "/v1beta1.DevicePlugin/GetPreferredAllocation"
  /// Asks for the nodes, mounts and variables of the devices that kubelet has chosen.
  public static let allocate = "/v1beta1.DevicePlugin/Allocate"
  /// Announces the start of a container that has devices, before each start.
  public static let preStartContainer = "/v1beta1.DevicePlugin/PreStartContainer"

  /// Asks what a socket in `plugins_registry` offers. The plugin serves this and the next one.
  public static let getInfo = "/pluginregistration.Registration/GetInfo"
  /// Reports to the plugin whether kubelet has registered it.
  public static let notifyRegistrationStatus = "/pluginregistration.Registration/NotifyRegistrationStatus"

  /// Lists the devices of all active pods. kubelet serves this and the next one on `pod-resources/kubelet.sock`.
  public static let podResourcesList = "/v1.PodResourcesLister/List"
  /// Reads the devices of one pod; its feature gate is on by default since Kubernetes 1.34.
  public static let podResourcesGet = "/v1.PodResourcesLister/Get"

  /// Lists pod sandboxes. The container runtime serves this and the next one.
  public static let criListPodSandbox = "/runtime.v1.RuntimeService/ListPodSandbox"
  /// Reads one sandbox, with its process in verbose answers.
  public static let criPodSandboxStatus = "/runtime.v1.RuntimeService/PodSandboxStatus"
}

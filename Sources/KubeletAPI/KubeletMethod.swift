/// Full paths of the methods that kubelet, its plugins and the container runtime call on each other.
public enum KubeletMethod {
  // Served by kubelet on device-plugins/kubelet.sock.
  public static let register = "/v1beta1.Registration/Register"

  // Served by a device plugin on its endpoint.
  public static let getDevicePluginOptions = "/v1beta1.DevicePlugin/GetDevicePluginOptions"
  public static let listAndWatch = "/v1beta1.DevicePlugin/ListAndWatch"
  public static let getPreferredAllocation = "/v1beta1.DevicePlugin/GetPreferredAllocation"
  public static let allocate = "/v1beta1.DevicePlugin/Allocate"
  public static let preStartContainer = "/v1beta1.DevicePlugin/PreStartContainer"

  // Served by a plugin on its socket in plugins_registry.
  public static let getInfo = "/pluginregistration.Registration/GetInfo"
  public static let notifyRegistrationStatus = "/pluginregistration.Registration/NotifyRegistrationStatus"

  // Served by kubelet on pod-resources/kubelet.sock.
  public static let podResourcesList = "/v1.PodResourcesLister/List"
  public static let podResourcesGet = "/v1.PodResourcesLister/Get"

  // Served by the container runtime.
  public static let criVersion = "/runtime.v1.RuntimeService/Version"
  public static let criListPodSandbox = "/runtime.v1.RuntimeService/ListPodSandbox"
  public static let criPodSandboxStatus = "/runtime.v1.RuntimeService/PodSandboxStatus"
}

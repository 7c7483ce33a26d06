import CKubeletAPI

// One line for each struct of the generated headers.

extension Deviceplugin__StringEntry: StringEntryRecord {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__string_entry__init(record) }
}
extension Deviceplugin__Empty: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__empty__init(record) }
}
extension Deviceplugin__DevicePluginOptions: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__device_plugin_options__init(record) }
}
extension Deviceplugin__RegisterRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__register_request__init(record) }
}
extension Deviceplugin__ListAndWatchResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__list_and_watch_response__init(record) }
}
extension Deviceplugin__Device: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__device__init(record) }
}
extension Deviceplugin__TopologyInfo: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__topology_info__init(record) }
}
extension Deviceplugin__NUMANode: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__numanode__init(record) }
}
extension Deviceplugin__PreStartContainerRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__pre_start_container_request__init(record) }
}
extension Deviceplugin__PreStartContainerResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__pre_start_container_response__init(record) }
}
extension Deviceplugin__PreferredAllocationRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__preferred_allocation_request__init(record) }
}
extension Deviceplugin__ContainerPreferredAllocationRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) {
    deviceplugin__container_preferred_allocation_request__init(record)
  }
}
extension Deviceplugin__PreferredAllocationResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__preferred_allocation_response__init(record) }
}
extension Deviceplugin__ContainerPreferredAllocationResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) {
    deviceplugin__container_preferred_allocation_response__init(record)
  }
}
extension Deviceplugin__AllocateRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__allocate_request__init(record) }
}
extension Deviceplugin__ContainerAllocateRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__container_allocate_request__init(record) }
}
extension Deviceplugin__AllocateResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__allocate_response__init(record) }
}
extension Deviceplugin__ContainerAllocateResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__container_allocate_response__init(record) }
}
extension Deviceplugin__CDIDevice: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__cdidevice__init(record) }
}
extension Deviceplugin__Mount: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__mount__init(record) }
}
extension Deviceplugin__DeviceSpec: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { deviceplugin__device_spec__init(record) }
}
extension Pluginregistration__InfoRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { pluginregistration__info_request__init(record) }
}
extension Pluginregistration__PluginInfo: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { pluginregistration__plugin_info__init(record) }
}
extension Pluginregistration__RegistrationStatus: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { pluginregistration__registration_status__init(record) }
}
extension Pluginregistration__RegistrationStatusResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) {
    pluginregistration__registration_status_response__init(record)
  }
}
extension Podresources__ListPodResourcesRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__list_pod_resources_request__init(record) }
}
extension Podresources__ListPodResourcesResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__list_pod_resources_response__init(record) }
}
extension Podresources__GetPodResourcesRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__get_pod_resources_request__init(record) }
}
extension Podresources__GetPodResourcesResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__get_pod_resources_response__init(record) }
}
extension Podresources__PodResources: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__pod_resources__init(record) }
}
extension Podresources__ContainerResources: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__container_resources__init(record) }
}
extension Podresources__DynamicResource: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__dynamic_resource__init(record) }
}
extension Podresources__ClaimResource: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__claim_resource__init(record) }
}
extension Podresources__CDIDevice: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__cdidevice__init(record) }
}
extension Podresources__ContainerDevices: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__container_devices__init(record) }
}
extension Podresources__TopologyInfo: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__topology_info__init(record) }
}
extension Podresources__NUMANode: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { podresources__numanode__init(record) }
}
extension Cri__StringEntry: StringEntryRecord {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__string_entry__init(record) }
}
extension Cri__PodSandboxStateValue: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox_state_value__init(record) }
}
extension Cri__PodSandboxFilter: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox_filter__init(record) }
}
extension Cri__ListPodSandboxRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__list_pod_sandbox_request__init(record) }
}
extension Cri__PodSandboxMetadata: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox_metadata__init(record) }
}
extension Cri__PodSandbox: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox__init(record) }
}
extension Cri__ListPodSandboxResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__list_pod_sandbox_response__init(record) }
}
extension Cri__PodSandboxStatusRequest: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox_status_request__init(record) }
}
extension Cri__NamespaceOption: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__namespace_option__init(record) }
}
extension Cri__Namespace: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__namespace__init(record) }
}
extension Cri__LinuxPodSandboxStatus: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__linux_pod_sandbox_status__init(record) }
}
extension Cri__PodSandboxStatus: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox_status__init(record) }
}
extension Cri__PodSandboxStatusResponse: Record {
  static func clear(_ record: UnsafeMutablePointer<Self>) { cri__pod_sandbox_status_response__init(record) }
}

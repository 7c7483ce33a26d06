"""The kubelet's messages, spelled a second time and without protoc, for Google's own protobuf library.

The tables hold the field numbers as kubelet's documentation has them; they are not made from the .proto files in
Sources/CKubeletAPI, so that a slip in either shows up as different bytes.
"""
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

TABLES = {
    "v1beta1": """
        Empty:
        DevicePluginOptions: 1 bool pre_start_required, 2 bool get_preferred_allocation_available
        RegisterRequest: 1 string version, 2 string endpoint, 3 string resource_name, 4 DevicePluginOptions options
        ListAndWatchResponse: 1 *Device devices
        Device: 1 string ID, 2 string health, 3 TopologyInfo topology
        TopologyInfo: 1 *NUMANode nodes
        NUMANode: 1 int64 ID
        PreStartContainerRequest: 1 *string devices_ids
        PreStartContainerResponse:
        PreferredAllocationRequest: 1 *ContainerPreferredAllocationRequest container_requests
        ContainerPreferredAllocationRequest: 1 *string available_deviceIDs, 2 *string must_include_deviceIDs, 3 int32 allocation_size
        PreferredAllocationResponse: 1 *ContainerPreferredAllocationResponse container_responses
        ContainerPreferredAllocationResponse: 1 *string deviceIDs
        AllocateRequest: 1 *ContainerAllocateRequest container_requests
        ContainerAllocateRequest: 1 *string devices_ids
        AllocateResponse: 1 *ContainerAllocateResponse container_responses
        ContainerAllocateResponse: 1 map envs, 2 *Mount mounts, 3 *DeviceSpec devices, 4 map annotations, 5 *CDIDevice cdi_devices
        CDIDevice: 1 string name
        Mount: 1 string container_path, 2 string host_path, 3 bool read_only
        DeviceSpec: 1 string container_path, 2 string host_path, 3 string permissions
    """,
    "pluginregistration": """
        InfoRequest:
        PluginInfo: 1 string type, 2 string name, 3 string endpoint, 4 *string supported_versions
        RegistrationStatus: 1 bool plugin_registered, 2 string error
        RegistrationStatusResponse:
    """,
    "v1": """
        ListPodResourcesRequest:
        ListPodResourcesResponse: 1 *PodResources pod_resources
        GetPodResourcesRequest: 1 string pod_name, 2 string pod_namespace
        GetPodResourcesResponse: 1 PodResources pod_resources
        PodResources: 1 string name, 2 string namespace, 3 *ContainerResources containers, 4 *int64 cpu_ids
        ContainerResources: 1 string name, 2 *ContainerDevices devices, 3 *int64 cpu_ids, 5 *DynamicResource dynamic_resources
        ContainerDevices: 1 string resource_name, 2 *string device_ids, 3 TopologyInfo topology
        TopologyInfo: 1 *NUMANode nodes
        NUMANode: 1 int64 ID
        DynamicResource: 2 string claim_name, 3 string claim_namespace, 4 *ClaimResource claim_resources
        ClaimResource: 1 *CDIDevice cdi_devices, 2 string driver_name, 3 string pool_name, 4 string device_name, 5 string share_id
        CDIDevice: 1 string name
    """,
    "runtime.v1": """
        ListPodSandboxRequest: 1 PodSandboxFilter filter
        PodSandboxFilter: 1 string id, 2 PodSandboxStateValue state, 3 map label_selector
        PodSandboxStateValue: 1 enum state
        ListPodSandboxResponse: 1 *PodSandbox items
        PodSandbox: 1 string id, 2 PodSandboxMetadata metadata, 3 enum state, 4 int64 created_at, 5 map labels, 6 map annotations, 7 string runtime_handler
        PodSandboxMetadata: 1 string name, 2 string uid, 3 string namespace, 4 uint32 attempt
        PodSandboxStatusRequest: 1 string pod_sandbox_id, 2 bool verbose
        PodSandboxStatusResponse: 1 PodSandboxStatus status, 2 map info, 4 int64 timestamp
        PodSandboxStatus: 1 string id, 2 PodSandboxMetadata metadata, 3 enum state, 4 int64 created_at, 5 PodSandboxNetworkStatus network, 6 LinuxPodSandboxStatus linux, 7 map labels, 8 map annotations, 9 string runtime_handler
        PodSandboxNetworkStatus: 1 string ip
        LinuxPodSandboxStatus: 1 Namespace namespaces
        Namespace: 2 NamespaceOption options
        NamespaceOption: 1 enum network, 2 enum pid, 3 enum ipc, 4 string target_id
    """,
}

_Field = descriptor_pb2.FieldDescriptorProto
# An enum is a varint on the wire, as int32 is.
_SCALARS = {"string": _Field.TYPE_STRING, "bool": _Field.TYPE_BOOL, "int32": _Field.TYPE_INT32,
            "uint32": _Field.TYPE_UINT32, "int64": _Field.TYPE_INT64, "enum": _Field.TYPE_INT32}


def _add_field(message, scope, number, kind, name):
    field = message.field.add(name=name, number=int(number), label=_Field.LABEL_OPTIONAL)
    if kind.startswith("*"):
        field.label, kind = _Field.LABEL_REPEATED, kind[1:]
    if kind == "map":
        entry = message.nested_type.add(name="".join(part.capitalize() for part in name.split("_")) + "Entry")
        entry.options.map_entry = True
        for index, key in enumerate(("key", "value"), start=1):
            _add_field(entry, scope, index, "string", key)
        field.label, field.type = _Field.LABEL_REPEATED, _Field.TYPE_MESSAGE
        field.type_name = f".{scope}.{message.name}.{entry.name}"
    elif kind in _SCALARS:
        field.type = _SCALARS[kind]
    else:
        field.type, field.type_name = _Field.TYPE_MESSAGE, f".{scope}.{kind}"


def _classes():
    pool = descriptor_pool.DescriptorPool()
    names = []
    for package, table in TABLES.items():
        file = descriptor_pb2.FileDescriptorProto(name=f"{package}.proto", package=package, syntax="proto3")
        for line in table.strip().splitlines():
            name, _, fields = line.strip().partition(":")
            message = file.message_type.add(name=name)
            for field in filter(None, fields.split(",")):
                _add_field(message, package, *field.split())
            names.append(f"{package}.{name}")
        pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(name)) for name in names}


CLASSES = _classes()


def message(kind, /, **fields):
    """A message of `package.Name`."""
    return CLASSES[kind](**fields)

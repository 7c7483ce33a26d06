"""Protocol buffers by table, independent of the product's own encoder and of any generated code.

A message is a dict. A field left out of a dict is not encoded; a field absent from the wire decodes to "", 0, False,
[], {} or None (a message).
"""

# message: {field number: (name, type)}; "[]T" is repeated, "map" is map<string, string>, any other T a message.
MESSAGES = {
    "Empty": {},
    "DevicePluginOptions": {1: ("pre_start_required", "bool"), 2: ("get_preferred_allocation_available", "bool")},
    "RegisterRequest": {
        1: ("version", "string"), 2: ("endpoint", "string"), 3: ("resource_name", "string"),
        4: ("options", "DevicePluginOptions")},
    "ListAndWatchResponse": {1: ("devices", "[]Device")},
    "Device": {1: ("id", "string"), 2: ("health", "string"), 3: ("topology", "TopologyInfo")},
    "TopologyInfo": {1: ("nodes", "[]NUMANode")},
    "NUMANode": {1: ("id", "int")},
    "PreStartContainerRequest": {1: ("devices_ids", "[]string")},
    "PreferredAllocationRequest": {1: ("container_requests", "[]ContainerPreferredAllocationRequest")},
    "ContainerPreferredAllocationRequest": {
        1: ("available", "[]string"), 2: ("must_include", "[]string"), 3: ("size", "int")},
    "PreferredAllocationResponse": {1: ("container_responses", "[]ContainerPreferredAllocationResponse")},
    "ContainerPreferredAllocationResponse": {1: ("ids", "[]string")},
    "AllocateRequest": {1: ("container_requests", "[]ContainerAllocateRequest")},
    "ContainerAllocateRequest": {1: ("devices_ids", "[]string")},
    "AllocateResponse": {1: ("container_responses", "[]ContainerAllocateResponse")},
    "ContainerAllocateResponse": {
        1: ("envs", "map"), 2: ("mounts", "[]Mount"), 3: ("devices", "[]DeviceSpec"), 4: ("annotations", "map"),
        5: ("cdi_devices", "[]CDIDevice")},
    "CDIDevice": {1: ("name", "string")},
    "Mount": {1: ("container_path", "string"), 2: ("host_path", "string"), 3: ("read_only", "bool")},
    "DeviceSpec": {1: ("container_path", "string"), 2: ("host_path", "string"), 3: ("permissions", "string")},
    "PluginInfo": {
        1: ("type", "string"), 2: ("name", "string"), 3: ("endpoint", "string"), 4: ("supported_versions", "[]string")},
    "RegistrationStatus": {1: ("plugin_registered", "bool"), 2: ("error", "string")},
    "ListPodResourcesResponse": {1: ("pod_resources", "[]PodResources")},
    "AllocatableResourcesResponse": {1: ("devices", "[]ContainerDevices")},
    "GetPodResourcesRequest": {1: ("pod_name", "string"), 2: ("pod_namespace", "string")},
    "GetPodResourcesResponse": {1: ("pod_resources", "PodResources")},
    "PodResources": {1: ("name", "string"), 2: ("namespace", "string"), 3: ("containers", "[]ContainerResources")},
    "ContainerResources": {1: ("name", "string"), 2: ("devices", "[]ContainerDevices")},
    "ContainerDevices": {1: ("resource_name", "string"), 2: ("device_ids", "[]string"), 3: ("topology", "TopologyInfo")},
    # CRI: what is needed to make a pod sandbox and take it down again.
    "PodSandboxMetadata": {
        1: ("name", "string"), 2: ("uid", "string"), 3: ("namespace", "string"), 4: ("attempt", "int")},
    "LinuxPodSandboxConfig": {1: ("cgroup_parent", "string"), 2: ("security_context", "LinuxSandboxSecurityContext")},
    "LinuxSandboxSecurityContext": {1: ("namespace_options", "NamespaceOption")},
    "NamespaceOption": {1: ("network", "int"), 2: ("pid", "int"), 3: ("ipc", "int")},
    "PodSandboxConfig": {
        1: ("metadata", "PodSandboxMetadata"), 2: ("hostname", "string"), 3: ("log_directory", "string"),
        6: ("labels", "map"), 7: ("annotations", "map"), 8: ("linux", "LinuxPodSandboxConfig")},
    "RunPodSandboxRequest": {1: ("config", "PodSandboxConfig")},
    "RunPodSandboxResponse": {1: ("pod_sandbox_id", "string")},
    "PodSandboxRequest": {1: ("pod_sandbox_id", "string")},
    "PodSandboxStatusRequest": {1: ("pod_sandbox_id", "string"), 2: ("verbose", "bool")},
    "PodSandboxStatusResponse": {2: ("info", "map")},
    "ImageSpec": {1: ("image", "string")},
    "ContainerMetadata": {1: ("name", "string"), 2: ("attempt", "int")},
    "KeyValue": {1: ("key", "string"), 2: ("value", "string")},
    "ContainerConfig": {
        1: ("metadata", "ContainerMetadata"), 2: ("image", "ImageSpec"), 3: ("command", "[]string"),
        6: ("envs", "[]KeyValue"), 7: ("mounts", "[]Mount"), 8: ("devices", "[]DeviceSpec"), 11: ("log_path", "string")},
    "CreateContainerRequest": {
        1: ("pod_sandbox_id", "string"), 2: ("config", "ContainerConfig"), 3: ("sandbox_config", "PodSandboxConfig")},
    "CreateContainerResponse": {1: ("container_id", "string")},
    "ContainerRequest": {1: ("container_id", "string")},
    "ExecSyncRequest": {1: ("container_id", "string"), 2: ("cmd", "[]string"), 3: ("timeout", "int")},
    "ExecSyncResponse": {1: ("stdout", "bytes"), 2: ("stderr", "bytes"), 3: ("exit_code", "int")},
}

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
EMPTY = {"string": "", "bytes": b"", "bool": False, "int": 0}


def _varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("varint of more than ten bytes")


def _field(number, kind, value):
    if kind in ("bool", "int"):
        return _varint(number << 3 | VARINT) + _varint(int(value))
    if kind == "string":
        value = value.encode()
    elif kind != "bytes":
        value = encode(kind, value)
    return _varint(number << 3 | LENGTH) + _varint(len(value)) + value


def encode(message, fields):
    """The bytes of `message` with these fields; a name the message does not have is an error."""
    out = bytearray()
    unknown = set(fields) - {name for name, _ in MESSAGES[message].values()}
    if unknown:
        raise KeyError(f"{message} has no field {sorted(unknown)}")
    for number, (name, kind) in MESSAGES[message].items():
        if name not in fields or fields[name] is None:
            continue
        value = fields[name]
        if kind == "map":
            for key in sorted(value):
                pair = _field(1, "string", key) + _field(2, "string", value[key])
                out += _field(number, "bytes", pair)
        elif kind.startswith("[]"):
            for item in value:
                out += _field(number, kind[2:], item)
        elif value != EMPTY.get(kind):
            out += _field(number, kind, value)
    return bytes(out)


def _split(data):
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == VARINT:
            value, at = _read_varint(data, at)
        elif kind == LENGTH:
            size, at = _read_varint(data, at)
            value, at = data[at : at + size], at + size
            if len(value) != size:
                raise ValueError("message cut short")
        elif kind in (FIXED64, FIXED32):
            size = 8 if kind == FIXED64 else 4
            value, at = data[at : at + size], at + size
        else:
            raise ValueError(f"wire type {kind}")
        yield tag >> 3, value


def _value(kind, value):
    if kind == "string":
        return value.decode()
    if kind == "int":
        return value - (1 << 64) if value >> 63 else value
    if kind == "bool":
        return bool(value)
    return value if kind == "bytes" else decode(kind, value)


def decode(message, data):
    """The fields of an encoded message, with defaults for what it leaves out."""
    out = {}
    for name, kind in MESSAGES[message].values():
        out[name] = {} if kind == "map" else [] if kind.startswith("[]") else EMPTY.get(kind)
    for number, value in _split(data):
        if number not in MESSAGES[message]:
            continue
        name, kind = MESSAGES[message][number]
        if kind == "map":
            pair = dict(_split(value))
            out[name][pair.get(1, b"").decode()] = pair.get(2, b"").decode()
        elif kind.startswith("[]"):
            out[name].append(_value(kind[2:], value))
        else:
            out[name] = _value(kind, value)
    return out

"""The rules of resourceList a second time: what must be answered on a machine of a case file.

Written from the rules' description and sharing no line with the product, so that a slip in either shows. It knows what
the machines of case files can hold: no devlink, no vDPA, no UB.
"""
import json

DEVINFO = "/var/run/k8s.cni.cncf.io/devinfo/dp"
KINDS = {"netDevice": "net-pci", "accelerator": "net-accel", "auxNetDevice": "net-sf"}
LINKS = {1: "ether", 32: "infiniband"}


class Device:
    """A PCI function, or a subfunction with the facts of the function that has it."""

    def __init__(self, holder, function, machine, name=None):
        self.holder, self.function, self.machine = holder, function, machine
        self.id = name or function["addr"]
        self.is_auxiliary = name is not None
        self.driver = function.get("driver", "")
        self.numa = function["numa"] if function.get("numa", -1) >= 0 else None
        self.nets = sorted(n["name"] for n in holder.get("net", []))
        self.rdma = sorted(holder.get("ib", []), key=lambda r: r["dev"])
        if self.is_auxiliary:
            self.pf, self.number = function, holder.get("sfnum")
        else:
            self.pf = machine.get(function["pf"]) if "pf" in function else None
            self.number = function.get("vfid")

    @property
    def pf_name(self):
        """A subfunction's is the uplink of its function; a VF's the first netdev of its PF, as there is no devlink."""
        nets = sorted(self.pf.get("net", []), key=lambda n: n["name"]) if self.pf else []
        if self.is_auxiliary:
            nets = [n for n in nets if n.get("phys_switch_id") and _is_port(n.get("phys_port_name"))] or nets
        return nets[0]["name"] if nets else ""

    @property
    def link(self):
        """(type, whether this namespace has the link) of its own netdev, else of its PF's."""
        name = self.nets[0] if self.nets else self.pf_name
        for net in self.holder.get("net", []) + ((self.pf or {}).get("net", [])):
            if net["name"] == name:
                return LINKS.get(net.get("type", 1), "?"), net.get("kernel", True)
        return "", True

    @property
    def pkey(self):
        if self.link[0] != "infiniband" or not self.rdma:
            return ""
        return self.rdma[0].get("pkeys", ["0xffff"])[0]


def _is_port(name):
    return name is None or (name[:1] == "p" and name[1:].isdigit())


def devices(tree, kind):
    """What a pool of this type may hold, whatever its selectors say."""
    machine = {f["addr"]: f for f in tree["functions"]}
    found = []
    for f in tree["functions"]:
        base = f.get("class", "020000")[:2]
        if not f.get("driver"):
            continue
        if kind == "auxNetDevice" and base == "02" and "net" in f:
            for sf in f.get("sfs", []):
                device = Device(sf, f, machine, f"mlx5_core.{sf.get('kind', 'sf')}.{sf['id']}")
                if "sfnum" in sf and device.pf_name:
                    found.append(device)
        elif (kind, base) == ("accelerator", "12"):
            found.append(Device(f, f, machine))
        elif (kind, base) == ("netDevice", "02") and not ("totalvfs" in f and f.get("numvfs", 0) > 0):
            found.append(Device(f, f, machine))
    return [d for d in found if kind == "accelerator" or d.link[1]]


def matches(device, kind, selector):
    s = {k: v for k, v in selector.items() if v not in ([], "", None)}

    def among(key, value):
        return key not in s or value in s[key]
    f = device.function
    if not (among("vendors", f["vendor"]) and among("devices", f["device"]) and among("drivers", device.driver)):
        return False
    if kind != "auxNetDevice" and not among("pciAddresses", device.id):
        return False
    if kind != "auxNetDevice" and not among("acpiIndexes", f.get("acpi_index", "")):
        return False
    if kind == "accelerator":
        return True
    if kind == "netDevice":
        if "ddpProfiles" in s and (not f.get("ddp") or f["ddp"] not in s["ddpProfiles"]):
            return False
        if "pKeys" in s and (not device.pkey or device.pkey not in s["pKeys"]):
            return False
        if "vdpaType" in s:
            return False
    elif device.id.split(".")[1] not in s["auxTypes"]:
        return False
    pf_address = device.pf["addr"] if device.pf else ""
    return (_of_parent(s.get("pfNames"), device.pf_name, device.number)
            and _of_parent(s.get("rootDevices"), pf_address, device.number)
            and among("linkTypes", device.link[0]) and (not s.get("isRdma") or bool(device.rdma)))


def _of_parent(values, parent, number):
    """`name#0,2-5`: the first value that names the parent decides."""
    if values is None:
        return True
    for value in values:
        name, sign, ranges = value.partition("#")
        if not parent or name.lower() != parent.lower():
            continue
        if not sign:
            return True
        bounds = [[int(x) for x in r.split("-")] for r in ranges.split(",")]
        return number is not None and any(b[0] <= number <= b[-1] for b in bounds)
    return False


def info_and_nodes(device, kind, pool, selector):
    """INFO of one device and its nodes, in order: [host path, container path]."""
    info, nodes = {"generic": {"deviceID": device.id}}, []
    holder = {} if device.is_auxiliary else device.function
    if device.driver == "vfio-pci" and not device.is_auxiliary:
        info["vfio"] = {"mount": "/dev/vfio/vfio"}
        nodes.append(["/dev/vfio/vfio"] * 2)
        if "iommu" in holder:
            group = f"/dev/vfio/{holder['iommu']}"
            info["vfio"]["dev-mount"] = group
            free = holder.get("iommu_name") == "vfio-noiommu"
            nodes.append([f"/dev/vfio/noiommu-{holder['iommu']}" if free else group, group])
    if device.driver in ("uio", "igb_uio") and not device.is_auxiliary:
        info["uio"] = {"mount": f"/dev/{holder['uio']}"} if "uio" in holder else {}
        nodes += [[f"/dev/{holder['uio']}"] * 2] if "uio" in holder else []
    if pool.get("additionalInfo") is not None:
        words = pool["additionalInfo"]
        info["extra"] = {**words.get("*", {}), **words.get(device.function["addr"], {})}
    if kind != "accelerator" and selector.get("isRdma") and device.rdma:
        info["rdma"] = {"rdma_dev": device.rdma[0]["dev"]}
        for rdma in device.rdma:
            for word in ("issm", "umad", "uverbs"):
                if word in rdma:
                    info["rdma"][word] = f"/dev/infiniband/{rdma[word]}"
                    nodes.append([f"/dev/infiniband/{rdma[word]}"] * 2)
            info["rdma"]["rdma_cm"] = "/dev/infiniband/rdma_cm"
            nodes.append(["/dev/infiniband/rdma_cm"] * 2)
    if kind != "accelerator" and selector.get("needVhostNet"):
        info["vhost"] = {"net-mount": "/dev/vhost-net", "tun-mount": "/dev/net/tun"}
        nodes += [["/dev/vhost-net"] * 2, ["/dev/net/tun"] * 2]
    return info, nodes


def go_json(value):
    """JSON as Go writes it: keys in order, nothing between, markup escaped."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


KEYS = {key.lower(): key for key in (
    "vendors", "devices", "drivers", "pciAddresses", "acpiIndexes", "pfNames", "rootDevices", "linkTypes", "pKeys",
    "ddpProfiles", "isRdma", "needVhostNet", "vdpaType", "auxTypes", "resourceName", "resourcePrefix", "deviceType",
    "selectors", "excludeTopology", "additionalInfo", "resourceList")}


def spelled(value, depth=3):
    """Keys as this file spells them: they match in any case, and the last of two counts."""
    if isinstance(value, list):
        return [spelled(item, depth) for item in value]
    if not isinstance(value, dict) or not depth:
        return value
    # The members of additionalInfo are names of devices and words.
    return {KEYS.get(k.lower(), k): v if k.lower() == "additionalinfo" else spelled(v, depth - 1)
            for k, v in value.items()}


def pools(tree, case):
    """(pool, full name, type, [(device, selector object)]) in the order of the file."""
    prefix = dict(zip(case["args"], case["args"][1:])).get("-resource-prefix", "intel.com")
    taken, found = set(), []
    for pool in spelled(case["config"])["resourceList"] or []:
        kind = pool.get("deviceType") or "netDevice"
        selectors = pool["selectors"] if isinstance(pool["selectors"], list) else [pool["selectors"]]
        members = []
        for selector in selectors:
            for device in devices(tree, kind):
                if device.id not in taken and matches(device, kind, selector):
                    taken.add(device.id)
                    members.append((device, selector))
        found.append((pool, f"{pool.get('resourcePrefix') or prefix}/{pool['resourceName']}", kind, members))
    return found


def answer(tree, case):
    """The whole answer to the usual requests."""
    resources, files = [], {}
    cdi = bool({"-use-cdi", "--use-cdi"} & set(case["args"]))
    for pool, name, kind, members in pools(tree, case):
        if not members:
            continue
        by_id = {d.id: (d, *info_and_nodes(d, kind, pool, s), s) for d, s in members}
        ids = sorted(by_id)
        usual = [[[i]] for i in ids] + [[ids[::-1]], [[ids[0]], [ids[-1]]], [[]], []]
        resource = {
            "name": name, "registration": _registration(name, case["registration"]),
            "options": {"pre_start_required": False, "get_preferred_allocation_available": False},
            "devices": [_listed(d, pool) for d, _ in members],
            "allocate": [{"request": r, "response": [_container(name, kind, by_id, i, cdi) for i in r]} for r in usual]}
        resources.append(resource)
        if kind == "netDevice":
            for device, _, _, selector in by_id.values():
                path = f"{DEVINFO}/{name.replace('/', '-')}-{device.id}-device.json"
                files[path] = _device_info(device, selector)
        if cdi:
            files.update(_spec(name, kind, by_id))
            if any(not nodes for _, _, nodes, _ in by_id.values()):
                resource["cdi"] = "free"
    return {"resources": resources, "files": files}


def _registration(name, way):
    endpoint = name.replace("/", "_") + ".sock"
    if way == "direct":
        return {"version": "v1beta1", "endpoint": endpoint, "resource_name": name}
    return {"type": "DevicePlugin", "name": name, "endpoint": f"/var/lib/kubelet/plugins_registry/{endpoint}",
            "supported_versions": ["v1alpha1", "v1beta1"]}


def _listed(device, pool):
    numa = None if pool.get("excludeTopology") or device.numa is None else [device.numa]
    return {"id": device.id, "health": "Healthy", "numa": numa}


def _container(name, kind, by_id, ids, cdi):
    key = "PCIDEVICE_" + name.replace("/", "_").replace(".", "_").upper()
    result = {"envs": {key: ",".join(ids), key + "_INFO": go_json({i: by_id[i][1] for i in ids})}}
    nodes = {}
    for i in ids:
        for host, container in by_id[i][2]:
            nodes.setdefault(host, container)
    if cdi:
        prefix = name.split("/")[0]
        names = [f"{prefix}/{KINDS[kind]}={i}" for i in ids]
        return {**result, "annotations": {f"cdi.k8s.io/{prefix}_{KINDS[kind]}": ",".join(names)}} if ids else result
    if nodes:
        result["devices"] = [{"container_path": c, "host_path": h, "permissions": "rw"} for h, c in nodes.items()]
    return result


def _device_info(device, selector):
    pci = {"pci-address": device.id}
    if selector.get("isRdma"):
        pci["rdma-device"] = ",".join(r["dev"] for r in device.rdma)
    return json.dumps({"type": "pci", "version": "1.1.0", "pci": pci}, separators=(",", ":"))


def _spec(name, kind, by_id):
    prefix, resource = name.split("/")
    injected = {}
    for device, _, nodes, _ in by_id.values():
        if nodes:
            unique = dict((h, c) for h, c in reversed(nodes))
            order = list(dict.fromkeys(h for h, _ in nodes))
            injected[device.id] = {"deviceNodes": [
                {"path": unique[h], "hostPath": h, "permissions": "rw"} for h in order]}
    if not injected:
        return {}
    return {f"/var/run/cdi/sriov-dp-{prefix}-{KINDS[kind]}-{resource}.json": {
        "cdiVersion": "0.5.0", "kind": f"{prefix}/{KINDS[kind]}", "containerEdits": {}, "devices": injected}}

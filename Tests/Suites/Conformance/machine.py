"""A machine of a case file, as a machine file that devicepool takes for -host-root: sysfs, /dev and what netlink says."""

LINK_TYPES = {1: "ether", 32: "infiniband", 772: "loopback"}


def text(spec):
    """The machine file of `spec`, an object with `functions` (README.md names their keys)."""
    return _Machine(spec["functions"]).text()


def _word(value):
    """Blanks and the like, as machine files spell them."""
    escapes = {" ": "\\s", "\t": "\\t", "\n": "\\n", "\\": "\\\\"}
    return "".join(escapes.get(c, c) for c in str(value))


class _Machine:
    def __init__(self, functions):
        self.functions = functions
        self.entries = {}
        self.facts = []
        self.links = 1
        self.places = {f["addr"]: self.place(f) for f in functions}
        for path in ("dev/vhost-net", "dev/net/tun", "dev/vfio/vfio", "dev/infiniband/rdma_cm"):
            self.node(path)
        self.directory("sys/bus/pci/devices")
        for function in functions:
            self.function(function)
        if self.links == 1:
            self.facts.append("fact links none")

    def text(self):
        lines = [self.entries[path] for path in sorted(self.entries)]
        return "\n".join(["machine of a case"] + lines + self.facts) + "\n"

    def place(self, function):
        root = function.get("root")
        bus = (root or function["addr"]).rsplit(":", 1)[0]
        return "sys/devices/pci" + "/".join(part for part in (bus, root, function["addr"]) if part)

    # Entries

    def file(self, path, value):
        self.entries[path] = f"file {_word(path)} {value}"

    def node(self, path):
        self.entries[path] = f"node {_word(path)}"

    def directory(self, path):
        self.entries.setdefault(path, f"dir {_word(path)}")

    def link(self, path, target):
        up = "../" * path.count("/")
        self.entries[path] = f"link {_word(path)} -> {_word(up + target)}"

    # What a function has

    def function(self, f):
        address, place = f["addr"], self.places[f["addr"]]
        kind = f.get("class", "020000").upper()
        self.link(f"sys/bus/pci/devices/{address}", place)
        self.file(f"{place}/modalias", "pci:v0000{0}d0000{1}sv0000{0}sd00000000bc{2}sc{3}i{4}".format(
            f["vendor"].upper(), f["device"].upper(), kind[:2], kind[2:4], kind[4:]))
        for key, name in (("numa", "numa_node"), ("acpi_index", "acpi_index"), ("totalvfs", "sriov_totalvfs")):
            if key in f:
                self.file(f"{place}/{name}", f[key])
        if "totalvfs" in f:
            self.file(f"{place}/sriov_numvfs", f.get("numvfs", 0))
        if f.get("driver"):
            self.directory(f"sys/bus/pci/drivers/{f['driver']}")
            self.link(f"{place}/driver", f"sys/bus/pci/drivers/{f['driver']}")
        if "pf" in f:
            self.link(f"{place}/physfn", self.places[f["pf"]])
            self.link(f"{self.places[f['pf']]}/virtfn{f['vfid']}", place)
        if "iommu" in f:
            self.group(f, place)
        if "uio" in f:
            self.directory(f"{place}/uio/{f['uio']}")
            self.node(f"dev/{f['uio']}")
        if f.get("ddp"):
            self.facts.append(f"fact ddp {address} {_word(f['ddp'])}")
        self.interfaces(f, place)
        for sf in f.get("sfs", []):
            name = f"mlx5_core.{sf.get('kind', 'sf')}.{sf['id']}"
            self.directory(f"{place}/{name}")
            self.link(f"sys/bus/auxiliary/devices/{name}", f"{place}/{name}")
            if "sfnum" in sf:
                self.file(f"{place}/{name}/sfnum", sf["sfnum"])
            self.interfaces(sf, f"{place}/{name}")

    def group(self, f, place):
        number, name = f["iommu"], f.get("iommu_name")
        path = f"sys/kernel/iommu_groups/{number}"
        self.directory(path)
        self.link(f"{place}/iommu_group", path)
        if name:
            self.file(f"{path}/name", name)
        if f.get("driver") == "vfio-pci":
            self.node(f"dev/vfio/{'noiommu-' if name == 'vfio-noiommu' else ''}{number}")

    def interfaces(self, holder, place):
        if "net" in holder:
            self.directory(f"{place}/net")
        for net in holder.get("net", []):
            path = f"{place}/net/{net['name']}"
            self.directory(path)
            self.link(f"sys/class/net/{net['name']}", path)
            self.file(f"{path}/type", net.get("type", 1))
            for key in ("phys_switch_id", "phys_port_name"):
                if key in net:
                    self.file(f"{path}/{key}", net[key])
            self.fact(net)
        for rdma in holder.get("ib", []):
            self.rdma(rdma, place)

    def fact(self, net):
        if not net.get("kernel", True):
            return
        self.links += 1
        number = net.get("type", 1)
        state = " up carrier" if net.get("operstate", "up") == "up" else ""
        kind = LINK_TYPES.get(number, f"unknown{number}")
        self.facts.append(f"fact link {_word(net['name'])} index={self.links} type={kind}{state}")
        if net.get("default_route"):
            self.facts.append(f"fact default-route {_word(net['name'])}")

    def rdma(self, rdma, place):
        path = f"{place}/infiniband/{rdma['dev']}"
        self.link(f"sys/class/infiniband/{rdma['dev']}", path)
        self.file(f"{path}/ports/1/link_layer", rdma.get("link_layer", "Ethernet"))
        for index, key in enumerate(rdma.get("pkeys", ["0xffff"])):
            self.file(f"{path}/ports/1/pkeys/{index}", key)
        for kind, directory in (("uverbs", "verbs"), ("umad", "mad"), ("issm", "mad")):
            if kind in rdma:
                own = f"{place}/infiniband_{directory}/{rdma[kind]}"
                self.file(f"{own}/ibdev", rdma["dev"])
                self.link(f"sys/class/infiniband_{directory}/{rdma[kind]}", own)
                self.node(f"dev/infiniband/{rdma[kind]}")

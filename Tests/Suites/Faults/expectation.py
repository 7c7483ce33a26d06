"""The correct answer: what kubelet must be told of a node, given its devices, its configuration and what pods have.

The rules are those of the manual, stated a second time and without the program's ways to be fast.
"""
import dataclasses
import json

NETS, CARDS = "02", "12"


class Violation(Exception):
    """The daemon does not do what is expected of it."""


@dataclasses.dataclass
class Device:
    kind: str
    group: int
    driver: str = "vfio-pci"
    # A file of it does not answer.
    is_silent: bool = False
    # The running daemon knew it before it became silent.
    is_known: bool = True

    @property
    def is_read(self):
        return self.is_known or not self.is_silent


@dataclasses.dataclass
class Pool:
    resource: str
    kind: str
    drivers: tuple = ()
    replicas: int = 1
    topology: bool = True

    def selects(self, device):
        return device.kind == self.kind and (not self.drivers or device.driver in self.drivers)

    def units(self, address):
        return [address] if self.replicas == 1 else [f"{address}::{number}" for number in range(self.replicas)]

    def in_configuration(self):
        prefix, name = self.resource.split("/")
        selectors = {"vendors": ["8086"], **({"drivers": list(self.drivers)} if self.drivers else {})}
        content = {"resourceName": name, "resourcePrefix": prefix, "selectors": selectors}
        if self.kind == CARDS:
            content |= {"deviceType": "accelerator", "preferredAllocation": "packed"}
        if self.replicas > 1:
            content["replicas"] = self.replicas
        if not self.topology:
            content["excludeTopology"] = True
        return content


def device_of(unit):
    return unit.split("::")[0]


def has_other_form(pool, address, beliefs):
    """Whether a pod has the device whole while it is shared now, or a share of it while it is given whole."""
    return any(resource == pool.resource and device_of(unit) == address and (unit == address) != (pool.replicas == 1)
               for resource, unit in beliefs)


class Expectation:
    def __init__(self, devices, pools):
        # By address.
        self.devices = devices
        self.pools = pools
        # Units that pods have and the daemon was told of, as (resource, id): it must know them.
        self.held = set()
        # Units that it may still take for held: their pods have ended, and the checkpoint does not say so yet.
        self.doubtful = set()
        # Resources of the running daemon's configuration, and those that it keeps for pods though it has them no more.
        self.configured = set()
        self.retired = set()
        # Resources of earlier runs, which it reads from its record.
        self.remembered = set()

    def forget(self):
        """The daemon starts anew. It has its record of what it served."""
        self.held = self.doubtful = set()
        self.remembered |= self.configured | self.retired
        self.configured = self.retired = set()

    def learn(self, told, held):
        """What kubelet tells now, and what is true. With None nobody tells: what is unknown is not empty."""
        last = self.held | self.doubtful if told is None else told
        self.held, self.doubtful = last & held, last - held
        names = {pool.resource for pool in self.pools}
        used = {resource for resource, _ in last}
        known = self.configured | self.retired | self.remembered
        self.retired = {name for name in known if name not in names and name in used}
        self.configured = names
        self.remembered -= names

    def variants(self):
        """The lists that are correct for a unit: what is doubtful counts as held or not.

        A resource that only an earlier daemon had in its configuration is kept for its pods after a while.
        """
        every = self.held | self.doubtful
        foreign = {resource for resource, _ in every} - self.configured - self.retired
        return [lists | {name: self.kept(name, beliefs) for name in names if self.kept(name, beliefs)}
                for beliefs in (self.held, every) for lists in [self.lists(beliefs)] for names in (set(), foreign)]

    @staticmethod
    def kept(name, beliefs):
        """The list of a resource that the configuration has no more: what pods have of it, and nothing to give."""
        return {unit: (False, None) for resource, unit in beliefs if resource == name}

    def configuration(self):
        return {"resourceList": [pool.in_configuration() for pool in self.pools]}

    def owner(self, address, beliefs):
        """The pool that has a device: the pod's, as long as the pod runs, else the first that selects it.

        What a device is whose file never answered is not known, so no pool takes it.
        """
        for resource, unit in beliefs:
            if device_of(unit) == address:
                return next((pool for pool in self.pools if pool.resource == resource), None)
        device = self.devices[address]
        return self.taker(device) if device.is_read else None

    def taker(self, device):
        """The pool that takes a device that no pod has: the first that selects it."""
        return next((pool for pool in self.pools if pool.selects(device)), None)

    def lists(self, beliefs):
        """By resource, each id with whether it is Healthy and its NUMA nodes (None: whatever they were).

        A pool without devices is not registered.
        """
        lists = {pool.resource: {} for pool in self.pools}
        for address, device in self.devices.items():
            pool = self.owner(address, beliefs)
            if pool is None:
                continue
            healthy = not device.is_silent and self.taker(device) is pool and not has_other_form(pool, address, beliefs)
            nodes = ((0,) if pool.topology else ()) if device.is_read else None
            for unit in pool.units(address):
                lists[pool.resource][unit] = (healthy, nodes)
        for pool in self.pools:
            # What a pod has stays in the list until the pod ends.
            for resource, unit in beliefs:
                if resource == pool.resource and unit not in lists[resource]:
                    lists[resource][unit] = (False, None)
        lists |= {name: self.kept(name, beliefs) for name in self.retired}
        return {resource: units for resource, units in lists.items() if units}

    def answer(self, resource, units):
        """What a container must get, in the form of `node.comparable`."""
        pool = next(pool for pool in self.pools if pool.resource == resource)
        addresses = [device_of(unit) for unit in units]
        variable = "PCIDEVICE_" + resource.replace("/", "_").replace(".", "_").upper()
        info, named = {}, []
        for address in addresses:
            device = self.devices[address]
            info[address] = {"generic": {"deviceID": address}}
            if device.driver == "vfio-pci":
                info[address]["vfio"] = {"dev-mount": f"/dev/vfio/{device.group}", "mount": "/dev/vfio/vfio"}
                named.append(address)
        prefix = resource.split("/")[0]
        kind = f"{prefix}/net-{'accel' if pool.kind == CARDS else 'pci'}"
        names = [f"{kind}={address}" for address in named]
        text = json.dumps(info, sort_keys=True, separators=(",", ":"))
        annotations = [(f"cdi.k8s.io/{kind.replace('/', '_')}", ",".join(names))] if names else []
        return [(sorted([(variable, ",".join(addresses)), (variable + "_INFO", text)]), [], annotations, names)]

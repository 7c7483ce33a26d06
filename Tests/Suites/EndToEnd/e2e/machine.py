"""The guest's machine: adapters, functions, drivers, links and hot-plug, by sysfs, iproute2 and QMP."""

import json
import os
import re
import socket
import subprocess
import threading
import time

from . import tap

PCI = "/sys/bus/pci/devices/"
# Where guest/boot.sh plugs things in.
PF0, PF1, PF2 = "0000:21:00.0", "0000:61:00.0", "0000:01:00.0"
HOT0, HOT1 = "0000:22:00.0", "0000:62:00.0"
VIRTIO0, VIRTIO1 = "0000:23:00.0", "0000:63:00.0"
ACCELERATOR = "0000:64:00.0"


def run(*command, check=True, **keywords):
    """A program's standard output; its failure is the scenario's, unless check is False."""
    result = subprocess.run(command, capture_output=True, text=True, **keywords)
    if check and result.returncode:
        raise RuntimeError(f"{' '.join(command)}: exit code {result.returncode}: {result.stderr.strip()}")
    return result.stdout


def read(path):
    """A file's text without its line end, or None."""
    try:
        with open(path) as file:
            return file.read().strip()
    except OSError:
        return None


def write(path, value):
    """Writes to a kernel file."""
    with open(path, "w") as file:
        file.write(str(value))


def load(*modules):
    """Loads kernel modules."""
    run("modprobe", "-a", *modules)


def link_name(path):
    """The last part of what a symbolic link points at, or None."""
    try:
        return os.path.basename(os.readlink(path))
    except OSError:
        return None


def exists(address):
    """Whether the bus shows this function."""
    return os.path.exists(PCI + address)


def driver(address):
    """The name of a function's driver, or None."""
    return link_name(f"{PCI}{address}/driver")


def netdevs(address):
    """Names of a function's network interfaces in this namespace."""
    try:
        return sorted(os.listdir(f"{PCI}{address}/net"))
    except OSError:
        return []


def netdev(address, within=10):
    """The name of a function's only network interface, once it has one that can be asked and keeps its name."""
    def name():
        names = netdevs(address)
        return names[0] if names and run("ip", "link", "show", names[0], check=False) else None
    found = tap.eventually(name, within)
    if found and os.path.exists("/run/udev/control"):
        # It gives a new interface another name; now and then it hangs up on who asks whether it is done.
        tap.eventually(lambda: subprocess.call(("udevadm", "settle", "--timeout=30"), stderr=subprocess.DEVNULL) == 0, within)
        found = tap.eventually(name, within)
    if not found:
        raise tap.Stop(f"{address} has no network interface")
    return found


def functions(pf):
    """Addresses of a PF's virtual functions in their order."""
    links = [n for n in os.listdir(PCI + pf) if re.fullmatch(r"virtfn\d+", n)]
    return [link_name(f"{PCI}{pf}/{n}") for n in sorted(links, key=lambda n: int(n[6:]))]


def set_functions(pf, count, bind=True):
    """Sets how many virtual functions a PF has; with bind false their drivers leave them alone."""
    write(f"{PCI}{pf}/sriov_drivers_autoprobe", int(bind))
    if count and int(read(f"{PCI}{pf}/sriov_numvfs")):
        write(f"{PCI}{pf}/sriov_numvfs", 0)
    write(f"{PCI}{pf}/sriov_numvfs", count)
    return functions(pf)


def bind(address, name):
    """Binds a function to a driver, taking it from the one it has."""
    write(f"{PCI}{address}/driver_override", name)
    if driver(address):
        write(f"{PCI}{address}/driver/unbind", address)
    write("/sys/bus/pci/drivers_probe", address)
    if not tap.eventually(lambda: driver(address) == name, 5):
        raise RuntimeError(f"{address} does not bind to {name}")


def iommu_group(address):
    """The number of a function's IOMMU group, as text."""
    return link_name(f"{PCI}{address}/iommu_group")


def up(interface, *namespace):
    """Sets an interface up; namespace: ("-n", NAME)."""
    run("ip", *namespace, "link", "set", interface, "up")


def bring_up(interface, namespace=None):
    """Sets a virtual function's interface up until it has a carrier; gives back whether it has.

    igbvf gives its PF a short time to answer a reset, which a busy guest without KVM may miss; it asks again only when
    the interface is set up again.
    """
    where = ("-n", namespace) if namespace else ()
    for _ in range(10):
        up(interface, *where)
        if tap.eventually(lambda: "LOWER_UP" in run("ip", *where, "link", "show", interface), 5):
            return True
        run("ip", *where, "link", "set", interface, "down")
    return False


def carrier(address):
    """Whether a function's interface has a carrier."""
    names = netdevs(address)
    return bool(names) and read(f"{PCI}{address}/net/{names[0]}/carrier") == "1"


def pci_functions():
    """What lspci says of each function: {address: {"class", "vendor", "device", "driver"}}."""
    found = {}
    for block in run("lspci", "-Dvmmnk").strip().split("\n\n"):
        fields = dict(line.split(":\t", 1) for line in block.splitlines() if ":\t" in line)
        found[fields["Slot"]] = {
            "class": fields["Class"], "vendor": fields["Vendor"], "device": fields["Device"],
            "driver": fields.get("Driver")}
    return found


class QMP:
    """This guest's own QEMU."""

    def __init__(self, port="/dev/virtio-ports/qmp"):
        self.port = os.open(port, os.O_RDWR)
        self.rest = b""
        self.command("qmp_capabilities")

    def command(self, name, /, **arguments):
        """One command's answer; events that come meanwhile are dropped."""
        tag = f"{name}-{time.monotonic_ns()}"
        request = {"execute": name, "arguments": arguments, "id": tag}
        os.write(self.port, json.dumps(request).encode() + b"\n")
        while True:
            while b"\n" not in self.rest:
                self.rest += os.read(self.port, 65536)
            line, self.rest = self.rest.split(b"\n", 1)
            try:
                answer = json.loads(line)
            except ValueError:
                continue
            if answer.get("id") == tag:
                if "error" in answer:
                    raise RuntimeError(f"QMP {name}: {answer['error']['desc']}")
                return answer["return"]

    def set_link(self, name, up):
        """Plugs the wire of an adapter in or out."""
        self.command("set_link", name=name, up=up)

    def add_adapter(self, name, port, wire, mac):
        """Plugs an adapter into an empty port; it takes about five seconds."""
        self.command("device_add", driver="igb", id=name, bus=port, netdev=wire, mac=mac)

    def remove(self, name):
        """Asks the guest's kernel to give a device up; it takes about five seconds."""
        self.command("device_del", id=name)


class Events:
    """Kernel events with the time they were heard: ("uevent", "ACTION@PATH") and ("link", "new INDEX" or "del INDEX")."""

    def __init__(self):
        self.heard = []
        self._open(15, 1, self._uevent)  # NETLINK_KOBJECT_UEVENT, the kernel's group
        self._open(0, 1, self._link)  # NETLINK_ROUTE, RTMGRP_LINK

    def _open(self, protocol, groups, keep):
        listener = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        listener.bind((0, groups))

        def listen():
            while True:
                try:
                    data = listener.recv(65536)
                except OSError:
                    continue
                keep(time.monotonic(), data)

        threading.Thread(target=listen, daemon=True).start()

    def _uevent(self, when, data):
        self.heard.append((when, "uevent", data.split(b"\0", 1)[0].decode(errors="replace")))

    def _link(self, when, data):
        kind = {16: "new", 17: "del"}.get(int.from_bytes(data[4:6], "little"))
        self.heard.append((when, "link", f"{kind} {int.from_bytes(data[20:24], 'little')}"))

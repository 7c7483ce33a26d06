#!/usr/bin/python3
"""Functions, adapters, drivers and links come and go; kubelet hears of each soon after the kernel says it."""
# run: limit 600; udev
import socket
import struct
import sys
import threading
import time

from e2e import *
from e2e.machine import *

KERNEL, DPDK, OTHER, HOT = "intel.com/kernel", "intel.com/dpdk", "intel.com/other", "intel.com/hot"
# The promise is one second after the kernel's event, two for a lost link. Granted besides: what this guest needs to run
# a process at all, and the time for which its kernel answers no question about links, since igb holds their lock while
# it resets an adapter.
PROMISE, LINK_PROMISE = 1.0, 2.0


class Watch:
    """Measures how long after the kernel's last event of a kind a list arrives, and what else was sent."""

    def __init__(self, kubelet):
        self.kubelet = kubelet
        self.events = Events()
        self.slack = self.slowness()
        self.silences = []
        threading.Thread(target=self._ask, daemon=True).start()

    def _ask(self):
        """Asks for the list of links all the time; a long wait for the answer is a silence of the kernel."""
        asking = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        asking.bind((0, 0))
        while True:
            start = time.monotonic()
            asking.send(struct.pack("<IHHII16x", 32, 18, 0x301, 1, 0))  # RTM_GETLINK, NLM_F_REQUEST | NLM_F_DUMP
            while 3 not in self._kinds(asking.recv(1 << 17)):  # NLMSG_DONE
                pass
            if time.monotonic() - start > 0.1:
                self.silences.append((start, time.monotonic()))
            time.sleep(0.05)

    @staticmethod
    def _kinds(data):
        kinds, at = set(), 0
        while at + 6 <= len(data):
            size, kind = struct.unpack_from("<IH", data, at)
            kinds.add(kind)
            at += max(size + 3 & ~3, 16)
        return kinds

    def silent(self, start, end):
        """For how long within this time the kernel did not answer."""
        return sum(max(0, min(end, last) - max(start, first)) for first, last in list(self.silences))

    @staticmethod
    def slowness():
        """How long this machine takes to run one small program, three times."""
        start = time.monotonic()
        for _ in range(3):
            run("true")
        return (time.monotonic() - start) * 3

    def expect(self, fact, resource, question, events, limit=PROMISE, quiet=(OTHER,)):
        """Waits for a list of `resource` for which the question is true, and asks how long after the last of the events
        (kind, text of it) it came; an event that comes after the list is none that it could wait for."""
        begun = self.begun
        def arrived():
            if resource not in self.kubelet.resources:
                return None
            for when, devices in list(self.kubelet.resources[resource].lists):
                if when >= begun and question(devices):
                    return when
        when = eventually(arrived, 60)
        if not check(when, fact, self.kubelet.devices(resource)):
            return
        said = [w for w, k, t in list(self.events.heard) if begun <= w <= when and (k, t) in events]
        need(said, f"{fact}: the kernel said so", (events, self.events.heard[-8:]))
        time.sleep(0.5)
        late, silence = when - said[-1], self.silent(said[-1], when)
        check(late <= limit + self.slack + silence, f"{fact}: {late:.2f} s after the kernel's event "
              f"(promise {limit:.0f} s, this guest's slowness {self.slack:.2f} s, its kernel's silence {silence:.2f} s)")
        for name in quiet:
            extra = [w for w, _ in self.kubelet.resources[name].lists if w >= begun]
            check(not extra, f"{fact}: nothing is sent for {name}")

    def begin(self):
        self.begun = time.monotonic()


def uevents(action, paths):
    return [("uevent", f"{action}@{path}") for path in paths]


def paths(addresses):
    """Where the functions are in /sys, as events name them."""
    return [os.path.realpath(PCI + a)[4:] for a in addresses]


def healthy(devices, ids):
    return sorted(i for i, d in devices.items() if d["health"] == "Healthy") == sorted(ids)


def scenario():
    load("igb", "igbvf", "vfio-pci")
    for pf in (PF0, PF1):
        up(netdev(pf))
    eventually(lambda: carrier(PF0) and carrier(PF1), 20)
    others = set_functions(PF1, 2)
    eventually(lambda: all(netdevs(a) for a in others) and carrier(PF1), 20)
    kubelet = Kubelet()
    plugin = Plugin({"resourceList": [
        pool("other", rootDevices=[PF1]), pool("hot", rootDevices=[HOT1]),
        pool("dpdk", drivers=["vfio-pci"]), pool("kernel", drivers=["igbvf"])]}, "-v", "4")
    need(kubelet.wait_for(OTHER, others), "the pool of the second PF is there", plugin.log()[-2000:])
    time.sleep(3)
    qmp, watch = QMP(), Watch(kubelet)
    note(f"slack {watch.slack:.2f} s")

    watch.begin()
    vfs = set_functions(PF0, 3)
    watch.expect("functions are made", KERNEL, lambda d: healthy(d, vfs), uevents("bind", paths(vfs)))
    time.sleep(5)
    sick = [d for _, d in kubelet.resources[KERNEL].lists if not healthy(d, d.keys())]
    equal(sick, [], "the PF's carrier, which flaps when functions are made, makes none of them sick")

    watch.begin()
    bind(vfs[1], "vfio-pci")
    watch.expect("a function is bound to vfio-pci", DPDK, lambda d: healthy(d, [vfs[1]]), uevents("bind", paths([vfs[1]])))
    check(kubelet.wait_for(KERNEL, [vfs[0], vfs[2]]), "and leaves the pool it was in", kubelet.devices(KERNEL))
    watch.begin()
    bind(vfs[1], "igbvf")
    watch.expect("and back to its kernel driver", KERNEL, lambda d: healthy(d, vfs), uevents("bind", paths([vfs[1]])))
    check(eventually(lambda: not kubelet.healthy(DPDK)), "the pool that lost its only device offers none", kubelet.devices(DPDK))

    kubelet.allocate(KERNEL, [vfs[0]], pod="pod")
    watch.begin()
    bind(vfs[0], "vfio-pci")
    check(eventually(lambda: kubelet.devices(KERNEL).get(vfs[0], {}).get("health") == "Unhealthy"),
          "a function in a pod that is bound elsewhere stays in its list, Unhealthy", kubelet.devices(KERNEL))
    check(vfs[0] not in kubelet.ids(DPDK), "and goes to no other pool", kubelet.devices(DPDK))
    bind(vfs[0], "igbvf")
    check(eventually(lambda: kubelet.healthy(KERNEL) == vfs), "until it is what it was", kubelet.devices(KERNEL))
    kubelet.release("pod")

    eventually(lambda: carrier(PF0), 20)
    time.sleep(2)
    wire = [("link", "new " + read(f"{PCI}{PF0}/net/{netdev(PF0)}/ifindex"))]
    watch.begin()
    qmp.set_link("pf0", False)
    watch.expect("a lost link is told", KERNEL, lambda d: len(d) == 3 and healthy(d, []), wire, LINK_PROMISE)
    watch.begin()
    qmp.set_link("pf0", True)
    watch.expect("a link that is back is told", KERNEL, lambda d: healthy(d, vfs), wire)
    watch.begin()
    for _ in range(4):
        qmp.set_link("pf0", False)
        time.sleep(0.3)
        qmp.set_link("pf0", True)
        time.sleep(0.7)
    time.sleep(3)
    flood = [w for w, _ in kubelet.resources[KERNEL].lists if w >= watch.begun]
    check(len(flood) <= 2, "a flapping link does not flood kubelet", f"{len(flood)} lists")
    check(eventually(lambda: kubelet.healthy(KERNEL) == vfs, 30), "and all is Healthy when it rests", kubelet.devices(KERNEL))

    places = paths(vfs)
    watch.begin()
    write(f"{PCI}{PF0}/sriov_numvfs", 0)
    watch.expect("functions are unmade", KERNEL, lambda d: not d, uevents("remove", places))

    watch.begin()
    qmp.add_adapter("hot", "hp1", "hot0-wire", "52:54:00:00:00:09")
    need(eventually(lambda: netdevs(HOT1), 40), "an adapter is plugged in")
    hot = set_functions(HOT1, 2)
    watch.expect("functions of a plugged-in adapter", HOT, lambda d: healthy(d, hot), uevents("bind", paths(hot)))
    places = paths(hot)
    kubelet.allocate(HOT, [hot[0]], pod="hot-pod")
    watch.begin()
    qmp.remove("hot")
    watch.expect("an adapter unplugged while a pod has its function", HOT,
                 lambda d: d.get(hot[0], {}).get("health") == "Unhealthy" and hot[1] not in d, uevents("remove", places))
    kubelet.release("hot-pod")
    check(eventually(lambda: hot[0] not in kubelet.ids(HOT), 90), "the lost function leaves when its pod has ended", kubelet.devices(HOT))

    watch.begin()
    write(f"{PCI}{PF1}/remove", 1)
    check(eventually(lambda: not kubelet.healthy(OTHER)), "a PF removed through sysfs takes its functions with it", kubelet.devices(OTHER))
    write("/sys/bus/pci/rescan", 1)
    need(eventually(lambda: netdevs(PF1), 20), "and comes back on a rescan")
    others = set_functions(PF1, 2)
    check(eventually(lambda: kubelet.healthy(OTHER) == others), "its pool is full again", kubelet.devices(OTHER))
    check(plugin.alive(), "the daemon lived through all of it")
    equal(plugin.stop(), 0, "it ends with 0 when asked to")


sys.exit(tap.run(scenario))

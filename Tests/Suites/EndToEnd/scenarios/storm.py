#!/usr/bin/python3
"""Two hundred random events in a row: kubelet is told soon, and in the end what a fresh daemon tells."""
# run: limit 3000; udev; by name only
import json
import os
import random
import sys
import time

from e2e import *
from e2e.machine import *

POOLS = ("intel.com/dpdk", "intel.com/first", "intel.com/second", "intel.com/rest")
SEED = int(os.environ.get("SEED", "20"))
EVENTS = int(os.environ.get("EVENTS", "200"))


def present(pf):
    return exists(pf) and driver(pf) == "igb"


class Storm:
    """Does one random thing to the machine at a time; what can't be done now is not an error."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.qmp = QMP()
        self.by_qmp = 0
        self.moved = []

    def some_function(self):
        found = [a for pf in (PF0, PF1) if present(pf) for a in functions(pf)]
        return self.random.choice(found) if found else None

    def number(self):
        pf = self.random.choice((PF0, PF1))
        if present(pf):
            set_functions(pf, self.random.randint(0, 4))
        return f"numvfs of {pf}"

    def rebind(self):
        address = self.some_function()
        if address:
            bind(address, self.random.choice(("vfio-pci", "igbvf")))
        return f"rebind {address}"

    def unbind(self):
        address = self.some_function()
        if address and driver(address):
            write(f"{PCI}{address}/driver/unbind", address)
        return f"unbind {address}"

    def remove(self):
        pf = self.random.choice((PF0, PF1))
        if exists(pf):
            write(f"{PCI}{pf}/remove", 1)
        return f"remove {pf}"

    def rescan(self):
        write("/sys/bus/pci/rescan", 1)
        return "rescan"

    def admin(self):
        pf = self.random.choice((PF0, PF1))
        names = netdevs(pf)
        state = self.random.choice(("up", "down"))
        if names:
            run("ip", "link", "set", names[0], state)
        return f"{pf} {state}"

    def move(self):
        address = self.some_function()
        names = netdevs(address) if address else []
        if names:
            namespace = f"n{len(self.moved)}"
            run("ip", "netns", "add", namespace)
            self.moved.append(namespace)
            run("ip", "link", "set", names[0], "netns", namespace)
        return f"{address} to a namespace"

    def bring_back(self):
        if self.moved:
            run("ip", "netns", "delete", self.moved.pop())
        return "a namespace ends"

    def wire(self):
        if self.by_qmp < 10:
            self.by_qmp += 1
            self.qmp.set_link(self.random.choice(("pf0", "pf1")), self.random.choice((True, False)))
        return "wire"

    def step(self):
        doing = self.random.choices(
            (self.number, self.rebind, self.unbind, self.remove, self.rescan, self.admin, self.move, self.bring_back, self.wire),
            (4, 8, 3, 1, 2, 4, 3, 3, 1))[0]
        try:
            what = doing()
        except (OSError, RuntimeError, tap.Stop) as error:
            what = f"{doing.__name__}: {error}"
        time.sleep(self.random.choice((0, 0, 0.05, 0.3)))
        return what

    def rest(self):
        """Everything is plugged in, and comes to rest."""
        while self.moved:
            self.bring_back()
        self.rescan()
        for number, pf in enumerate((PF0, PF1)):
            self.qmp.set_link(f"pf{number}", True)
            up(netdev(pf, 30))


def planned(plugin):
    """What `plan`, which reads everything anew, says that each pool has."""
    _, text, _ = devicepool("plan", "-o", "json", "-config-file", plugin.config)
    return {p["resourceName"]: sorted(d["id"] for d in p["devices"]) for p in json.loads(text)["pools"]}


def follows(kubelet, plugin):
    """Whether kubelet has been told of what is there now."""
    plan = planned(plugin)
    return all(kubelet.ids(name) == plan[name] for name in POOLS)


def known(kubelet):
    return {name: {i: (d["health"], str(d["topology"])) for i, d in kubelet.devices(name).items()} for name in POOLS}


def scenario():
    load("igb", "igbvf", "vfio-pci")
    for pf in (PF0, PF1):
        up(netdev(pf))
        set_functions(pf, 2)
    kubelet = Kubelet()
    config = {"resourceList": [
        pool("dpdk", drivers=["vfio-pci"]), pool("first", rootDevices=[PF0]), pool("second", rootDevices=[PF1], linkTypes=["ether"]),
        pool("rest", vendors=["8086"])]}
    plugin = Plugin(config)
    need(kubelet.wait_for("intel.com/first", functions(PF0)), "the pools are there", plugin.log()[-2000:])
    storm = Storm(SEED)
    note(f"seed {SEED}")
    late = {}
    for number in range(EVENTS):
        what = storm.step()
        if number % 10 == 9:
            note(f"{number}: {what}")
            # The safety scan, once a minute, makes up for anything: what is told only by it comes too late.
            if not eventually(lambda: follows(kubelet, plugin), 10):
                late[number] = (planned(plugin), {name: kubelet.ids(name) for name in POOLS})
        if not plugin.alive():
            break
    need(plugin.alive(), f"the daemon lives through {EVENTS} events", plugin.log()[-3000:])
    equal(late, {}, "after any ten of them kubelet has been told within ten seconds of what is there")
    storm.rest()
    time.sleep(15)
    after = known(kubelet)
    sent = sum(len(r.lists) for r in kubelet.resources.values())
    note(f"{sent} lists sent")
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    kubelet.stop()
    kubelet.start()
    plugin = Plugin(config)
    plan = planned(plugin)
    for name in POOLS:
        check(kubelet.wait_for(name, plan[name]), f"{name}: a fresh daemon lists what the plan says", (kubelet.ids(name), plan[name]))
    fresh = known(kubelet)
    for name in POOLS:
        equal(after[name], fresh[name], f"{name}: after the storm as after a fresh start")
    plugin.stop()


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""A reboot that numbers vfio groups anew, with a real kubelet: no container starts with another's node."""
# run: limit 900; by name only; on this machine
import glob
import os
import sys

from e2e import *
from e2e import simulated
from e2e.machine import *
from e2e.node import BINARY, RealKubelet, address_for_pods

CGROUP = "devicepool-e2e"
MACHINE = "/run/e2e/suite/Fixtures/Machines/igb-guest.tree"
DAEMON = ("unshare", "-m", "sh", "-c", f'mount --rbind {simulated.ROOT}/sys /sys && exec "$0" "$@"', plugin.BINARY)
SHOW = ["sh", "-c", "env; ls /dev/vfio; echo end; sleep 100000"]


def group(address):
    """The number of a function's IOMMU group."""
    return link_name(f"{simulated.ROOT}/sys/bus/pci/devices/{address}/iommu_group")


def swap_groups(one, two):
    """What a boot may do that finds the functions in another order."""
    links = [f"{simulated.ROOT}/sys/bus/pci/devices/{a}/iommu_group" for a in (one, two)]
    targets = [os.readlink(link) for link in links]
    for link, target in zip(links, reversed(targets)):
        os.unlink(link)
        os.symlink(target, link)


class Node:
    """Kubelet, containerd and the daemon, all of which a reboot ends."""

    def __init__(self):
        self.containerd = Containerd()
        self.kubelet = RealKubelet(cgroupRoot="/" + CGROUP)
        self.daemon = None

    def serve(self, resource, functions, flags):
        """Starts the daemon, and waits until kubelet has the resource."""
        self.resource, self.flags = resource, flags
        self.config = {"resourceList": [pool(resource.split("/")[1], drivers=["vfio-pci"], pciAddresses=functions)]}
        self.daemon = Plugin(self.config, *flags, command=DAEMON)
        need(eventually(lambda: self.kubelet.registered().get(resource) == functions, 60, 0.3),
             "kubelet has the resource", (self.kubelet.registered(), self.daemon.log()[-2000:]))

    def reboot(self, functions):
        """All processes end, the functions' groups change places, and all start again. What is on disk stays."""
        self.kubelet.stop()
        check(self.daemon.stop() == 0, "the daemon ends with 0 when asked to")
        for task in run("ctr", "-n", "k8s.io", "tasks", "list", "-q").split():
            run("ctr", "-n", "k8s.io", "tasks", "kill", "-s", "SIGKILL", task, check=False)
        self.containerd.stop()
        swap_groups(*functions)
        self.containerd.start()
        self.daemon = Plugin(self.config, *self.flags, command=DAEMON)
        self.kubelet.start()

    def run_pod(self, name):
        """Starts a pod with one unit: its function, when its container has printed all."""
        self.kubelet.add_pod(name, {self.resource: "1"}, SHOW, restart="Always")
        need(eventually(lambda: self.kubelet.output(name).endswith("end\n"), 90, 0.5), f"pod {name} runs", self.kubelet.pod(name))
        return self.variable(name)

    def variable(self, name):
        """The function that the pod's container was told of last."""
        variable = "PCIDEVICE_" + self.resource.upper().translate(str.maketrans("./", "__"))
        lines = [line.split("=", 1) for line in self.kubelet.output(name).splitlines() if "=" in line]
        return dict(lines).get(variable, "")

    def waits_because(self, name):
        """Why kubelet does not start the pod's container."""
        statuses = self.kubelet.pod(name).get("status", {}).get("containerStatuses", [])
        return " ".join(s["state"]["waiting"].get("message", "") for s in statuses if "waiting" in s.get("state", {}))

    def restarted(self, name):
        """Whether the pod's second container runs."""
        statuses = self.kubelet.pod(name).get("status", {}).get("containerStatuses", [])
        return any("running" in s.get("state", {}) and s.get("restartCount", 0) > 0 for s in statuses)

    def logs(self, name):
        """How many containers the pod has had."""
        return len(glob.glob(f"/var/log/pods/default_{name}-node_*/c/*.log"))

    def end(self, *pods):
        """The pods and the daemon end."""
        for name in pods:
            self.kubelet.remove_pod(name)
        gone = lambda: not any(self.kubelet.pod(name) for name in pods)
        check(eventually(gone, 60, 0.5), "the pods are gone", [self.kubelet.pod(name) for name in pods])
        check(self.daemon.alive() and self.daemon.stop() == 0, "the daemon ends with 0 when asked to")


def stale(daemon):
    """What the daemon has counted."""
    for line in daemon.get("/metrics")[1].splitlines():
        if line.startswith("devicepool_stale_answers_total{"):
            return float(line.split()[-1])
    return 0


def with_nodes(node, functions, mode):
    """Answers with nodes: what was given out is another function's now."""
    node.serve(f"intel.com/{mode}", functions, ["-registration", mode])
    names = [f"{mode}-a", f"{mode}-b"]
    had = {name: node.run_pod(name) for name in names}
    equal(sorted(had.values()), functions, "two pods have a function each")
    before = {name: group(address) for name, address in had.items()}
    for name in names:
        check(before[name] in node.kubelet.output(name).split(), f"{name} has its function's node", node.kubelet.output(name))
    node.reboot(functions)
    for name in names:
        words = f"{had[name]} was given out with /dev/vfio/{before[name]} and now needs /dev/vfio/{group(had[name])}; delete the pod"
        check(eventually(lambda: words in node.waits_because(name), 120, 0.5), f"{name} does not start, and kubelet says why",
              (words, node.waits_because(name), node.kubelet.pod(name).get("status"), node.daemon.log()[-2000:]))
        equal(node.logs(name), 1, f"{name} has had no other container")
    check("container start refused: its device nodes belong to another device" in node.daemon.log(), "the log says so")
    check(stale(node.daemon) >= 2, "the starts are counted", stale(node.daemon))
    node.kubelet.remove_pod(names[0])
    check(eventually(lambda: not node.kubelet.pod(names[0]), 60, 0.5), "the pod is deleted")
    address = node.run_pod(f"{mode}-c")
    output = node.kubelet.output(f"{mode}-c").split()
    check(group(address) in output and not (set(before.values()) - {group(address)}) & set(output), "its successor has the right node", output)
    node.end(names[1], f"{mode}-c")


def with_cdi(node, functions, mode):
    """Answers with CDI names: the runtime takes the nodes from the spec file of now, and only the environment is old."""
    node.serve(f"intel.com/cdi{mode}", functions, ["-registration", mode, "-use-cdi"])
    name = f"cdi-{mode}"
    had = node.run_pod(name)
    check(had in functions, "a pod has a function", had)
    node.reboot(functions)
    check(eventually(lambda: node.restarted(name), 120, 0.5), "by CDI the container starts",
          (node.kubelet.pod(name).get("status"), node.daemon.log()[-2000:]))
    check(f"{had} was given out with" in node.daemon.log() and "environment names old device paths" in node.daemon.log(),
          "the log says that its environment is old", node.daemon.log()[-2000:])
    check(stale(node.daemon) >= 1, "the start is counted", stale(node.daemon))
    specs = "".join(open(path).read() for path in glob.glob("/var/run/cdi/*.json") + glob.glob("/etc/cdi/*.json"))
    check(f"/dev/vfio/{group(had)}" in specs, "the spec file names the nodes of now", specs)
    node.end(name)


def scenario():
    if not os.access(BINARY, os.X_OK):
        skip("a real kubelet replays its answers", "there is no kubelet: run `make kubelet`, or name one in KUBELET")
        return
    os.makedirs("/dev/vfio")
    simulated.unpack(MACHINE)
    simulated.interfaces()
    simulated.nodes()
    paths = glob.glob(simulated.ROOT + "/sys/bus/pci/devices/*")
    functions = sorted(os.path.basename(p) for p in paths if link_name(p + "/driver") == "vfio-pci" and os.path.exists(p + "/physfn"))[:2]
    address_for_pods()
    node = Node()
    for mode in ("direct", "watcher"):
        with_nodes(node, functions, mode)
        with_cdi(node, functions, mode)
    node.kubelet.stop()


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""A real kubelet on this very machine, without a guest: own namespaces, a simulated /sys for the daemon."""
# run: limit 400; by name only; on this machine
import glob
import os
import sys
import time

from e2e import *
from e2e.machine import *
from e2e.node import BINARY, RealKubelet, address_for_pods

NETS, DPDK = "intel.com/netdev", "intel.com/dpdk"
CGROUP = "devicepool-e2e"
SIMULATED = "/simulated"
SHOW = ["sh", "-c", "env; ls /dev/vfio; echo end; sleep 100000"]


def simulate(machine_file):
    """Unpacks a machine's sysfs, with the interfaces and nodes that it speaks of made of what any machine has."""
    for line in open(machine_file):
        keyword, _, rest = line.rstrip("\n").partition(" ")
        path, _, value = rest.partition(" ")
        target = f"{SIMULATED}/{path}"
        if keyword in ("file", "link", "dir"):
            os.makedirs(target if keyword == "dir" else os.path.dirname(target), exist_ok=True)
        if keyword == "file":
            write(target, value + "\n")
        elif keyword == "link":
            os.symlink(value.partition("-> ")[2], target)
    for link in glob.glob(SIMULATED + "/sys/bus/pci/devices/*/net/*"):
        run("ip", "link", "add", os.path.basename(link), "type", "bridge", check=False)
    for group in glob.glob(SIMULATED + "/sys/bus/pci/devices/*/iommu_group"):
        node = "/dev/vfio/" + link_name(group)
        if not os.path.exists(node):
            os.mknod(node, 0o20666, os.makedev(1, 3))
    os.mknod("/dev/vfio/vfio", 0o20666, os.makedev(1, 3))


def scenario():
    if not os.access(BINARY, os.X_OK):
        skip("a real kubelet admits pods", "there is no kubelet: run `make kubelet`, or name one in KUBELET")
        return
    os.makedirs("/dev/vfio")
    simulate("/run/e2e/suite/Fixtures/Machines/igb-guest.tree")
    functions_below = glob.glob(SIMULATED + "/sys/bus/pci/devices/*")
    dpdk = sorted(os.path.basename(p) for p in functions_below if link_name(p + "/driver") == "vfio-pci" and os.path.exists(p + "/physfn"))
    address_for_pods()
    Containerd()
    kubelet = RealKubelet(cgroupRoot="/" + CGROUP)
    daemon = ("unshare", "-m", "sh", "-c", f'mount --rbind {SIMULATED}/sys /sys && exec "$0" "$@"', plugin.BINARY)
    running = Plugin({"resourceList": [pool("dpdk", vendors=["8086"], drivers=["vfio-pci"]), pool("netdev", vendors=["8086"], drivers=["igbvf"])]}, command=daemon)
    need(eventually(lambda: kubelet.registered().get(DPDK) == dpdk, 60, 0.3), "kubelet's own checkpoint holds the simulated machine's functions",
         (dpdk, kubelet.registered(), running.log()[-2000:]))
    check(kubelet.registered().get(NETS), "and those with a kernel driver", kubelet.registered())
    kubelet.add_pod("user", {DPDK: "2", NETS: "1"}, SHOW)
    need(eventually(lambda: kubelet.output("user").endswith("end\n"), 90, 0.5), "a pod that asks for them runs", kubelet.pod("user"))
    output = kubelet.output("user")
    variables = dict(line.split("=", 1) for line in output.splitlines() if "=" in line)
    given = variables.get("PCIDEVICE_INTEL_COM_DPDK", "").split(",")
    check(len(given) == 2 and set(given) <= set(dpdk), "its variable names two functions", variables)
    groups = sorted([link_name(f"{SIMULATED}/sys/bus/pci/devices/{a}/iommu_group") for a in given])
    check(set(groups) | {"vfio"} <= set(output.split()), "its nodes are in the container", output)
    kubelet.stop()
    kubelet.start()
    check(eventually(lambda: kubelet.registered().get(DPDK) == dpdk, 60, 0.3), "kubelet restarts: all is registered again", kubelet.registered())
    check(eventually(lambda: sorted(kubelet.assigned().get("user-node", {}).get(DPDK, [])) == sorted(given), 30, 0.5), "the pod keeps what it has", kubelet.assigned())
    successor = Plugin(running.config, command=daemon)
    need(successor.says("another process listens", 20), "a second daemon waits, as the new pod of an update with a surge does", successor.log()[-2000:])
    began = time.monotonic()
    check(running.alive() and running.stop() == 0, "the daemon ends with 0 when asked to")
    check(eventually(lambda: successor.log().count("registered with kubelet") == 2, 20, 0.02),
          f"the second is registered {time.monotonic() - began:.2f} s after the first was asked to end", successor.log()[-2000:])
    check(eventually(lambda: kubelet.registered().get(DPDK) == dpdk, 20, 0.3), "kubelet has the devices by the second", kubelet.registered())
    equal(sorted(kubelet.assigned().get("user-node", {}).get(DPDK, [])), sorted(given), "the pod keeps what it has")
    check(successor.alive() and successor.stop() == 0, "the second ends with 0 when asked to")
    kubelet.stop()


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""DeviceInfo files: written before Allocate answers, kept for running pods, taken away when nobody needs them."""
# run: limit 240
import json
import sys

from e2e import *
from e2e.machine import *

DIRECTORY = "/var/run/k8s.cni.cncf.io/devinfo/dp/"


def scenario():
    load("igb", "igbvf", "vfio-pci")
    used, free, dpdk = set_functions(PF0, 3)
    bind(dpdk, "vfio-pci")
    os.makedirs(DIRECTORY, exist_ok=True)
    foreign = DIRECTORY + "nvidia.com-x-0000:99:00.0-device.json"
    stale = DIRECTORY + f"intel.com-nets-{free}-device.json"
    write(foreign, "{}")
    write(stale, '{"type":"pci","version":"1.1.0","pci":{"pci-address":"' + free + '"}}')
    config = {"resourceList": [pool("nets", drivers=["igbvf"]), pool("dpdk", drivers=["vfio-pci"])]}
    kubelet = Kubelet()
    plugin = Plugin(config)
    need(kubelet.wait_for("intel.com/nets", [used, free]), "the pool is there", plugin.log()[-2000:])
    check(eventually(lambda: not os.path.exists(stale)), "a file of an earlier life, for a device no pod has, is gone")

    for name, address in (("nets", used), ("dpdk", dpdk)):
        kubelet.allocate("intel.com/" + name, [address], pod="pod-" + name)
        path = DIRECTORY + f"intel.com-{name}-{address}-device.json"
        # Multus reads this path right after the answer; no wait here, on purpose.
        need(os.path.exists(path), f"{name}: the file is there when Allocate has answered", os.listdir(DIRECTORY))
        text = open(path).read()
        equal(text, '{"type":"pci","version":"1.1.0","pci":{"pci-address":"%s"}}' % address, f"{name}: its text is the specification's, byte for byte")
        equal(oct(os.stat(path).st_mode & 0o777), "0o444", f"{name}: nobody can write it")
        left = [n for n in os.listdir(DIRECTORY) if not n.endswith("-device.json")]
        equal(left, [], f"{name}: nothing half-written beside it")
    path = DIRECTORY + f"intel.com-nets-{used}-device.json"
    inode = os.stat(path).st_ino

    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    check(os.path.exists(path), "a running pod's file outlives the daemon")
    kubelet.lost()
    plugin = Plugin(config)
    need(kubelet.wait_for("intel.com/nets", [used, free]), "it is back")
    check(os.path.exists(path) and os.stat(path).st_ino == inode, "and the file is still the same")
    plugin.kill()
    kubelet.release("pod-dpdk")
    kubelet.lost()
    plugin = Plugin(config)
    need(kubelet.wait_for("intel.com/nets", [used, free]), "it is back after SIGKILL")
    gone = DIRECTORY + f"intel.com-dpdk-{dpdk}-device.json"
    check(eventually(lambda: not os.path.exists(gone)), "the file of a pod that ended meanwhile is gone")
    check(os.path.exists(path), "the file of the pod that runs is not")
    check(os.path.exists(foreign), "another plugin's file is left alone")
    equal(plugin.stop(), 0, "it ends with 0 when asked to")


sys.exit(tap.run(scenario))

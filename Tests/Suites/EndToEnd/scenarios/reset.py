#!/usr/bin/python3
"""resetOnAllocate: a function that a process has open, or whose interface is in a pod, is never reset; a free one is."""
# run: limit 150
import subprocess
import sys

from e2e import *
from e2e import vfio
from e2e.machine import *

HOLD = vfio.OPEN + r"""
print("open", flush=True)
sys.stdin.read()
"""
REFUSED = "not reset: the device is in use"
TRACING = "/sys/kernel/tracing"


def count_resets():
    """From here on the kernel counts what writes to functions' `reset` files call."""
    run("mount", "-t", "tracefs", "tracefs", TRACING, check=False)
    write(f"{TRACING}/kprobe_events", "p:reset pci_reset_function")
    write(f"{TRACING}/events/kprobes/reset/enable", 1)


def resets():
    """How many there were, of whatever function."""
    return int(read(f"{TRACING}/kprobe_profile").split()[1])


def try_allocate(kubelet, plugin, resource, address, wanted, fact):
    """Allocates, as kubelet does after it lost its memory too; whether that resets, and whether the log says why not."""
    before, said = resets(), plugin.log().count(REFUSED)
    kubelet.allocate(resource, [address])
    equal((resets() - before, plugin.log().count(REFUSED) - said), (1, 0) if wanted else (0, 1), fact)


def scenario():
    load("igb", "igbvf", "vfio-pci")
    count_resets()
    up(netdev(PF0))
    kernel, dpdk = set_functions(PF0, 2, bind=False)
    bind(kernel, "igbvf")
    bind(dpdk, "vfio-pci")
    kubelet = Kubelet()
    config = {"resourceList": [
        pool("nets", drivers=["igbvf"], resetOnAllocate=True), pool("dpdk", drivers=["vfio-pci"], resetOnAllocate=True)]}
    plugin = Plugin(config)
    need(kubelet.wait_for("intel.com/nets", [kernel]) and kubelet.wait_for("intel.com/dpdk", [dpdk]), "the pools are there", plugin.log()[-2000:])
    os.unlink("/var/lib/kubelet/pod-resources/kubelet.sock")

    equal(read(PCI + dpdk + "/enable"), "0", "nobody has the vfio function enabled")
    try_allocate(kubelet, plugin, "intel.com/dpdk", dpdk, True, "a free vfio function is reset")
    holder = subprocess.Popen([sys.executable, "-c", HOLD, f"/dev/vfio/{iommu_group(dpdk)}", dpdk], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    equal(holder.stdout.readline(), "open\n", "a process opens it")
    equal(read(PCI + dpdk + "/enable"), "1", "which the kernel shows")
    try_allocate(kubelet, plugin, "intel.com/dpdk", dpdk, False, "it is not reset then, and the log says so")
    holder.communicate()
    equal(read(PCI + dpdk + "/enable"), "0", "the process has closed it")
    try_allocate(kubelet, plugin, "intel.com/dpdk", dpdk, True, "and it is reset again")

    # Linux 6.1's igbvf waits for ever when it is reset while its interface is down.
    name = netdev(kernel)
    up(name)
    try_allocate(kubelet, plugin, "intel.com/nets", kernel, True, "a function whose interface is here is reset")
    run("ip", "netns", "add", "pod")
    run("ip", "link", "set", netdev(kernel), "netns", "pod")
    check(os.path.isdir(PCI + kernel + "/net"), f"{name} has gone to a namespace; the directory stays", os.listdir(PCI + kernel))
    try_allocate(kubelet, plugin, "intel.com/nets", kernel, False, "it is not reset then, and the log says so")
    run("ip", "netns", "delete", "pod")
    need(eventually(lambda: netdevs(kernel)), "the namespace ends and the interface comes home")
    up(netdev(kernel))
    # One that starts now has not seen the interface on its way.
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    kubelet.lost()
    plugin = Plugin(config)
    need(kubelet.wait_for("intel.com/nets", [kernel]), "a new daemon has the pool", plugin.log()[-2000:])
    try_allocate(kubelet, plugin, "intel.com/nets", kernel, True, "and it is reset again")
    equal(plugin.stop(), 0, "that ends with 0 too")


sys.exit(tap.run(scenario))

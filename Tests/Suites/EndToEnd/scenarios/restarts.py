#!/usr/bin/python3
"""Kubelet restarts, stays away, forgets and drops streams, in both ways of registration; nothing is lost."""
# run: limit 300
import sys
import time

from e2e import *
from e2e.machine import *

NETS, DPDK = "intel.com/nets", "intel.com/dpdk"


def scenario():
    load("igb", "igbvf", "vfio-pci")
    *nets, dpdk = set_functions(PF0, 3)
    bind(dpdk, "vfio-pci")
    config = {"resourceList": [pool("nets", drivers=["igbvf"]), pool("dpdk", drivers=["vfio-pci"])]}

    def complete(kubelet):
        return kubelet.wait_for(NETS, nets) and kubelet.wait_for(DPDK, [dpdk])

    # No kubelet yet: the daemon waits for it.
    plugin = Plugin(config)
    os.makedirs("/var/lib/kubelet/device-plugins", exist_ok=True)
    time.sleep(2)
    check(plugin.alive(), "without a kubelet the daemon waits", plugin.log()[-1500:])
    kubelet = Kubelet()
    need(complete(kubelet), "it registers when kubelet has come", plugin.log()[-2000:])
    for round_ in range(3):
        kubelet.restart()
        check(complete(kubelet), f"restart {round_ + 1}: both pools are registered again", plugin.log()[-1500:])
        equal(len(kubelet.registrations), 2, f"restart {round_ + 1}: each of them once")
    kubelet.stop()
    for name in os.listdir(kubelet.sockets):
        if name.endswith(".sock"):
            os.unlink(f"{kubelet.sockets}/{name}")
    time.sleep(10)
    check(plugin.alive(), "a kubelet away for long is waited for")
    kubelet.start()
    check(complete(kubelet), "and found again", plugin.log()[-1500:])
    kubelet.allocate(NETS, [nets[0]])

    kubelet.resources[NETS].close()
    old = kubelet.resources[NETS]
    check(eventually(lambda: kubelet.resources[NETS] is not old and kubelet.ids(NETS) == nets, 30),
          "a stream that ends while kubelet lives is mended by registering again", plugin.log()[-1500:])

    second = Plugin(config, "-listen", "off")
    check(second.says("another process listens"), "a second daemon for the same pools says why it can't serve them", second.log()[-800:])
    second.stop()
    check(kubelet.ids(NETS) == nets and plugin.alive(), "the first one serves on")
    kubelet.allocate(NETS, [nets[1]])

    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    check(eventually(lambda: kubelet.resources[NETS].ended), "its streams end with it", kubelet.resources[NETS].ended)
    kubelet.stop()

    watching = Kubelet(watcher=True)
    plugin = Plugin(config)
    need(complete(watching), "where plugins_registry exists, kubelet finds the sockets there", plugin.log()[-2000:])
    equal({how for how, _, _ in watching.registrations}, {"watcher"}, "and nobody registers directly as well")
    info = watching.registrations[0][1]
    equal((info["type"], "v1beta1" in info["supported_versions"]), ("DevicePlugin", True), "GetInfo says what it is")
    for round_ in range(2):
        watching.restart()
        check(complete(watching), f"watcher restart {round_ + 1}: both pools are there again", plugin.log()[-1500:])

    def anew(*names):
        """Whether kubelet has other endpoints than before for these, and knows all devices."""
        return eventually(lambda: all(watching.resources[n] is not before[n] for n in names), 30) and complete(watching)

    before = dict(watching.resources)
    before[NETS].close()
    check(anew(NETS), "a stream that ends is mended by a new socket there", plugin.log()[-1500:])
    before = dict(watching.resources)
    for name in os.listdir(watching.registry):
        os.unlink(f"{watching.registry}/{name}")
    check(anew(NETS, DPDK), "and a socket that was taken away is made again", plugin.log()[-1500:])
    plugin.kill()
    left = sorted(os.listdir(watching.registry))
    watching.lost()
    plugin = Plugin(config)
    # What the killed process listed is still known: the streams tell whose it is.
    alive = lambda: not any(resource.ended for resource in list(watching.resources.values()))
    check(eventually(alive, 20) and complete(watching), "after SIGKILL its sockets are taken over",
          (left, plugin.log()[-1500:]))
    watching.allocate(DPDK, [dpdk])
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    equal(os.listdir(watching.registry), [], "and leaves no socket in the registry")


sys.exit(tap.run(scenario))

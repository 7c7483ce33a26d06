#!/usr/bin/python3
"""A function's interface goes to a pod's namespace and back, as SR-IOV CNI does it; lists and health stay right."""
# run: limit 300; udev
import sys
import time

from e2e import *
from e2e.machine import *

NETS, LINKS, WHOLE = "intel.com/nets", "intel.com/links", "intel.com/whole"


def scenario():
    load("igb", "igbvf")
    up(netdev(PF0))
    given, kept, linked = set_functions(PF0, 3)
    eventually(lambda: all(netdevs(a) for a in (given, kept, linked)))
    eventually(lambda: carrier(PF0))
    pf_name = netdev(PF0)
    config = {"resourceList": [
        pool(LINKS.split("/")[1], pfNames=[pf_name + "#2"], linkTypes=["ether"]), pool(NETS.split("/")[1], pfNames=[pf_name]),
        pool(WHOLE.split("/")[1], pciAddresses=[PF1], linkTypes=["ether"])]}
    kubelet = Kubelet()
    plugin = Plugin(config)
    need(all(kubelet.wait_for(*pair) for pair in ((NETS, [given, kept]), (LINKS, [linked]), (WHOLE, [PF1]))), "the pools are there", plugin.log()[-2000:])

    moves = (("pod-a", NETS, given, "10.7.0.1/24"), ("pod-b", LINKS, linked, "10.7.0.2/24"), ("pod-e", WHOLE, PF1, "10.7.0.3/24"))
    for pod, resource, address, ip in moves:
        kubelet.allocate(resource, [address], pod=pod)
        name = netdev(address)
        run("ip", "netns", "add", pod)
        run("ip", "link", "set", name, "down")
        run("ip", "link", "set", name, "netns", pod, "name", "net1")
        run("ip", "-n", pod, "address", "add", ip, "dev", "net1")
        up("net1", "-n", pod)
        equal(netdevs(address), [], f"{address}: this namespace shows no interface any more")
    start = time.monotonic()
    run("ip", "link", "add", "e2e-dummy", "type", "dummy")  # something for the daemon to notice and read the node again
    time.sleep(6)
    def healthy():
        return [kubelet.healthy(name) for name in (NETS, LINKS, WHOLE)]

    equal(healthy(), [[given, kept], [linked], [PF1]], "functions in pods' namespaces stay listed and Healthy")
    lists = [when for r in (NETS, LINKS, WHOLE) for when, _ in kubelet.resources[r].lists if when > start]
    equal(lists, [], "and kubelet was told nothing, since nothing changed for it")
    answer = kubelet.allocate(NETS, [kept], pod="pod-c")
    equal(answer["envs"]["PCIDEVICE_INTEL_COM_NETS"], kept, "the other function can be allocated meanwhile")

    run("ip", "-n", "pod-a", "link", "set", "net1", "down")
    qmp = QMP()
    qmp.set_link("pf0", False)
    check(eventually(lambda: not kubelet.healthy(NETS) and not kubelet.healthy(LINKS), 20),
          "the PF's lost link makes them Unhealthy, wherever their interfaces are", plugin.log()[-1500:])
    qmp.set_link("pf0", True)
    check(eventually(lambda: kubelet.healthy(NETS) == [given, kept] and kubelet.healthy(LINKS) == [linked], 30),
          "and its return makes them Healthy, also the one whose interface its pod set down", plugin.log()[-1500:])

    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    kubelet.lost()
    plugin = Plugin(config)
    check(kubelet.wait_for(NETS, [given, kept]) and eventually(lambda: kubelet.healthy(NETS) == [given, kept]),
          "a daemon that starts while the function is in a pod lists it", (kubelet.devices(NETS), plugin.log()[-1500:]))
    check(kubelet.wait_for(LINKS, [linked]) and kubelet.healthy(LINKS) == [linked],
          "also one whose link's type is its PF's now", (kubelet.devices(LINKS), plugin.log()[-1500:]))
    check(kubelet.wait_for(WHOLE, [PF1]) and kubelet.healthy(WHOLE) == [PF1],
          "and one, a whole adapter, of which linkTypes can't be asked at all", (kubelet.devices(WHOLE), plugin.log()[-1500:]))

    for pod, *_ in moves:
        run("ip", "netns", "delete", pod)
        kubelet.release(pod)
    check(eventually(lambda: all(netdevs(a) for a in (given, linked, PF1)), 20), "the namespace ends, the kernel brings the interfaces home")
    time.sleep(2)
    equal(healthy(), [[given, kept], [linked], [PF1]], "the lists are what they were")
    for _, resource, address, _ in moves:
        kubelet.allocate(resource, [address], pod="pod-d")
    check(plugin.alive() and plugin.stop() == 0, "all can be allocated again")


sys.exit(tap.run(scenario))

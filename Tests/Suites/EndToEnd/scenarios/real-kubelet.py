#!/usr/bin/python3
"""A real kubelet, with containerd and static pods, in place of the stand-in."""
# run: limit 600
import json
import os
import sys
import time

from e2e import *
from e2e.machine import *
from e2e.node import BINARY, RealKubelet, address_for_pods

NETS, DPDK = "intel.com/netdev", "intel.com/dpdk"
SHOW = ["sh", "-c", "env; ls /dev /dev/vfio 2>/dev/null; for n in /dev/vfio/[0-9]*; do exec 3<>$n && echo opened $n; done; echo end; sleep 100000"]


def scenario():
    if not os.access(BINARY, os.X_OK):
        skip("a real kubelet admits pods", "there is no kubelet: run `make kubelet`, or name one in KUBELET")
        return
    load("igb", "igbvf", "vfio-pci", "veth", "overlay", "dummy", "bridge", "br_netfilter", "nf_tables", "ip_tables", "iptable_filter")
    up(netdev(PF0))
    *nets, one, two = set_functions(PF0, 4)
    for address in (one, two):
        bind(address, "vfio-pci")
    address_for_pods()
    Containerd()
    kubelet = RealKubelet()
    plugin = Plugin({"resourceList": [pool("netdev", drivers=["igbvf"]), pool("dpdk", drivers=["vfio-pci"])]})
    wanted = {NETS: sorted(nets), DPDK: sorted([one, two])}
    need(eventually(lambda: kubelet.registered() == wanted, 60, 0.3), "kubelet's own checkpoint holds both pools", (kubelet.registered(), plugin.log()[-2000:]))

    kubelet.add_pod("user", {NETS: "1", DPDK: "2"}, SHOW)
    need(eventually(lambda: kubelet.output("user").endswith("end\n"), 90, 0.5), "a pod that asks for three functions runs", kubelet.pod("user"))
    output = kubelet.output("user")
    variables = dict(line.split("=", 1) for line in output.splitlines() if "=" in line)
    equal(sorted(variables.get("PCIDEVICE_INTEL_COM_DPDK", "").split(",")), wanted[DPDK], "its variable names both vfio functions")
    check(variables.get("PCIDEVICE_INTEL_COM_NETDEV") in nets, "and the kernel function", variables)
    info = json.loads(variables.get("PCIDEVICE_INTEL_COM_DPDK_INFO", "{}"))
    equal(sorted(info), wanted[DPDK], "INFO describes them")
    for address in (one, two):
        check(f"opened /dev/vfio/{iommu_group(address)}" in output, f"{address}: its node is in the container, and opens", output)
    assigned = kubelet.assigned().get("user-node", {})
    equal(sorted(assigned.get(DPDK, [])), wanted[DPDK], "podresources says who has them")

    counted = [line for line in (kubelet.get("/metrics") or "").splitlines() if line.startswith("kubelet_device_plugin_alloc_duration_seconds_count")]
    check('kubelet_device_plugin_alloc_duration_seconds_count{resource_name="intel.com/dpdk"} 1' in counted, "kubelet counts one Allocate of two devices", counted)

    kubelet.add_pod("greedy", {DPDK: "1"}, SHOW)
    check(eventually(lambda: kubelet.phase("greedy") in ("Failed", "Pending") or "Admission" in json.dumps(kubelet.pod("greedy")), 30, 0.5)
          and not kubelet.output("greedy"), "a pod that asks for more than is left does not run", kubelet.pod("greedy"))
    kubelet.remove_pod("greedy")

    before = plugin.log().count("llocate")
    kubelet.stop()
    kubelet.start()
    check(eventually(lambda: kubelet.registered() == wanted and plugin.log().count("registered with kubelet") >= 4, 60, 0.5),
          "kubelet restarts: both pools are registered again", (kubelet.registered(), plugin.log()[-1500:]))
    # A kubelet that has just started lists static pods only when it has read their manifests again.
    check(eventually(lambda: kubelet.assigned().get("user-node", {}).get(NETS) == assigned.get(NETS), 30, 0.5), "the pod keeps what it has", kubelet.assigned())
    equal(plugin.log().count("llocate"), before, "and nothing is allocated anew")

    plugin.kill()
    plugin = Plugin(plugin.config)
    time.sleep(3)
    kubelet.add_pod("late", {NETS: "1"}, SHOW)
    check(eventually(lambda: "PCIDEVICE_INTEL_COM_NETDEV=" in kubelet.output("late"), 60, 0.5), "after SIGKILL and a start, the next pod gets its function",
          (kubelet.pod("late").get("status"), plugin.log()[-1500:]))
    taken = [kubelet.assigned().get(p + "-node", {}).get(NETS) for p in ("user", "late")]
    check(taken[0] != taken[1] and all(taken), "and not the one that is in use", taken)

    held = taken[0][0]
    bind(held, "vfio-pci")
    check(plugin.says("device is unhealthy") and eventually(lambda: held not in kubelet.registered().get(NETS, []), 20),
          "a function whose driver changes below its pod is Unhealthy to kubelet", (held, kubelet.registered(), plugin.log()[-1000:]))
    check(held not in kubelet.registered().get(DPDK, []), "and goes to no other pool while the pod has it", kubelet.registered())
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    kubelet.stop()


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""What `plan` and `inventory` say equals what lspci, ip and sysfs say."""
# run: limit 240
import json
import sys

from e2e import *
from e2e.machine import *


def node(address):
    number = int(read(PCI + address + "/numa_node"))
    return number if number >= 0 else None


def plan(config):
    _, text, _ = devicepool("plan", "-o", "json", "-config-file", write_config(config))
    return json.loads(text)


def ids(answer, name):
    found = [p for p in answer["pools"] if p["resourceName"] == "intel.com/" + name]
    return [d["id"] for d in found[0]["devices"]] if found else None


def scenario():
    load("igb", "igbvf", "vfio-pci", "netdevsim")
    # A devlink device, with ports and an embedded switch, that is no PCI function: to be heard, and left alone.
    write("/sys/bus/netdevsim/new_device", "1 2")
    run("devlink", "dev", "eswitch", "set", "netdevsim/netdevsim1", "mode", "switchdev")
    check("netdevsim/netdevsim1" in json.loads(run("devlink", "-j", "dev"))["dev"], "devlink lists a device that is on no PCI bus")
    vfs0, vfs1, vfs2 = set_functions(PF0, 4), set_functions(PF1, 3), set_functions(PF2, 1)
    for address in (vfs0[3], vfs1[0]):
        bind(address, "vfio-pci")
    write(f"{PCI}{vfs1[2]}/driver/unbind", vfs1[2])
    eventually(lambda: all(netdevs(a) for a in [*vfs0[:3], vfs1[1], *vfs2]))
    pf0_name, pf1_name = netdev(PF0), netdev(PF1)
    bus = pci_functions()
    network = sorted(a for a, f in bus.items() if f["class"].startswith("02"))
    virtual = [a for a in network if bus[a]["device"] == "10ca"]
    equal(sorted(virtual), sorted([*vfs0, *vfs1, *vfs2]), "lspci shows the functions that sysfs links")

    answer = plan({"resourceList": [
        pool("dpdk", drivers=["vfio-pci"]),
        pool("fast", pfNames=[f"{pf0_name}#0,2-3"]),
        pool("root", rootDevices=[PF0]),
        pool("kernel", vendors=["8086"], devices=["10ca"], drivers=["igbvf"], linkTypes=["ether"]),
        pool("virtio", vendors=["1af4"]),
        pool("accelerators", "accelerator", vendors=["1af4"]),
        pool("empty", pciAddresses=["0000:ff:00.0"])]})
    equal(ids(answer, "dpdk"), sorted(a for a in virtual if bus[a]["driver"] == "vfio-pci"), "drivers takes what lspci calls vfio-pci")
    equal(ids(answer, "fast"), [vfs0[0], vfs0[2]], "pfNames takes the numbered functions of the PF that ip names")
    equal(ids(answer, "root"), [vfs0[1]], "rootDevices takes what is left of a PF")
    equal(ids(answer, "kernel"), sorted([vfs1[1], *vfs2]), "the rest with igbvf goes to the pool of kernel functions")
    equal(ids(answer, "accelerators"), sorted(a for a, f in bus.items() if f["class"].startswith("12")), "accelerators are those of lspci's class 12")
    equal(ids(answer, "empty"), [], "a pool without a device is there and empty")
    facts = {d["id"]: d for p in answer["pools"] for d in p["devices"]}
    for address, device in sorted(facts.items()):
        equal((device.get("driver"), device.get("numaNode"), device["health"]), (bus[address]["driver"], node(address), "Healthy"),
              f"{address}: driver by lspci, NUMA node by sysfs, health")
    unassigned = {d["id"]: d["reasons"] for d in answer["unassigned"]}
    equal(sorted([*facts, *unassigned]), sorted([*network, ACCELERATOR]), "every network function and accelerator that lspci shows is in a pool or unassigned")
    check(vfs1[2] in unassigned, "a function without a driver goes nowhere", unassigned.keys())
    pf_reasons = [r["stage"] for r in unassigned.get(PF0, [])]
    check(pf_reasons, "a PF with virtual functions is left out, with a reason", unassigned.get(PF0))
    equal(answer["problems"], [], "no problem on a machine that is well")

    _, text, _ = devicepool("inventory", "-o", "json")
    listed = {d["id"]: d for d in json.loads(text)["devices"]}
    equal(sorted(a for a in listed if a in network), network, "inventory lists what lspci lists")
    for address in (vfs0[0], vfs1[1]):
        names = {i["ifname"] for i in json.loads(run("ip", "-j", "link"))}
        name = netdevs(address)[0]
        check(name in names and name in json.dumps(listed[address]), f"{address}: interface {name}, as ip calls it", listed[address])
    for address in (vfs0[3], vfs1[0]):
        check(iommu_group(address) in map(str, listed[address].values()), f"{address}: its IOMMU group", listed[address])

    code, text, _ = devicepool("explain", "-config-file", "/tmp/devicepool/config.json", vfs0[0])
    check(code == 0 and "fast" in text and "dpdk" in text, "explain says which pool took a function and which dropped it", text)

    code, _, error = devicepool("record", "/tmp/machine.txt")
    need(code == 0, "record writes the machine down", error)
    _, replayed, _ = devicepool("plan", "-o", "json", "-host-root", "/tmp/machine.txt", "-config-file", "/tmp/devicepool/config.json")
    equal(json.loads(replayed), answer, "the plan on the recorded machine is the plan on the machine")


sys.exit(tap.run(scenario))

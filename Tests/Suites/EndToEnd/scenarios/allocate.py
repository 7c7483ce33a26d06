#!/usr/bin/python3
"""Kernel and vfio functions go to containers, which open them and send packets between two namespaces."""
# run: limit 300
import json
import sys

from e2e import *
from e2e import vfio
from e2e.machine import *

USE_VFIO = vfio.OPEN + r"""
info = array.array("I", [20, 0, 0, 0, 0])
fcntl.ioctl(device, 0x3B6B, info)                       # VFIO_DEVICE_GET_INFO
print("regions", info[2])
"""


def give(address, namespace, ip):
    """What SR-IOV CNI does: the function's interface goes to the pod's namespace and is set up there."""
    name = netdev(address)
    run("ip", "netns", "add", namespace)
    run("ip", "link", "set", name, "netns", namespace)
    run("ip", "-n", namespace, "address", "add", ip + "/24", "dev", name)
    need(bring_up(name, namespace), f"{address}: its interface has a carrier in its namespace", run("dmesg")[-1500:])


def prepare():
    """Two kernel functions with addresses of their own and two for vfio, one of each under each PF."""
    load("igb", "igbvf", "vfio-pci", "vhost_net", "tun")
    made = []
    bind(ACCELERATOR, "vfio-pci")
    for number, pf in enumerate((PF0, PF1)):
        up(netdev(pf))
        kernel, dpdk = set_functions(pf, 2, bind=False)
        run("ip", "link", "set", netdev(pf), "vf", "0", "mac", f"02:00:00:00:00:{number + 1:02}")
        need(eventually(lambda: carrier(pf)), f"{pf}: the PF has a carrier")
        bind(kernel, "igbvf")
        bind(dpdk, "vfio-pci")
        made += [kernel, dpdk]
    return made[0::2], made[1::2]


def scenario():
    kernel, dpdk = prepare()
    kubelet = Kubelet()
    plugin = Plugin({"resourceList": [
        pool("netdev", drivers=["igbvf"], additionalInfo={"*": {"zone": "a"}}),
        pool("dpdk", drivers=["vfio-pci"], needVhostNet=True),
        pool("fec", "accelerator", drivers=["vfio-pci"])]})
    need(kubelet.wait_for("intel.com/netdev", kernel) and kubelet.wait_for("intel.com/dpdk", dpdk),
         "kubelet is told of two functions in each pool", (kubelet.resources.keys(), plugin.log()[-2000:]))
    for name, addresses in (("intel.com/netdev", kernel), ("intel.com/dpdk", dpdk)):
        for address in addresses:
            device = kubelet.devices(name)[address]
            nodes = [n["id"] for n in (device["topology"] or {"nodes": []})["nodes"]]
            equal((device["health"], nodes), ("Healthy", [int(read(PCI + address + "/numa_node"))]), f"{address}: Healthy, on its NUMA node")

    for address in dpdk:
        answer = kubelet.allocate("intel.com/dpdk", [address])
        group = f"/dev/vfio/{iommu_group(address)}"
        equal(answer["envs"].get("PCIDEVICE_INTEL_COM_DPDK"), address, f"{address}: its variable names it")
        nodes = [d["host_path"] for d in answer["devices"]]
        check({"/dev/vfio/vfio", group, "/dev/vhost-net", "/dev/net/tun"} == set(nodes), f"{address}: the nodes of vfio and vhost-net", nodes)
        opens(answer, address)
        code, output = run_container(answer, ["/usr/bin/python3", "-c", USE_VFIO, group, address], memlock=True)
        check(code == 0 and "regions" in output, f"{address}: a container gets the device from vfio", output)
    need(kubelet.wait_for("intel.com/fec", [ACCELERATOR]), "a function of the accelerator class is in its own pool", kubelet.devices("intel.com/fec"))
    answer, group = kubelet.allocate("intel.com/fec", [ACCELERATOR]), f"/dev/vfio/{iommu_group(ACCELERATOR)}"
    equal((answer["envs"].get("PCIDEVICE_INTEL_COM_FEC"), [d["host_path"] for d in answer["devices"]]), (ACCELERATOR, ["/dev/vfio/vfio", group]),
          "an accelerator: its variable and nodes")
    opens(answer, "an accelerator")
    code, output = run_container(answer, ["/usr/bin/python3", "-c", USE_VFIO, group, ACCELERATOR], memlock=True)
    check(code == 0 and "regions" in output, "an accelerator: a container gets the device from vfio", output)
    both = kubelet.allocate("intel.com/dpdk", dpdk)
    equal(both["envs"]["PCIDEVICE_INTEL_COM_DPDK"], ",".join(dpdk), "two functions in one container: both in the variable")
    opens(both, "two functions in one container")

    answers = [kubelet.allocate("intel.com/netdev", [address]) for address in kernel]
    for address, answer in zip(kernel, answers):
        equal(answer["devices"], [], f"{address}: a kernel function needs no node")
        info = json.loads(answer["envs"]["PCIDEVICE_INTEL_COM_NETDEV_INFO"])
        equal((info[address]["generic"]["deviceID"], info[address].get("extra")), (address, {"zone": "a"}), f"{address}: INFO")
    for address, namespace, ip in zip(kernel, ("left", "right"), ("10.7.0.1", "10.7.0.2")):
        give(address, namespace, ip)
    code, output = run_container(answers[0], ["/usr/bin/ping", "-c", "1", "-w", "40", "10.7.0.2"], network="left", capabilities=["CAP_NET_RAW"])
    check(code == 0, "a container's packets reach the other function's namespace", output)
    code, output = run_container(answers[1], ["/bin/sh", "-c", "env; ip -br link"], network="right")
    check(code == 0 and f"PCIDEVICE_INTEL_COM_NETDEV={kernel[1]}" in output, "the container sees its variable", output)

    try:
        kubelet.allocate("intel.com/dpdk", ["0000:ff:00.0"])
        check(False, "an id of no pool is refused")
    except Exception as error:
        check("0000:ff:00.0" in str(error), "an id of no pool is refused by name", error)
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    equal([n for n in os.listdir(kubelet.sockets) if n != "kubelet.sock" and n.endswith(".sock")], [], "its sockets are gone")


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""The daemon serves from a container without privileges: what the deployments grant is enough."""
# run: limit 500
import shutil
import sys

import grpc

from e2e import *
from e2e.daemonset import Confined, manifests, mounts
from e2e.machine import *
from e2e.ubse import Engine

NETS, DPDK, NPU = "intel.com/nets", "intel.com/dpdk", "intel.com/npu"
UB, RDMA = "unifiedbus.com/ub_net_device", "rdma/hca_shared_devices_a"
REGISTRY = "/var/lib/kubelet/plugins_registry"


def mask(capabilities):
    numbers = {"CAP_DAC_OVERRIDE": 1, "CAP_NET_ADMIN": 12, "CAP_SYS_PTRACE": 19, "CAP_SYS_ADMIN": 21}
    return sum(1 << numbers[c] for c in capabilities)


def confined(plugin, fact):
    """The facts about the process that make it unprivileged."""
    status = plugin.status()
    equal(int(status["CapEff"], 16), mask(plugin.capabilities), f"{fact}: the kernel grants it {', '.join(plugin.capabilities) or 'no capability'}")
    equal((status["NoNewPrivs"].strip(), status["Seccomp"].strip()), ("1", "2"), f"{fact}: no new privileges, system calls filtered")


def kubelet_for(spec):
    """A pod that sees kubelet's registry finds it there, and is found in it."""
    if not mounts(spec, REGISTRY):
        shutil.rmtree(REGISTRY, ignore_errors=True)
    return Kubelet(watcher=mounts(spec, REGISTRY))


def misses_nothing(plugin, fact):
    errors = [line for line in plugin.log().splitlines() if line.startswith("E") or "ermission denied" in line or "not permitted" in line]
    equal(errors, [], f"{fact}: it misses no permission")


def serves_functions(spec, fact, nets, dpdk):
    kubelet = kubelet_for(spec)
    plugin = Confined(spec, {"resourceList": [pool("nets", drivers=["igbvf"]), pool("dpdk", drivers=["vfio-pci"])]})
    need(kubelet.wait_for(NETS, nets) and kubelet.wait_for(DPDK, [dpdk]), f"{fact}: both pools are served", plugin.log()[-2500:])
    confined(plugin, fact)
    answer = kubelet.allocate(DPDK, [dpdk])
    equal([d["host_path"] for d in answer["devices"]], ["/dev/vfio/vfio", f"/dev/vfio/{iommu_group(dpdk)}"], f"{fact}: paths are the host's")
    opens(answer, fact)
    kubelet.allocate(NETS, [nets[0]])
    check(os.path.exists(f"/var/run/k8s.cni.cncf.io/devinfo/dp/intel.com-nets-{nets[0]}-device.json"), f"{fact}: the DeviceInfo file is on the host")
    qmp = QMP()
    qmp.set_link("pf0", False)
    check(eventually(lambda: not kubelet.healthy(NETS), 15), f"{fact}: a lost link reaches it", plugin.log()[-1500:])
    qmp.set_link("pf0", True)
    check(eventually(lambda: kubelet.healthy(NETS) == nets, 15), f"{fact}: and its return", plugin.log()[-1500:])
    extra = set_functions(PF1, 1)
    check(kubelet.wait_for(NETS, [*nets, *extra], 15), f"{fact}: a new function reaches it", kubelet.ids(NETS))
    kubelet.restart()
    check(kubelet.wait_for(DPDK, [dpdk]), f"{fact}: a restarted kubelet is found", plugin.log()[-1500:])
    misses_nothing(plugin, fact)
    check(plugin.stop(), f"{fact}: it ends when asked to")
    kubelet.stop()
    set_functions(PF1, 0)


def serves_accelerators(spec, fact):
    """No NPU can be emulated; an accelerator of another vendor needs the same."""
    bind(ACCELERATOR, "vfio-pci")
    kubelet = kubelet_for(spec)
    plugin = Confined(spec, {"resourceList": [pool("npu", "accelerator", drivers=["vfio-pci"])]})
    need(kubelet.wait_for(NPU, [ACCELERATOR]), f"{fact}: the pool is served", plugin.log()[-2500:])
    confined(plugin, fact)
    opens(kubelet.allocate(NPU, [ACCELERATOR]), fact)
    misses_nothing(plugin, fact)
    check(plugin.stop(), f"{fact}: it ends when asked to")
    kubelet.stop()


def serves_unified_bus(spec, fact, containerd):
    def configuration(**more):
        return {"resourceList": [pool(
            "ub_net_device", "ubNetDevice", resourcePrefix="unifiedbus.com",
            netns={"containerRuntimeEndpoint": "unix://" + containerd.ADDRESS, "reconcileSeconds": 2}, **more)]}

    kubelet = kubelet_for(spec)
    plugin = Confined(spec, configuration(ubse={"socket": "/var/run/ubse/ubse.sock", "dialect": "B"}))
    need(kubelet.wait_for(UB, ["urma_1"]), f"{fact}: the pool is served", plugin.log()[-2500:])
    confined(plugin, fact)
    kubelet.allocate(UB, ["urma_1"], pod="pod-a")
    sandbox = containerd.sandbox("pod-a")
    try:
        kubelet.pre_start(UB, ["urma_1"])
    except grpc.RpcError as error:
        check(False, f"{fact}: PreStartContainer succeeds", error.details())
    check("udma0" not in os.listdir("/sys/class/ubcore"), f"{fact}: the device is in the pod's namespace", plugin.log()[-1500:])
    containerd.remove(sandbox)
    kubelet.release("pod-a")
    check(eventually(lambda: "udma0" in os.listdir("/sys/class/ubcore"), 20), f"{fact}: and back when the pod has ended")
    misses_nothing(plugin, fact)
    check(plugin.stop(), f"{fact}: it ends when asked to")
    kubelet.lost()
    # Who names no engine has the kernel's own list, with what only /sys/class/ubcore tells.
    plugin = Confined(spec, configuration(drivers=["ubagg"]))
    bonds = [name for name in os.listdir("/sys/class/ubcore") if name.startswith("bonding_dev_")]
    check(kubelet.wait_for(UB, bonds), f"{fact}: without an engine the kernel's devices are served, by their driver", plugin.log()[-1500:])
    misses_nothing(plugin, fact)
    check(plugin.stop(), f"{fact}: it ends when asked to")
    kubelet.stop()


def serves_shared_rdma(spec, fact, function):
    run("rdma", "link", "add", "rxe0", "type", "rxe", "netdev", netdev(function))
    kubelet = kubelet_for(spec)
    plugin = Confined(spec, {"configList": [{"resourceName": "hca_shared_devices_a", "rdmaHcaMax": 3, "selectors": {"vendors": ["8086"]}}]})
    need(kubelet.wait_for(RDMA, ["0", "1", "2"]), f"{fact}: the pool is served", plugin.log()[-2500:])
    confined(plugin, fact)
    answer = kubelet.allocate(RDMA, ["1"])
    equal(sorted(d["host_path"] for d in answer["devices"]), sorted("/dev/infiniband/" + n for n in os.listdir("/dev/infiniband")),
          f"{fact}: the nodes are the host's")
    run("rdma", "link", "delete", "rxe0")
    check(eventually(lambda: not kubelet.healthy(RDMA), 20), f"{fact}: a device that goes reaches it", plugin.log()[-1500:])
    misses_nothing(plugin, fact)
    check(plugin.stop(), f"{fact}: it ends when asked to")
    kubelet.stop()


def scenario():
    load("igb", "igbvf", "vfio-pci", "overlay", "veth", "fake_ubcore", "rdma_rxe", "ib_umad", "rdma_ucm", "ib_uverbs")
    up(netdev(PF0))
    *nets, dpdk = set_functions(PF0, 3)
    bind(dpdk, "vfio-pci")
    os.makedirs("/var/run/k8s.cni.cncf.io/devinfo/dp", exist_ok=True)
    eventually(lambda: carrier(PF0), 20)
    containerd = Containerd()
    Engine("/var/run/ubse/ubse.sock", {"urma_1": ("bonding_dev_1", "udma0", "udma1")})
    found = manifests()
    equal(sorted(found), ["npu-rebel.yaml", "npu.yaml", "rdma-shared.yaml", "sriov.yaml", "ub.yaml"], "the repository deploys these")
    for name, spec in found.items():
        security = spec["containers"][0]["securityContext"]
        check(not security.get("privileged") and security["capabilities"]["drop"] == ["ALL"], f"{name}: unprivileged")
    serves_functions(found["sriov.yaml"], "sriov.yaml", nets, dpdk)
    for name in ("npu.yaml", "npu-rebel.yaml"):
        serves_accelerators(found[name], name)
    serves_shared_rdma(found["rdma-shared.yaml"], "rdma-shared.yaml", nets[0])
    serves_unified_bus(found["ub.yaml"], "ub.yaml", containerd)


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""The daemon serves from a container without privileges: what the deployments grant is enough."""
# run: limit 500
import sys
import time

import grpc

from e2e import *
from e2e.daemonset import Confined, manifests, pod
from e2e.machine import *
from e2e.ubse import Engine

NETS, DPDK, UB = "intel.com/nets", "intel.com/dpdk", "unifiedbus.com/ub_net_device"


def volume(name, path, at=None, read_only=False):
    return ({"name": name, "hostPath": {"path": path}}, {"name": name, "mountPath": at or path, "readOnly": read_only})


def specification(volumes, add=(), **fields):
    """A pod with no more than this: root without its powers, nothing writable but the mounts."""
    configuration = ({"name": "config", "configMap": {}}, {"name": "config", "mountPath": "/etc/pcidp", "readOnly": True})
    volumes = [*volumes, configuration]
    return {"hostNetwork": True, **fields, "volumes": [v for v, _ in volumes], "containers": [{
        "volumeMounts": [m for _, m in volumes],
        "args": ["-host-root=/host", "-listen=127.0.0.1:9808"],
        "securityContext": {"readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"], "add": list(add)}}}]}


# What each kind of pool was shown to need. The deployments are held to the same below.
FUNCTIONS = specification([
    volume("sys", "/sys", "/host/sys", True), volume("dev", "/dev", "/host/dev", True),
    volume("device-plugins", "/var/lib/kubelet/device-plugins"), volume("pod-resources", "/var/lib/kubelet/pod-resources"),
    volume("devinfo", "/var/run/k8s.cni.cncf.io/devinfo/dp", "/host/run/k8s.cni.cncf.io/devinfo/dp")])
UNIFIED_BUS = specification([
    volume("sys", "/sys", "/host/sys", True), volume("dev", "/dev", "/host/dev", True), volume("proc", "/proc", "/host/proc", True),
    volume("device-plugins", "/var/lib/kubelet/device-plugins"), volume("pod-resources", "/var/lib/kubelet/pod-resources"),
    volume("containerd", "/run/containerd", read_only=True), volume("ubse", "/var/run/ubse")], add=["NET_ADMIN", "SYS_PTRACE"], hostPID=True)


def mask(capabilities):
    numbers = {"CAP_NET_ADMIN": 12, "CAP_SYS_PTRACE": 19, "CAP_SYS_ADMIN": 21}
    return sum(1 << numbers[c] for c in capabilities)


def confined(plugin, fact):
    """The facts about the process that make it unprivileged."""
    status = plugin.status()
    equal(int(status["CapEff"], 16), mask(plugin.capabilities), f"{fact}: the kernel grants it {', '.join(plugin.capabilities) or 'no capability'}")
    equal((status["NoNewPrivs"].strip(), status["Seccomp"].strip()), ("1", "2"), f"{fact}: no new privileges, system calls filtered")


def serves_functions(spec, fact, nets, dpdk):
    kubelet = Kubelet()
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
    errors = [line for line in plugin.log().splitlines() if line.startswith("E") or "ermission denied" in line or "not permitted" in line]
    equal(errors, [], f"{fact}: it misses no permission")
    check(plugin.stop(), f"{fact}: it ends when asked to")
    kubelet.stop()
    set_functions(PF1, 0)


def serves_unified_bus(spec, fact):
    containerd = Containerd()
    kubelet = Kubelet()
    plugin = Confined(spec, {"resourceList": [pool(
        "ub_net_device", "ubNetDevice", resourcePrefix="unifiedbus.com",
        netns={"containerRuntimeEndpoint": "unix://" + containerd.ADDRESS, "reconcileSeconds": 2},
        ubse={"socket": "/var/run/ubse/ubse.sock", "dialect": "B"})]})
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
    check(plugin.stop(), f"{fact}: it ends when asked to")


def scenario():
    load("igb", "igbvf", "vfio-pci", "overlay", "veth", "fake_ubcore")
    up(netdev(PF0))
    *nets, dpdk = set_functions(PF0, 3)
    bind(dpdk, "vfio-pci")
    os.makedirs("/var/run/k8s.cni.cncf.io/devinfo/dp", exist_ok=True)
    eventually(lambda: carrier(PF0), 20)
    serves_functions(FUNCTIONS, "functions", nets, dpdk)
    found = manifests()
    for path, document in found.items():
        if "privileged" in str(pod(document)["containers"][0]["securityContext"]):
            continue
        note(path)
        if not any(word in path for word in ("ub", "npu", "rdma")):
            serves_functions(pod(document), path, nets, dpdk)
    Engine("/var/run/ubse/ubse.sock", {"urma_1": ("bonding_dev_1", "udma0", "udma1")})
    serves_unified_bus(UNIFIED_BUS, "UB")


sys.exit(tap.run(scenario))

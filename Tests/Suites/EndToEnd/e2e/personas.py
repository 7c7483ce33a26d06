"""The personas in a real cluster: what an operator types for each, and what the node and its pods show of it."""

import json
import os
import re
import time

from . import originals, simulated
from .cluster import NODE, program
from .containers import Containerd
from .machine import run
from .node import address_for_pods
from .tap import equal, eventually, need, note

CGROUP = "devicepool-e2e"
DEPLOYMENTS, MACHINES = "/run/e2e/suite/deployments", "/run/e2e/suite/Fixtures/Machines"
IMAGE, ARCHIVE = "docker.io/library/devicepool", "/run/e2e/product/image.tar"
NETS, DPDK, NPU = "intel.com/intel_sriov_netdevice", "intel.com/intel_sriov_dpdk", "rebellions.ai/ATOM"
RDMA, SHARED = "mellanox.com/mlnx_sriov_rdma", "rdma/hca_shared_devices_a"
SHOW = ["sh", "-c", "env; ls /dev; ls /dev/vfio 2>/dev/null; echo end; sleep 100000"]


class Persona:
    """One of the four: its manifest, the names in it, and what the node offers with it."""

    def __init__(self, name, namespace, daemon_set, config_map, resources, original=None, overlay=None):
        self.name, self.namespace, self.daemon_set, self.config_map = name, namespace, daemon_set, config_map
        self.resources, self.original = set(resources), original
        self.manifest = f"{DEPLOYMENTS}/manifests/{overlay or name}.yaml"
        self.values = f"{DEPLOYMENTS}/helm/devicepool/values-{name}.yaml"
        self.sample = f"{DEPLOYMENTS}/configurations/{name}.json"

    def create_config_map(self, cluster):
        """The command of the manual."""
        cluster.kubectl("-n", self.namespace, "create", "configmap", self.config_map, f"--from-file=config.json={self.sample}")

    def rolled_out(self, cluster, daemon_set=None, seconds=120):
        """Whether its pods are ready."""
        words = ("-n", self.namespace, "rollout", "status", "daemonset", daemon_set or self.daemon_set, f"--timeout={seconds}s")
        return cluster.refusal(program("kubectl"), *words) is None

    def pod(self, cluster, label=None):
        """The pod on the node that is not going away."""
        pods = cluster.get("pods", namespace=self.namespace, selector=label or "app.kubernetes.io/name=devicepool")
        alive = [p for p in pods if "deletionTimestamp" not in p["metadata"]
                 and any(o["name"].startswith(self.daemon_set) or label for o in p["metadata"]["ownerReferences"])]
        return alive[0] if alive else {}

    def set_configuration(self, cluster, text):
        """Writes the ConfigMap as an editor would."""
        cluster.kubectl("-n", self.namespace, "patch", "configmap", self.config_map, "--type=merge", "-p",
                        json.dumps({"data": {"config.json": text}}))

    def is_offered(self, cluster):
        """Whether the node offers all of its resources."""
        return self.resources <= set(cluster.allocatable())


PERSONAS = [
    Persona("sriov", "kube-system", "kube-sriov-device-plugin", "sriovdp-config", [NETS, DPDK, RDMA], originals.SRIOV),
    Persona("rdma-shared", "kube-system", "rdma-shared-dp-ds", "rdma-devices", [SHARED], originals.RDMA_SHARED),
    Persona("npu", "kube-system", "rbln-device-plugin", "rbln-device-plugin-config", [NPU], originals.NPU),
    Persona("ub", "kube-system", "ub-network-device-plugin", "ub-network-device-plugin-config", [])]
SRIOV, RDMA_SHARED, NPUS, UB = PERSONAS
# In the place of NPUS, where the plugin has its older names.
NPUS_REBEL = Persona("npu", "kube-system", "rebel-device-plugin", "rebel-device-plugin-config", [NPU], originals.NPU_REBEL, "npu-rebel")


class Step:
    """A part of the scenario, reported with its time."""

    def __init__(self, title):
        self.title = title

    def __enter__(self):
        note(self.title)
        self.began = time.monotonic()

    def __exit__(self, *_):
        note(f"{self.title}: {time.monotonic() - self.began:.1f} s")


def user_pod(cluster, name, limits, command=SHOW, annotations=None, claims=None, restart="Never"):
    """Creates a pod that asks for devices by name, or by claims: {name in the pod: {"resourceClaimName": …} or the like}."""
    metadata = {"name": name, "namespace": "default", "annotations": annotations or {}}
    asked = {"limits": limits, "requests": limits, **({"claims": [{"name": c} for c in claims]} if claims else {})}
    cluster.create({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": {
        "terminationGracePeriodSeconds": 1, "restartPolicy": restart, "automountServiceAccountToken": False,
        "containers": [{"name": "c", "image": Containerd.TOOLS, "imagePullPolicy": "Never", "command": command, "resources": asked}],
        **({"resourceClaims": [{"name": name, **source} for name, source in claims.items()]} if claims else {})}})


def runs(cluster, name, within=60):
    """Whether the pod runs and has printed what it sees."""
    return eventually(lambda: cluster.kubectl("logs", name, check=False).endswith("end\n"), within, 0.5)


def variables(cluster, name):
    """{name: value} of the pod's environment."""
    return dict(line.split("=", 1) for line in cluster.kubectl("logs", name).splitlines() if "=" in line)


def restarts(cluster, names):
    """{pod: (uid, container id)}: the same as long as nothing happened to the pods."""
    return {n: (p["metadata"]["uid"], p["status"]["containerStatuses"][0]["containerID"], p["status"]["phase"])
            for n in names for p in [cluster.get("pod", n)]}


def for_this_machine(manifest):
    """A copy of the manifest that takes this machine for one of those that it is for."""
    with open(manifest) as file:
        text = re.sub(r"kubernetes.io/arch: \w+", "kubernetes.io/arch: " + run("dpkg", "--print-architecture").strip(), file.read())
    path = "/tmp/" + os.path.basename(manifest)
    with open(path, "w") as file:
        file.write(text)
    return path


def node_starts(cluster):
    """Control plane, containerd and kubelet over a simulated /sys; gives back the containerd."""
    for machine in ("intel-e810-x710", "connectx6-switchdev-infiniband", "rebellions-atom"):
        simulated.unpack(f"{MACHINES}/{machine}.tree")
    address_for_pods()
    simulated.interfaces()
    simulated.nodes()
    UB.manifest = for_this_machine(UB.manifest)
    cluster.start_control_plane()
    simulated.mount()
    containerd = Containerd()
    cluster.start_kubelet(CGROUP)
    # The controllers of a fresh cluster make it; pods are refused until then.
    need(eventually(lambda: cluster.get("serviceaccount", "default"), 60, 0.5), "the controllers work")
    return containerd


def image_is_imported():
    """By the command of the manual; then the archive's image has the name that manifests ask for."""
    run("ctr", "-n", "k8s.io", "images", "import", ARCHIVE)
    names = run("ctr", "-n", "k8s.io", "images", "ls", "-q").split()
    [tag] = [n.rsplit(":", 1)[1] for n in names if n.startswith(IMAGE + ":") and not n.endswith("-rdma-shared")]
    with open(SRIOV.manifest) as file:
        wanted = re.search(r"image: (\S+)", file.read())[1]
    equal(f"{IMAGE}:{tag}", f"docker.io/library/{wanted}", "the archive is imported under the name that manifests ask for")
    for suffix in ("", "-rdma-shared"):
        run("ctr", "-n", "k8s.io", "images", "tag", f"{IMAGE}:{tag}{suffix}", originals.IMAGE + suffix)

"""Multus on the node, before the pods' own network."""

import glob
import json
import os
import shutil

from .cluster import program
from .personas import DEPLOYMENTS
from .tap import eventually, need

PROGRAM = "/run/e2e/product/cni/multus"


def install(cluster):
    """Multus with the CRD that it reads, and the example network."""
    for path in glob.glob(os.path.dirname(PROGRAM) + "/*"):
        shutil.copy(path, "/usr/lib/cni/")
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"config": {"type": "string"}}}}}
    cluster.create({
        "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
        "metadata": {"name": "network-attachment-definitions.k8s.cni.cncf.io"},
        "spec": {"group": "k8s.cni.cncf.io", "scope": "Namespaced",
                 "names": {"plural": "network-attachment-definitions", "singular": "network-attachment-definition",
                           "kind": "NetworkAttachmentDefinition", "shortNames": ["net-attach-def"]},
                 "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}]}})
    with open("/etc/cni/net.d/10-pods.conflist") as file:
        pods = json.load(file)
    with open("/etc/cni/net.d/.multus", "w") as file:
        json.dump({"cniVersion": "0.4.0", "name": "multus", "type": "multus", "delegates": [pods],
                   "kubeconfig": cluster.environment["KUBECONFIG"]}, file)
    os.rename("/etc/cni/net.d/.multus", "/etc/cni/net.d/00-multus.conf")
    complaint = lambda: cluster.refusal(program("kubectl"), "apply", "-f", f"{DEPLOYMENTS}/examples/networks/host-device-net.yaml")
    need(eventually(lambda: complaint() is None, 30, 0.5), "the example network is created", complaint())


def attached_device(cluster, name):
    """The PCI address of the device behind the pod's net1, as its network-status says; None without one."""
    text = cluster.get("pod", name)["metadata"]["annotations"].get("k8s.v1.cni.cncf.io/network-status", "[]")
    device = next((n.get("device-info") for n in json.loads(text) if n.get("interface") == "net1"), None)
    return (device or {}).get("pci", {}).get("pci-address")

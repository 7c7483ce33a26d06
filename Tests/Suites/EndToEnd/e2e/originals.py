"""DaemonSets of the plugins that this one replaces, by the names, arguments and mounts that their projects publish.

The image is this project's under another name: what is tried is what becomes of objects, pods and devices, not the other
program. These pods are privileged and read the kernel's /sys; in a simulated one they need three mounts more.
"""

IMAGE = "localhost/original:1"
SOCKETS = {"devicesock": "/var/lib/kubelet/device-plugins", "plugins-registry": "/var/lib/kubelet/plugins_registry"}
SIMULATED = {"sys-bus": "/sys/bus", "sys-class": "/sys/class", "sys-devices": "/sys/devices"}


def _daemon_set(namespace, name, labels, container, configuration, image=IMAGE, args=(), mounts=(), registry=True, env=()):
    """One DaemonSet; `configuration`: a ConfigMap's name and where it is mounted."""
    paths = {**SOCKETS, **dict(mounts), **SIMULATED}
    if not registry:
        del paths["plugins-registry"]
    config, directory = configuration
    return {
        "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {"selector": {"matchLabels": {k: v for k, v in labels.items() if k == "name"} or labels}, "template": {
            "metadata": {"labels": labels},
            "spec": {
                "hostNetwork": True, "tolerations": [{"operator": "Exists", "effect": "NoSchedule"}],
                "priorityClassName": "system-node-critical",
                "containers": [{
                    "name": container, "image": image, "imagePullPolicy": "IfNotPresent", "args": list(args), "env": list(env),
                    "securityContext": {"privileged": True},
                    "volumeMounts": [{"name": k, "mountPath": v} for k, v in paths.items()] + [{"name": "config-volume", "mountPath": directory}]}],
                "volumes": [{"name": k, "hostPath": {"path": v, **({"type": "DirectoryOrCreate"} if k == "device-info" else {})}}
                            for k, v in paths.items()] + [{"name": "config-volume", "configMap": {"name": config}}]}}}}


DEVICE_INFO = {"device-info": "/var/run/k8s.cni.cncf.io/devinfo/dp"}
LOGS = {"log": "/var/log"}

SRIOV = _daemon_set(
    "kube-system", "kube-sriov-device-plugin", {"name": "sriov-device-plugin", "tier": "node", "app": "sriovdp"}, "kube-sriovdp",
    ("sriovdp-config", "/etc/pcidp"), args=["--log-dir=sriovdp", "--log-level=10"], mounts={**LOGS, **DEVICE_INFO})
RDMA_SHARED = _daemon_set(
    "kube-system", "rdma-shared-dp-ds", {"name": "rdma-shared-dp-ds"}, "k8s-rdma-shared-dp-ds",
    ("rdma-devices", "/k8s-rdma-shared-dev-plugin"), image=IMAGE + "-rdma-shared", mounts={"devs": "/dev/"})
TOOLS = {"host-usr-local-bin": "/usr/local/bin"}


def _npu(name, mounts):
    return _daemon_set(
        "kube-system", name, {"name": name, "tier": "node", "app": name}, "device-plugin", (name + "-config", "/etc/pcidp"),
        args=["--log-dir=device-plugin", "--log-level=10"], mounts={**LOGS, **DEVICE_INFO, **mounts})


# One plugin by two names; the manifest of the older one does not mount the host's tools.
NPU, NPU_REBEL = _npu("rbln-device-plugin", {"host-dev": "/dev", **TOOLS}), _npu("rebel-device-plugin", {})
# What the SR-IOV network operator renders: the old way of registration, and a configuration by the node's name.
OPERATOR = _daemon_set(
    "sriov-network-operator", "sriov-device-plugin", {"app": "sriov-device-plugin", "component": "network", "type": "infra"},
    "sriov-device-plugin", ("device-plugin-config", "/etc/pcidp/"), mounts=DEVICE_INFO, registry=False,
    args=["--log-level=10", "--resource-prefix=openshift.io", "--config-file=/etc/pcidp/$(NODE_NAME)"],
    env=[{"name": "NODE_NAME", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}}])
OPERATOR["spec"]["template"]["spec"]["containers"][0]["securityContext"]["readOnlyRootFilesystem"] = True

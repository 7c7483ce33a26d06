"""A real kubelet, alone on a node: static pods, no API server, containerd below it."""

import glob
import json
import os
import subprocess
import urllib.request

import grpc

from . import tap, wire
from .containers import Containerd
from .machine import run

BINARY = "/usr/local/bin/kubelet"
DIRECTORY = "/var/lib/kubelet"
PODS = "/etc/kubernetes/manifests"
LOGS = "/run/e2e/logs"

CONFIGURATION = {
    "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "staticPodPath": PODS,
    "cgroupDriver": "cgroupfs", "enforceNodeAllocatable": ["pods"], "readOnlyPort": 10255, "failSwapOn": False,
    "authentication": {"anonymous": {"enabled": True}, "webhook": {"enabled": False}},
    "authorization": {"mode": "AlwaysAllow"}, "makeIPTablesUtilChains": False, "fileCheckFrequency": "1s",
    "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "nodefs.inodesFree": "0%", "imagefs.available": "0%"},
    "imageGCHighThresholdPercent": 100, "featureGates": {"LocalStorageCapacityIsolation": False}}


class RealKubelet:
    """The process and what can be asked of it."""

    def __init__(self, **configuration):
        for directory in (PODS, DIRECTORY, LOGS, "/var/log/pods", "/etc/kubernetes"):
            os.makedirs(directory, exist_ok=True)
        with open("/etc/kubernetes/kubelet.json", "w") as file:
            json.dump({**CONFIGURATION, **configuration}, file)
        self.process = None
        self.start()

    def start(self):
        """Starts it and waits until it answers."""
        with open(LOGS + "/kubelet.log", "a") as log:
            self.process = subprocess.Popen([
                BINARY, "--config=/etc/kubernetes/kubelet.json", "--root-dir=" + DIRECTORY, "--container-runtime=remote",
                "--container-runtime-endpoint=unix://" + Containerd.ADDRESS, "--hostname-override=node", "--node-ip=10.99.0.1", "--v=3"],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        answers = tap.eventually(lambda: self.process.poll() is not None or self.get("/healthz") == "ok", 120, 0.5)
        tap.need(answers and self.process.poll() is None, "kubelet answers", "see logs/kubelet.log")

    def stop(self):
        """Ends it; the pods run on."""
        self.process.terminate()
        self.process.wait(30)

    def get(self, path):
        """The body of its read-only port, or None."""
        try:
            with urllib.request.urlopen("http://127.0.0.1:10255" + path, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            return None

    def add_pod(self, name, limits, command, image=Containerd.TOOLS, restart="Never"):
        """Puts a static pod's manifest where kubelet looks."""
        pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": "default"}, "spec": {
            "terminationGracePeriodSeconds": 1, "restartPolicy": restart, "containers": [{
                "name": "c", "image": image, "imagePullPolicy": "Never", "command": command,
                "resources": {"limits": limits, "requests": limits}}]}}
        with open(f"{PODS}/.{name}", "w") as file:
            json.dump(pod, file)
        os.rename(f"{PODS}/.{name}", f"{PODS}/{name}.json")

    def remove_pod(self, name):
        """Takes the manifest away: the end of the pod."""
        os.unlink(f"{PODS}/{name}.json")

    def pod(self, name):
        """What kubelet says of a static pod, {} when it knows none."""
        pods = json.loads(self.get("/pods") or "{}").get("items") or []
        return next((p for p in pods if p["metadata"]["name"] == name + "-node"), {})

    def phase(self, name):
        """The pod's phase; kubelet without a server tells it by the container's state."""
        status = self.pod(name).get("status", {})
        states = [list(c.get("state", {}))[0] for c in status.get("containerStatuses", []) if c.get("state")]
        return states[0] if states else status.get("phase")

    def output(self, name):
        """What the pod's last container has printed."""
        paths = glob.glob(f"/var/log/pods/default_{name}-node_*/c/*.log")
        if not paths:
            return ""
        with open(max(paths, key=os.path.getmtime)) as file:
            return "".join(line.split(" ", 3)[3] for line in file if line.count(" ") >= 3)

    def registered(self):
        """{resource: ids} by its checkpoint."""
        try:
            with open(DIRECTORY + "/device-plugins/kubelet_internal_checkpoint") as file:
                return {k: sorted(v or []) for k, v in json.load(file)["Data"]["RegisteredDevices"].items()}
        except OSError:
            return {}

    def assigned(self):
        """{pod: {resource: ids}} by its podresources socket."""
        channel = grpc.insecure_channel(f"unix:{DIRECTORY}/pod-resources/kubelet.sock")
        list_ = channel.unary_unary("/v1.PodResourcesLister/List", lambda f: b"", lambda b: wire.decode("ListPodResourcesResponse", b))
        pods = {}
        for pod in list_({}, timeout=10)["pod_resources"]:
            for container in pod["containers"]:
                for entry in container["devices"]:
                    ids = pods.setdefault(pod["name"], {}).setdefault(entry["resource_name"], [])
                    ids += entry["device_ids"]
        channel.close()
        return pods


def address_for_pods():
    """An address and a default route, without which kubelet finds no node address."""
    run("ip", "link", "add", "node0", "type", "bridge")
    run("ip", "address", "add", "10.99.0.1/24", "dev", "node0")
    run("ip", "link", "set", "node0", "up")
    run("ip", "route", "add", "default", "via", "10.99.0.254")

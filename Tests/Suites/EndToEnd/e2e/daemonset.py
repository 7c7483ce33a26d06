"""Runs the daemon as a pod of a DaemonSet would run: its capabilities, mounts, namespaces and system calls, and no more."""

import glob
import json
import os
import re

import yaml

from . import plugin
from .containers import Container, overlay, specification

SUITE = "/run/e2e/suite/"
# What a container runtime allows when no one says otherwise (podman's list, which containerd's equals in what matters).
SYSTEM_CALLS = "/usr/share/containers/seccomp.json"


def manifests():
    """{name of the file: pod specification} of each DaemonSet that the repository deploys by one file."""
    found = {}
    for path in sorted(glob.glob(SUITE + "deployments/manifests/*.yaml")):
        with open(path) as file:
            for document in yaml.safe_load_all(file):
                if document and document["kind"] == "DaemonSet":
                    found[os.path.basename(path)] = document["spec"]["template"]["spec"]
    return found


def mounts(specification_of_pod, path):
    """Whether the pod sees this path of the host."""
    return any(v.get("hostPath", {}).get("path") == path for v in specification_of_pod.get("volumes", []))


def expanded(arguments, variables):
    """Arguments with `$(NAME)` replaced, as kubelet does it."""
    return [re.sub(r"\$\((\w+)\)", lambda m: variables.get(m[1], m[0]), a) for a in arguments]


def seccomp(capabilities):
    """The default list of system calls, for a container with these capabilities."""
    with open(SYSTEM_CALLS) as file:
        rules = json.load(file)
    calls = []
    for rule in rules["syscalls"]:
        needs, without = rule.get("includes", {}), rule.get("excludes", {})
        if not set(needs.get("caps", [])) <= set(capabilities) or set(without.get("caps", [])) & set(capabilities):
            continue
        if needs.get("arches") and not {"amd64", "x86"} & set(needs["arches"]) or {"amd64"} & set(without.get("arches", [])):
            continue
        call = {"names": rule["names"], "action": rule["action"]}
        if rule.get("args"):
            call["args"] = rule["args"]
        if rule["action"] == "SCMP_ACT_ERRNO":
            call["errnoRet"] = rule.get("errnoRet", 1)
        calls.append(call)
    return {"defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": calls}


class Confined(plugin.Plugin):
    """The daemon in a runc container as the pod specification says; the configuration goes where the pod mounts it."""

    def __init__(self, specification_of_pod, config, *flags, kubelet="/var/lib/kubelet"):
        container = specification_of_pod["containers"][0]
        security = container.get("securityContext", {})
        self.capabilities = ["CAP_" + c for c in security.get("capabilities", {}).get("add", [])]
        variables = {e["name"]: e.get("value", "node") for e in container.get("env", [])}
        mounts = self._mounts(specification_of_pod, container, plugin.write_config(config, "/tmp/confined/config.json"))
        self.container = Container({}, [])
        network = "host" if specification_of_pod.get("hostNetwork") else None
        runtime = specification(
            {}, [plugin.BINARY, *expanded(container.get("args", []), variables), *flags], network=network, capabilities=self.capabilities,
            read_only=security.get("readOnlyRootFilesystem", False), mounts=mounts, host_pid=specification_of_pod.get("hostPID", False))
        runtime["linux"]["seccomp"] = seccomp(self.capabilities)
        runtime["process"]["env"] += [f"{name}={value}" for name, value in variables.items()]
        with open(self.container.bundle + "/config.json", "w") as file:
            json.dump(runtime, file)
        for mount in mounts:  # a read-only root has the mount points, as an image has them
            target = self.container.bundle + "/root" + mount["container_path"]
            if os.path.isdir(mount["host_path"]):
                os.makedirs(target, exist_ok=True)
            elif not os.path.exists(target):
                os.makedirs(os.path.dirname(target), exist_ok=True)
                open(target, "w").close()
        plugin.Plugin.count += 1
        self.log_path = f"{plugin.LOGS}/confined-{plugin.Plugin.count}.log"
        os.makedirs(plugin.LOGS, exist_ok=True)
        self.container.start(self.log_path)

    @staticmethod
    def _mounts(spec, container, config):
        volumes = {}
        for volume in spec.get("volumes", []):
            if "hostPath" in volume:
                volumes[volume["name"]] = volume["hostPath"]["path"]
                if not os.path.exists(volume["hostPath"]["path"]):
                    os.makedirs(volume["hostPath"]["path"])
            elif "configMap" in volume:
                volumes[volume["name"]] = os.path.dirname(config)
        return [{"container_path": m["mountPath"], "host_path": volumes[m["name"]], "read_only": m.get("readOnly", False)}
                for m in container["volumeMounts"] if m["name"] in volumes]

    def status(self):
        """What the kernel says of its first process."""
        with open(f"/proc/{self.container.pid()}/status") as file:
            return dict(line.split(":\t", 1) for line in file.read().splitlines() if ":\t" in line)

    def alive(self):
        """Whether the container runs."""
        return self.container.state() == "running"

    def stop(self, within=15):
        """Asks it to end; gives back whether it did."""
        from . import tap

        if self.alive():
            self.container.signal("TERM")
        ended = tap.eventually(lambda: self.container.state() in ("stopped", None), within)
        self.container.delete()
        return bool(ended)

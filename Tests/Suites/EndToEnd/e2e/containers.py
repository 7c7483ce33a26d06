"""Containers made from Allocate answers, as kubelet and a runtime make them: runc, containerd by CRI, podman by CDI."""

import json
import os
import shutil
import stat
import subprocess
import time

import grpc

from . import machine, tap, wire
from .machine import run

CAPABILITIES = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_KILL", "CAP_MKNOD", "CAP_NET_BIND_SERVICE",
                "CAP_NET_RAW", "CAP_SETGID", "CAP_SETUID", "CAP_SYS_CHROOT"]
BASE_DEVICES = ["null", "zero", "full", "random", "urandom", "tty"]


def overlay(name):
    """A root file system of its own for a container: the guest's, with a layer on top."""
    base = f"/tmp/containers/{name}"
    for part in ("upper", "work", "root"):
        os.makedirs(f"{base}/{part}", exist_ok=True)
    if not os.path.ismount(f"{base}/root"):
        run("mount", "-t", "overlay", "overlay", "-o",
            f"lowerdir=/,upperdir={base}/upper,workdir={base}/work", f"{base}/root")
    return base


def device(path, container_path=None, permissions="rwm"):
    """A node of the host as the runtime specification wants it: (device, rule of the device cgroup)."""
    status = os.stat(path)
    kind = "c" if stat.S_ISCHR(status.st_mode) else "b"
    numbers = {"type": kind, "major": os.major(status.st_rdev), "minor": os.minor(status.st_rdev)}
    node = {"path": container_path or path, **numbers, "fileMode": 0o666, "uid": 0, "gid": 0}
    return node, {"allow": True, **numbers, "access": permissions}


def specification(answer, command, network=None, capabilities=(), read_only=False, mounts=(), memlock=False, host_pid=False):
    """A runtime specification with what an Allocate answer adds to it."""
    nodes, rules = [], [{"allow": False, "access": "rwm"}]
    for name in BASE_DEVICES:
        rules.append(device("/dev/" + name)[1])
    for entry in answer.get("devices", []):
        node, rule = device(entry["host_path"], entry["container_path"], entry["permissions"])
        nodes.append(node)
        rules.append(rule)
    bound = [{"destination": m["container_path"], "source": m["host_path"], "type": "bind",
              "options": ["rbind", "ro" if m["read_only"] else "rw"]} for m in [*answer.get("mounts", []), *mounts]]
    environment = ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    environment += [f"{k}={v}" for k, v in sorted(answer.get("envs", {}).items())]
    kept = sorted(capabilities)
    spaces = [{"type": kind} for kind in ("mount", "ipc", "uts") + (() if host_pid else ("pid",))]
    if network != "host":
        spaces.append({"type": "network", **({"path": f"/run/netns/{network}"} if network else {})})
    process = {
        "user": {"uid": 0, "gid": 0}, "args": list(command), "env": environment, "cwd": "/", "noNewPrivileges": True,
        "capabilities": {part: kept for part in ("bounding", "effective", "permitted")}}
    if memlock:
        process["rlimits"] = [{"type": "RLIMIT_MEMLOCK", "hard": 1 << 40, "soft": 1 << 40}]
    return {
        "ociVersion": "1.0.2", "process": process, "root": {"path": "root", "readonly": read_only},
        "hostname": "container", "annotations": answer.get("annotations", {}),
        "mounts": [
            {"destination": "/proc", "type": "proc", "source": "proc"},
            {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "mode=755"]},
            {"destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "nodev"]},
            {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "nodev", "ro"]}
            if network != "host" else
            {"destination": "/sys", "type": "bind", "source": "/sys", "options": ["rbind", "nosuid", "nodev", "ro"]},
            *bound],
        "linux": {"namespaces": spaces, "devices": nodes, "resources": {"devices": rules}}}


class Container:
    """A runc container; it is deleted by `delete` or with the guest."""

    count = 0

    def __init__(self, answer, command, **keywords):
        Container.count += 1
        self.name = f"c{Container.count}"
        self.bundle = overlay(self.name)
        with open(self.bundle + "/config.json", "w") as file:
            json.dump(specification(answer, command, **keywords), file)

    def run(self, timeout=120):
        """Runs it to its end: (exit code, output and errors)."""
        result = subprocess.run(["runc", "run", "-b", self.bundle, self.name], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout)
        self.delete()
        return result.returncode, result.stdout

    def start(self, log):
        """Starts it and leaves it running, its output in a file."""
        with open(log, "w") as file:
            subprocess.run(["runc", "run", "-d", "-b", self.bundle, self.name], stdin=subprocess.DEVNULL,
                           stdout=file, stderr=file, check=True, timeout=120)

    def state(self):
        """runc's word for it, None when it is gone."""
        text = run("runc", "state", self.name, check=False)
        return json.loads(text)["status"] if text else None

    def pid(self):
        """The process id of its first process."""
        return json.loads(run("runc", "state", self.name))["pid"]

    def signal(self, name):
        """Sends a signal to its first process."""
        run("runc", "kill", self.name, name)

    def delete(self):
        """Ends it and takes its layer away."""
        run("runc", "delete", "-f", self.name, check=False)
        run("umount", self.bundle + "/root", check=False)
        shutil.rmtree(self.bundle, ignore_errors=True)


def run_container(answer, command, **keywords):
    """Runs a command in a fresh container: (exit code, output)."""
    return Container(answer, command, **keywords).run()


OPEN_NODES = r"""
import os, stat, sys
for path in sys.argv[1:]:
    status = os.stat(path)
    os.close(os.open(path, os.O_RDWR))
    print(path, os.major(status.st_rdev), os.minor(status.st_rdev))
print("extra", sorted(os.path.join(d, f) for d, _, names in os.walk("/dev") for f in names
      if not d.startswith(("/dev/pts", "/dev/shm", "/dev/mqueue")) and stat.S_ISCHR(os.lstat(os.path.join(d, f)).st_mode)))
"""


def opens(answer, fact, **keywords):
    """The fact that a container made from this answer opens each of its device nodes, and has no others."""
    paths = [d["container_path"] for d in answer["devices"]]
    code, output = run_container(answer, ["/usr/bin/python3", "-c", OPEN_NODES, *paths], **keywords)
    has_all = tap.check(code == 0, f"{fact}: a container opens {', '.join(paths) or 'nothing'}", output)
    if has_all:
        wanted = sorted([*paths, *("/dev/" + name for name in BASE_DEVICES)])
        tap.check(f"extra {wanted}" in output, f"{fact}: the container has no other device", f"{output}wanted: {wanted}")
    return has_all


class Containerd:
    """containerd with its CRI plugin, alone in the guest, with two images made by hand."""

    ADDRESS = "/run/containerd/containerd.sock"
    PAUSE, TOOLS = "localhost/pause:1", "localhost/tools:1"

    def __init__(self, cni=None):
        os.makedirs("/etc/containerd", exist_ok=True)
        with open("/etc/containerd/config.toml", "w") as file:
            file.write('version = 2\n[plugins."io.containerd.grpc.v1.cri"]\n'
                       f'sandbox_image = "{self.PAUSE}"\ndisable_apparmor = true\n'
                       'enable_cdi = true\n'  # the default of version 2
                       'restrict_oom_score_adj = true\n'  # the machine may lack CAP_SYS_RESOURCE
                       '[plugins."io.containerd.grpc.v1.cri".cni]\nbin_dir = "/usr/lib/cni"\n')
        os.makedirs("/etc/cni/net.d", exist_ok=True)
        with open("/etc/cni/net.d/10-pods.conflist", "w") as file:
            json.dump({"cniVersion": "0.4.0", "name": "pods", "plugins": cni or [
                {"type": "ptp", "ipam": {"type": "host-local", "subnet": "10.88.0.0/24"}}]}, file)
        os.makedirs("/run/e2e/logs", exist_ok=True)
        self.log = open("/run/e2e/logs/containerd.log", "a")
        self.process = None
        self.start()
        for name, command in ((self.PAUSE, ["/bin/busybox", "sleep", "1000000"]), (self.TOOLS, ["/bin/busybox", "sh"])):
            self._image(name, command)

    def start(self):
        """Starts it and waits until it answers."""
        self.process = subprocess.Popen(["containerd"], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        answers = tap.eventually(lambda: run("ctr", "version", check=False), 60, 0.3)
        tap.need(answers, "containerd answers", "see logs/containerd.log")
        self.channel = grpc.insecure_channel("unix:" + self.ADDRESS)
        # Its part for kubelet begins later than the rest, and refuses pods until then.
        tap.need(tap.eventually(self._takes_pods, 60, 0.3), "containerd takes pods", "see logs/containerd.log")

    def _takes_pods(self):
        stub = self.channel.unary_unary("/runtime.v1.RuntimeService/ListPodSandbox", lambda f: f, lambda b: b)
        try:
            stub(b"", timeout=5)
            return True
        except grpc.RpcError:
            return False

    def stop(self):
        """Ends it; its containers stay."""
        self.channel.close()
        self.process.terminate()
        self.process.wait(20)

    def _image(self, name, command):
        """One layer with busybox, packed as an OCI archive and imported."""
        work = "/tmp/image"
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work + "/layer/bin")
        shutil.copy("/bin/busybox", work + "/layer/bin/busybox")
        for tool in ("sh", "sleep", "cat", "ls", "env", "ip", "ping"):
            os.symlink("busybox", f"{work}/layer/bin/{tool}")
        os.makedirs(work + "/blobs/sha256")
        run("tar", "-C", work + "/layer", "-cf", work + "/layer.tar", ".")
        layer = self._blob(work, open(work + "/layer.tar", "rb").read())
        config = self._blob(work, json.dumps({
            "architecture": "amd64", "os": "linux", "config": {"Cmd": command, "Env": ["PATH=/bin"]},
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode())
        manifest = self._blob(work, json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **config},
            "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **layer}]}).encode())
        with open(work + "/index.json", "w") as file:
            json.dump({"schemaVersion": 2, "manifests": [{
                "mediaType": "application/vnd.oci.image.manifest.v1+json", **manifest,
                "annotations": {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name}}]}, file)
        with open(work + "/oci-layout", "w") as file:
            file.write('{"imageLayoutVersion":"1.0.0"}')
        run("tar", "-C", work, "-cf", work + "/image.tar", "blobs", "index.json", "oci-layout")
        run("ctr", "-n", "k8s.io", "images", "import", work + "/image.tar")

    @staticmethod
    def _blob(work, data):
        import hashlib

        digest = hashlib.sha256(data).hexdigest()
        with open(f"{work}/blobs/sha256/{digest}", "wb") as file:
            file.write(data)
        return {"digest": "sha256:" + digest, "size": len(data)}

    def call(self, method, request, response, fields, timeout=60):
        """One call of the runtime service."""
        stub = self.channel.unary_unary("/runtime.v1.RuntimeService/" + method,
                                        lambda f: wire.encode(request, f), lambda b: wire.decode(response, b))
        return stub(fields, timeout=timeout)

    def sandbox(self, uid, attempt=0, host_network=False):
        """Makes a pod sandbox with the labels that kubelet gives it: its id."""
        config = {
            "metadata": {"name": uid, "uid": uid, "namespace": "default", "attempt": attempt}, "hostname": "" if host_network else uid,
            "labels": {"io.kubernetes.pod.uid": uid, "io.kubernetes.pod.name": uid, "io.kubernetes.pod.namespace": "default"},
            "linux": {"security_context": {"namespace_options": {"network": 2 if host_network else 0}}}}
        answer = self.call("RunPodSandbox", "RunPodSandboxRequest", "RunPodSandboxResponse", {"config": config})
        return answer["pod_sandbox_id"]

    def pid(self, sandbox):
        """The process id of a sandbox's first process."""
        answer = self.call("PodSandboxStatus", "PodSandboxStatusRequest", "PodSandboxStatusResponse",
                           {"pod_sandbox_id": sandbox, "verbose": True})
        return json.loads(answer["info"]["info"])["pid"]

    def create(self, sandbox, uid, answer, name="c", attempt=0, command=("sleep", "1000000")):
        """Creates and starts a container with an Allocate answer's share: its id."""
        config = {
            "metadata": {"name": name, "attempt": attempt}, "image": {"image": self.TOOLS}, "command": list(command),
            "envs": [{"key": k, "value": v} for k, v in answer["envs"].items()],
            "mounts": answer["mounts"], "devices": answer["devices"]}
        made = self.call("CreateContainer", "CreateContainerRequest", "CreateContainerResponse", {
            "pod_sandbox_id": sandbox, "config": config,
            "sandbox_config": {"metadata": {"name": uid, "uid": uid, "namespace": "default"}}})["container_id"]
        self.call("StartContainer", "ContainerRequest", "Empty", {"container_id": made})
        return made

    def execute(self, container, *command):
        """Runs a command in a container: (exit code, output)."""
        answer = self.call("ExecSync", "ExecSyncRequest", "ExecSyncResponse",
                           {"container_id": container, "cmd": list(command), "timeout": 30})
        return answer["exit_code"], (answer["stdout"] + answer["stderr"]).decode()

    def stop_container(self, container):
        """Ends and removes a container."""
        self.call("StopContainer", "ContainerRequest", "Empty", {"container_id": container})
        self.call("RemoveContainer", "ContainerRequest", "Empty", {"container_id": container})

    def remove(self, sandbox):
        """Ends and removes a pod sandbox: the end of the pod."""
        self.call("StopPodSandbox", "PodSandboxRequest", "Empty", {"pod_sandbox_id": sandbox})
        self.call("RemovePodSandbox", "PodSandboxRequest", "Empty", {"pod_sandbox_id": sandbox})


def podman(cdi_names, command, timeout=180):
    """Runs a command in a podman container that got these CDI devices: (exit code, output)."""
    base = overlay(f"podman{time.monotonic_ns()}")
    arguments = ["podman", "--cgroup-manager=cgroupfs", "--runtime=runc", "run", "--rm", "--network=none"]
    for name in cdi_names:
        arguments.append(f"--device={name}")
    result = subprocess.run([*arguments, "--rootfs", base + "/root", *command], stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=timeout)
    run("umount", base + "/root", check=False)
    return result.returncode, result.stdout

"""A Kubernetes control plane and one node, in the namespaces of this machine: real programs, RBAC, real kubectl and helm."""

import json
import os
import re
import signal
import subprocess

from . import tap
from .containers import Containerd
from .machine import run

PROGRAMS = "/run/e2e/product/kube"
CERTIFICATES, LOGS = "/etc/kubernetes/pki", "/run/e2e/logs"
NODE, ADDRESS, SERVER = "node", "10.99.0.1", "https://10.99.0.1:6443"
NEEDED = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kubectl"]


def program(name):
    """The program's path, or None where it is missing."""
    path = f"{PROGRAMS}/{name}"
    return path if os.access(path, os.X_OK) else None


def missing():
    """Names of the programs without which there is no cluster."""
    return [name for name in NEEDED if not program(name)]


def _certificate(name, subject, usage, names=""):
    """A key, a certificate of this cluster's authority, and a kubeconfig that uses them."""
    path = f"{CERTIFICATES}/{name}"
    with open(path + ".ext", "w") as file:
        file.write(f"extendedKeyUsage={usage}\n" + (f"subjectAltName={names}\n" if names else ""))
    run("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", path + ".key", "-out", path + ".csr", "-subj", subject)
    run("openssl", "x509", "-req", "-in", path + ".csr", "-CA", f"{CERTIFICATES}/ca.crt", "-CAkey", f"{CERTIFICATES}/ca.key",
        "-CAcreateserial", "-out", path + ".crt", "-days", "2", "-extfile", path + ".ext")
    with open(path + ".kubeconfig", "w") as file:
        json.dump({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": SERVER, "certificate-authority": f"{CERTIFICATES}/ca.crt"}}],
            "users": [{"name": "u", "user": {"client-certificate": path + ".crt", "client-key": path + ".key"}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}]}, file)


def _certificates():
    os.makedirs(CERTIFICATES, exist_ok=True)
    run("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", f"{CERTIFICATES}/ca.key", "-out",
        f"{CERTIFICATES}/ca.crt", "-days", "2", "-subj", "/CN=e2e")
    _certificate("apiserver", "/CN=kube-apiserver", "serverAuth", f"IP:{ADDRESS},IP:127.0.0.1,IP:10.96.0.1,DNS:kubernetes.default.svc")
    for name, subject in {
            "admin": "/O=system:masters/CN=admin", "kubelet": f"/O=system:nodes/CN=system:node:{NODE}",
            "controller-manager": "/CN=system:kube-controller-manager", "scheduler": "/CN=system:kube-scheduler",
            "kubelet-client": "/O=system:masters/CN=apiserver-kubelet-client"}.items():
        _certificate(name, subject, "clientAuth")
    run("openssl", "genrsa", "-out", f"{CERTIFICATES}/sa.key", "2048")
    run("openssl", "rsa", "-in", f"{CERTIFICATES}/sa.key", "-pubout", "-out", f"{CERTIFICATES}/sa.pub")


class Cluster:
    """Its processes, and what an operator types."""

    def __init__(self):
        os.makedirs(LOGS, exist_ok=True)
        self.processes = {}
        found = re.search(r"v(\d+)\.(\d+)", run(program("kube-apiserver"), "--version"))
        self.version = (int(found[1]), int(found[2]))
        self.environment = {**os.environ, "KUBECONFIG": f"{CERTIFICATES}/admin.kubeconfig", "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}

    def _start(self, name, *arguments):
        with open(f"{LOGS}/{name}.log", "a") as log:
            self.processes[name] = subprocess.Popen([program(name), *arguments], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    env=self.environment)

    def start_control_plane(self):
        """etcd, the API server, the controllers and the scheduler."""
        _certificates()
        self._start("etcd", "--data-dir=/run/etcd", "--listen-client-urls=http://127.0.0.1:2379", "--unsafe-no-fsync",
                    "--advertise-client-urls=http://127.0.0.1:2379", "--listen-peer-urls=http://127.0.0.1:2380")
        self.start_api_server()
        for name, user in (("kube-controller-manager", "controller-manager"), ("kube-scheduler", "scheduler")):
            config = f"{CERTIFICATES}/{user}.kubeconfig"
            flags = [f"--{kind}kubeconfig={config}" for kind in ("", "authentication-", "authorization-")]
            more = [f"--service-account-private-key-file={CERTIFICATES}/sa.key", f"--root-ca-file={CERTIFICATES}/ca.crt",
                    "--use-service-account-credentials=true"] if user == "controller-manager" else []
            self._start(name, *flags, "--leader-elect=false", "--bind-address=127.0.0.1", *more)

    def start_api_server(self):
        """The API server with RBAC and admission, and waits until it is ready."""
        self._start(
            "kube-apiserver", "--etcd-servers=http://127.0.0.1:2379", f"--advertise-address={ADDRESS}", "--secure-port=6443",
            f"--tls-cert-file={CERTIFICATES}/apiserver.crt", f"--tls-private-key-file={CERTIFICATES}/apiserver.key",
            f"--client-ca-file={CERTIFICATES}/ca.crt", "--authorization-mode=Node,RBAC", "--allow-privileged=true",
            "--enable-admission-plugins=NodeRestriction", "--service-cluster-ip-range=10.96.0.0/16",
            "--service-account-issuer=https://kubernetes.default.svc", f"--service-account-key-file={CERTIFICATES}/sa.pub",
            f"--service-account-signing-key-file={CERTIFICATES}/sa.key", "--endpoint-reconciler-type=none",
            f"--kubelet-client-certificate={CERTIFICATES}/kubelet-client.crt",
            f"--kubelet-client-key={CERTIFICATES}/kubelet-client.key", "--kubelet-preferred-address-types=InternalIP")
        tap.need(tap.eventually(lambda: self.kubectl("get", "--raw", "/readyz", check=False) == "ok", 180, 0.5),
                 "the API server is ready", "see logs/kube-apiserver.log")

    def start_kubelet(self, cgroup):
        """The node's kubelet, once its containerd runs."""
        configuration = {
            "apiVersion": "kubelet.config.k8s.io/v1beta1", "kind": "KubeletConfiguration", "cgroupDriver": "cgroupfs",
            "cgroupRoot": "/" + cgroup, "enforceNodeAllocatable": ["pods"], "failSwapOn": False, "makeIPTablesUtilChains": False,
            "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": True},
                               "x509": {"clientCAFile": f"{CERTIFICATES}/ca.crt"}},
            "authorization": {"mode": "Webhook"}, "syncFrequency": "5s", "nodeStatusUpdateFrequency": "2s",
            "evictionHard": {k: "0%" for k in ("memory.available", "nodefs.available", "nodefs.inodesFree", "imagefs.available")},
            "imageGCHighThresholdPercent": 100}
        flags = []
        if self.version < (1, 27):
            configuration["featureGates"] = {"LocalStorageCapacityIsolation": False}
            flags = ["--container-runtime=remote", "--container-runtime-endpoint=unix://" + Containerd.ADDRESS]
        else:
            configuration.update({"localStorageCapacityIsolation": False, "containerRuntimeEndpoint": "unix://" + Containerd.ADDRESS})
        if self.version >= (1, 31):
            configuration["failCgroupV1"] = False
        with open("/etc/kubernetes/kubelet.json", "w") as file:
            json.dump(configuration, file)
        self._start("kubelet", "--config=/etc/kubernetes/kubelet.json", f"--kubeconfig={CERTIFICATES}/kubelet.kubeconfig",
                    f"--hostname-override={NODE}", f"--node-ip={ADDRESS}", "--cert-dir=/var/lib/kubelet/pki", "--v=2", *flags)
        tap.need(tap.eventually(lambda: self.condition("node", NODE, "Ready") == "True", 120, 0.5), "the node is Ready",
                 "see logs/kubelet.log")

    def stop(self, name, by=signal.SIGTERM):
        """Ends one process."""
        process = self.processes.pop(name)
        process.send_signal(by)
        process.wait(30)

    def stop_all(self):
        """Ends what runs, the node first."""
        for name in reversed(list(self.processes)):
            # Asked to end, the API server waits for its clients, for up to a minute.
            self.stop(name, signal.SIGKILL if name == "kube-apiserver" else signal.SIGTERM)

    def kubectl(self, *arguments, check=True, text=None):
        """What kubectl prints; its failure is the scenario's, unless check is False."""
        return run(program("kubectl"), *arguments, check=check, input=text, env=self.environment)

    def refusal(self, *command, text=None):
        """What a program complains of; None when it succeeds."""
        done = subprocess.run(command, capture_output=True, text=True, input=text, env=self.environment, check=False)
        return (done.stdout + done.stderr) if done.returncode else None

    def helm(self, *arguments):
        """What helm prints. Servers before 1.30 don't know all fields of the chart, and drop them."""
        writes = arguments[0] in ("install", "upgrade")
        old = ["--server-side=false", "--disable-openapi-validation"] if writes and self.version < (1, 30) else []
        return run(program("helm"), *arguments, *old, env=self.environment)

    def apply(self, path):
        """`kubectl apply -f`. Servers before 1.30 don't know all fields of the manifests, and drop them."""
        return self.kubectl("apply", "-f", path, *(["--validate=false"] if self.version < (1, 30) else []))

    def create(self, *documents):
        """Applies documents that are values."""
        text = json.dumps({"apiVersion": "v1", "kind": "List", "items": list(documents)})
        self.kubectl("apply", "-f", "-", text=text)

    def get(self, kind, name=None, namespace="default", selector=None):
        """An object, or the list of those that a label selects; {} or [] without any."""
        words = ["get", kind, "-n", namespace, "-o", "json", *([name] if name else []), *(["-l", selector] if selector else [])]
        text = self.kubectl(*words, check=False)
        found = json.loads(text) if text else {}
        return found if name else found.get("items", [])

    def condition(self, kind, name, type_, namespace="default"):
        """The status of one of an object's conditions."""
        conditions = self.get(kind, name, namespace).get("status", {}).get("conditions", [])
        return next((c["status"] for c in conditions if c["type"] == type_), None)

    def allocatable(self):
        """{extended resource: count} of the node, without those that have none."""
        found = self.get("node", NODE).get("status", {}).get("allocatable", {})
        counts = {name: int(count.replace("k", "000")) for name, count in found.items() if "/" in name}
        return {name: count for name, count in counts.items() if count}

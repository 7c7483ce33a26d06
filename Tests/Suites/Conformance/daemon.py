"""The daemon on the machine of a case, and kubelet's side of it: what it registers, lists and answers."""
import concurrent.futures
import json
import os
import pathlib
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request

import grpc
from kubelet import Plugin, is_socket
from schema import CLASSES, message

PATIENCE = 20


class Kubelet:
    """Takes registrations by either way, and keeps the first list of each resource."""

    def __init__(self, directory, watcher):
        self.directory = directory
        self.plugins = directory / "device-plugins"
        self.registry = directory / "plugins_registry" if watcher else None
        self.plugins.mkdir(parents=True)
        if watcher:
            self.registry.mkdir()
        self.resources = {}
        self.asked = set()
        self.lock = threading.Lock()
        handler = grpc.method_handlers_generic_handler("v1beta1.Registration", {
            "Register": grpc.unary_unary_rpc_method_handler(
                self._register, request_deserializer=CLASSES["v1beta1.RegisterRequest"].FromString,
                response_serializer=lambda answer: answer.SerializeToString())})
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(8), handlers=(handler,))
        self.server.add_insecure_port(f"unix:{self.plugins}/kubelet.sock")
        self.server.start()

    def look(self):
        """Asks every new socket of the plugin registry who it is."""
        for name in sorted(os.listdir(self.registry)) if self.registry else []:
            path = f"{self.registry}/{name}"
            if name.startswith(".") or path in self.asked or not is_socket(path):
                continue
            plugin = Plugin(path)
            try:
                info = plugin.info()
                self._connect(info.name, plugin, {
                    "type": info.type, "name": info.name, "endpoint": info.endpoint,
                    "supported_versions": list(info.supported_versions)})
                plugin.notify(True)
                self.asked.add(path)
            except grpc.RpcError:
                plugin.close()  # it does not listen yet: the next look asks again

    def _register(self, request, context):
        registration = {"version": request.version, "endpoint": request.endpoint, "resource_name": request.resource_name}
        self._connect(request.resource_name, Plugin(f"{self.plugins}/{request.endpoint}"), registration)
        return message("v1beta1.Empty")

    def _connect(self, name, plugin, registration):
        options = plugin.options()
        # The plugin is ready as soon as it is watched: whoever sees that must find the resource here.
        with self.lock:
            self.resources[name] = {
                "plugin": plugin, "stream": plugin.watch(), "registration": registration, "options": {
                    "pre_start_required": options.pre_start_required,
                    "get_preferred_allocation_available": options.get_preferred_allocation_available}}

    def stop(self):
        for resource in self.resources.values():
            resource["stream"].call.cancel()
            resource["plugin"].close()
        self.server.stop(grace=None).wait()


class Daemon:
    """A run of the program in a directory of its own; always ended."""

    def __init__(self, binary, directory, machine, case):
        self.directory = pathlib.Path(directory)
        self.kubelet = Kubelet(self.directory / "k", case["registration"] == "watcher")
        (self.directory / "machine").write_text(machine)
        (self.directory / "t").mkdir()
        config = self.directory / "config.json"
        config.write_text(case["configText"] if "configText" in case else json.dumps(case["config"]))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.output = open(self.directory / "log", "w")
        self.process = subprocess.Popen(
            [binary, "-config-file", config, "-kubelet-dir", self.kubelet.directory, "-host-root",
             self.directory / "machine", "-listen", str(self.port), *case.get("args", [])],
            stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.output,
            env={**os.environ, "TMPDIR": str(self.directory / "t")})

    def settle(self):
        """Until kubelet watches every pool that has devices, or the program has ended."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            self.kubelet.look()
            if self._is_ready():
                with self.kubelet.lock:
                    return True
            time.sleep(0.01)
        return False

    def _is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def seen(self, requests):
        """What kubelet came to know, in the form of a case's answer; `requests` by resource."""
        resources = []
        for name in sorted(self.kubelet.resources):
            known = self.kubelet.resources[name]
            listed = known["stream"].next()
            resources.append({
                "name": name, "registration": self._original(known["registration"]), "options": known["options"],
                "devices": [_device(d) for d in listed.devices],
                "allocate": [self._allocate(known["plugin"], r) for r in requests.get(name, [])]})
        return {"resources": resources, "files": self._files()}

    def _allocate(self, plugin, request):
        try:
            answer = plugin.allocate(*request)
            return {"request": request, "response": [_container(c) for c in answer.container_responses]}
        except grpc.RpcError as error:
            return {"request": request, "error": error.code().name, "details": error.details()}

    def _original(self, registration):
        endpoint = registration["endpoint"].replace(str(self.kubelet.directory), "/var/lib/kubelet")
        return {**registration, "endpoint": endpoint}

    def _files(self):
        """DeviceInfo files as text and CDI specs parsed, by the path that they have on a host."""
        found = {}
        for run in (self.directory / "t").glob("*/run"):
            for path in (run / "k8s.cni.cncf.io/devinfo/dp").glob("*.json"):
                found[f"/var/run/k8s.cni.cncf.io/devinfo/dp/{path.name}"] = path.read_text()
            for path in (run / "cdi").glob("*"):
                spec = json.loads(path.read_text())
                spec["devices"] = {d["name"]: d["containerEdits"] for d in spec["devices"]}
                found[f"/var/run/cdi/{path.name}"] = spec
        return found

    def stop(self):
        """Asks it to end unless it has: who ended it, the exit code, the sockets that it left."""
        by = "itself" if self.process.poll() is not None else "SIGTERM"
        if by == "SIGTERM":
            self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            by, code = "SIGKILL", None
        left = [str(p) for p in self.kubelet.directory.rglob("*.sock") if p.name != "kubelet.sock"]
        self.kubelet.stop()
        self.output.close()
        return {"by": by, "code": code, "left": left, "log": (self.directory / "log").read_text(errors="replace")}


def _device(d):
    return {"id": d.ID, "health": d.health, "numa": [n.ID for n in d.topology.nodes] or None}


def _container(c):
    fields = {
        "envs": dict(c.envs), "annotations": dict(c.annotations), "cdi_devices": [d.name for d in c.cdi_devices],
        "mounts": [{"container_path": m.container_path, "host_path": m.host_path, "read_only": m.read_only}
                   for m in c.mounts],
        "devices": [{"container_path": d.container_path, "host_path": d.host_path, "permissions": d.permissions}
                    for d in c.devices]}
    return {key: value for key, value in fields.items() if value}

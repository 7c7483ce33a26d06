"""A kubelet stand-in: device manager, plugin watcher, checkpoint and pod resources, without pods of its own.

It shares no code with the product, so that a mistake in the product's codec or its own simulator shows.
"""

import base64
import json
import os
import stat
import threading
import time
from concurrent import futures

import grpc

from . import tap, wire

PLUGIN = "/v1beta1.DevicePlugin/"
CALLS = {
    PLUGIN + "GetDevicePluginOptions": ("Empty", "DevicePluginOptions"),
    PLUGIN + "Allocate": ("AllocateRequest", "AllocateResponse"),
    PLUGIN + "GetPreferredAllocation": ("PreferredAllocationRequest", "PreferredAllocationResponse"),
    PLUGIN + "PreStartContainer": ("PreStartContainerRequest", "Empty"),
    "/pluginregistration.Registration/GetInfo": ("Empty", "PluginInfo"),
    "/pluginregistration.Registration/NotifyRegistrationStatus": ("RegistrationStatus", "Empty"),
}


def call(channel, method, fields, timeout=30):
    """One unary call; grpc.RpcError is the peer's refusal."""
    request, response = CALLS[method]
    stub = channel.unary_unary(method, lambda f: wire.encode(request, f), lambda b: wire.decode(response, b))
    return stub(fields, timeout=timeout)


def serve(path, methods, workers=8):
    """A gRPC server on a unix socket; methods: {path: (request message, response message, function)}."""
    by_service = {}
    for method, (request, response, function) in methods.items():
        _, service, name = method.split("/")
        by_service.setdefault(service, {})[name] = grpc.unary_unary_rpc_method_handler(
            lambda fields, context, function=function: function(fields, context),
            lambda data, request=request: wire.decode(request, data),
            lambda fields, response=response: wire.encode(response, fields))
    server = grpc.server(futures.ThreadPoolExecutor(workers))
    for service, handlers in by_service.items():
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, handlers),))
    if not server.add_insecure_port("unix:" + path):
        raise OSError(f"can't listen at {path}")
    server.start()
    return server


class Resource:
    """What the stand-in knows of one resource: its endpoint, and every list that came, with the time."""

    def __init__(self, name, endpoint):
        self.name = name
        self.endpoint = endpoint
        self.channel = grpc.insecure_channel("unix:" + endpoint)
        self.lists = []
        self.ended = None
        self.options = call(self.channel, PLUGIN + "GetDevicePluginOptions", {}, timeout=10)
        stub = self.channel.unary_stream(
            PLUGIN + "ListAndWatch", lambda f: b"", lambda data: wire.decode("ListAndWatchResponse", data))
        self.stream = stub({})
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        try:
            for answer in self.stream:
                self.lists.append((time.monotonic(), {d["id"]: d for d in answer["devices"]}))
            self.ended = "OK"
        except grpc.RpcError as error:
            self.ended = error.code().name

    def close(self):
        """What kubelet does with an endpoint it drops."""
        self.stream.cancel()
        self.channel.close()


class Kubelet:
    """Its directory is laid out as the real one's; nothing outside it is touched."""

    def __init__(self, directory="/var/lib/kubelet", watcher=False):
        self.directory = directory
        self.sockets = directory + "/device-plugins"
        self.registry = directory + "/plugins_registry"
        self.resources = {}
        self.registrations = []
        self.assignments = []
        self.watcher = watcher
        self._watching = None
        self._servers = []
        self._registering = threading.Lock()
        self.start()

    # Life

    def start(self):
        """As the real one starts: sockets in its plugin directory go, then it listens."""
        os.makedirs(self.sockets, exist_ok=True)
        os.makedirs(self.directory + "/pod-resources", exist_ok=True)
        for name in os.listdir(self.sockets):
            path = f"{self.sockets}/{name}"
            if stat.S_ISSOCK(os.lstat(path).st_mode):
                os.unlink(path)
        self.registrations = []
        register = {"/v1beta1.Registration/Register": ("RegisterRequest", "Empty", self._register)}
        self._servers.append(serve(self.sockets + "/kubelet.sock", register))
        lister = "/v1.PodResourcesLister/"
        resources = self.directory + "/pod-resources/kubelet.sock"
        if os.path.exists(resources):
            os.unlink(resources)
        self._servers.append(serve(resources, {
            lister + "List": ("Empty", "ListPodResourcesResponse", lambda *_: {"pod_resources": self._pods()}),
            lister + "GetAllocatableResources": ("Empty", "AllocatableResourcesResponse", lambda *_: {}),
        }))
        if self.watcher:
            os.makedirs(self.registry, exist_ok=True)
            # The one before may still be asleep when the next one starts: each ends by its own event.
            self._watching = threading.Event()
            threading.Thread(target=self._watch, args=(self._watching,), daemon=True).start()

    def stop(self):
        """The process ends: connections break, the sockets stay behind."""
        if self._watching:
            self._watching.set()
        for server in self._servers:
            server.stop(0).wait()
        self._servers = []
        for resource in self.resources.values():
            resource.close()
        self.resources = {}

    def restart(self):
        """Ends and starts again."""
        self.stop()
        self.start()

    # Registration

    def _register(self, request, context):
        self.registrations.append(("direct", request, time.monotonic()))
        if request["version"] != "v1beta1":
            context.abort(grpc.StatusCode.UNKNOWN, f"version {request['version']!r} is not supported")
        self._connect(request["resource_name"], f"{self.sockets}/{request['endpoint']}")
        return {}

    def _connect(self, name, endpoint):
        with self._registering:
            old = self.resources.get(name)
            self.resources[name] = Resource(name, endpoint)
            if old:
                old.close()

    def _watch(self, ended):
        known = {}
        while not ended.is_set():
            found = {}
            for name in os.listdir(self.registry):
                path = f"{self.registry}/{name}"
                try:
                    status = os.lstat(path)
                except OSError:
                    continue
                if not name.startswith(".") and stat.S_ISSOCK(status.st_mode):
                    # A file that was made anew may have the number of the one before it.
                    found[path] = (status.st_ino, status.st_ctime_ns)
            for path, identity in found.items():
                if known.get(path) != identity:
                    self._greet(path)
            known = found
            ended.wait(0.2)

    def _greet(self, path):
        channel = grpc.insecure_channel("unix:" + path)
        service = "/pluginregistration.Registration/"
        try:
            info = call(channel, service + "GetInfo", {}, timeout=5)
            self.registrations.append(("watcher", info, time.monotonic()))
            self._connect(info["name"], info["endpoint"] or path)
            call(channel, service + "NotifyRegistrationStatus", {"plugin_registered": True}, timeout=5)
        except grpc.RpcError as error:
            tap.note(f"{path}: {error.code().name}: {error.details()}")
        finally:
            channel.close()

    # Questions and requests

    def devices(self, name):
        """The last list of a resource, {} before the first or when its stream has ended."""
        resource = self.resources.get(name)
        return resource.lists[-1][1] if resource and resource.lists and not resource.ended else {}

    def ids(self, name):
        """The ids of the last list, sorted."""
        return sorted(self.devices(name))

    def healthy(self, name):
        """The ids that are Healthy in the last list, sorted."""
        return sorted(i for i, d in self.devices(name).items() if d["health"] == "Healthy")

    def wait_for(self, name, ids, within=20):
        """Waits until the resource has exactly these ids."""
        return tap.eventually(lambda: self.ids(name) == sorted(ids), within)

    def lost(self):
        """Waits until kubelet has noticed that every plugin's stream ended, so that what is listed next is new."""
        return tap.eventually(lambda: all(resource.ended for resource in list(self.resources.values())), 10)

    def allocate(self, name, ids, pod=None, container="c", timeout=30):
        """Allocate for one container; with `pod` (a uid) the assignment is recorded as the real one would."""
        answer = call(self.resources[name].channel, PLUGIN + "Allocate",
                      {"container_requests": [{"devices_ids": ids}]}, timeout)["container_responses"][0]
        if pod:
            self.assignments.append((pod, container, name, list(ids), answer))
            self.write_checkpoint()
        return answer

    def release(self, pod):
        """The pod is gone."""
        self.assignments = [a for a in self.assignments if a[0] != pod]
        self.write_checkpoint()

    def prefer(self, name, available, must_include, size):
        """GetPreferredAllocation for one container."""
        request = {"available": available, "must_include": must_include, "size": size}
        answer = call(self.resources[name].channel, PLUGIN + "GetPreferredAllocation", {"container_requests": [request]})
        return answer["container_responses"][0]["ids"]

    def pre_start(self, name, ids, timeout=30):
        """PreStartContainer."""
        return call(self.resources[name].channel, PLUGIN + "PreStartContainer", {"devices_ids": ids}, timeout)

    # What kubelet tells others

    def write_checkpoint(self):
        """kubelet_internal_checkpoint, by rename, in the format of 1.20 and later."""
        entries = []
        for pod, container, name, ids, answer in self.assignments:
            data = wire.encode("ContainerAllocateResponse", answer)
            entries.append({
                "PodUID": pod, "ContainerName": container, "ResourceName": name, "DeviceIDs": {"-1": ids},
                "AllocResp": base64.b64encode(data).decode()})
        registered = {name: self.ids(name) for name in self.resources}
        path = self.sockets + "/kubelet_internal_checkpoint"
        with open(path + ".new", "w") as file:
            json.dump({"Data": {"PodDeviceEntries": entries, "RegisteredDevices": registered}, "Checksum": 1}, file)
        os.rename(path + ".new", path)

    def _pods(self):
        pods = {}
        for pod, container, name, ids, _ in self.assignments:
            containers = pods.setdefault(pod, {})
            containers.setdefault(container, []).append({"resource_name": name, "device_ids": ids})
        return [{"name": pod, "namespace": "default",
                 "containers": [{"name": c, "devices": d} for c, d in containers.items()]}
                for pod, containers in pods.items()]

"""kubelet's side of the device plugin API, by Python's gRPC and Google's protobuf."""
import concurrent.futures
import os
import queue
import socket
import threading
import time

import grpc
from schema import CLASSES, message

PLUGIN = "/v1beta1.DevicePlugin/"
REGISTRATION = "/pluginregistration.Registration/"


class Plugin:
    """A client of one endpoint. `authority` is what the HTTP/2 connection claims to talk to."""

    def __init__(self, path, authority="localhost"):
        self.path = path
        self.channel = grpc.insecure_channel(f"unix:{path}", options=[
            # A connection of its own, as kubelet dials each endpoint anew.
            ("grpc.default_authority", authority), ("grpc.use_local_subchannel_pool", 1)])

    def close(self):
        self.channel.close()

    def call(self, method, request, answer, timeout=10, compression=None):
        """Calls `method`; `request` is a message or bytes, `answer` the message's name."""
        stub = self.channel.unary_unary(method, request_serializer=_serialized,
                                        response_deserializer=CLASSES[answer].FromString)
        return stub(request, timeout=timeout, compression=compression)

    def options(self):
        return self.call(PLUGIN + "GetDevicePluginOptions", message("v1beta1.Empty"), "v1beta1.DevicePluginOptions")

    def watch(self, seen=None):
        stub = self.channel.unary_stream(PLUGIN + "ListAndWatch", request_serializer=_serialized,
                                         response_deserializer=CLASSES["v1beta1.ListAndWatchResponse"].FromString)
        return Stream(stub(message("v1beta1.Empty")), seen)

    def allocate(self, *containers):
        request = message("v1beta1.AllocateRequest", container_requests=[{"devices_ids": ids} for ids in containers])
        return self.call(PLUGIN + "Allocate", request, "v1beta1.AllocateResponse")

    def preferred(self, available, must_include, size):
        request = message("v1beta1.PreferredAllocationRequest", container_requests=[
            {"available_deviceIDs": available, "must_include_deviceIDs": must_include, "allocation_size": size}])
        answer = self.call(PLUGIN + "GetPreferredAllocation", request, "v1beta1.PreferredAllocationResponse")
        return [list(container.deviceIDs) for container in answer.container_responses]

    def pre_start(self, ids):
        request = message("v1beta1.PreStartContainerRequest", devices_ids=ids)
        return self.call(PLUGIN + "PreStartContainer", request, "v1beta1.PreStartContainerResponse", timeout=30)

    def info(self):
        return self.call(REGISTRATION + "GetInfo", message("pluginregistration.InfoRequest"),
                         "pluginregistration.PluginInfo", timeout=5)

    def notify(self, registered, error=""):
        request = message("pluginregistration.RegistrationStatus", plugin_registered=registered, error=error)
        return self.call(REGISTRATION + "NotifyRegistrationStatus", request,
                         "pluginregistration.RegistrationStatusResponse", timeout=5)


class Stream:
    """The lists of one ListAndWatch, read by a thread so that each wait has an end. `seen` is called with each list."""

    def __init__(self, call, seen=None):
        self.call = call
        self.seen = seen
        self.lists = queue.Queue()
        # The last list, or the status that the stream ended with; None before the first.
        self.latest = None
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for answer in self.call:
                if self.seen is not None:
                    self.seen(answer)
                self._put(answer)
            self._put(grpc.StatusCode.OK)
        except grpc.RpcError as error:
            self._put(error.code())

    def _put(self, what):
        self.latest = what
        self.lists.put(what)

    def next(self, timeout=10):
        """The next list, or the status that the stream ended with."""
        return self.lists.get(timeout=timeout)


class Kubelet:
    """Serves Registration on kubelet.sock, and dials each plugin back before it answers.

    With `registry` it also comes to every socket there, as kubelet's plugin watcher does.
    """

    def __init__(self, directory, registry=None):
        self.directory = directory
        self.registry = registry
        self.registered = {}
        self.requests = []
        # So many registrations to come are refused.
        self.refusals = 0
        # Called with the resource and each list of it.
        self.seen = None
        self.arrived = threading.Condition()
        self.server = None
        # Grows with each start, so that a call to a kubelet that has ended leaves nothing behind.
        self.run = 0

    @property
    def socket(self):
        return os.path.join(self.directory, "kubelet.sock")

    def start(self):
        handler = grpc.method_handlers_generic_handler("v1beta1.Registration", {
            "Register": grpc.unary_unary_rpc_method_handler(
                self._register, request_deserializer=CLASSES["v1beta1.RegisterRequest"].FromString,
                response_serializer=_serialized)})
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8), handlers=(handler,))
        self.server.add_insecure_port(f"unix:{self.socket}")
        self.server.start()
        if self.registry is not None:
            threading.Thread(target=self._watch, args=(self.run,), daemon=True).start()

    def stop(self):
        with self.arrived:
            self.run += 1
            ending, self.registered, self.requests = list(self.registered.values()), {}, []
        for plugin, stream in ending:
            stream.call.cancel()
            plugin.close()
        self.server.stop(grace=None).wait()
        self.server = None

    def restart(self):
        """As kubelet does it: every socket in the directory goes, then its own comes. Returns when it came."""
        self.stop()
        self.remove_sockets()
        self.start()
        return time.monotonic()

    def remove_sockets(self):
        for name in os.listdir(self.directory):
            path = os.path.join(self.directory, name)
            if is_socket(path):
                os.unlink(path)

    def wait(self, resources, timeout=15):
        """Whether all the resources are registered before the time is over."""
        with self.arrived:
            return self.arrived.wait_for(lambda: set(resources) <= set(self.registered), timeout)

    def _register(self, request, context):
        run = self.run
        if self.refusals > 0:
            self.refusals -= 1
            context.abort(grpc.StatusCode.UNKNOWN, "not now")
        plugin = Plugin(os.path.join(self.directory, request.endpoint))
        try:
            self._take(plugin, request.resource_name, request, run)
        except grpc.RpcError as error:
            plugin.close()
            context.abort(grpc.StatusCode.UNKNOWN, f"the endpoint can't be dialled: {error.code()}")
        return message("v1beta1.Empty")

    def _take(self, plugin, resource, request, run):
        plugin.offered = plugin.options()
        stream = plugin.watch(lambda answer: self.seen(resource, answer) if self.seen is not None else None)
        with self.arrived:
            if self.run != run:
                stream.call.cancel()
                plugin.close()
                return
            if resource in self.registered:
                before, old = self.registered[resource]
                old.call.cancel()
                before.close()
            self.requests.append(request)
            self.registered[resource] = (plugin, stream)
            self.arrived.notify_all()

    def _watch(self, run):
        """The plugin watcher: it comes to a socket when its file is new, and lets a plugin go whose file is gone."""
        known = {}
        while self.run == run:
            found = {path: stamp for path in _paths(self.registry) if (stamp := _stamp(path)) is not None}
            for path in known.keys() - found.keys():
                del known[path]
                self._forget(path)
            for path, stamp in found.items():
                if known.get(path) != stamp and self._meet(path, run):
                    known[path] = stamp
            time.sleep(0.05)

    def _meet(self, path, run):
        """Whether the socket's plugin has been dealt with; a dead one is tried again."""
        plugin = Plugin(path, authority=path.replace("/", "%2F"))
        try:
            info = plugin.info()
            if self.refusals > 0:
                self.refusals -= 1
                plugin.notify(False, "not now")
                plugin.close()
                return True
            self._take(plugin, info.name, info, run)
            plugin.notify(True)
            return True
        except (grpc.RpcError, ValueError):
            plugin.close()
            return False

    def _forget(self, path):
        with self.arrived:
            for resource, (plugin, stream) in list(self.registered.items()):
                if plugin.path == path:
                    del self.registered[resource]
                    stream.call.cancel()
                    plugin.close()


def _paths(directory):
    return [os.path.join(directory, name) for name in os.listdir(directory) if not name.startswith(".")]


def _stamp(path):
    """What tells a socket's file from the next one of that name; None when there is none."""
    try:
        facts = os.stat(path, follow_symlinks=False)
    except FileNotFoundError:
        return None
    return (facts.st_ino, facts.st_ctime_ns) if facts.st_mode & 0o170000 == 0o140000 else None


def is_socket(path):
    """Whether a socket file is there."""
    try:
        return (os.stat(path, follow_symlinks=False).st_mode & 0o170000) == 0o140000
    except FileNotFoundError:
        return False


def send_noise(path, noise):
    """Connects without gRPC, sends bytes and waits for the other side to hang up or say something."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as peer:
        peer.settimeout(5)
        peer.connect(path)
        try:
            peer.sendall(noise)
            peer.shutdown(socket.SHUT_WR)
            while peer.recv(4096):
                pass
        except OSError:
            pass


def _serialized(request):
    return request if isinstance(request, bytes) else request.SerializeToString()

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

    def watch(self):
        stub = self.channel.unary_stream(PLUGIN + "ListAndWatch", request_serializer=_serialized,
                                         response_deserializer=CLASSES["v1beta1.ListAndWatchResponse"].FromString)
        return Stream(stub(message("v1beta1.Empty")))

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
    """The lists of one ListAndWatch, read by a thread so that each wait has an end."""

    def __init__(self, call):
        self.call = call
        self.lists = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            for answer in self.call:
                self.lists.put(answer)
            self.lists.put(grpc.StatusCode.OK)
        except grpc.RpcError as error:
            self.lists.put(error.code())

    def next(self, timeout=10):
        """The next list, or the status that the stream ended with."""
        return self.lists.get(timeout=timeout)


class Kubelet:
    """Serves Registration on kubelet.sock, and dials each plugin back before it answers."""

    def __init__(self, directory):
        self.directory = directory
        self.registered = {}
        self.requests = []
        # So many registrations to come are refused.
        self.refusals = 0
        self.arrived = threading.Condition()
        self.server = None

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

    def stop(self):
        for plugin, stream in self.registered.values():
            stream.call.cancel()
            plugin.close()
        self.registered = {}
        self.requests = []
        self.server.stop(grace=None).wait()

    def restart(self):
        """As kubelet does it: every socket in the directory goes, then its own comes. Returns when it came."""
        self.stop()
        for name in os.listdir(self.directory):
            path = os.path.join(self.directory, name)
            if is_socket(path):
                os.unlink(path)
        self.start()
        return time.monotonic()

    def wait(self, resources, timeout=15):
        """Whether all the resources are registered before the time is over."""
        with self.arrived:
            return self.arrived.wait_for(lambda: set(resources) <= set(self.registered), timeout)

    def _register(self, request, context):
        if self.refusals > 0:
            self.refusals -= 1
            context.abort(grpc.StatusCode.UNKNOWN, "not now")
        plugin = Plugin(os.path.join(self.directory, request.endpoint))
        try:
            plugin.offered = plugin.options()
            stream = plugin.watch()
        except grpc.RpcError as error:
            context.abort(grpc.StatusCode.UNKNOWN, f"the endpoint can't be dialled: {error.code()}")
        with self.arrived:
            self.requests.append(request)
            self.registered[request.resource_name] = (plugin, stream)
            self.arrived.notify_all()
        return message("v1beta1.Empty")


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

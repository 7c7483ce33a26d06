"""Pods of a node, and how kubelet tells which devices they have: its podresources service and its checkpoint."""
import base64
import concurrent.futures
import json
import pathlib
import threading

import grpc
from schema import CLASSES, message


class Pods:
    """`directory` is kubelet's. `state` says how podresources behaves: answers, fails, hangs, or is absent."""

    STATES = ("answers", "fails", "hangs", "absent")

    def __init__(self, directory):
        self.socket = pathlib.Path(directory) / "pod-resources/kubelet.sock"
        self.socket.parent.mkdir(parents=True, exist_ok=True)
        self.checkpoint = pathlib.Path(directory) / "device-plugins/kubelet_internal_checkpoint"
        # By the pod's name: its resource, ids and the plugin's answer as bytes.
        self.running = {}
        self.state = "absent"
        # What the checkpoint says; None while there is none.
        self.written = None
        # Whether kubelet's checkpoint is where a plugin looks for it.
        self.keeps_checkpoint = True
        self.server = None
        self.lock = threading.Lock()
        self.is_over = threading.Event()
        self.count = 0

    def admit(self, resource, ids, answer):
        """kubelet writes its checkpoint before it admits a pod, and leaves out the pods that have ended by then."""
        self.count += 1
        name = f"pod-{self.count}"
        with self.lock:
            self.running[name] = (resource, list(ids), answer)
        self.write_checkpoint()
        return name

    def end(self, name):
        with self.lock:
            del self.running[name]

    @property
    def held(self):
        """Pairs of resource and id."""
        with self.lock:
            return {(resource, one) for resource, ids, _ in self.running.values() for one in ids}

    @property
    def told(self):
        """What a plugin can learn of them, by podresources or else by the checkpoint; None: nobody says."""
        return self.held if self.state == "answers" else self.written

    def write_checkpoint(self):
        if not self.keeps_checkpoint:
            return
        with self.lock:
            entries = [{"PodUID": name, "ContainerName": "main", "ResourceName": resource, "DeviceIDs": {"0": ids},
                        "AllocResp": base64.b64encode(answer).decode()}
                       for name, (resource, ids, answer) in self.running.items()]
        temporary = self.checkpoint.with_name(".checkpoint")
        temporary.write_text(json.dumps({"Data": {"PodDeviceEntries": entries, "RegisteredDevices": {}}, "Checksum": 0}))
        temporary.rename(self.checkpoint)
        self.written = self.held

    def move_checkpoint(self, is_kept):
        """It goes, and with `is_kept` it comes again when kubelet writes the next."""
        self.keeps_checkpoint = is_kept
        self.checkpoint.unlink(missing_ok=True)
        self.written = None

    def become(self, state):
        """Starts or stops the service as `state` asks."""
        self.state = state
        if (state == "absent") != (self.server is None):
            self.stop() if state == "absent" else self.start()

    def start(self):
        handler = grpc.method_handlers_generic_handler("v1.PodResourcesLister", {
            "List": grpc.unary_unary_rpc_method_handler(
                self._list, request_deserializer=CLASSES["v1.ListPodResourcesRequest"].FromString,
                response_serializer=lambda answer: answer.SerializeToString())})
        self.is_over.clear()
        self.server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=8), handlers=(handler,))
        self.server.add_insecure_port(f"unix:{self.socket}")
        self.server.start()

    def stop(self):
        if self.server is not None:
            self.is_over.set()
            self.server.stop(grace=None).wait()
            self.server = None
            self.socket.unlink(missing_ok=True)

    def _list(self, _, context):
        if self.state == "hangs":
            # Longer than any plugin waits, not so long that threads add up.
            self.is_over.wait(4)
        if self.state != "answers":
            context.abort(grpc.StatusCode.INTERNAL, "not now")
        with self.lock:
            pods = [{"name": name, "namespace": "default", "containers": [
                        {"name": "main", "devices": [{"resource_name": resource, "device_ids": ids}]}]}
                    for name, (resource, ids, _) in self.running.items()]
        return message("v1.ListPodResourcesResponse", pod_resources=pods)

"""A stand-in for the Kubernetes API server, as far as a DRA driver's API helper goes: TLS, tokens, nodes, claims, and
ResourceSlices with list, watch and the server's own checks. Faults are switched on by its attributes."""
import bisect
import collections
import copy
import json
import re
import socket
import ssl
import subprocess
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SLICES = "/apis/resource.k8s.io/v1/resourceslices"
CLAIM = re.compile(r"^/apis/resource\.k8s\.io/v1/namespaces/([^/]+)/resourceclaims/([^/]+)$")


class Authority:
    """A certificate authority in a directory, and the server certificate that it signed."""

    def __init__(self, directory, name, address="127.0.0.1"):
        self.ca, self.key, self.cert = (f"{directory}/{name}.{end}" for end in ("ca", "key", "crt"))
        ca_key, request, extensions = (f"{directory}/{name}.{end}" for end in ("ca-key", "csr", "ext"))
        with open(extensions, "w") as file:
            file.write(f"subjectAltName=IP:{address}\n")
        ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        run = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True)
        run("req", "-x509", *ec, "-keyout", ca_key, "-out", self.ca, "-subj", f"/CN={name}", "-days", "2")
        run("req", *ec, "-keyout", self.key, "-out", request, "-subj", "/CN=server")
        run("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", ca_key, "-CAcreateserial", "-out", self.cert,
            "-days", "2", "-extfile", extensions)


class Refused(Exception):
    def __init__(self, code, message, headers=None):
        super().__init__(message)
        self.code, self.headers = code, headers or {}


class APIServer:
    def __init__(self, authority, port=0):
        self.lock = threading.Condition()
        self.version = 1000
        self.slices, self.claims = {}, {}
        self.events = []              # (version, node, driver, the watch's line)
        self.watching = collections.defaultdict(set)  # by node: an event for each watch, set when its node's slices change
        self.poll = 0.2               # seconds after which a watch without events looks at the faults
        self.node_uid = "node-uid-1"
        self.tokens = {"token-1"}
        self.dropped = set()          # fields of a device whose gate is off
        self.served = True            # resource.k8s.io/v1
        self.page = 500
        self.answers = []             # (method, code, message, headers): the next such requests are answered so
        self.delay = 0                # seconds before each answer
        self.cut = 0                  # a watch ends after so many events
        self.oldest = 0               # versions before it are gone: 410
        self.requests = []            # (method, path) of all calls
        self.live = True
        self.connections = set()
        self.start(authority, port)

    def start(self, authority, port=0):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(authority.cert, authority.key)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # as the real one; head and body are written apart

            def setup(self):
                self.request = context.wrap_socket(self.request, server_side=True)
                server.connections.add(self.request)
                super().setup()

            def finish(self):
                server.connections.discard(self.request)
                super().finish()

            def log_message(self, *words):
                pass

            def answer(self):
                server.answer(self)

            do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = answer

        class Listener(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 512

            def handle_error(self, request, address):
                pass

        self.listener = Listener(("127.0.0.1", port), Handler)
        self.port = self.listener.server_address[1]
        threading.Thread(target=self.listener.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """As an API server that is restarted: all connections end, what is stored stays."""
        self.listener.shutdown()
        self.listener.server_close()
        with self.lock:
            self.live = False
            for watch in [watch for watches in self.watching.values() for watch in watches]:
                watch.set()
        for connection in list(self.connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def restart(self, authority):
        self.live = True
        self.start(authority, self.port)

    def writes(self):
        with self.lock:
            return [request for request in self.requests if request[0] != "GET"]

    # What others do.
    def delete_all(self, node):
        with self.lock:
            for name in [n for n, s in self.slices.items() if s["spec"]["nodeName"] == node]:
                self.happened("DELETED", self.slices.pop(name))

    def change(self, name, edit):
        with self.lock:
            edit(self.slices[name])
            self.happened("MODIFIED", self.slices[name])

    def happened(self, kind, item):
        self.version += 1
        item["metadata"]["resourceVersion"] = str(self.version)
        spec = item["spec"]
        self.events.append((self.version, spec["nodeName"], spec["driver"], json.dumps({"type": kind, "object": item}) + "\n"))
        for watch in [*self.watching[spec["nodeName"]], *self.watching[None]]:
            watch.set()

    # Answers.
    def answer(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length) if length else b""
        path = urllib.parse.urlsplit(handler.path)
        query = dict(urllib.parse.parse_qsl(path.query))
        with self.lock:
            self.requests.append((handler.command, handler.path))
        try:
            if self.delay:
                time.sleep(self.delay)
            self.check(handler)
            if handler.command == "GET" and path.path == SLICES and "watch" in query:
                return self.watch(handler, query)
            code, item = self.call(handler.command, path.path, query, json.loads(body) if body else None)
            self.send(handler, code, item)
        except Refused as refusal:
            status = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "message": str(refusal),
                      "code": refusal.code}
            self.send(handler, refusal.code, status, refusal.headers)

    def check(self, handler):
        token = (handler.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in self.tokens:
            raise Refused(401, "Unauthorized")
        with self.lock:
            for index, (method, code, message, headers) in enumerate(self.answers):
                if method == handler.command:
                    del self.answers[index]
                    raise Refused(code, message, headers)

    def send(self, handler, code, item, headers=None):
        text = json.dumps(item).encode()
        handler.send_response(code)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(text)))
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(text)

    def call(self, method, path, query, body):
        if path.startswith("/api/v1/nodes/"):
            name = path.rsplit("/", 1)[1]
            return 200, {"kind": "Node", "metadata": {"name": name, "uid": self.node_uid}}
        if not self.served:
            raise Refused(404, "the server could not find the requested resource")
        claim = CLAIM.match(path)
        if claim:
            found = self.claims.get(claim.groups())
            if not found:
                raise Refused(404, f'resourceclaims "{claim[2]}" not found')
            return 200, found
        with self.lock:
            if path == SLICES and method == "GET":
                return 200, self.list(query)
            if path == SLICES and method == "POST":
                return 201, self.create(body)
            name = path.removeprefix(SLICES + "/")
            if name not in self.slices:
                raise Refused(404, f'resourceslices "{name}" not found')
            if method == "PUT":
                return 200, self.update(name, body)
            if method == "DELETE":
                return 200, self.delete(name, body or {})
            return 200, self.slices[name]

    def selected(self, query):
        wanted = dict(part.split("=") for part in query.get("fieldSelector", "").split(",") if part)
        for key in wanted:
            if key not in ("spec.nodeName", "spec.driver", "metadata.name"):
                raise Refused(400, f"field label not supported: {key}")
        return lambda node, driver: wanted.get("spec.nodeName", node) == node and wanted.get("spec.driver", driver) == driver

    def list(self, query):
        select = self.selected(query)
        items = [item for _, item in sorted(self.slices.items()) if select(item["spec"]["nodeName"], item["spec"]["driver"])]
        first = int(query.get("continue", "0"))
        page = min(self.page, int(query.get("limit", "500")))
        metadata = {"resourceVersion": str(self.version)}
        if first + page < len(items):
            metadata["continue"] = str(first + page)
        return {"kind": "ResourceSliceList", "metadata": metadata, "items": items[first:first + page]}

    def create(self, body):
        stored = self.stored(body)
        metadata = stored["metadata"]
        self.version += 1
        metadata["name"] = metadata.get("name") or f'{metadata.pop("generateName")[:58]}{self.version:05d}'
        metadata.update(uid=f"uid-{self.version}", generation=1)
        self.slices[metadata["name"]] = stored
        self.happened("ADDED", stored)
        return stored

    def update(self, name, body):
        stored, old = self.stored(body), self.slices[name]
        version = body["metadata"].get("resourceVersion")
        if version and version != old["metadata"]["resourceVersion"]:
            raise Refused(409, "the object has been modified; please apply your changes to the latest version")
        for key in ("driver", "nodeName"):
            if stored["spec"][key] != old["spec"][key]:
                raise Refused(422, f"spec.{key}: field is immutable")
        if stored["spec"]["pool"]["name"] != old["spec"]["pool"]["name"]:
            raise Refused(422, "spec.pool.name: field is immutable")
        stored["metadata"] = copy.deepcopy(old["metadata"])
        if stored["spec"] != old["spec"]:
            self.slices[name] = stored
            self.happened("MODIFIED", stored)
        return self.slices[name]

    def delete(self, name, options):
        metadata, wanted = self.slices[name]["metadata"], options.get("preconditions", {})
        for key in ("uid", "resourceVersion"):
            if key in wanted and wanted[key] != metadata[key]:
                raise Refused(409, f"the {key} in the precondition does not match")
        self.happened("DELETED", self.slices.pop(name))
        return {"kind": "Status", "status": "Success"}

    def stored(self, body):
        """What the server keeps of an object: faults refused, gates applied, quantities in canonical form."""
        faults = self.faults(body)
        if faults:
            raise Refused(422, f"ResourceSlice is invalid: {'; '.join(faults)}")
        stored = copy.deepcopy(body)
        for device in stored["spec"].get("devices") or []:
            for field in self.dropped:
                device.pop(field, None)
                for capacity in device.get("capacity", {}).values():
                    capacity.pop(field, None)
            for capacity in device.get("capacity", {}).values():
                value = capacity["value"]
                if value.endswith("000"):
                    capacity["value"] = value[:-3] + "k"
            for taint in device.get("taints", []):
                taint["timeAdded"] = "2026-01-01T00:00:00Z"
        return stored

    def faults(self, body):
        spec, faults = body["spec"], []
        label = re.compile(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")
        name = re.compile(r"^([a-z0-9.-]{1,63}/)?[A-Za-z_][A-Za-z0-9_]{0,31}$")
        pool, devices = spec["pool"]["name"], spec.get("devices") or []
        if len(pool) > 253 or not all(label.match(part) for p in pool.split("/") for part in p.split(".")):
            faults.append(f"spec.pool.name: {pool}")
        if spec["pool"]["resourceSliceCount"] < 1 or spec["pool"]["generation"] < 0:
            faults.append("spec.pool")
        most = 64 if any("taints" in device for device in devices) else 128
        if len(devices) > most:
            faults.append(f"spec.devices: too many: {len(devices)}: must have at most {most} items")
        names = [device["name"] for device in devices]
        if len(set(names)) < len(names):
            faults.append("spec.devices: duplicate name")
        for device in devices:
            attributes, capacity = device.get("attributes", {}), device.get("capacity", {})
            if not label.match(device["name"]):
                faults.append(f"spec.devices.name: {device['name']}")
            if len(attributes) + len(capacity) > 32:
                faults.append("spec.devices.attributes: too many")
            for key in [*attributes, *capacity]:
                if not name.match(key):
                    faults.append(f"spec.devices.attributes: {key}")
            for value in attributes.values():
                if len(value) != 1 or len(str(value.get("string", ""))) > 64:
                    faults.append(f"spec.devices.attributes: {value}")
            if len(device.get("taints", [])) > 16:
                faults.append("spec.devices.taints: too many")
            if not device.get("allowMultipleAllocations") and any("requestPolicy" in c for c in capacity.values()):
                faults.append("spec.devices.capacity.requestPolicy: needs allowMultipleAllocations")
        return faults

    # The watch.
    def watch(self, handler, query):
        select, version = self.selected(query), int(query["resourceVersion"])
        if version < self.oldest:
            raise Refused(410, "too old resource version")
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        node = re.search(r"spec\.nodeName=([^,]+)", query.get("fieldSelector", ""))
        changed, watches = threading.Event(), self.watching[node[1] if node else None]
        watches.add(changed)
        try:
            self.tell(handler, select, version, time.monotonic() + float(query["timeoutSeconds"]), changed)
        finally:
            watches.discard(changed)

    def tell(self, handler, select, version, end, changed):
        """The events after a version, until the end of the watch or a fault."""
        told = 0
        while time.monotonic() < end:
            with self.lock:
                changed.clear()
                live, gone = self.live, version < self.oldest
                fresh = self.events[bisect.bisect_right(self.events, version, key=lambda event: event[0]):]
            if not live:
                handler.connection.close()
                return
            if gone:
                status = {"kind": "Status", "code": 410, "message": "too old resource version", "reason": "Expired"}
                self.chunk(handler, json.dumps({"type": "ERROR", "object": status}) + "\n")
                break
            for version, node, driver, line in fresh:
                if select(node, driver):
                    # A line is cut anywhere.
                    self.chunk(handler, line[:len(line) // 3])
                    self.chunk(handler, line[len(line) // 3:])
                    told += 1
            if self.cut and told >= self.cut - 1:
                self.cut = 0
                break
            changed.wait(self.poll)
        self.chunk(handler, "")

    @staticmethod
    def chunk(handler, text):
        data = text.encode()
        handler.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        handler.wfile.flush()

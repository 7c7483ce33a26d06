"""Runs the daemon against a recorded machine and asks it everything that kubelet asks, by both ways of registering."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import grpc
from kubelet import PLUGIN, Kubelet, Plugin, is_socket, send_noise

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
MACHINE = REPOSITORY / "Tests/Fixtures/Machines/intel-e810-x710.tree"
NETS, CARDS = "intel.com/nets", "example.com/cards"
CONFIG = {"resourceList": [
    {"resourceName": "nets", "selectors": {"vendors": ["8086"], "drivers": ["iavf"], "pfNames": ["ens1f0"]}},
    {"resourceName": "cards", "resourcePrefix": "example.com", "deviceType": "accelerator",
     "preferredAllocation": "packed", "selectors": {"vendors": ["8086"]}}]}
# By the machine file: id -> NUMA node, IOMMU group.
DEVICES = {NETS: {"0000:3b:01.0": (0, 40), "0000:3b:01.1": (0, 41)},
           CARDS: {"0000:71:00.0": (1, 90), "0000:72:00.0": (1, 91), "0000:72:00.1": (1, 92)}}


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, holds, seen=""):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAIL {what}: {seen}")

    def equal(self, what, seen, wanted):
        self.check(what, seen == wanted, f"expected {wanted!r}, found {seen!r}")

    def refused(self, what, call, codes=None, words=()):
        """The call must end with an error status, one of `codes`, whose text has the words."""
        try:
            self.check(what, False, f"answered {call()!r}")
        except grpc.RpcError as error:
            good = (codes is None or error.code() in codes) and all(word in error.details() for word in words)
            self.check(what, good, f"{error.code()}: {error.details()}")


class Daemon:
    """The daemon in a directory of its own; always stopped."""

    def __init__(self, binary, directory, registration):
        config = directory / "config.json"
        config.write_text(json.dumps(CONFIG))
        self.log = directory / "log"
        self.output = open(self.log, "w")
        self.process = subprocess.Popen(
            [binary, "-config-file", config, "-kubelet-dir", directory / "kubelet", "-host-root", MACHINE,
             "-registration", registration], stdout=self.output, stderr=self.output)

    def stop(self, number=signal.SIGTERM, timeout=20):
        """The exit code; None when it had to be killed."""
        self.process.send_signal(number)
        try:
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        finally:
            self.output.close()


@contextlib.contextmanager
def daemon(binary, registration, watcher):
    with tempfile.TemporaryDirectory(prefix="devicepool-interop-") as name:
        directory = pathlib.Path(name)
        (directory / "kubelet/device-plugins").mkdir(parents=True)
        if watcher:
            (directory / "kubelet/plugins_registry").mkdir()
        running = Daemon(binary, directory, registration)
        try:
            yield running, directory / "kubelet"
        except Exception:
            print(running.log.read_text()[-4000:])
            raise
        finally:
            if running.process.poll() is None:
                running.stop()


def eventually(fact, timeout=15):
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if fact():
            return True
        time.sleep(0.01)
    return bool(fact())


def check_list(checks, resource, answer):
    seen = {device.ID: ([node.ID for node in device.topology.nodes], device.health) for device in answer.devices}
    wanted = {name: ([node], "Healthy") for name, (node, _) in DEVICES[resource].items()}
    checks.equal(f"{resource}: the list", seen, wanted)


def check_calls(checks, resource, plugin):
    """All five methods of one endpoint."""
    ids = list(DEVICES[resource])
    options = plugin.options()
    checks.equal(f"{resource}: preferred allocation is offered", options.get_preferred_allocation_available,
                 resource == CARDS)
    checks.equal(f"{resource}: no call before start is wanted", options.pre_start_required, False)
    stream = plugin.watch()
    check_list(checks, resource, stream.next())
    check_allocate(checks, resource, plugin, ids)
    preferred = plugin.preferred(ids, ids[:1], 2)
    checks.equal(f"{resource}: one preference for one container", len(preferred) <= 1, True)
    for chosen in preferred:
        good = set(chosen) <= set(ids) and len(set(chosen)) == len(chosen) <= 2
        checks.check(f"{resource}: the preference is a choice", good, chosen)
    if resource == CARDS:
        chosen = plugin.preferred(ids, ids[1:2], 2)[0]
        checks.check("the preference has what it must include", ids[1] in chosen and len(chosen) == 2, chosen)
    checks.equal(f"{resource}: PreStartContainer", len(plugin.pre_start(ids).ListFields()), 0)
    stream.call.cancel()
    checks.equal(f"{resource}: a cancelled stream", stream.next(), grpc.StatusCode.CANCELLED)
    checks.check(f"{resource}: still there after it", plugin.options() is not None)


def check_allocate(checks, resource, plugin, ids):
    name = "PCIDEVICE_" + resource.replace("/", "_").replace(".", "_").upper()
    for wanted in (ids[:1], ids[:2], ids[1::-1]):
        answer = plugin.allocate(wanted).container_responses
        checks.equal(f"{resource}: one answer for one container", len(answer), 1)
        checks.equal(f"{resource}: {name}", sorted(answer[0].envs[name].split(",")), sorted(wanted))
        info = json.loads(answer[0].envs[name + "_INFO"])
        checks.equal(f"{resource}: {name}_INFO", sorted(info), sorted(wanted))
        nodes = {device.host_path: (device.container_path, device.permissions) for device in answer[0].devices}
        paths = ["/dev/vfio/vfio"] + [f"/dev/vfio/{DEVICES[resource][one][1]}" for one in wanted]
        expected = {path: (path, "rw") for path in paths} if resource == CARDS else {}
        checks.equal(f"{resource}: device nodes", nodes, expected)
    two = plugin.allocate(ids[:1], ids[1:2]).container_responses
    checks.equal(f"{resource}: two containers", [answer.envs[name] for answer in two], ids[:2])
    checks.refused(f"{resource}: an id that is not in the pool", lambda: plugin.allocate(["0000:ff:00.0"]),
                   words=("0000:ff:00.0", resource))
    checks.refused(f"{resource}: thousands of ids", lambda: plugin.allocate([f"x{n}" for n in range(5000)]))


def check_misuse(checks, path):
    """What no kubelet does: each is answered with an error, and the endpoint lives on."""
    plugin = Plugin(path)
    checks.refused("an unknown method", lambda: plugin.call(PLUGIN + "Other", b"", "v1beta1.Empty"),
                   (grpc.StatusCode.UNIMPLEMENTED,))
    checks.refused("an unknown service", lambda: plugin.call("/v1.Other/Allocate", b"", "v1beta1.Empty"),
                   (grpc.StatusCode.UNIMPLEMENTED,))
    for name, request in {"cut": b"\x0a\x05\x0a", "not UTF-8": b"\x0a\x03\x0a\x01\xff", "a NUL": b"\x0a\x03\x0a\x01\x00",
                          "noise": bytes(range(256))}.items():
        checks.refused(f"a request that is {name}", lambda request=request: plugin.call(
            PLUGIN + "Allocate", request, "v1beta1.AllocateResponse"), (grpc.StatusCode.INVALID_ARGUMENT,))
    for name in ("Allocate", "PreStartContainer"):
        checks.refused(f"a compressed {name}", lambda name=name: plugin.call(
            PLUGIN + name, bytes(4096), "v1beta1.AllocateResponse", compression=grpc.Compression.Gzip),
            (grpc.StatusCode.UNIMPLEMENTED,), ("compressed",))
        checks.refused(f"a {name} of 20 MiB", lambda name=name: plugin.call(
            PLUGIN + name, bytes(20 << 20), "v1beta1.AllocateResponse"), (grpc.StatusCode.RESOURCE_EXHAUSTED,), ("at most",))
    for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 64, os.urandom(4096)):
        send_noise(path, noise)
    checks.check("still there after noise", plugin.options() is not None)
    plugin.close()
    # Kubelet 1.36, grpc-go before 1.57, and 1.36's plugin watcher.
    for authority in ("localhost", path, path.replace("/", "%2F")):
        plugin = Plugin(path, authority)
        checks.check(f"authority {authority}", plugin.options() is not None)
        plugin.close()


def direct(checks, binary):
    """The daemon registers: before kubelet is there, and again after kubelet restarts."""
    with daemon(binary, "direct", watcher=False) as (running, directory):
        kubelet = Kubelet(str(directory / "device-plugins"))
        checks.check("the daemon waits for kubelet", eventually(lambda: running.process.poll() is None, 0.1))
        kubelet.start()
        checks.check("registered when kubelet comes", kubelet.wait(DEVICES, 20), list(kubelet.registered))
        for request in kubelet.requests:
            checks.equal("version", request.version, "v1beta1")
            checks.check("the endpoint is a file name", "/" not in request.endpoint, request.endpoint)
            checks.equal("the options are those of the call", request.options,
                         kubelet.registered[request.resource_name][0].offered)
        for resource, (plugin, stream) in list(kubelet.registered.items()):
            check_list(checks, resource, stream.next())
            check_calls(checks, resource, plugin)
            checks.equal(f"{resource}: mode of the socket", oct(os.stat(plugin.path).st_mode & 0o777), "0o600")
        check_misuse(checks, kubelet.registered[NETS][0].path)
        came = kubelet.restart()
        checks.check("registered again when kubelet restarts", kubelet.wait(DEVICES), list(kubelet.registered))
        print(f"registered again {time.monotonic() - came:.2f} s after kubelet's socket came")
        for resource, (plugin, stream) in list(kubelet.registered.items()):
            check_list(checks, resource, stream.next())
        streams = [stream for _, stream in kubelet.registered.values()]
        checks.equal("exit code", running.stop(), 0)
        # A client that is slow to read what was sent last finds the connection closed instead; kubelet treats both alike.
        ends = [stream.next() for stream in streams]
        checks.check("streams end", set(ends) <= {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE}, ends)
        left = [name for name in os.listdir(kubelet.directory) if name != "kubelet.sock"]
        checks.equal("no socket is left", left, [])
        kubelet.stop()


def watcher(checks, binary, registration):
    """kubelet asks whoever has a socket in plugins_registry."""
    with daemon(binary, registration, watcher=True) as (running, directory):
        registry = directory / "plugins_registry"

        def sockets():
            return [str(path) for path in registry.iterdir() if not path.name.startswith(".") and is_socket(path)]

        checks.check(f"{registration}: one socket per pool", eventually(lambda: len(sockets()) == len(DEVICES)), sockets())
        plugins = {}
        for path in sockets():
            plugin = Plugin(path, authority=path.replace("/", "%2F"))
            info = plugin.info()
            plugins[info.name] = plugin
            checks.equal("type", info.type, "DevicePlugin")
            checks.check("endpoint", info.endpoint in ("", path), info.endpoint)
            checks.check("versions", "v1beta1" in info.supported_versions, info.supported_versions)
        checks.equal("names", set(plugins), set(DEVICES))
        streams = []
        for resource, plugin in plugins.items():
            streams.append(plugin.watch())
            check_list(checks, resource, streams[-1].next())
            checks.equal("answer to the status", len(plugin.notify(True).ListFields()), 0)
            check_calls(checks, resource, plugin)
        check_misuse(checks, plugins[NETS].path)
        before = os.stat(plugins[NETS].path, follow_symlinks=False)
        plugins[NETS].notify(False, "not today")

        def came_again():
            try:
                after = os.stat(plugins[NETS].path, follow_symlinks=False)
            except FileNotFoundError:
                return False
            return (after.st_ino, after.st_ctime_ns) != (before.st_ino, before.st_ctime_ns)

        checks.check("a refused plugin's socket comes again", eventually(came_again, 30))
        checks.equal("exit code", running.stop(), 0)
        checks.equal("no socket is left", sockets(), [])


def automatic(checks, binary):
    """Without plugins_registry, `auto` is direct."""
    with daemon(binary, "auto", watcher=False) as (running, directory):
        kubelet = Kubelet(str(directory / "device-plugins"))
        kubelet.start()
        checks.check("auto: registers directly", kubelet.wait(DEVICES), list(kubelet.registered))
        checks.equal("exit code on SIGINT", running.stop(signal.SIGINT), 0)
        kubelet.stop()


def main():
    binary = sys.argv[1]
    checks = Checks()
    for part in (lambda: direct(checks, binary), lambda: watcher(checks, binary, "watcher"),
                 lambda: watcher(checks, binary, "auto"), lambda: automatic(checks, binary)):
        try:
            part()
        except Exception:
            checks.check("a part came to its end", False, traceback.format_exc())
    print(f"{checks.passed} passed, {checks.failed} failed")
    return 1 if checks.failed or not checks.passed else 0


if __name__ == "__main__":
    sys.exit(main())

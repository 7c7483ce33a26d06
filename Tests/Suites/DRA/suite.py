"""Drives the release or debug build of devicepool-api between a stand-in API server and a stand-in daemon.

usage: suite.py /path/to/devicepool-api [NAME…]"""
import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

from api_server import APIServer, Authority

DRIVER, NODE = "devicepool", "node1"


def device(number, **more):
    return {"name": f"0000-3b-{number // 8:02x}-{number % 8}",
            "attributes": {"k8s.cni.cncf.io/resourceName": {"string": "intel.com/net"}, "vendor": {"string": "8086"},
                           "functionIndex": {"int": number}}, **more}


def slots(value):
    return {"capacity": {"slots": {"value": value, "requestPolicy": {"default": "1", "validValues": ["1"]}}},
            "allowMultipleAllocations": True}


def pool(name, devices):
    parts = [devices[at:at + 64] for at in range(0, len(devices), 64)] or [[]]
    return [{"metadata": {"generateName": f"{index:05x}-{DRIVER}-{NODE}-"},
             "spec": {"driver": DRIVER, "nodeName": NODE, "devices": part,
                      "pool": {"name": f"{NODE}/{name}", "generation": 0, "resourceSliceCount": len(parts)}}}
            for index, part in enumerate(parts)]


class Daemon:
    """The daemon's end of the socket."""

    def __init__(self, path):
        self.path, self.lines, self.revision = path, queue.Queue(), 0
        self.listen()

    def listen(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.listener.bind(self.path)
        self.listener.listen()
        threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def accept(self, listener):
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            self.connection = connection
            for line in connection.makefile():
                self.lines.put(json.loads(line))
            self.lines.put({"end": True})

    def greet(self, timeout=10):
        self.expect("hello", timeout)
        self.say({"hello": {"version": 1, "driver": DRIVER, "node": NODE}})

    def say(self, message):
        self.connection.sendall(json.dumps(message).encode() + b"\n")

    def publish(self, *slices):
        self.revision += 1
        for item in slices:
            self.say({"slice": item})
        self.say({"publish": {"revision": self.revision, "slices": len(slices)}})

    def expect(self, kind, timeout=10):
        end = time.monotonic() + timeout
        while True:
            message = self.lines.get(timeout=max(0.01, end - time.monotonic()))
            if kind in message:
                return message[kind]

    def published(self, timeout=10):
        """The problem of the newest revision; None: it is published."""
        while True:
            said = self.expect("published", timeout)
            if said["revision"] == self.revision:
                self.drops_taints = said["dropsTaints"]
                return said["problem"]

    def accepted(self):
        """Waits until the newest revision is published, whatever was in its way before."""
        while self.published() is not None:
            pass

    def claim(self, name, uid, timeout=15):
        self.say({"claim": {"id": 7, "namespace": "ns", "name": name, "uid": uid}})
        return self.expect("claim", timeout)

    def stop(self):
        self.listener.close()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.connection.close()


class Scene:
    def __init__(self, program, **changes):
        self.directory = tempfile.TemporaryDirectory()
        self.program = program
        path = self.directory.name
        self.authority = Authority(path, "first")
        self.account = f"{path}/account"
        os.mkdir(self.account)
        self.write("token", "token-1\n")
        self.trust(self.authority)
        self.api = APIServer(self.authority)
        for key, value in changes.items():
            setattr(self.api, key, value)
        self.daemon = Daemon(f"{path}/api.sock")
        self.log = open(f"{path}/log", "w+")
        self.start(f"127.0.0.1:{self.api.port}")

    def start(self, server):
        self.helper = subprocess.Popen(
            [self.program, "-socket", self.daemon.path, "-server", server, "-service-account", self.account,
             "-start-jitter=0"], stderr=self.log)

    def write(self, name, text):
        with open(f"{self.account}/{name}.new", "w") as file:
            file.write(text)
        os.rename(f"{self.account}/{name}.new", f"{self.account}/{name}")

    def trust(self, authority):
        with open(authority.ca) as file:
            self.write("ca.crt", file.read())

    def said(self):
        self.log.flush()
        with open(self.log.name) as file:
            return file.read()

    def check(self, question):
        """The exit code of a probe, and what it prints."""
        asked = subprocess.run([self.program, "-socket", self.daemon.path, "-check", question], capture_output=True,
                               text=True, timeout=20)
        return asked.returncode, asked.stdout.strip()

    def kilobytes(self, key):
        with open(f"/proc/{self.helper.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(key + ":"))

    def close(self):
        self.helper.terminate()
        code = self.helper.wait(timeout=5)
        self.api.stop()
        self.log.close()
        self.directory.cleanup()
        assert code == 0, f"the helper ended with {code}"


def eventually(truth, seconds=10, what="it"):
    end = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} s"
        time.sleep(0.02)


def names(api):
    return sorted(api.slices)


def kinds(writes):
    return [method for method, _ in writes]


# Each function is a test; its arguments are the scene.

def publishes_and_then_is_silent(scene):
    scene.daemon.greet()
    slices = pool("intel.com/net", [device(n) for n in range(300)]) + pool("rdma/hca", [device(0, **slots("1000"))])
    slices += pool("intel.com/none", [])
    scene.daemon.publish(*slices)
    assert scene.daemon.published() is None
    assert len(scene.api.slices) == 7, names(scene.api)
    for name, item in scene.api.slices.items():
        owner = item["metadata"]["ownerReferences"][0]
        assert owner == {"apiVersion": "v1", "kind": "Node", "name": NODE, "uid": "node-uid-1", "controller": True}
        assert item["spec"]["pool"]["generation"] == 1
    before = len(scene.api.requests)
    scene.daemon.publish(*slices)
    assert scene.daemon.published() is None
    assert scene.api.requests[before:] == [], scene.api.requests[before:]
    assert sum(path.count("watch=1") for _, path in scene.api.requests) == 1


def one_changed_slice_keeps_the_generation(scene):
    scene.daemon.greet()
    devices = [device(n) for n in range(130)]
    scene.daemon.publish(*pool("intel.com/net", devices))
    assert scene.daemon.published() is None
    before = len(scene.api.writes())
    devices[5]["taints"] = [{"key": "devicepool/unhealthy", "value": "gone", "effect": "NoSchedule"}]
    scene.daemon.publish(*pool("intel.com/net", devices))
    assert scene.daemon.published() is None
    assert kinds(scene.api.writes()[before:]) == ["PUT"], scene.api.writes()[before:]
    assert {s["spec"]["pool"]["generation"] for s in scene.api.slices.values()} == {1}


def several_changed_slices_raise_it(scene):
    scene.daemon.greet()
    devices = [device(n) for n in range(130)]
    scene.daemon.publish(*pool("intel.com/net", devices))
    assert scene.daemon.published() is None
    before = len(scene.api.writes())
    devices = [device(n) for n in range(200)]
    scene.daemon.publish(*pool("intel.com/net", devices))
    assert scene.daemon.published() is None
    assert kinds(scene.api.writes()[before:]) == ["PUT", "PUT", "PUT", "POST"], scene.api.writes()[before:]
    assert [s["spec"]["pool"]["generation"] for s in scene.api.slices.values()] == [2] * 4
    before = len(scene.api.writes())
    scene.daemon.publish(*pool("intel.com/net", devices[:3]))
    assert scene.daemon.published() is None
    assert kinds(scene.api.writes()[before:]) == ["DELETE", "DELETE", "DELETE", "PUT"]
    before = len(scene.api.writes())
    scene.daemon.publish()
    assert scene.daemon.published() is None
    assert scene.api.slices == {} and kinds(scene.api.writes()[before:]) == ["DELETE"]


def slices_that_kubelet_deletes_come_back(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(n) for n in range(100)]))
    assert scene.daemon.published() is None
    scene.api.node_uid = "node-uid-2"
    scene.api.delete_all(NODE)
    eventually(lambda: len(scene.api.slices) == 2, 15, "the repair")
    assert {s["metadata"]["ownerReferences"][0]["uid"] for s in scene.api.slices.values()} == {"node-uid-2"}


def foreign_changes_are_repaired_and_foreign_slices_go(scene):
    with scene.api.lock:
        stale = pool("intel.com/gone", [device(1)])[0]
        scene.api.create(stale)
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1), device(2)]))
    assert scene.daemon.published() is None
    assert len(scene.api.slices) == 1
    name = names(scene.api)[0]
    scene.api.change(name, lambda item: item["spec"]["devices"].pop())
    eventually(lambda: len(scene.api.slices[name]["spec"]["devices"]) == 2, 15, "the repair")


def a_gate_that_is_off_is_reported_once(scene):
    scene.api.dropped = {"allowMultipleAllocations", "requestPolicy"}
    scene.daemon.greet()
    slices = pool("rdma/hca", [device(0, **slots("64"))])
    scene.daemon.publish(*slices)
    problem = scene.daemon.published()
    assert "allowMultipleAllocations" in problem and "gate" in problem, problem
    before = len(scene.api.requests)
    scene.daemon.publish(*slices)
    assert scene.daemon.published() == problem
    assert len(scene.api.requests) == before


def taints_that_the_server_drops_are_reported(scene):
    """That alone is no problem: the daemon leaves sick devices out."""
    scene.daemon.greet()
    sick = {**device(1), "taints": [{"key": "devicepool/unhealthy", "value": "link", "effect": "NoSchedule"}]}
    scene.daemon.publish(*pool("intel.com/net", [device(0), sick]))
    assert scene.daemon.published() is None and not scene.daemon.drops_taints
    scene.api.dropped = {"taints"}
    scene.daemon.publish(*pool("intel.com/net", [device(0), sick, device(2)]))
    assert scene.daemon.published() is None and scene.daemon.drops_taints


def an_expired_watch_lists_again(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    lists = lambda: sum("limit=" in path for _, path in scene.api.requests)
    eventually(lambda: any("watch=1" in path for _, path in scene.api.requests), what="the watch")
    before = lists()
    with scene.api.lock:
        scene.api.version += 10
        scene.api.oldest = scene.api.version
        scene.api.lock.notify_all()
    eventually(lambda: lists() == before + 1, what="the list")
    assert kinds(scene.api.writes()) == ["POST"]


def a_cut_watch_goes_on(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    watches = lambda: [path for _, path in scene.api.requests if "watch=1" in path]
    eventually(lambda: len(watches()) == 1, what="the watch")
    lists = sum("limit=" in path for _, path in scene.api.requests)
    scene.api.cut = 1
    with scene.api.lock:
        scene.api.lock.notify_all()
    eventually(lambda: len(watches()) == 2, what="the second watch")
    assert sum("limit=" in path for _, path in scene.api.requests) == lists
    assert kinds(scene.api.writes()) == ["POST"]


def a_conflict_lists_again(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    scene.api.answers.append(("PUT", 409, "the object has been modified", {}))
    scene.daemon.publish(*pool("intel.com/net", [device(1), device(2)]))
    assert scene.daemon.published() is None
    assert kinds(scene.api.writes()) == ["POST", "PUT", "PUT"]


def a_refusal_is_reported_and_not_repeated_at_once(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net_a", [device(1)]))
    problem = scene.daemon.published()
    assert "422" in problem and "spec.pool.name" in problem, problem
    time.sleep(3)
    assert len(scene.api.writes()) <= 3, scene.api.writes()
    scene.daemon.publish(*pool("intel.com/net-a", [device(1)]))
    assert scene.daemon.published() is None


def retry_after_is_heeded(scene):
    scene.api.answers = [("POST", 429, "slow down", {"Retry-After": "2"})]
    scene.daemon.greet()
    begin = time.monotonic()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert "429" in scene.daemon.published()
    assert scene.daemon.published() is None
    assert time.monotonic() - begin >= 2


def a_token_that_was_replaced_is_read(scene):
    scene.api.tokens = {"token-2"}
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    eventually(lambda: "401" in scene.said(), what="the refusal")
    scene.write("token", "token-2")
    scene.daemon.accepted()


def a_certificate_of_another_authority_is_refused(scene):
    other = Authority(scene.directory.name, "second")
    scene.trust(other)
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    eventually(lambda: "certificate is refused" in scene.said(), what="the refusal")
    assert scene.api.requests == []
    scene.trust(scene.authority)
    scene.daemon.accepted()


def a_certificate_for_another_host_is_refused(scene):
    other = Authority(scene.directory.name, "elsewhere", address="10.0.0.1")
    scene.api.stop()
    scene.api.restart(other)
    scene.trust(other)
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    eventually(lambda: "certificate is refused: IP address mismatch" in scene.said(), what="the refusal")
    assert scene.api.requests == []


def a_broken_ca_file_is_named(scene):
    scene.write("ca.crt", "no certificate")
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    eventually(lambda: f"the CA file {scene.account}/ca.crt can't be used: " in scene.said(), what="the file's name")
    scene.trust(scene.authority)
    scene.daemon.accepted()


def a_server_name_without_a_certificate_is_no_lack_of_memory(scene):
    scene.helper.terminate()
    scene.helper.wait(timeout=5)
    scene.start(f"{'a' * 300}:443")
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    eventually(lambda: "no certificate can be for the server's name" in scene.said(), what="the reason")
    assert "memory" not in scene.said()


def a_restarted_server_is_found_again(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    scene.api.stop()
    scene.daemon.publish(*pool("intel.com/net", [device(1), device(2)]))
    assert "cannot write" in scene.daemon.published()
    scene.api.restart(scene.authority)
    assert scene.daemon.published(20) is None


def a_server_without_dra_is_named(scene):
    scene.api.served = False
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    eventually(lambda: "Kubernetes 1.34 or newer" in scene.said(), what="the reason")


def a_restarted_daemon_costs_no_write(scene):
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    scene.daemon.stop()
    # Nobody publishes for a daemon that is away.
    scene.api.delete_all(NODE)
    time.sleep(1)
    assert scene.api.slices == {}
    scene.daemon.listen()
    scene.daemon.greet()
    before = len(scene.api.requests)
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    assert kinds(scene.api.requests[before:]) == ["GET", "POST"]


def a_daemon_that_comes_later_is_found(scene):
    scene.daemon.greet()
    scene.daemon.stop()
    os.unlink(scene.daemon.path)
    eventually(lambda: "No such file or directory" in scene.said(), what="the reason")
    scene.daemon.listen()
    scene.daemon.greet()


def all_pages_are_read(scene):
    scene.api.page = 2
    with scene.api.lock:
        for item in pool("intel.com/old", [device(n) for n in range(300)]):
            scene.api.create(item)
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    assert len(scene.api.slices) == 1, names(scene.api)


def claims_are_looked_up(scene):
    results = [{"request": "r", "driver": DRIVER, "pool": f"{NODE}/intel.com/net", "device": "0000-3b-00-1"},
               {"request": "gpu", "driver": "gpu.example.com", "pool": NODE, "device": "gpu0"}]
    config = [{"source": "FromClaim", "requests": [], "opaque": {"driver": "gpu.example.com", "parameters": {}}},
              {"source": "FromClaim", "requests": ["r"], "opaque": {"driver": DRIVER, "parameters": {"kind": "x"}}}]
    claim = lambda name, **status: {"metadata": {"namespace": "ns", "name": name, "uid": f"uid-{name}"}, "status": status}
    scene.api.claims = {
        ("ns", "good"): claim("good", allocation={"devices": {"results": results, "config": config}}),
        ("ns", "fresh"): claim("fresh"),
        ("ns", "other"): claim("other", allocation={"devices": {"results": results[1:]}})}
    scene.daemon.greet()
    found = scene.daemon.claim("good", "uid-good")
    assert found == {"id": 7, "found": {"uid": "uid-good", "results": results[:1], "config": config[1:]}}, found
    for name, uid, reason in [("good", "uid-before", "replaced"), ("fresh", "uid-fresh", "not allocated"),
                              ("other", "uid-other", "no device of driver"), ("none", "uid", "no longer exists")]:
        assert reason in scene.daemon.claim(name, uid)["failed"], name
    scene.api.delay = 12
    begin = time.monotonic()
    assert "no answer in time" in scene.daemon.claim("good", "uid-good")["failed"]
    assert 8 < time.monotonic() - begin < 12


def lines_that_are_no_messages_end_the_connection(scene):
    for line in [b"{}\n", b"nonsense\n", b'{"publish":{"revision":1,"slices":3}}\n', b'{"slice":{}}\n',
                 b'{"hello":{"version":2,"driver":"d","node":"n"}}\n', b"x" * (1 << 20) + b"xx\n"]:
        scene.daemon.expect("hello")
        scene.daemon.connection.sendall(line)
        scene.daemon.expect("end")
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None


def a_probe_notices_a_helper_that_hangs(scene):
    eventually(lambda: scene.check("alive")[0] == 0, what="the start")
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert scene.daemon.published() is None
    assert scene.check("alive") == scene.check("ready") == (0, "ok"), scene.check("ready")
    os.kill(scene.helper.pid, signal.SIGSTOP)
    begin = time.monotonic()
    code, said = scene.check("alive")
    os.kill(scene.helper.pid, signal.SIGCONT)
    assert code == 1 and "no answer within" in said and time.monotonic() - begin < 9, (code, said)
    assert scene.check("alive")[0] == 0
    scene.daemon.say({"ping": {"id": 8}})
    assert scene.daemon.expect("pong") == {"id": 8}
    # A killed helper leaves its socket, which the next one replaces.
    scene.helper.kill()
    scene.helper.wait()
    code, said = scene.check("alive")
    assert code == 1 and "does not answer" in said, (code, said)
    scene.start(f"127.0.0.1:{scene.api.port}")
    eventually(lambda: scene.check("alive")[0] == 0, what="the next start")


def a_probe_stops_a_rollout_without_rights_and_nothing_later(scene):
    eventually(lambda: scene.check("ready")[0] == 0, what="the start")
    # As beside a daemon that waits for its predecessor.
    scene.daemon.greet()
    assert scene.check("ready") == (0, "ok"), scene.check("ready")
    scene.api.answers.append(("POST", 403, "no\nrights", {}))
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert "403" in scene.daemon.published()
    code, said = scene.check("ready")
    assert code == 1 and said.startswith("not ready: slices are not published: ") and "no rights" in said, (code, said)
    assert scene.check("alive") == (0, said), scene.check("alive")
    assert scene.daemon.published() is None
    assert scene.check("ready") == (0, "ok"), scene.check("ready")
    scene.api.answers.append(("PUT", 500, "no", {}))
    scene.daemon.publish(*pool("intel.com/net", [device(2)]))
    assert "500" in scene.daemon.published()
    code, said = scene.check("ready")
    assert code == 0 and said.startswith("ok: slices are not published: "), (code, said)
    scene.daemon.stop()
    eventually(lambda: "the daemon is away" in scene.said())
    assert scene.check("ready")[0] == 0


def a_probe_stops_a_rollout_that_may_not_list(scene):
    scene.api.answers += [("GET", 403, "no rights", {})] * 2
    scene.daemon.greet()
    scene.daemon.publish(*pool("intel.com/net", [device(1)]))
    assert "cannot list the slices" in scene.daemon.published()
    code, said = scene.check("ready")
    assert code == 1 and "no rights" in said, (code, said)
    scene.daemon.accepted()
    assert scene.check("ready") == (0, "ok"), scene.check("ready")


def a_wrong_check_is_named(scene):
    asked = subprocess.run([scene.program, "-check", "well"], capture_output=True, text=True, timeout=20)
    assert asked.returncode == 2 and "expected alive or ready" in asked.stderr, asked
    scene.daemon.greet()


def it_is_small(scene):
    scene.daemon.greet()
    for count in (300, 64, 300):
        scene.daemon.publish(*pool("intel.com/net", [device(n) for n in range(count)]))
        assert scene.daemon.published() is None
    resident, anonymous = scene.kilobytes("VmRSS"), scene.kilobytes("RssAnon")
    print(f"    resident {resident} KiB, anonymous {anonymous} KiB")
    # What a release is held to; a debug build has Swift's and libevent's shared objects in it.
    with open(f"/proc/{scene.helper.pid}/maps") as maps:
        is_static = "libswiftCore" not in maps.read()
    limit = (12 if is_static else 24) << 10
    assert resident <= limit, f"{resident} KiB, expected at most {limit}"


TESTS = [publishes_and_then_is_silent, one_changed_slice_keeps_the_generation, several_changed_slices_raise_it,
         slices_that_kubelet_deletes_come_back, foreign_changes_are_repaired_and_foreign_slices_go,
         a_gate_that_is_off_is_reported_once, taints_that_the_server_drops_are_reported, an_expired_watch_lists_again, a_cut_watch_goes_on, a_conflict_lists_again,
         a_refusal_is_reported_and_not_repeated_at_once, retry_after_is_heeded, a_token_that_was_replaced_is_read,
         a_certificate_of_another_authority_is_refused, a_certificate_for_another_host_is_refused,
         a_broken_ca_file_is_named, a_server_name_without_a_certificate_is_no_lack_of_memory,
         a_restarted_server_is_found_again, a_server_without_dra_is_named, a_restarted_daemon_costs_no_write,
         a_daemon_that_comes_later_is_found, all_pages_are_read, claims_are_looked_up, lines_that_are_no_messages_end_the_connection,
         a_probe_notices_a_helper_that_hangs, a_probe_stops_a_rollout_without_rights_and_nothing_later,
         a_probe_stops_a_rollout_that_may_not_list, a_wrong_check_is_named, it_is_small]


def main(program, wanted):
    failed = 0
    for test in TESTS:
        if wanted and test.__name__ not in wanted:
            continue
        scene = Scene(program)
        try:
            test(scene)
            scene.close()
            print(f"ok    {test.__name__}")
        except Exception:
            failed += 1
            print(f"FAIL  {test.__name__}\n{traceback.format_exc()}{scene.said()}")
            scene.helper.kill()
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main(sys.argv[1], sys.argv[2:]))

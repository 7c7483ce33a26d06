"""The daemon and devicepool-api together, between a stand-in API server and kubelet's calls: from slices to claims, and a kill
in each call of prepare and unprepare that touches a file.

usage: claims.py /path/to/devicepool /path/to/devicepool-api [NAME…]"""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import kubelet
from api_server import APIServer, Authority
from kubelet import NoAnswer, prepare, unprepare
from suite import eventually

from control import KILL, Control, build  # noqa: E402  (kubelet.py knows where)
from host import make_host, nic  # noqa: E402

NODE, POOL = "node1", "node1/intel.com/nets"
CONFIG = {"resourceList": [{"resourceName": "nets", "serve": "dra",
                            "selectors": {"vendors": ["8086"], "drivers": ["vfio-pci"]}}]}


class Scene:
    """A node: the daemon on generated devices, its API helper, the API server."""

    def __init__(self, programs, shim=None, nics=4, config=CONFIG):
        self.daemon_program, self.helper_program = programs
        self.shim = shim
        self.temporary = tempfile.TemporaryDirectory(prefix="devicepool-dra-")
        self.directory = pathlib.Path(self.temporary.name)
        self.root, self.kubelet = self.directory / "host", self.directory / "kubelet"
        make_host(self.root, nics=nics, cards=0)
        for name in ("device-plugins", "plugins_registry"):
            (self.kubelet / name).mkdir(parents=True)
        # A node whose device plugins have given nothing.
        (self.kubelet / "device-plugins/kubelet_internal_checkpoint").write_text(
            json.dumps({"Data": {"PodDeviceEntries": [], "RegisteredDevices": {}}, "Checksum": 0}))
        (self.directory / "config.json").write_text(json.dumps(config))
        account = self.directory / "account"
        account.mkdir()
        authority = Authority(str(self.directory), "server")
        (account / "ca.crt").write_text(pathlib.Path(authority.ca).read_text())
        (account / "token").write_text("token-1")
        self.api = APIServer(authority)
        self.control = Control(self.directory / "faults")
        self.log = open(self.directory / "log", "w+")
        self.api_socket = self.directory / "api.sock"
        self.helper = subprocess.Popen(
            [self.helper_program, "-socket", self.api_socket, "-server", f"127.0.0.1:{self.api.port}",
             "-service-account", account, "-start-jitter=0"], stderr=self.log)
        self.daemon = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def start(self):
        self.launch()
        eventually(lambda: os.path.exists(self.registration) and self.is_connected(), 20, "the daemon's start")

    def launch(self):
        self.daemon = subprocess.Popen(
            [self.daemon_program, "-config-file", self.directory / "config.json", "-kubelet-dir", self.kubelet,
             "-host-root", self.root, "-registration", "direct", "-api-socket", self.api_socket],
            stderr=self.log, env={**os.environ, "NODE_NAME": NODE, "TMPDIR": str(self.directory),
                                  **(self.control.environment(self.shim) if self.shim else {})})

    def configure(self, config):
        (self.directory / "config.new").write_text(json.dumps(config))
        os.rename(self.directory / "config.new", self.directory / "config.json")

    def is_connected(self):
        """The daemon owns the driver's socket, and the helper has looked up a claim for it that does not exist."""
        try:
            refusal = prepare(self.socket, "nobody")[1]
            unprepare(self.socket, "nobody")
            return "no longer exists" in refusal
        except NoAnswer:
            return False

    @property
    def registration(self):
        return str(self.kubelet / "plugins_registry/devicepool-reg.sock")

    @property
    def socket(self):
        return str(self.kubelet / "plugins/devicepool/dra.sock")

    def allocate(self, uid, number):
        """A claim with the device of this number, as the scheduler writes it."""
        device = nic(number).replace(":", "-").replace(".", "-")
        result = {"request": "r", "driver": "devicepool", "pool": POOL, "device": device}
        self.api.claims[("ns", f"claim-{uid}")] = {
            "metadata": {"namespace": "ns", "name": f"claim-{uid}", "uid": uid},
            "status": {"allocation": {"devices": {"results": [result]}}}}

    def files(self):
        """The specs, the DeviceInfo files and the claims of the checkpoint, and what was never finished."""
        names = lambda path: sorted(entry.name for entry in path.iterdir()) if path.is_dir() else []
        checkpoint = self.kubelet / "plugins/devicepool/claims.json"
        claims = [claim["uid"] for claim in json.loads(checkpoint.read_text())["claims"]] if checkpoint.exists() else []
        specs, infos = names(self.root / "run/cdi"), names(self.root / "run/k8s.cni.cncf.io/devinfo/dp")
        return specs, infos, claims

    def said(self):
        with open(self.log.name) as file:
            return file.read()

    def close(self):
        for process in filter(None, (self.daemon, self.helper)):
            process.terminate()
            process.wait(timeout=20)
        self.api.stop()
        self.control.close()
        self.log.close()
        self.temporary.cleanup()


def from_the_slice_to_the_container(scene):
    eventually(lambda: len(scene.api.slices) == 1, 20, "the slice")
    [item] = scene.api.slices.values()
    assert item["spec"]["pool"]["name"] == POOL, item["spec"]["pool"]
    assert [device["name"] for device in item["spec"]["devices"]] == [f"0000-01-00-{n}" for n in range(4)]
    info = kubelet.register(scene.registration)
    assert info[1] == ["DRAPlugin"] and info[2] == ["devicepool"] and info[3] == [scene.socket], info
    scene.allocate("u1", 2)
    devices, error = prepare(scene.socket, "u1")
    assert error == "" and devices == [(POOL, "0000-01-00-2", ["devicepool/claim=u1-0"])], (devices, error)
    spec = json.loads((scene.root / "run/cdi/devicepool-claim-u1.json").read_text())
    edits = spec["devices"][0]["containerEdits"]
    assert f"PCIDEVICE_INTEL_COM_NETS={nic(2)}" in edits["env"], edits
    assert {"/dev/vfio/vfio", "/dev/vfio/2"} == {node["path"] for node in edits["deviceNodes"]}, edits
    assert unprepare(scene.socket, "u1") == ""
    assert scene.files() == ([], [], []), scene.files()


def an_api_server_that_is_away_fails_new_claims_alone(scene):
    for number in (0, 1):
        scene.allocate(f"u{number}", number)
    before = prepare(scene.socket, "u0")
    scene.api.stop()
    assert prepare(scene.socket, "u0") == before
    begin = time.monotonic()
    _, error = prepare(scene.socket, "u1")
    assert error and time.monotonic() - begin < 16, error
    assert unprepare(scene.socket, "u0") == ""


def another_claim_does_not_get_the_device(scene):
    scene.allocate("u1", 0)
    scene.allocate("u2", 0)
    assert prepare(scene.socket, "u1")[1] == ""
    assert "held by claim ns/claim-u1" in prepare(scene.socket, "u2")[1]


def a_successor_knows_what_its_predecessor_prepared(scene):
    for number in (0, 1):
        scene.allocate(f"u{number}", number)
    scene.allocate("other", 1)
    answers = [prepare(scene.socket, "u0")]
    predecessor = scene.daemon
    scene.launch()
    eventually(lambda: "another process listens here" in scene.said(), 20, "the successor's start")
    # While both run the predecessor serves, and its files stay.
    answers.append(prepare(scene.socket, "u1"))
    assert len(scene.files()[0]) == 2, scene.files()
    predecessor.terminate()
    assert predecessor.wait(timeout=20) == 0
    eventually(scene.is_connected, 20, "the change of daemons")
    assert [prepare(scene.socket, uid) for uid in ("u0", "u1")] == answers
    assert "held by claim" in prepare(scene.socket, "other")[1]
    assert unprepare(scene.socket, "u0") == "" and unprepare(scene.socket, "u1") == ""
    assert scene.files() == ([], [], []), scene.files()


def sockets_go_with_the_last_pool(scene):
    """Also a pod that has a claim is waited for: kubelet unprepares it by the same socket."""
    sockets = lambda: [os.path.exists(path) for path in (scene.registration, scene.socket)]
    scene.allocate("u1", 2)
    assert prepare(scene.socket, "u1")[1] == ""
    scene.configure({"resourceList": []})
    eventually(lambda: not scene.api.slices or "configuration read again" in scene.said(), 20, "the reload")
    time.sleep(7)
    assert sockets() == [True, True], sockets()
    assert unprepare(scene.socket, "u1") == ""
    eventually(lambda: sockets() == [False, False], 30, "the end of the sockets")
    eventually(lambda: not scene.api.slices, 20, "the end of the slices")
    scene.configure(CONFIG)
    eventually(lambda: sockets() == [True, True] and scene.is_connected(), 20, "the return of the sockets")
    scene.allocate("u2", 2)
    assert prepare(scene.socket, "u2")[1] == ""
    assert unprepare(scene.socket, "u2") == ""


# In each of these calls, the first time and later ones: the file is not made, not filled, not synced, not renamed, not removed.
STEPS = [(call, skipped) for call in ("openat", "fchmod", "fsync", "rename", "unlink") for skipped in range(4)]


def a_kill_in_each_call_loses_nothing(scene):
    killed = 0
    for number, (operation, call, skipped) in enumerate(
            (operation, *step) for operation in ("prepare", "unprepare") for step in STEPS):
        uid, other, where = f"k{number}", f"o{number}", f"{operation}, {call} {skipped}"
        scene.allocate(uid, 1)
        scene.allocate(other, 1)
        answer = None
        if operation == "unprepare":
            answer = prepare(scene.socket, uid)
            assert answer[1] == "", (where, answer)
        # Files of claims have the word in their names; these calls do not know a name.
        path = "" if call in ("fchmod", "fsync") else "claim"
        scene.control.set(call, KILL, error=signal.SIGKILL, skipped=skipped, count=1, path=path)
        try:
            answered = prepare(scene.socket, uid) if operation == "prepare" else unprepare(scene.socket, uid)
        except NoAnswer:
            answered = None
        scene.control.clear()
        if answered is None:
            scene.daemon.wait(timeout=20)
            killed += 1
            scene.start()
        else:
            assert answered[1] == "" if operation == "prepare" else answered == "", (where, answered)
        specs, _, claims = scene.files()
        assert not [name for name in specs if name.startswith(".")], (where, specs)
        assert {f"devicepool-claim-{claim}.json" for claim in claims} >= set(specs), (where, specs, claims)
        if operation == "prepare":
            again = prepare(scene.socket, uid)
            assert again[1] == "" and again == (answered or again), (where, again)
        if uid in scene.files()[2]:
            assert "held by claim" in prepare(scene.socket, other)[1], where
        assert unprepare(scene.socket, uid) == "", where
        assert prepare(scene.socket, other)[1] == "", where
        assert unprepare(scene.socket, other) == "", where
        assert scene.files() == ([], [], []), (where, scene.files())
    print(f"    {killed} kills in {2 * len(STEPS)} tries")
    assert killed >= 15, killed


TESTS = [from_the_slice_to_the_container, an_api_server_that_is_away_fails_new_claims_alone,
         another_claim_does_not_get_the_device, a_successor_knows_what_its_predecessor_prepared,
         sockets_go_with_the_last_pool, a_kill_in_each_call_loses_nothing]


def main(programs, wanted):
    failed = 0
    with tempfile.TemporaryDirectory() as directory:
        shim = build(directory)
        for test in TESTS:
            if wanted and test.__name__ not in wanted:
                continue
            with Scene(programs, shim) as scene:
                try:
                    scene.start()
                    test(scene)
                    print(f"ok    {test.__name__}")
                except Exception:
                    failed += 1
                    print(f"FAIL  {test.__name__}\n{traceback.format_exc()}{scene.said()[-4000:]}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    sys.exit(main(sys.argv[1:3], sys.argv[3:]))

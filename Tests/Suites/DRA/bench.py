"""Figures of DRA beside the device plugin's, in one run of the daemon: times of calls, slices, memory.

usage: bench.py /path/to/devicepool /path/to/devicepool-api [CALLS]"""
import glob
import json
import os
import struct
import sys
import time

from claims import CONFIG, Scene
from kubelet import SERVICE, NoAnswer, claim_list, field
from suite import eventually

from host import nic  # noqa: E402  (kubelet.py knows where)
from peers import DATA, END_STREAM, HEADERS, PING, SETTINGS, WINDOW_UPDATE, Peer, frame  # noqa: E402

DEVICES = 64
ALLOCATE = "/v1beta1.DevicePlugin/Allocate"


class Connection:
    """One connection for all calls, as kubelet has it; it waits in the kernel, not by asking again."""

    def __init__(self, path):
        self.peer, self.stream = Peer(path), -1
        self.peer.socket.setblocking(True)
        self.peer.socket.settimeout(30)
        self.rest = b""

    def call(self, method, payload):
        """The seconds until the answer's end."""
        self.stream += 2
        begin, size = time.perf_counter(), 0
        self.peer.call(method, self.stream, payload)
        while True:
            kind, flags, stream, content = self.frame()
            if kind in (SETTINGS, PING) and not flags & 1:
                self.peer.send(frame(kind, 1, 0, content if kind == PING else b""))
            if stream != self.stream:
                continue
            size += len(content) if kind == DATA else 0
            if kind in (DATA, HEADERS) and flags & END_STREAM:
                if size < 5:
                    raise NoAnswer(f"{method} ended without a message")
                self.peer.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", size)))
                return time.perf_counter() - begin

    def frame(self):
        while len(self.rest) < 9 or len(self.rest) < 9 + int.from_bytes(self.rest[:3], "big"):
            part = self.peer.socket.recv(65536)
            if not part:
                raise NoAnswer("the connection ended")
            self.rest += part
        size, kind, flags, stream = int.from_bytes(self.rest[:3], "big"), self.rest[3], self.rest[4], int.from_bytes(self.rest[5:9], "big")
        content, self.rest = self.rest[9:9 + size], self.rest[9 + size:]
        return kind, flags, stream, content


def kilobytes(process, *keys):
    """What the kernel says of a process."""
    with open(f"/proc/{process.pid}/status") as file:
        sizes = dict(line.split(":\t", 1) for line in file if ":\t" in line)
    return [int(sizes[key].split()[0]) for key in keys]


def own(process):
    """KiB that are the process's own, not shared with others or the page cache."""
    with open(f"/proc/{process.pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private_Dirty"))


def size(scene):
    """(KiB of its own, KiB resident, threads, descriptors) of the daemon."""
    resident, threads = kilobytes(scene.daemon, "VmRSS", "Threads")
    return own(scene.daemon), resident, threads, len(os.listdir(f"/proc/{scene.daemon.pid}/fd"))


def at_rest(scene):
    """The same once it has not changed for a second."""
    last, since = None, time.monotonic()
    while time.monotonic() - since < 1:
        if (now := size(scene)) != last:
            last, since = now, time.monotonic()
        time.sleep(0.1)
    return last


def settings(front_end):
    """Two pools of as many devices: one that this front end serves, and one of the device plugin."""
    [pool] = CONFIG["resourceList"]
    addresses = [nic(number) for number in range(2 * DEVICES)]
    return {"resourceList": [
        {**pool, "resourceName": name, "serve": serve, "selectors": {**pool["selectors"], "pciAddresses": part}}
        for name, serve, part in (("nets", front_end, addresses[:DEVICES]), ("plain", "devicePlugin", addresses[DEVICES:]))]}


def quantile(times, part):
    return sorted(times)[min(len(times) - 1, int(len(times) * part))]


def calls(scene, count):
    """Seconds of each call, turn by turn, so that both meet the same load."""
    [plain] = glob.glob(f"{scene.kubelet}/device-plugins/*plain*")
    plugin, driver = Connection(plain), Connection(scene.socket)
    times = {"Allocate": [], "prepare": [], "prepare again": [], "unprepare": []}
    for number in range(count):
        device, uid = number % DEVICES, f"b{number}"
        scene.allocate(uid, device)
        times["Allocate"].append(plugin.call(ALLOCATE, field(1, field(1, nic(DEVICES + device)))))
        times["prepare"].append(driver.call(SERVICE + "NodePrepareResources", claim_list(uid)))
        times["prepare again"].append(driver.call(SERVICE + "NodePrepareResources", claim_list(uid)))
        times["unprepare"].append(driver.call(SERVICE + "NodeUnprepareResources", claim_list(uid)))
    return times


def writes(scene, edit):
    """The requests that one change of the host costs."""
    before = len(scene.api.writes())
    edit()
    eventually(lambda: len(scene.api.writes()) > before, 90, "a write")
    time.sleep(3)
    return [method for method, _ in scene.api.writes()[before:]]


def main(programs, count):
    table = []
    with Scene(programs, None, nics=2 * DEVICES, config=settings("devicePlugin")) as scene:
        scene.launch()
        eventually(lambda: len(glob.glob(f"{scene.kubelet}/device-plugins/*.sock")) == 2, 20, "the pools")
        table.append(("both pools by the device plugin", at_rest(scene)))
        assert not os.path.exists(scene.socket)
    with Scene(programs, None, nics=2 * DEVICES, config=settings("dra")) as scene:
        scene.start()
        eventually(lambda: len(scene.api.slices) == 1, 20, "the slice")
        table.append(("one of them by DRA", at_rest(scene)))
        times = calls(scene, count)
        table.append((f"after {count} claims", at_rest(scene)))
        [stored] = scene.api.slices.values()
        print(f"slice of {DEVICES} devices: {len(json.dumps(stored, separators=(',', ':')))} bytes of JSON")
        link = scene.root / "sys/devices/pci0000:00" / nic(3) / "driver"
        target = os.readlink(link)
        print(f"writes when a device turns sick: {writes(scene, link.unlink)}, well: {writes(scene, lambda: link.symlink_to(target))}")
        print(f"helper: {own(scene.helper)} KiB of its own, {kilobytes(scene.helper, 'VmRSS')[0]} KiB resident with shared files")
    base = times["Allocate"]
    for name, values in times.items():
        p50, p99 = quantile(values, 0.5), quantile(values, 0.99)
        print(f"{name:<16} p50 {1000 * p50:6.2f} ms = {p50 / quantile(base, 0.5):5.1f}   "
              f"p99 {1000 * p99:6.2f} ms = {p99 / quantile(base, 0.99):5.1f}  of Allocate's")
    for name, (private, resident, threads, descriptors) in table:
        print(f"daemon, {name:<32} {private:6} KiB of its own, {resident} resident, {threads} threads, {descriptors} descriptors")


if __name__ == "__main__":
    sys.stdout.reconfigure(line_buffering=True)
    main(sys.argv[1:3], int(sys.argv[3]) if len(sys.argv) > 3 else 500)

"""Clients that kubelet would never be, beside one that it is: does everybody else go on, and does memory have an end?"""
import os
import pathlib
import random
import socket
import struct
import subprocess
import sys
import threading
import time

import grpc
from node import CARDS, NETS, Node, Plugin, config, eventually
from peers import (CONTINUATION, DATA, END_HEADERS, END_STREAM, HEADERS, PING, PREFACE, RST_STREAM, SETTINGS,
                   WINDOW_UPDATE, Peer, frame, literal, message, request_headers)

WATCH = "/v1beta1.DevicePlugin/ListAndWatch"
ALLOCATE = "/v1beta1.DevicePlugin/Allocate"
# What one client may cost at most, in KiB, while it is there and after it has gone.
PEAK, REST = 96 << 10, 24 << 10
# gRPC's core reads as long as there is something to read, so a client that begins and resets streams faster than they are
# dealt with has them all in memory at once (CVE-2023-44487). Each may cost that much, and a later burst nothing more.
RESETS, KIB_PER_RESET = 20_000, 20


class Witness:
    """kubelet's own connection: it allocates all the time, and everything it is told must be right."""

    def __init__(self, node, baseline):
        self.node, self.baseline = node, baseline
        self.plugin = Plugin(node.socket(NETS))
        self.right, self.wrong, self.slowest = 0, [], 0.0
        self.peak = 0
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        # kubelet's connection is older than the others.
        eventually(lambda: self.right or self.wrong, 15)

    def run(self):
        from node import _message, comparable, nic
        request = _message("v1beta1.AllocateRequest", {"container_requests": [{"devices_ids": [nic(1), nic(0)]}]})
        while not self.is_over.wait(0.02):
            began = time.monotonic()
            try:
                answer = comparable(self.plugin.call(ALLOCATE, request, "v1beta1.AllocateResponse", timeout=10))
                if answer == self.baseline:
                    self.right += 1
                else:
                    self.wrong.append(f"answered {answer}")
            except grpc.RpcError as failure:
                self.wrong.append(f"{failure.code().name}: {failure.details()}")
            self.slowest = max(self.slowest, time.monotonic() - began)
            if self.node.is_running:
                self.peak = max(self.peak, self.node.resident())

    def end(self):
        self.is_over.set()
        self.thread.join()
        self.plugin.close()


# The animals. Each has the node, and gives back what it saw; whatever it opened it closes.

def slow_reader(node):
    peer = Peer(node.socket(NETS))
    peer.call(WATCH)
    taken = b""
    for _ in range(40):
        taken += peer.received(1) or b""
        time.sleep(0.05)
    peer.close()
    return f"read {len(taken)} bytes one by one"


def never_reading(node):
    peers = [Peer(node.socket(NETS), window=0) for _ in range(30)]
    for peer in peers:
        for stream in range(1, 21, 2):
            peer.call(WATCH, stream)
    for round_ in range(20):
        node.write_config(config(excludeTopology=round_ % 2 == 0))
        node.process.send_signal(1)
        time.sleep(0.15)
    node.write_config(config())
    for peer in peers:
        peer.close()
    return "300 streams without a window, 20 new lists"


def thousand_connections(node):
    peers = [Peer(node.socket(NETS)) for _ in range(1000)]
    time.sleep(1)
    closed = sum(peer.is_closed(patience=0.05) for peer in peers)
    for peer in peers:
        peer.close()
    return f"{len(peers)} made, {closed} closed by the daemon"


def half_open(node):
    peers = [Peer(node.socket(NETS), greets=False) for _ in range(40)]
    for number, peer in enumerate(peers):
        peer.send(PREFACE[:number % 24])
        if number % 2:
            peer.socket.shutdown(socket.SHUT_WR)
    time.sleep(1)
    for peer in peers:
        peer.close()
    return "40 connections that stop in the middle of the preface"


def oversized(node):
    peer = Peer(node.socket(NETS))
    peer.send(b"\xff\xff\xff" + bytes([DATA, 0]) + struct.pack(">I", 1) + b"x" * (1 << 20))
    large_frame = peer.is_closed()
    peer.close()
    peer = Peer(node.socket(NETS))
    peer.send(frame(HEADERS, END_HEADERS, 1, request_headers(ALLOCATE))
              + frame(DATA, 0, 1, struct.pack(">BI", 0, 0xffffffff) + b"x" * 16000))
    time.sleep(0.5)
    said = peer.received()
    peer.close()
    plugin = Plugin(node.socket(NETS))
    try:
        plugin.call(ALLOCATE, b"\x0a" + b"\xff\xff\xff\x09" + b"x" * (20 << 20), "v1beta1.AllocateResponse")
        code = "answered"
    except grpc.RpcError as failure:
        code = failure.code().name
    plugin.close()
    if code == "answered" or not large_frame:
        raise AssertionError(f"a message of 20 MiB: {code}; a frame of 16 MiB: closed {large_frame}")
    return f"frame of 16 MiB: closed; length of 4 GiB: {'ended' if said != b'' else 'waits'}; message of 20 MiB: {code}"


def malformed_frames(node):
    chance = random.Random(7)
    for _ in range(300):
        peer = Peer(node.socket(NETS))
        for _ in range(chance.randrange(1, 6)):
            kind, flags = chance.randrange(12), chance.randrange(256)
            payload = chance.randbytes(chance.choice([0, 1, 4, 5, 8, 9, 40, 300]))
            peer.send(frame(kind, flags, chance.choice([0, 1, 2, 3, 0x7fffffff]), payload), patience=0.5)
        peer.close()
    return "300 connections of up to five frames of chance"


def garbage(node):
    chance = random.Random(8)
    for size in (1, 9, 24, 4096, 65536, 1 << 20):
        for greets in (False, True):
            peer = Peer(node.socket(NETS), greets=greets)
            peer.send(chance.randbytes(size), patience=1)
            peer.close()
    return "1 byte to 1 MiB"


def other_authority(node):
    seen = []
    for authority in ("evil.example", "localhost:443", "/etc/passwd", "x" * 300):
        plugin = Plugin(node.socket(NETS), authority=authority)
        plugin.options()
        seen.append(authority[:12])
        plugin.close()
    return "answered alike: who may connect is what counts"


def other_user(node):
    if os.geteuid() != 0:
        return "not tried: needs root to become somebody else"
    path = node.socket(NETS)
    for place in [path, *pathlib.Path(path).parents]:
        if str(place).startswith(str(node.directory)):
            os.chmod(place, 0o777)
    code = ("import socket,sys;s=socket.socket(socket.AF_UNIX);s.settimeout(5);s.connect(sys.argv[1]);"
            "s.sendall(b'PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n'+b'\\0\\0\\0\\4\\0\\0\\0\\0\\0');print(len(s.recv(100)))")
    run = subprocess.run(["/usr/bin/python3", "-c", code, path], cwd="/", user=65534, group=65534, capture_output=True, text=True,
                         timeout=20, check=False)
    os.chmod(path, 0o600)
    if run.stdout.strip() not in ("", "0"):
        raise AssertionError(f"user 65534 was answered: {run.stdout}")
    if not eventually(lambda: any("user 65534" in line for line in node.log_lines()), 5):
        raise AssertionError(f"the log does not name the peer: {run.stdout} {run.stderr[-200:]}")
    return "user 65534, with a socket of mode 0777: closed unanswered, and named in the log"


def flood(node, unit, count, reads=False):
    """Sends `unit` again and again; how much the daemon took."""
    peer = Peer(node.socket(NETS))
    chunk = unit * 1000
    taken = 0
    for _ in range(count // 1000):
        sent = peer.send(chunk, patience=1)
        taken += sent
        if reads:
            peer.received(1 << 20)
        if sent < len(chunk):
            break
    outcome = peer.end(patience=0.2)
    return f"{taken // len(unit)} taken of {count}, then {outcome}"


def ping_flood(node):
    return flood(node, frame(PING, 0, 0, b"12345678"), 400_000)


def settings_flood(node):
    return flood(node, frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65535)), 400_000)


def burst_of_resets(node):
    peer = Peer(node.socket(NETS))
    headers = request_headers(ALLOCATE)
    taken = 0
    for start in range(0, RESETS, 500):
        chunk = b"".join(frame(HEADERS, END_HEADERS, 2 * number + 1, headers)
                         + frame(RST_STREAM, 0, 2 * number + 1, struct.pack(">I", 8))
                         for number in range(start, start + 500))
        if peer.send(chunk, patience=3) < len(chunk):
            break
        peer.received(1 << 20)
        taken += 500
    outcome = peer.end(patience=0.2)
    return f"{taken} streams begun and reset, then {outcome}"


def rapid_reset(node):
    seen = []
    for _ in range(6):
        outcome = burst_of_resets(node)
        time.sleep(1)
        seen.append(node.resident())
    # What is freed stays with the allocator, whose arenas fill during the first bursts.
    if seen[-1] > max(seen[:3]) * 11 // 10:
        raise AssertionError(f"every burst adds: {seen} KiB")
    return f"six times {outcome}; {', '.join(str(one) for one in seen)} KiB"


rapid_reset.peak = rapid_reset.rest = RESETS * KIB_PER_RESET


def continuation_flood(node):
    peer = Peer(node.socket(NETS))
    taken = peer.send(frame(HEADERS, 0, 1, request_headers(ALLOCATE)))
    part = frame(CONTINUATION, 0, 1, literal("x-padding", "y" * 120) * 100)
    for _ in range(2000):
        sent = peer.send(part, patience=1)
        taken += sent
        if sent < len(part):
            break
    outcome = peer.end(patience=0.2)
    return f"{taken >> 10} KiB of headers without an end, then {outcome}"


def header_bomb(node):
    """One large header in the dynamic table, referred to again and again."""
    peer = Peer(node.socket(NETS))
    large = b"\x40\x01a" + bytes([127]) + b"\x81\x1f" + b"z" * (127 + 1 + 31 * 128)
    block = request_headers(ALLOCATE) + large + b"\xbe" * 12000
    peer.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block))
    time.sleep(0.5)
    outcome = peer.end(patience=0.5)
    return f"12000 references to 4 KiB, then {outcome}"


def many_streams(node):
    peer = Peer(node.socket(NETS))
    for number in range(600):
        peer.call(WATCH, 2 * number + 1)
    time.sleep(0.5)
    peer.close()
    return "600 streams on one connection"


def window_overflow(node):
    peer = Peer(node.socket(NETS))
    peer.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7fffffff)) * 3)
    outcome = peer.end(patience=1)
    return f"a window beyond 2^31, then {outcome}"


ANIMALS = [slow_reader, never_reading, thousand_connections, half_open, oversized, malformed_frames, garbage,
           other_authority, other_user, ping_flood, settings_flood, rapid_reset, continuation_flood, header_bomb,
           many_streams, window_overflow]


def visit(node, animal, baseline):
    """A row of the table; throws AssertionError for what must not be."""
    before, descriptors = node.resident(), node.descriptors()
    witness = Witness(node, baseline)
    try:
        saw = animal(node)
        time.sleep(0.3)
    finally:
        witness.end()
    if not node.is_running:
        raise AssertionError(f"the daemon ended with {node.process.returncode}: {node.log_lines()[-1][-200:]}")
    if witness.wrong or not witness.right:
        raise AssertionError(f"kubelet: {witness.right} right, then {witness.wrong[:2]}")
    if not eventually(lambda: node.descriptors() <= descriptors + 2, 10):
        raise AssertionError(f"{descriptors} descriptors before, {node.descriptors()} after")
    if not eventually(lambda: node.answers()[NETS] == baseline and CARDS, 10):
        raise AssertionError("a new connection is not served afterwards")
    after = node.resident()
    if witness.peak - before > getattr(animal, "peak", PEAK) or after - before > getattr(animal, "rest", REST):
        raise AssertionError(f"{before} KiB before, {witness.peak} at most, {after} after")
    return (f"| {animal.__name__.replace('_', ' ')} | {saw} | {witness.right} right, slowest "
            f"{witness.slowest * 1000:.0f} ms | {before} → {witness.peak} → {after} |")


def main():
    node = Node(os.path.abspath(sys.argv[1]))
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    failed = 0
    try:
        node.kubelet.start()
        node.start()
        if not node.kubelet.wait((NETS, CARDS), 20):
            raise SystemExit("does not start: " + "\n".join(node.log_lines()[-5:]))
        baseline = node.answers()[NETS]
        print("| client | what it did | kubelet meanwhile | resident KiB: before → most → after |\n|---|---|---|---|")
        for animal in ANIMALS:
            if only not in ("", animal.__name__):
                continue
            try:
                print(visit(node, animal, baseline), flush=True)
            except (AssertionError, OSError, grpc.RpcError, subprocess.SubprocessError) as failure:
                failed += 1
                print(f"| {animal.__name__} | FAILED: {failure} | | |", flush=True)
                if not node.is_running:
                    break
        code = node.stop()
        if code != 0:
            failed += 1
            print(f"FAILED: exit code {code}")
    finally:
        node.close()
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

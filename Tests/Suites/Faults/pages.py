"""Clients of -listen that do not behave, beside kubelet: neither its calls nor the process may notice them.

Usage: pages.py BINARY [CLIENT]. Each client visits a daemon with 128 descriptors and one with 1024."""
import contextlib
import http.client
import os
import resource
import selectors
import socket
import sys
import threading
import time

from node import CARDS, NETS, Node, eventually
from zoo import Witness

# The daemon's limits (HTTPLimits.swift); resident memory in KiB may grow by so much.
CONNECTIONS, PEAK = 16, 16 << 10
REQUEST = b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n"


class Prober:
    """kubelet's probe: a GET of /healthz every 200 ms, with kubelet's limit of a second."""

    def __init__(self, port):
        self.port, self.right, self.wrong = port, 0, []
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while not self.is_over.wait(0.2):
            try:
                status, body = fetch(self.port, "/healthz", timeout=1)
                if status == 200 and body == "ok\n":
                    self.right += 1
                else:
                    self.wrong.append(f"{status} {body}")
            except (OSError, http.client.HTTPException) as failure:
                self.wrong.append(repr(failure))

    def end(self):
        self.is_over.set()
        self.thread.join()


def fetch(port, path, timeout=5):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def connected(port, count):
    peers = []
    for _ in range(count):
        peer = socket.socket()
        # The daemon may be slow to accept, not the client to ask.
        peer.settimeout(2)
        with contextlib.suppress(OSError):
            peer.connect(("127.0.0.1", port))
        peer.setblocking(False)
        peers.append(peer)
    return peers


def close(peers):
    for peer in peers:
        peer.close()


def send(peer, content):
    """How many bytes were taken; None when the connection has gone."""
    try:
        return peer.send(content)
    except BlockingIOError:
        return 0
    except OSError:
        return None


def gone(peers):
    """How many of the connections the daemon has ended."""
    chooser = selectors.DefaultSelector()
    for peer in peers:
        chooser.register(peer, selectors.EVENT_READ)
    ended = 0
    for key, _ in chooser.select(0):
        try:
            ended += key.fileobj.recv(1 << 16) == b""
        except BlockingIOError:
            pass
        except OSError:
            ended += 1
    chooser.close()
    return ended


# The clients. Each has the port and says what it saw.

def pipelining(port):
    """Requests without end on a few connections, and no answer is read. It once cost 5 GB in 15 s."""
    end = time.monotonic() + 6
    peers, taken = connected(port, 8), 0
    while time.monotonic() < end:
        for place, peer in enumerate(peers):
            count = send(peer, REQUEST * 2000)
            if count is None:
                peer.close()
                peers[place] = connected(port, 1)[0]
            else:
                taken += count
    close(peers)
    return f"{taken >> 10} KiB of requests were taken"


def idle(port):
    peers = connected(port, 1000)
    time.sleep(4)
    ended = gone(peers)
    close(peers)
    if ended < 1000 - CONNECTIONS:
        raise AssertionError(f"{ended} of 1000 idle connections were ended")
    return f"1000 connections made, {ended} ended by the daemon"


def trickling(port):
    """A byte a second on each of a thousand connections, so that none of them is ever idle for long."""
    peers = connected(port, 1000)
    for place in range(6):
        for peer in peers:
            send(peer, REQUEST[place:place + 1])
        time.sleep(0.9)
    time.sleep(1)
    ended = gone(peers)
    close(peers)
    if ended < 1000:
        raise AssertionError(f"{ended} of 1000 trickling connections were ended")
    return f"1000 connections made, {ended} ended by the daemon"


def never_reading(port):
    peers = connected(port, 1000)
    for peer in peers:
        send(peer, REQUEST)
    time.sleep(3)
    close(peers)
    return "1000 asked for /metrics and read nothing"


def endless_headers(port):
    peers = connected(port, 8)
    taken = 0
    for peer in peers:
        taken += send(peer, b"GET / HTTP/1.1\r\n") or 0
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for peer in peers:
            taken += send(peer, b"X-Padding: " + b"x" * 4000 + b"\r\n") or 0
    close(peers)
    if taken > 8 << 20:
        raise AssertionError(f"{taken} bytes of headers were taken")
    return f"{taken >> 10} KiB of headers were taken"


def reading_the_inventory(port):
    """Eight browsers that load the page and its JSON again as soon as they have it."""
    end, counts = time.monotonic() + 6, [0] * 8

    def load(place):
        while time.monotonic() < end:
            path = "/inventory" if place % 2 else "/inventory.json"
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, body = fetch(port, path, timeout=10)
                # A connection may give way to a younger one before its answer is complete.
                if status == 200 and body.rstrip().endswith("</html>" if place % 2 else "}"):
                    counts[place] += 1
    readers = [threading.Thread(target=load, args=[place]) for place in range(len(counts))]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    if sum(counts) < 8:
        raise AssertionError(f"{counts} pages were read")
    return f"{sum(counts)} pages read"


def never_reading_the_inventory(port):
    peers = connected(port, 1000)
    for peer in peers:
        send(peer, b"GET /inventory HTTP/1.1\r\n\r\n")
    time.sleep(3)
    close(peers)
    return "1000 asked for /inventory and read nothing"


def flood(port):
    """Connections made and dropped as fast as one process can."""
    end, count = time.monotonic() + 4, 0
    while time.monotonic() < end:
        close(connected(port, 20))
        count += 20
    return f"{count} connections made and dropped"


INVENTORY = [reading_the_inventory, never_reading_the_inventory]
CLIENTS = [pipelining, idle, trickling, never_reading, endless_headers, *INVENTORY, flood]
# Functions of the large host, and what their pages may take of memory: two of each, since one is made while the last is sent.
MANY, MANY_PEAK = 4096, 48 << 10


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(binary, port, descriptors, nics=4):
    # A daemon that grows without a limit ends itself before it ends the machine.
    limits = ("prlimit", f"--nofile={descriptors}:{descriptors}", f"--data={1 << 30}")
    node = Node(binary, nics=nics, flags=("-listen", f"127.0.0.1:{port}"), prefix=limits)
    try:
        node.kubelet.start()
        node.start()
        if not node.kubelet.wait((NETS, CARDS), 20):
            raise SystemExit("does not start: " + "\n".join(node.log_lines()[-5:]))
        yield node
        code = node.stop()
        if code != 0:
            raise AssertionError(f"exit code {code}")
    finally:
        node.close()


def visit(node, port, client, most=PEAK):
    """A row of the table; throws AssertionError for what must not be."""
    baseline = node.answers()[NETS]
    before, descriptors, lines, cpu = node.resident(), node.descriptors(), len(node.log_lines()), node.cpu()
    began = time.monotonic()
    witness, prober = Witness(node, baseline), Prober(port)
    try:
        saw = client(port)
    finally:
        witness.end()
        prober.end()
    if not node.is_running:
        raise AssertionError(f"the daemon ended with {node.process.returncode}")
    share = (node.cpu() - cpu) / (time.monotonic() - began)
    if witness.wrong or not witness.right:
        raise AssertionError(f"kubelet: {witness.right} right, {len(witness.wrong)} wrong: {witness.wrong[:2]}")
    if prober.wrong or not prober.right:
        raise AssertionError(f"the probe: {prober.right} right, {len(prober.wrong)} wrong: {prober.wrong[:2]}")
    if witness.peak - before > most:
        raise AssertionError(f"{before} KiB before, {witness.peak} at most")
    said = [line for line in node.log_lines()[lines:] if '"allocated"' not in line]
    if len(said) > 20 or any("[warn]" in line for line in said):
        raise AssertionError(f"{len(said)} lines in the log: {said[:2]}")
    if not eventually(lambda: node.descriptors() <= descriptors + 2, 15):
        raise AssertionError(f"{descriptors} descriptors before, {node.descriptors()} after")
    return (f"| {client.__name__.replace('_', ' ')} | {saw} | {witness.right} right, slowest {witness.slowest * 1000:.0f} ms | "
            f"{prober.right} right | {before} → {witness.peak} | {share:.0%} |")


def taken_port(binary):
    """A process of any user may have the port first: devices are served all the same, and the pages come when it has gone."""
    with contextlib.closing(socket.socket()) as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        with serving(binary, port, 1024) as node:
            if not node.answers()[NETS]:
                raise AssertionError("kubelet is not answered")
            time.sleep(11)
            told = [line for line in node.log_lines() if "Address already in use" in line]
            if len(told) != 1:
                raise AssertionError(f"the log says it {len(told)} times")
            holder.close()
            if not eventually(lambda: fetch(port, "/readyz")[0] == 200, 12):
                raise AssertionError("no pages after the port became free")
    return "| taken port | devices served; told once; pages within 10 s of its end | | | | |"


def attempt(description, body):
    try:
        print(body(), flush=True)
        return 0
    except (AssertionError, OSError, SystemExit) as failure:
        print(f"| {description} | FAILED: {str(failure)[:300]} | | | | |", flush=True)
        return 1


def main():
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    binary = os.path.abspath(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    failed = 0
    for descriptors in (128, 1024):
        print(f"\n{descriptors} descriptors\n\n| client | what it did | kubelet meanwhile | probes meanwhile | "
              "resident KiB: before → most | CPU |\n|---|---|---|---|---|---|", flush=True)
        for client in CLIENTS:
            if only not in ("", client.__name__):
                continue
            port = free_port()

            def alone(client=client, port=port, descriptors=descriptors):
                with serving(binary, port, descriptors) as node:
                    return visit(node, port, client)
            failed += attempt(client.__name__, alone)
    print(f"\n{MANY} functions\n", flush=True)
    for client in INVENTORY:
        if only in ("", client.__name__):
            port = free_port()

            def large(client=client, port=port):
                with serving(binary, port, 1024, MANY) as node:
                    return visit(node, port, client, MANY_PEAK)
            failed += attempt(client.__name__, large)
    if only in ("", "taken_port"):
        failed += attempt("taken port", lambda: taken_port(binary))
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

"""What may happen to one device, one directory or one predecessor must not take all pools along.

Usage: availability.py BINARY [CASE]. Each case drives the release binary on a generated node."""
import contextlib
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import threading
import time

import grpc
from control import Control, build
from node import CARDS, NETS, Node, Plugin, config, eventually, is_socket, nic, replace


@contextlib.contextmanager
def serving(binary, **options):
    node = Node(binary, **options)
    try:
        node.kubelet.start()
        node.start()
        if not node.kubelet.wait((NETS, CARDS), 20):
            raise AssertionError("does not start: " + "\n".join(node.log_lines()[-5:]))
        yield node
    finally:
        node.close()


def check(fact, words):
    if not fact:
        raise AssertionError(words)


def hang_is_ended(binary):
    """A read that does not return, on the thread that answers kubelet: the process ends, with words."""
    with serving(binary, flags=("-watchdog", "4")) as node:
        # With another binding the function is read again, by the thread that has the call.
        driver = node.root / "sys/devices/pci0000:00" / nic(0) / "driver"
        driver.unlink()
        driver.symlink_to("../../../bus/pci/drivers/iavf")
        attribute = driver.with_name("numa_node")
        attribute.unlink()
        os.mkfifo(attribute)
        began = time.monotonic()

        def call():
            with contextlib.suppress(grpc.RpcError):
                node.answer(NETS, timeout=60)
        caller = threading.Thread(target=call)
        caller.start()
        eventually(lambda: not node.is_running or not caller.is_alive(), 20)
        ended = not node.is_running
        took = time.monotonic() - began
        caller.join()
        if not ended:
            # A daemon whose reads have an end needs no watchdog.
            check(node.answer(CARDS), "neither ended nor serving")
            return f"Allocate came back after {took:.1f} s; the process serves on"
        code = node.process.wait()
        check(code == 4, f"exit code {code}")
        check(any("calls are not answered" in line for line in node.log_lines()), "it does not say why")
        return f"exit code 4 after {took:.1f} s, kubelet's call ended"


def block(node, address):
    """A file of one device does not answer a read from now on."""
    attribute = node.root / "sys/devices/pci0000:00" / address / "numa_node"
    replace(attribute, os.mkfifo)
    return attribute


def silence(node, address):
    """The same, and the daemon reads it at the next call."""
    attribute = block(node, address)
    # With another group the function is read again.
    group = attribute.with_name("iommu_group")
    group.unlink()
    group.symlink_to("../../../kernel/iommu_groups/77")
    (node.root / "sys/kernel/iommu_groups/77").mkdir(exist_ok=True)
    return attribute


def answer_again(attribute):
    with open(attribute, "r+b", buffering=0) as pipe:
        replace(attribute, lambda path: path.write_text("0\n"))
        pipe.write(b"0\n")
        time.sleep(0.2)


def silent_file(binary):
    """One file that does not answer, while kubelet calls, restarts and the configuration is read again."""
    with serving(binary) as node:
        attribute = silence(node, nic(0))
        began = time.monotonic()
        refusals = []

        def call():
            try:
                node.answer(NETS, timeout=20)
            except grpc.RpcError as error:
                refusals.append(error)
        caller = threading.Thread(target=call)
        caller.start()
        slowest = 0.0
        while caller.is_alive():
            asked = time.monotonic()
            node.answer(CARDS, timeout=1)
            slowest = max(slowest, time.monotonic() - asked)
        took = time.monotonic() - began
        check(refusals and "no answer for 2 s" in refusals[0].details(), f"not refused with a reason: {refusals}")
        check(took < 6, f"refused after {took:.1f} s")
        node.kubelet.restart()
        check(node.kubelet.wait((NETS, CARDS), 10), "kubelet's restart is not followed")
        # A rescan with the file as it is; the threads that wait do not add up.
        threads = node.threads()
        for turn in range(3):
            node.write_config(config(excludeTopology=turn % 2 == 0))
            time.sleep(1.5)
        check(node.threads() <= threads + 3, f"{threads} threads became {node.threads()}")
        check(any("is unhealthy" in line and nic(0) in line for line in node.log_lines()), "it is not told as Unhealthy")
        answer_again(attribute)
        check(eventually(lambda: node.answer(NETS), 10), "it does not come back")
        return f"refused after {took:.1f} s; the other pool answered within {slowest * 1000:.0f} ms; it came back by itself"


def silent_file_at_start(binary):
    """The same before the daemon starts: all other devices are offered."""
    node = Node(binary)
    try:
        attribute = silence(node, nic(3))
        node.kubelet.start()
        began = time.monotonic()
        node.start()
        check(node.kubelet.wait((NETS, CARDS), 10), "nothing is offered")
        took = time.monotonic() - began
        node.answers()
        check(any("could not be read" in line and nic(3) in line for line in node.log_lines()), "the log does not name it")
        answer_again(attribute)
        check(eventually(lambda: any("answers again" in line for line in node.log_lines()), 10), "it does not come back")
        return f"registered after {took:.1f} s without the device"
    finally:
        node.close()


def blocked_log(binary):
    """Nobody reads standard error: lines are lost, calls are not."""
    reader, writer = os.pipe()
    node = Node(binary)
    try:
        node.kubelet.start()
        node.start(error=writer)
        check(node.kubelet.wait((NETS, CARDS), 20), "does not start")
        end = time.monotonic() + 20
        calls = 0
        # Each answer is a line of the log.
        while time.monotonic() < end and calls < 2000:
            node.answer(NETS, timeout=2)
            calls += 1
        text = os.read(reader, 1 << 20)
        node.answers()
        time.sleep(0.2)
        text += os.read(reader, 1 << 20)
        check(b"log lines were lost" in text, "the loss is not told")
        check(node.stop() == 0, "does not end")
        return f"{calls} calls answered; the next line that got through tells how many were lost"
    finally:
        node.close()
        os.close(reader)
        os.close(writer)


def stopped_process(binary):
    """SIGSTOP for longer than the watchdog's time, as a suspended machine: nothing hangs, so nothing ends."""
    with serving(binary, flags=("-watchdog", "2")) as node:
        node.process.send_signal(19)
        time.sleep(5)
        node.process.send_signal(18)
        time.sleep(3)
        check(node.is_running, f"ended with {node.process.returncode}")
        check(node.answers(), "does not answer")
        return "5 s stopped with -watchdog 2: serves on"


def successor(binary):
    """A rollout whose processes overlap: the new one must be there as soon as the old one has gone."""
    seen = []
    for overlap in (5, 12):
        with serving(binary) as node:
            old = node.process
            node.start()
            time.sleep(overlap)
            node.kubelet.registered = {}
            began = time.monotonic()
            old.terminate()
            old.wait(20)
            check(node.kubelet.wait((NETS, CARDS), 40), "never registered")
            seen.append(time.monotonic() - began)
            check(seen[-1] < 1.5, f"away for {seen[-1]:.1f} s after an overlap of {overlap} s")
    return ", ".join(f"{one:.2f} s" for one in seen) + " without pools after overlaps of 5 and 12 s"


class Watcher:
    """kubelet's plugin watcher: once a second it asks each socket of plugins_registry that it does not know yet."""

    def __init__(self, directory):
        self.directory = directory
        self.known = {}
        self.registered = {}
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self._run)
        self.thread.start()

    def _run(self):
        while not self.ended.wait(1):
            sockets = {}
            for path in filter(is_socket, self.directory.iterdir()):
                with contextlib.suppress(FileNotFoundError):
                    # A new socket may get the number of the one that has gone.
                    sockets[path] = (path.stat().st_ino, path.stat().st_ctime_ns)
            for path in sockets.keys() - {p for p in self.known if self.known[p] == sockets.get(p)}:
                # A predecessor's socket may go meanwhile: it is asked again a second later.
                with contextlib.suppress(grpc.RpcError):
                    self._register(path)
                    self.known[path] = sockets[path]
            self.known = {path: one for path, one in self.known.items() if path in sockets}

    def _register(self, path):
        plugin = Plugin(str(path))
        name = plugin.info().name
        plugin.options()
        stream = plugin.watch()
        stream.next()
        plugin.notify(True)
        self.registered[name] = (plugin, stream)

    def close(self):
        self.ended.set()
        self.thread.join()
        for plugin, stream in self.registered.values():
            stream.call.cancel()
            plugin.close()


def successor_by_watcher(binary):
    """The same where kubelet's plugin watcher finds the sockets, which looks once a second."""
    seen = []
    for overlap in (5, 5.3, 5.7):
        node = Node(binary, registration="watcher")
        watcher = Watcher(node.registry)
        try:
            node.start()
            check(eventually(lambda: {NETS, CARDS} <= set(watcher.registered), 20), "does not start")
            old = node.process
            node.start()
            time.sleep(overlap)
            watcher.registered = {}
            began = time.monotonic()
            old.terminate()
            old.wait(20)
            check(eventually(lambda: {NETS, CARDS} <= set(watcher.registered), 20), "never registered")
            seen.append(time.monotonic() - began)
            # One look of the watcher, and what it then asks.
            check(seen[-1] < 2, f"away for {seen[-1]:.1f} s")
        finally:
            watcher.close()
            node.close()
    return ", ".join(f"{one:.2f} s" for one in seen) + " without pools: the watcher's next look"


def no_inotify(binary):
    """No inotify instance left for this user: kubelet's restarts are seen all the same."""
    node = Node(binary)
    library = build(node.directory)
    control = Control(node.directory / "faults")
    control.set("inotify_init1", 1, 24)
    try:
        node.kubelet.start()
        node.start(control.environment(library))
        check(node.kubelet.wait((NETS, CARDS), 20), "does not start without inotify")
        node.kubelet.restart()
        check(node.kubelet.wait((NETS, CARDS), 20), "kubelet's restart was not seen")
        told = [line for line in node.log_lines() if "max_user_instances" in line]
        check(len(told) == 1, f"the log names the sysctl {len(told)} times")
        control.clear()
        check(eventually(lambda: any("watched again" in line for line in node.log_lines()), 15), "inotify is not tried again")
        return "kubelet's restart is followed within 20 s; the sysctl is named once; inotify is used when there is room"
    finally:
        node.close()
        control.close()


def retargeted_directory(binary):
    """device-plugins is a link that comes to lead elsewhere, and kubelet starts there: no event tells."""
    node = Node(binary)
    try:
        real = node.directory / "first"
        node.plugins.rename(real)
        node.plugins.symlink_to(real)
        node.kubelet.start()
        node.start()
        check(node.kubelet.wait((NETS, CARDS), 20), "does not start")
        node.kubelet.stop()
        other = node.directory / "second"
        other.mkdir()
        temporary = pathlib.Path(f"{node.plugins}.new")
        temporary.symlink_to(other)
        temporary.rename(node.plugins)
        node.kubelet.start()
        began = time.monotonic()
        check(node.kubelet.wait((NETS, CARDS), 80), "the new directory was not found")
        took = time.monotonic() - began
        node.kubelet.restart()
        check(node.kubelet.wait((NETS, CARDS), 10), "the new directory is not watched")
        return f"registered in the new directory after {took:.0f} s; the next restart of kubelet is followed at once"
    finally:
        node.close()


def removed_directory(binary):
    """device-plugins is removed with all that is in it and made again by a kubelet that starts."""
    with serving(binary) as node:
        node.kubelet.stop()
        # The daemon makes its sockets anew as long as it finds the directory.
        node.plugins.rename(node.directory / "gone")
        time.sleep(1)
        node.plugins.mkdir()
        node.kubelet.start()
        check(node.kubelet.wait((NETS, CARDS), 80), "not registered again")
        return "registered again"


def descriptor_limit(binary):
    """The soft limit is for programs that use select(2); it is raised to the hard one."""
    with serving(binary, prefix=("prlimit", "--nofile=256:4096")) as node:
        for line in pathlib.Path(f"/proc/{node.process.pid}/limits").read_text().splitlines():
            if line.startswith("Max open files"):
                check(line.split()[3:5] == ["4096", "4096"], line)
        return "256 became 4096"


def large_machine(binary):
    """A rehearsal of 40,000 functions ends. It once wrote their files twice, and gave up after 30 s."""
    count, most = 40_000, 60
    with tempfile.TemporaryDirectory(prefix="devicepool-faults-") as directory:
        place = pathlib.Path(directory)
        lines = ["machine of many functions", "dir sys/bus/pci/drivers/vfio-pci"]
        for number in range(count):
            domain, rest = divmod(number, 8192)
            address = f"{domain:04x}:{rest // 256:02x}:{rest // 8 % 32:02x}.{rest % 8}"
            device = f"sys/devices/pci{domain:04x}:00/{address}"
            lines += [f"file {device}/modalias pci:v00008086d0000154Csv00000000sd00000000bc02sc00i00",
                      f"file {device}/numa_node {rest // 4096}",
                      f"link {device}/driver -> ../../../bus/pci/drivers/vfio-pci",
                      f"link sys/bus/pci/devices/{address} -> ../../../{device[4:]}"]
        (place / "many.tree").write_text("\n".join(lines) + "\n")
        (place / "config.json").write_text(json.dumps(config()))
        def left():
            return {path for parent in ("/dev/shm", "/tmp") for path in pathlib.Path(parent).glob("devicepool-*")}
        before, began, found = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic(), left()
        environment = {name: value for name, value in os.environ.items() if name != "TMPDIR"}
        done = subprocess.run(
            [binary, "simulate", "-o", "json", "-machine", place / "many.tree", "-config-file", place / "config.json",
             "-request", f"{NETS}=2"], env=environment, capture_output=True, text=True, timeout=400)
        took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        check(done.returncode == 0, f"exit code {done.returncode} after {took:.0f} s: {done.stderr[-200:]}")
        check(json.loads(done.stdout)["allocatable"] == {NETS: count}, done.stdout[:200])
        check(not any(path.name.startswith("devicepool-machine-") for path in left() - found), f"left: {left() - found}")
        check(cpu < most, f"{cpu:.0f} s of CPU")
        return f"{count} functions in {took:.0f} s, {cpu:.0f} s of CPU"


CASES = [hang_is_ended, silent_file, silent_file_at_start, blocked_log, stopped_process, successor,
         successor_by_watcher, no_inotify, retargeted_directory, removed_directory, descriptor_limit,
         large_machine]


def main():
    binary = os.path.abspath(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    failed = 0
    print("| case | outcome |\n|---|---|")
    for case in CASES:
        if only not in ("", case.__name__):
            continue
        try:
            print(f"| {case.__name__.replace('_', ' ')} | {case(binary)} |", flush=True)
        except (AssertionError, OSError, grpc.RpcError, subprocess.SubprocessError) as failure:
            failed += 1
            print(f"| {case.__name__} | FAILED: {str(failure)[:300]} |", flush=True)
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

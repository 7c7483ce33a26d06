"""What may happen to one device, one directory or one predecessor must not take all pools along.

Usage: availability.py BINARY [CASE]. Each case drives the release binary on a generated node."""
import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import time

import grpc
from control import Control, build
from node import CARDS, NETS, Node, eventually, nic


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
        ended = eventually(lambda: not node.is_running, 20)
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


CASES = [hang_is_ended, stopped_process, successor, no_inotify, retargeted_directory, removed_directory, descriptor_limit]


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

"""Makes system calls of the daemon fail, one kind after the other, at its start and while it serves.

Under a fault an answer is the right one or an error; a daemon that can't go on says why and ends with an exit code that is
not 0; none hangs; and once the fault is over, everything is as it was.
"""
import concurrent.futures
import contextlib
import errno
import os
import random
import re
import sys
import tempfile
import time

import grpc
from control import FAIL, KILL, Control, build
from node import CARDS, NETS, Node, config, eventually

# What Linux's manual pages have for the call and this program can meet; `short` is a transfer of one byte.
FAULTS = {
    "open": ["EMFILE", "ENFILE", "EACCES", "EIO", "ENOMEM", "EINTR"],
    "openat": ["EMFILE", "EACCES", "EIO", "EEXIST"],
    "read": ["EIO", "EINTR", "short"],
    "write": ["ENOSPC", "EIO", "EINTR", "short"],
    "rename": ["ENOSPC", "EACCES", "EIO"],
    "unlink": ["EACCES", "EIO"],
    "bind": ["EACCES", "EADDRINUSE", "ENOMEM"],
    "listen": ["EADDRINUSE"],
    "accept4": ["EMFILE", "ENFILE", "ENOMEM", "ECONNABORTED", "EINTR"],
    "connect": ["ECONNREFUSED", "EACCES", "EAGAIN", "EINTR"],
    "socket": ["EMFILE", "ENFILE", "EACCES", "ENOMEM"],
    "sendmsg": ["EPIPE", "ENOBUFS", "ENOMEM", "EINTR", "short"],
    "recvmsg": ["ECONNRESET", "ENOMEM", "EINTR", "short"],
    "send": ["EIO"],
    "recv": ["EIO"],
    "inotify_init1": ["EMFILE", "ENFILE"],
    "inotify_add_watch": ["ENOSPC", "EACCES"],
    "epoll_create1": ["EMFILE"],
    "pthread_create": ["EAGAIN"],
    "epoll_ctl": ["ENOSPC", "ENOMEM"],
    "epoll_wait": ["EINTR"],
    "eventfd": ["EMFILE"],
    "signalfd": ["EMFILE"],
    "mkdir": ["ENOSPC", "EACCES", "EROFS"],
    "chmod": ["EPERM", "EIO"],
    "fchmod": ["EPERM", "EIO"],
    "getdents64": ["EIO"],
    "readlinkat": ["EACCES", "EIO"],
    "lstat": ["EIO", "EACCES"],
    "stat": ["EIO"],
    "fcntl": ["EMFILE"],
    "flock": ["ENOLCK", "EINTR"],
}
# kubelet is given 20 s to answer Register, and the longest pause between two attempts is half a minute.
RECOVERY = 75
RESOURCES = (NETS, CARDS)


class Wrong(Exception):
    """Something that must not be."""


def check_end(node, code, error):
    """What a daemon that ended by itself says; throws Wrong when it is no clear error."""
    last = node.log_lines()[-1] if node.log_lines() else ""
    if code < 0:
        # gRPC's core aborts when it can't have a descriptor for itself, and says which.
        if error != "short" and os.strerror(getattr(errno, error)) in last:
            return f"signal {-code}: {reason(last)}"
        raise Wrong(f"ended by signal {-code}: {last[-160:]}")
    if code == 0 or not last:
        raise Wrong(f"exit code {code} without an error: {last[-160:]}")
    return f"exit {code}: {reason(last)}"


def reason(line):
    """The message of a log line, without time, level and paths of this run."""
    words = line.split(" : ")[-1].split("] ")[-1]
    return re.sub(r"/[^ \"]*devicepool-faults-[^/ \"]*", "…", words)[-90:]


def check_recovered(node, baseline, error="short"):
    began = time.monotonic()
    if not eventually(lambda: node.kubelet.wait(RESOURCES, 0.1) and node.answers(2) == baseline, RECOVERY):
        if not node.is_running:
            return check_end(node, node.process.returncode, error)
        raise Wrong(f"not back {RECOVERY} s after the fault: {node.log_lines()[-1][-160:]}")
    took = time.monotonic() - began
    return "serves" if took < 2 else f"serves again after {took:.0f} s"


def check_stop(node):
    code = node.stop()
    if code != 0:
        raise Wrong("did not end when asked to" if code is None else f"exit code {code} when asked to stop")


@contextlib.contextmanager
def stage(binary):
    """A node with its kubelet, on which no daemon runs yet, and the control of the faults to come."""
    node = Node(binary)
    control = Control(node.directory / "control")
    try:
        node.kubelet.start()
        yield node, control
    finally:
        control.close()
        node.close()


def start(node, environment=None):
    """Starts the daemon and waits until kubelet has its pools."""
    node.start(environment)
    if not node.kubelet.wait(RESOURCES, 20):
        raise Wrong("does not start without a fault: " + "\n".join(node.log_lines()[-5:]))


def baseline_of(binary):
    with stage(binary) as (node, _):
        start(node)
        answers = node.answers()
        check_stop(node)
        return answers


def at_start(binary, library, call, error, baseline):
    with stage(binary) as (node, control):
        with faulty(control, call, error):
            node.start(control.environment(library))
            served = node.kubelet.wait(RESOURCES, 2)
            eventually(lambda: not node.is_running, 0 if served else 1)
        if control.hits == 0:
            return "not called"
        if not node.is_running:
            return check_end(node, node.process.returncode, error)
        outcome = check_recovered(node, baseline, error)
        if node.is_running:
            check_stop(node)
        return outcome if served or outcome.startswith("exit") else f"waits, then {outcome}"


def reconfigure(node, text):
    """Gives the daemon another configuration, and a moment to read it and the host, as far as it can."""
    def readings():
        return sum("configuration read again" in line or "new configuration can't be used" in line for line in node.log_lines())
    before = readings()
    node.write_config(text)
    eventually(lambda: readings() > before, 1)
    time.sleep(0.1)


def in_service(binary, library, call, error, baseline):
    with stage(binary) as (node, control):
        start(node, control.environment(library))
        with faulty(control, call, error):
            outcomes = ask(node, baseline)
            reconfigure(node, config(replicas=2))
            outcomes += ask(node, None)
            node.kubelet.restart()
            node.kubelet.wait(RESOURCES, 2)
            reconfigure(node, config())
            outcomes += ask(node, None)
        if control.hits == 0:
            return "not called"
        if not node.is_running:
            return check_end(node, node.process.returncode, error)
        node.write_config(config())
        outcome = check_recovered(node, baseline, error)
        if not node.is_running:
            return outcome
        check_stop(node)
        # What an unlink that fails leaves behind is a socket nobody listens on.
        stray = [name for name in node.stray_files() if call != "unlink"]
        if stray:
            raise Wrong(f"left behind: {stray}")
        answered = sum(one == "right" for one in outcomes)
        errors = sorted({one for one in outcomes if one != "right"})
        return f"{answered}/{len(outcomes)} right{', else ' + ' '.join(errors) if errors else ''}; {outcome}"


def ask(node, baseline):
    """How each pool's Allocate ends; throws Wrong for an answer that is neither right nor an error."""
    outcomes = []
    for resource in RESOURCES:
        try:
            answer = node.answer(resource, timeout=3)
        except grpc.RpcError as failure:
            outcomes.append(failure.code().name)
            continue
        # While the configuration changes, the units of one pool have other names; an answer has its devices anyway.
        if baseline is not None and answer != baseline[resource]:
            raise Wrong(f"{resource}: answered {answer}, expected {baseline[resource]}")
        outcomes.append("right")
    return outcomes


def faulty(control, call, error):
    # Interrupted for ever is no fault that exists.
    return Interrupted(control, call) if error == "EINTR" else control.fault(call, error)


class Interrupted:
    """The first two dozen calls are interrupted."""

    def __init__(self, control, call):
        self.control, self.call = control, call

    def __enter__(self):
        self.control.set(self.call, FAIL, errno.EINTR, count=24)

    def __exit__(self, *_):
        self.control.clear()


def clock_jumps(binary, library, baseline):
    """The wall clock jumps by years and back while kubelet restarts: only the log's times may follow it."""
    with stage(binary) as (node, control):
        start(node, control.environment(library))
        slowest = 0.0
        year = 365 * 86400
        for seconds in (3600, -3600, year, -year, 20 * year, -20 * year, 1, 0):
            asked = control.seen("clock_gettime")
            control.move_clock(seconds)
            began = time.monotonic()
            node.kubelet.restart()
            if not node.kubelet.wait(RESOURCES, 15) or node.answers() != baseline:
                raise Wrong(f"not registered again after a jump of {seconds} s: {node.log_lines()[-1][-160:]}")
            slowest = max(slowest, time.monotonic() - began)
            if control.seen("clock_gettime") == asked:
                raise Wrong("the wall clock was not asked: the jump was none")
        cpu = node.cpu()
        time.sleep(2)
        if node.cpu() - cpu > 0.2:
            raise Wrong(f"{node.cpu() - cpu:.2f} s of CPU in two idle seconds after the jumps")
        check_stop(node)
        return f"registered again within {slowest:.1f} s after each of 8 jumps of the wall clock"


def killed(binary, library, seed, baseline):
    """Ends the daemon by SIGKILL in the middle of a call, then starts it again."""
    chance = random.Random(seed)
    call = chance.choice(["open", "openat", "read", "write", "rename", "bind", "listen", "chmod", "fchmod", "accept4",
                          "sendmsg", "recvmsg", "connect", "mkdir", "unlink", "epoll_ctl"])
    with stage(binary) as (node, control):
        begins_faulty = chance.random() < 0.6
        if begins_faulty:
            control.set(call, KILL, 9, skipped=chance.randrange(30), count=1)
        node.start(control.environment(library))
        node.kubelet.wait(RESOURCES, 2)
        if not begins_faulty:
            control.set(call, KILL, 9, skipped=chance.randrange(6), count=1)
        for _ in range(4):
            if node.is_running:
                try:
                    node.answers(1)
                    node.kubelet.restart()
                    node.kubelet.wait(RESOURCES, 1)
                except (grpc.RpcError, OSError):
                    pass
        was_killed = not node.is_running
        control.clear()
        if not was_killed:
            node.stop(9)
        cut = [name for name in node.stray_files() if name.endswith("cut short")]
        if cut:
            raise Wrong(f"{call}: {cut}")
        node.kubelet.stop()
        node.kubelet.start()
        node.start()
        check_recovered(node, baseline)
        check_stop(node)
        stray = node.stray_files()
        if stray:
            raise Wrong(f"{call}: left behind after a restart: {stray}")
        return "killed" if was_killed else "killed afterwards"


def main():
    binary = os.path.abspath(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    kills = int(os.environ.get("KILLS", "40"))
    wrong = 0
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(3) as pool:
        library = build(directory)
        baseline = baseline_of(binary)
        cases = [(call, error) for call, errors in FAULTS.items() for error in errors if only in ("", call)]
        rows = {case: [pool.submit(part, binary, library, *case, baseline) for part in (at_start, in_service)]
                for case in cases}
        print("| call | fault | from the start | while it serves |\n|---|---|---|---|")
        for (call, error), parts in rows.items():
            texts = []
            for part in parts:
                text = outcome_of(part)
                wrong += text.startswith("WRONG")
                texts.append(text.replace("|", "/"))
            print(f"| {call} | {error} | {' | '.join(texts)} |", flush=True)
        if only in ("", "clock"):
            text = outcome_of(pool.submit(clock_jumps, binary, library, baseline))
            wrong += text.startswith("WRONG")
            print(f"clock: {text}")
        if only in ("", "kill"):
            outcomes = [outcome_of(part) for part in
                        [pool.submit(killed, binary, library, seed, baseline) for seed in range(kills)]]
            for text in outcomes:
                if text.startswith("WRONG"):
                    wrong += 1
                    print(text)
            print(f"killed in a call and started again: {kills} times, {outcomes.count('killed')} in the call itself")
    print(f"{len(cases)} faults, {wrong} wrong outcomes")
    return 1 if wrong else 0


def outcome_of(part):
    try:
        return part.result()
    except Wrong as wrong:
        return f"WRONG: {wrong}"
    except Exception as failure:  # noqa: BLE001: one case's trouble is not the others'
        return f"WRONG: {type(failure).__name__}: {failure}"


if __name__ == "__main__":
    sys.exit(main())

"""Denies system calls by seccomp, as a container runtime's profile may: a daemon that can't serve without one ends and names it.

Usage: denied.py BINARY [CALL]. Each call is denied with EPERM, as runtimes do, and with ENOSYS, as old kernels do. What is
denied here is denied for the whole life of the process.
"""
import concurrent.futures
import ctypes
import errno
import os
import pathlib
import re
import struct
import subprocess
import sys

import grpc
from node import CARDS, NETS, Node, eventually

# Without one of these no pool can be served (denied.c).
REQUIRED = ["epoll_create1", "epoll_ctl", "epoll_wait", "eventfd2", "clone3", "getdents64", "readlinkat", "poll", "signalfd4",
            "access", "mkdir", "chmod", "fchmod", "rename", "renameat", "socket", "bind", "listen", "accept4", "connect",
            "getsockopt", "sendmsg", "recvmsg"]
# There is another way, or nothing is lost. glibc itself makes clone of clone3 where that is ENOSYS.
OPTIONAL = ["inotify_init1", "inotify_add_watch", "statx", "setsockopt", "getsockname", "getpeername", "unlink", "unlinkat",
            "flock", "prlimit64", "sched_getaffinity", "timerfd_create", "timerfd_settime", "getrandom", "prctl", "uname",
            "getrusage", "capget", "madvise", "sched_yield"]
RESOURCES = (NETS, CARDS)
ME = pathlib.Path(__file__).resolve()


def numbers():
    """Of this machine's system calls, as the kernel's header has them."""
    for header in ("x86_64-linux-gnu/asm/unistd_64.h", "aarch64-linux-gnu/asm/unistd_64.h", "asm-generic/unistd.h"):
        path = pathlib.Path("/usr/include", header)
        if path.exists():
            return {name: int(number) for name, number in re.findall(r"^#define __NR_(\w+) (\d+)", path.read_text(), re.MULTILINE)}
    raise SystemExit("no header has the numbers of system calls: install linux-libc-dev")


def deny(call, number, error):
    """Makes `call` fail in this process and what it becomes, by a filter in the classic BPF of seccomp(2)."""
    load, jump, leave = 0x20, 0x15, 0x06
    allow, fail = 0x7FFF0000, 0x00050000 | error
    program = [(load, 0, 0, 0), (jump, 0, 1, number), (leave, 0, 0, fail), (leave, 0, 0, allow)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
    libc = ctypes.CDLL(None, use_errno=True)
    no_new_privileges, set_seccomp, filter_mode = 38, 22, 2
    whole = Program(len(program), ctypes.addressof(code))
    if libc.prctl(no_new_privileges, 1, 0, 0, 0) or libc.prctl(set_seccomp, filter_mode, ctypes.byref(whole), 0, 0):
        raise OSError(ctypes.get_errno(), f"prctl: {call}")


def attempt(binary, call, number, error):
    """What becomes of a daemon that starts without the call."""
    prefix = [sys.executable, ME, "--deny", call, str(number), str(getattr(errno, error))]
    node = Node(binary, prefix=prefix)
    try:
        node.kubelet.start()
        node.start()
        served = eventually(lambda: node.kubelet.wait(RESOURCES, 0.1) or not node.is_running, 25) and node.is_running
        if served:
            try:
                answers = node.answers()
            except grpc.RpcError as failure:
                return f"WRONG: registered, and Allocate ends with {failure.code().name}: {failure.details()[:80]}"
            if call in REQUIRED and (call, error) != ("clone3", "ENOSYS"):
                return "WRONG: serves without a call that it says it needs"
            code = node.stop()
            return "serves" if code == 0 and answers else f"WRONG: exit code {code} at its end"
        last = node.log_lines()[-1] if node.log_lines() else ""
        last = re.sub(r"/[^ \"]*devicepool-faults-[^/ \"]*", "…", last.split(" : ")[-1].split("] ")[-1])
        if node.is_running:
            return f"WRONG: runs without being registered: {last[-150:]}"
        if node.process.returncode != 3 or f'err="{call}: ' not in last:
            return f"WRONG: exit code {node.process.returncode}: {last[-150:]}"
        return f"exit 3: {last[-110:]}"
    finally:
        node.close()


def command(binary, call, number):
    """A command under the same filter: what it does not need may be denied."""
    words = [sys.executable, ME, "--deny", call, str(number), str(errno.EPERM), binary, "validate", "-"]
    done = subprocess.run(words, input='{"resourceList": []}', capture_output=True, text=True, timeout=60)
    if done.returncode == 0:
        return "works"
    if done.returncode == 3 and done.stderr.startswith(f"devicepool: {call}: "):
        return "exit 3, named"
    return f"WRONG: exit code {done.returncode}: {done.stderr[-120:]}"


def main():
    if sys.argv[1] == "--deny":
        call, number, error = sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
        deny(call, number, error)
        os.execv(sys.argv[5], sys.argv[5:])
    binary = os.path.abspath(sys.argv[1])
    only = sys.argv[2] if len(sys.argv) > 2 else ""
    known, wrong = numbers(), 0
    calls = [call for call in REQUIRED + OPTIONAL if only in ("", call) and call in known]
    print("| call | EPERM | ENOSYS | validate |\n|---|---|---|---|")
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        rows = {call: [pool.submit(attempt, binary, call, known[call], error) for error in ("EPERM", "ENOSYS")]
                + [pool.submit(command, binary, call, known[call])] for call in calls}
        for call, parts in rows.items():
            texts = [part.result().replace("|", "/") for part in parts]
            wrong += sum(text.startswith("WRONG") for text in texts)
            print(f"| {call} | {' | '.join(texts)} |", flush=True)
    print(f"{len(calls)} calls, {wrong} wrong outcomes")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())

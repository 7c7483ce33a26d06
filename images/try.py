"""Runs the image's root file system as a container would, and says what an operator wants to know of it.

    try.py ROOT [RUNS]

Exit code 1: the image is not what it should be. Times are printed and not judged: that depends on the machine.
"""

import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

LIMIT = 40 * 1000 * 1000
HERE = os.path.dirname(os.path.abspath(__file__))
MACHINE = os.path.join(HERE, "../Tests/Fixtures/Machines/intel-e810-x710.tree")
CONFIG = {"resourceList": [{"resourceName": "fec", "deviceType": "accelerator", "selectors": {}}]}
SOCKET = "device-plugins/intel.com_fec.sock"


def size(root):
    """Bytes of all files; of a hard link once."""
    seen, total = set(), 0
    for directory, _, names in os.walk(root):
        for name in names:
            status = os.lstat(os.path.join(directory, name))
            if (status.st_dev, status.st_ino) not in seen:
                seen.add((status.st_dev, status.st_ino))
                total += status.st_size
    return total


def confined(root, kubelet, host, words, gate=None):
    """The program in the file system, read-only, without capabilities, as process 1 of namespaces of its own.

    The container is set up and then waits at the gate, a pipe, until its other end is closed.
    """
    return ["bwrap", *(["--block-fd", str(gate)] if gate else []), "--ro-bind", root, "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/run",
            "--bind", kubelet, "/var/lib/kubelet", "--ro-bind", host, "/host",
            "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--as-pid-1", "--cap-drop", "ALL", "--die-with-parent",
            "--clearenv", "--", *words]


def listening(kubelet):
    """Whether somebody accepts connections on the pool's socket."""
    peer = socket.socket(socket.AF_UNIX)
    try:
        peer.connect(os.path.join(kubelet, SOCKET))
        return True
    except OSError:
        return False
    finally:
        peer.close()


def inhabitants(process):
    """All processes of a process's namespace."""
    namespace = pid_namespace(process)
    return [p for p in os.listdir("/proc") if p.isdigit() and pid_namespace(p) == namespace]


def parent(process):
    try:
        with open(f"/proc/{process}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return None


def pid_namespace(process):
    try:
        return os.readlink(f"/proc/{process}/ns/pid")
    except OSError:
        return None


def unpack(machine, into):
    """A recorded machine's files, folders and links; what the kernel said of it is not needed here."""
    with open(machine) as file:
        lines = [line.split(" ", 2) for line in file.read().splitlines()]
    for kind, path, *rest in (line for line in lines if line[0] in ("file", "dir", "link", "node") and len(line) > 1):
        place = os.path.join(into, path)
        os.makedirs(place if kind == "dir" else os.path.dirname(place), exist_ok=True)
        if kind == "link":
            os.symlink(rest[0].removeprefix("-> "), place)
        elif kind != "dir":
            with open(place, "w") as file:
                file.write("".join(rest) + "\n")


def once(root, host):
    """One start: (seconds from the program's start until it listens, processes, KiB resident)."""
    with tempfile.TemporaryDirectory() as kubelet:
        for name in ("device-plugins", "pod-resources"):
            os.mkdir(f"{kubelet}/{name}")
        words = ["/usr/bin/devicepool", "-config-file=/host/config.json", "-host-root=/host", "-registration=direct"]
        gate, key = os.pipe()
        with open(f"{kubelet}/log", "w") as log:
            process = subprocess.Popen(confined(root, kubelet, host, words, gate), stdin=subprocess.DEVNULL, stdout=log,
                                       stderr=log, pass_fds=[gate])
        os.close(gate)
        try:
            first = wait_for(lambda: ready(process.pid), process, kubelet)
            began = time.monotonic()
            os.close(key)
            wait_for(lambda: listening(kubelet), process, kubelet)
            took = time.monotonic() - began
            processes = inhabitants(first)
            with open(f"/proc/{first}/status") as file:
                status = dict(line.split(":\t") for line in file.read().splitlines() if ":\t" in line)
            if int(status["CapEff"], 16):
                raise SystemExit(f"it has capabilities: {status['CapEff']}")
            os.kill(first, signal.SIGTERM)
            if process.wait(20) != 0:
                raise SystemExit(f"asked to end, it exits with {process.returncode}")
            return took, len(processes), int(status["VmRSS"].split()[0])
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def wait_for(fact, process, kubelet):
    """What the fact gives, once it gives something."""
    end = time.monotonic() + 30
    while True:
        found = fact()
        if found:
            return found
        if process.poll() is not None or time.monotonic() > end:
            with open(f"{kubelet}/log") as log:
                raise SystemExit(f"the program does not listen: {log.read()}")


def ready(runtime):
    """The process that is about to become the program: its file system is set up, and it waits at the gate."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        if parent(process) == runtime:
            try:
                with open(f"/proc/{process}/wchan") as file:
                    is_waiting = "pipe" in file.read()
                return int(process) if is_waiting and os.path.lexists(f"/proc/{process}/root/entrypoint.sh") else None
            except OSError:
                return None
    return None


def says(root, name, *words):
    """What the program says when it is started by a name."""
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(confined(root, empty, empty, [name, *words]), capture_output=True, text=True, timeout=30, check=False)
        return done.returncode, done.stdout


def main():
    root = os.path.abspath(sys.argv[1])
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 20
    faults = []
    total = size(root)
    print(f"size            {total / 1e6:.1f} MB (at most {LIMIT / 1e6:.0f})")
    if total > LIMIT:
        faults.append("too large")
    shells = [n for n in ("sh", "bash", "dash", "busybox") for d in ("usr/bin", "usr/sbin") if os.path.lexists(f"{root}/{d}/{n}")]
    print(f"shell           {', '.join(shells) or 'none'}")
    if shells:
        faults.append("a shell")
    code, text = says(root, "/usr/bin/devicepool", "version")
    version = text.strip()
    if code or not version:
        faults.append(f"version: exit code {code}, {text}")
    for name, words in {"/entrypoint.sh": ["version"], "/usr/bin/sriovdp": ["version"], "/bin/k8s-rdma-shared-dp": ["--version"]}.items():
        answer = says(root, name, *words)
        if answer != (0, text):
            faults.append(f"{name}: {answer}")
    print(f"names           devicepool, /entrypoint.sh, sriovdp, k8s-rdma-shared-dp: {version}")
    with tempfile.TemporaryDirectory() as host:
        unpack(MACHINE, host)
        with open(f"{host}/config.json", "w") as file:
            json.dump(CONFIG, file)
        starts = [once(root, host) for _ in range(runs)]
    times = sorted(s[0] * 1000 for s in starts)
    print(f"processes       {max(s[1] for s in starts)}")
    if any(s[1] != 1 for s in starts):
        faults.append("more than one process")
    print(f"resident        {max(s[2] for s in starts) / 1024:.1f} MiB")
    print(f"until it listens median {statistics.median(times):.0f} ms, least {times[0]:.0f} ms, most {times[-1]:.0f} ms, "
          f"of {runs} starts")
    for fault in faults:
        print(f"not as it should be: {fault}", file=sys.stderr)
    return 1 if faults else 0


sys.exit(main())

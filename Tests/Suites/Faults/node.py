"""A node of generated devices, the daemon on it and kubelet's stand-in: what every harness here drives."""
import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "Interop"))
sys.path.insert(0, str(HERE.parent.parent / "Fixtures/Wire"))

import grpc  # noqa: E402
from host import card, make_function, make_host, nic, remove_function, replace  # noqa: E402,F401
from kubelet import Kubelet, Plugin, is_socket, send_noise  # noqa: E402,F401

NETS, CARDS = "intel.com/nets", "example.com/cards"


def config(*extra, **options):
    pools = [{"resourceName": "nets", "selectors": {"vendors": ["8086"], "drivers": ["vfio-pci"]}, **options},
             {"resourceName": "cards", "resourcePrefix": "example.com", "deviceType": "accelerator",
              "preferredAllocation": "packed", "selectors": {"vendors": ["8086"]}}]
    return {"resourceList": pools + list(extra)}


class Node:
    """A node in a directory of its own; everything in it ends with `close`."""

    def __init__(self, binary, registration="direct", nics=4, cards=2, flags=(), prefix=()):
        self.binary = binary
        self.temporary = tempfile.TemporaryDirectory(prefix="devicepool-faults-")
        self.directory = pathlib.Path(self.temporary.name)
        self.root = self.directory / "host"
        make_host(self.root, nics, cards)
        self.plugins = self.directory / "kubelet/device-plugins"
        self.plugins.mkdir(parents=True)
        self.registry = self.directory / "kubelet/plugins_registry"
        if registration == "watcher":
            self.registry.mkdir()
        self.registration = registration
        self.flags = list(flags)
        # A program that becomes the daemon, with limits of its own.
        self.prefix = list(prefix)
        self.config_file = self.directory / "config.json"
        self.write_config(config())
        self.log = self.directory / "log"
        self.kubelet = Kubelet(str(self.plugins), str(self.registry) if registration == "watcher" else None)
        self.process = None
        self.output = None

    def write_config(self, content):
        temporary = self.directory / "config.json.new"
        temporary.write_text(content if isinstance(content, str) else json.dumps(content))
        temporary.rename(self.config_file)

    def start(self, environment=None, error=None):
        self.output = open(self.log, "ab")
        command = [*self.prefix, self.binary, "-config-file", self.config_file, "-kubelet-dir", self.directory / "kubelet",
                   "-host-root", self.root, "-registration", self.registration, "-use-cdi", *self.flags]
        self.process = subprocess.Popen(command, stdout=self.output,
                                        stderr=self.output if error is None else error,
                                        env={**os.environ, "TMPDIR": str(self.directory),
                                             **(environment or {})})

    def stop(self, number=signal.SIGTERM, timeout=20):
        """The exit code, below 0 for a signal; None when it hung and had to be killed."""
        try:
            if self.process.poll() is None:
                self.process.send_signal(number)
            return self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        finally:
            self.output.close()

    def close(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.kubelet.server is not None:
            self.kubelet.stop()
        self.temporary.cleanup()

    @property
    def is_running(self):
        return self.process.poll() is None

    def log_lines(self):
        return [line for line in self.log.read_text(errors="replace").splitlines() if line.strip()]

    def answers(self, timeout=5):
        """What containers are given by every pool, as comparable values; throws grpc.RpcError."""
        return {resource: self.answer(resource, timeout) for resource in (NETS, CARDS)}

    def answer(self, resource, timeout=5):
        with contextlib.closing(Plugin(self.socket(resource))) as plugin:
            ids = [nic(1), nic(0)] if resource == NETS else [card(1)]
            request = {"container_requests": [{"devices_ids": ids}]}
            answer = plugin.call("/v1beta1.DevicePlugin/Allocate", _message("v1beta1.AllocateRequest", request),
                                 "v1beta1.AllocateResponse", timeout=timeout)
            return comparable(answer)

    def socket(self, resource):
        directory = self.registry if self.registration == "watcher" else self.plugins
        return str(directory / (resource.replace("/", "_") + ".sock"))

    def stray_files(self):
        """Temporary files that are left, and files that are cut short, where others read ours."""
        stray = []
        for directory in (self.root / "run/cdi", self.root / "run/k8s.cni.cncf.io/devinfo/dp", self.plugins, self.registry):
            for path in directory.iterdir() if directory.is_dir() else []:
                if path.name.startswith("."):
                    stray.append(path.name)
                elif path.suffix == ".json":
                    try:
                        json.loads(path.read_text())
                    except ValueError:
                        stray.append(f"{path.name} is cut short")
        return stray

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def resident(self):
        """Resident memory in KiB."""
        return self._status("VmRSS")

    def anonymous(self):
        """What of it is the process's own, in KiB: pages of files stay when first touched, and nobody else lacks them."""
        return self._status("RssAnon")

    def _status(self, key):
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(f"{key}:"):
                return int(line.split()[1])
        return 0

    def threads(self):
        return len(os.listdir(f"/proc/{self.process.pid}/task"))

    def cpu(self):
        """Seconds of CPU so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _message(name, content):
    from schema import message
    return message(name, **content)


def comparable(answer):
    return [(sorted(one.envs.items()), [(d.host_path, d.container_path, d.permissions) for d in one.devices],
             sorted(one.annotations.items()), [device.name for device in one.cdi_devices])
            for one in answer.container_responses]


def eventually(fact, timeout):
    """Whether the fact came to hold; a call that fails is a fact that does not."""
    end = time.monotonic() + timeout
    while True:
        try:
            if fact():
                return True
        except (grpc.RpcError, OSError):
            pass
        if time.monotonic() > end:
            return False
        time.sleep(0.05)

"""The daemon under test."""

import json
import os
import signal
import subprocess
import urllib.request

from . import machine, tap

BINARY = "/usr/local/bin/devicepool"
LOGS = "/run/e2e/logs"


def devicepool(*arguments, check=True, env=None):
    """Runs a subcommand to its end: (exit code, standard output, standard error)."""
    result = subprocess.run([BINARY, *arguments], capture_output=True, text=True, env=env)
    if check and result.returncode:
        raise RuntimeError(f"devicepool {' '.join(arguments)}: exit code {result.returncode}: {result.stderr.strip()}")
    return result.returncode, result.stdout, result.stderr


def pool(name, device_type=None, **selectors):
    """One pool of `resourceList`; a keyword that is no selector goes to the pool itself."""
    own = ("resourcePrefix", "preferredAllocation", "replicas", "healthChecks", "additionalInfo", "excludeTopology",
           "netns", "ubse", "resetOnAllocate", "allowCrossNuma", "excludeDefaultRoute")
    fields = {"resourceName": name}
    if device_type:
        fields["deviceType"] = device_type
    fields.update({key: selectors.pop(key) for key in own if key in selectors})
    if selectors:
        fields["selectors"] = [selectors]
    return fields


def write_config(config, path="/tmp/devicepool/config.json"):
    """Writes a configuration, by rename, as an editor or a ConfigMap volume does."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".new", "w") as file:
        json.dump(config, file, indent=1)
    os.rename(path + ".new", path)
    return path


class Plugin:
    """A running daemon; its log is kept when the scenario fails."""

    count = 0

    def __init__(self, config, *flags, kubelet="/var/lib/kubelet", command=(BINARY,), env=None):
        Plugin.count += 1
        os.makedirs(LOGS, exist_ok=True)
        self.log_path = f"{LOGS}/devicepool-{Plugin.count}.log"
        self.config = config if isinstance(config, str) else write_config(config)
        arguments = [*command, "-config-file", self.config, "-kubelet-dir", kubelet, "-listen", "127.0.0.1:9808", *flags]
        with open(self.log_path, "w") as log:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(env or {})})

    def log(self):
        """All it has logged so far."""
        return machine.read(self.log_path) or ""

    def says(self, text, within=10):
        """Whether the log comes to hold this text."""
        return tap.eventually(lambda: text in self.log(), within)

    def alive(self):
        """Whether the process runs."""
        return self.process.poll() is None

    def get(self, path):
        """(status, body) of its own HTTP endpoint; status 0 when nobody answers."""
        try:
            with urllib.request.urlopen("http://127.0.0.1:9808" + path, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def stop(self, within=15):
        """Asks it to end; gives back its exit code."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            return None

    def kill(self):
        """SIGKILL."""
        self.process.kill()
        self.process.wait()

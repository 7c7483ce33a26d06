#!/usr/bin/python3
"""SIGKILL in the middle of every call, then a restart: nothing is lost, nothing is half done."""
# run: limit 600
import json
import random
import signal
import subprocess
import sys
import threading
import time

import grpc

from e2e import *
from e2e.kubelet import PLUGIN, call
from e2e.machine import *

NETS, DPDK = "intel.com/nets", "intel.com/dpdk"
DEVINFO = "/var/run/k8s.cni.cncf.io/devinfo/dp/"
REGISTRATION = "/pluginregistration.Registration/"


class Calls:
    """One call of each kind, made while the daemon is stopped, so that it is under way when the daemon dies."""

    def __init__(self, kubelet, nets, dpdk):
        self.kubelet, self.nets, self.dpdk = kubelet, nets, dpdk

    def named(self):
        one = {"container_requests": [{"devices_ids": [self.nets[0]]}]}
        prefer = {"container_requests": [{"available": self.nets, "must_include": [], "size": 1}]}
        return {
            "GetDevicePluginOptions": (PLUGIN + "GetDevicePluginOptions", {}),
            "Allocate": (PLUGIN + "Allocate", one),
            "GetPreferredAllocation": (PLUGIN + "GetPreferredAllocation", prefer),
            "PreStartContainer": (PLUGIN + "PreStartContainer", {"devices_ids": [self.nets[0]]}),
        }

    def send(self, endpoint, method, fields, answers):
        channel = grpc.insecure_channel("unix:" + endpoint)
        try:
            call(channel, method, fields, timeout=20)
            answers.append("OK")
        except grpc.RpcError as error:
            answers.append(error.code().name)
        finally:
            channel.close()


def dies_writing(plugin, path, provoke):
    """SIGKILL as the daemon begins to write this file, be it under the name that the file has until it is whole."""
    directory, name = os.path.realpath(os.path.dirname(path)), os.path.basename(path)
    process = plugin.process.pid
    tracer = subprocess.Popen(
        ["strace", "-f", "-qq", "-o", "/run/e2e/logs/strace", "-p", str(process), "-P", f"{directory}/{name}",
         "-P", f"{directory}/.{name}.{process}", "-e", "trace=write", "-e", "inject=write:signal=SIGKILL"])

    def traced():
        return all("TracerPid:\t0\n" not in (read(f"/proc/{process}/task/{t}/status") or "") for t in os.listdir(f"/proc/{process}/task"))

    need(eventually(traced), "strace has hold of the daemon")
    try:
        provoke()
    except grpc.RpcError:
        pass
    eventually(lambda: not plugin.alive(), 10)
    tracer.terminate()
    tracer.wait(10)
    return plugin.process.poll() == -signal.SIGKILL


def whole(kubelet, nets, dpdk, fact, plugin):
    """The facts that hold after any death."""
    ok = kubelet.wait_for(NETS, nets, 40) and kubelet.wait_for(DPDK, [dpdk], 40)
    check(ok and kubelet.healthy(NETS) == nets, f"{fact}: both pools are whole again", (kubelet.ids(NETS), kubelet.ids(DPDK), plugin.log()[-1500:]))
    held = DEVINFO + f"intel.com-nets-{nets[1]}-device.json"
    check(os.path.exists(held), f"{fact}: the running pod's DeviceInfo file is there")
    for name in os.listdir(DEVINFO):
        try:
            json.loads(read(DEVINFO + name))
        except ValueError:
            check(False, f"{fact}: no file is half written", name)
    for pool_name in (NETS, DPDK):
        try:
            kubelet.allocate(pool_name, kubelet.ids(pool_name)[:1])
        except (grpc.RpcError, IndexError, KeyError) as error:
            check(False, f"{fact}: {pool_name} can be allocated", error)


def scenario():
    load("igb", "igbvf", "vfio-pci")
    *nets, dpdk = set_functions(PF0, 4)
    bind(dpdk, "vfio-pci")
    config = {"resourceList": [pool("nets", drivers=["igbvf"], preferredAllocation="packed"), pool("dpdk", drivers=["vfio-pci"])]}
    kubelet = Kubelet()
    plugin = Plugin(config)
    need(kubelet.wait_for(NETS, nets) and kubelet.wait_for(DPDK, [dpdk]), "the pools are there", plugin.log()[-2000:])
    kubelet.allocate(NETS, [nets[1]], pod="runs")
    calls = Calls(kubelet, nets, dpdk)

    for name, (method, fields) in calls.named().items():
        for how in ("not yet read", "being answered"):
            answers = []
            endpoint = kubelet.resources[NETS].endpoint
            plugin.process.send_signal(signal.SIGSTOP)
            threads = [threading.Thread(target=calls.send, args=(endpoint, method, fields, answers)) for _ in range(8)]
            for thread in threads:
                thread.start()
            time.sleep(0.3)
            if how == "being answered":
                plugin.process.send_signal(signal.SIGCONT)
                time.sleep(random.uniform(0, 0.01))
            plugin.kill()
            for thread in threads:
                thread.join(25)
            check(len(answers) == 8, f"{name}, {how}: every caller hears of the death ({', '.join(sorted(set(answers)))})")
            kubelet.lost()
            plugin = Plugin(config)
            whole(kubelet, nets, dpdk, f"{name}, {how}", plugin)

    for how in ("at once", "after the first list"):
        plugin.kill()
        before = len(kubelet.registrations)
        kubelet.lost()
        plugin = Plugin(config)
        eventually(lambda: len(kubelet.registrations) > before, 30, 0.001)
        if how == "after the first list":
            eventually(lambda: kubelet.ids(NETS), 10, 0.001)
        plugin.kill()
        kubelet.lost()
        plugin = Plugin(config)
        whole(kubelet, nets, dpdk, f"Register and ListAndWatch, {how}", plugin)
    plugin.process.send_signal(signal.SIGSTOP)
    set_functions(PF1, 1)
    time.sleep(0.5)
    plugin.process.send_signal(signal.SIGCONT)
    time.sleep(0.02)
    plugin.kill()
    kubelet.lost()
    plugin = Plugin(config)
    nets.append(functions(PF1)[0])
    whole(kubelet, nets, dpdk, "in the middle of a new list", plugin)

    held = DEVINFO + f"intel.com-nets-{nets[1]}-device.json"
    earlier = '{"type":"pci","version":"1.0.0","pci":{"pci-address":"%s"}}' % nets[1]
    write(held, earlier)
    check(dies_writing(plugin, held, lambda: kubelet.allocate(NETS, [nets[1]])), "it dies as it writes a file anew", plugin.log()[-1500:])
    equal(read(held), earlier, "whoever reads the file finds the earlier one, whole")
    kubelet.lost()
    plugin = Plugin(config)
    whole(kubelet, nets, dpdk, "in the middle of a file", plugin)
    equal([n for n in os.listdir(DEVINFO) if not n.endswith("-device.json")], [], "what was never finished is taken away")
    equal(plugin.stop(), 0, "it ends with 0 when asked to")
    kubelet.stop()

    watching = Kubelet(watcher=True)
    watching.assignments = kubelet.assignments
    plugin = Plugin(config)
    need(watching.wait_for(NETS, nets, 40), "watcher registration works")
    sockets = [f"{watching.registry}/{n}" for n in os.listdir(watching.registry)]
    for name, message in (("GetInfo", {}), ("NotifyRegistrationStatus", {"plugin_registered": True})):
        answers = []
        plugin.process.send_signal(signal.SIGSTOP)
        threads = [threading.Thread(target=calls.send, args=(path, REGISTRATION + name, message, answers)) for path in sockets]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        plugin.kill()
        for thread in threads:
            thread.join(25)
        check(len(answers) == len(sockets), f"{name}: every caller hears of the death")
        watching.lost()
        plugin = Plugin(config)
        whole(watching, nets, dpdk, name, plugin)
        sockets = [f"{watching.registry}/{n}" for n in os.listdir(watching.registry)]
    equal(plugin.stop(), 0, "it ends with 0 when asked to")


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""UB devices move into a pod's network namespace before its container starts, and come home when the pod ends."""
# run: limit 400
import sys
import time

import grpc

from e2e import *
from e2e.machine import *
from e2e.ubse import Engine

RESOURCE = "unifiedbus.com/ub_net_device"
MODULE = "/sys/module/fake_ubcore/parameters/"
DEVICES = {"urma_1": ("bonding_dev_1", "udma0", "udma1"), "urma_2": ("bonding_dev_2", "udma2", "udma3")}


def here():
    """UB devices that this namespace shows."""
    return set(os.listdir("/sys/class/ubcore"))


def there(pid):
    """UB devices that a process's namespace shows, in a sysfs of its own."""
    script = "mount -t sysfs sysfs /sys && ls /sys/class/ubcore"
    return set(run("nsenter", "-t", str(pid), "-n", "unshare", "-m", "sh", "-c", script).split())


def moves():
    return int(read(MODULE + "moves"))


def refused(kubelet, ids, *words):
    """PreStartContainer's refusal, if it holds each of the words."""
    try:
        kubelet.pre_start(RESOURCE, ids)
        return None
    except grpc.RpcError as error:
        note(error.details())
        return all(word in error.details() for word in words)


def scenario():
    load("fake_ubcore", "veth", "overlay")
    engine = Engine("/var/run/ubse/ubse.sock", DEVICES)
    containerd = Containerd()
    kubelet = Kubelet()
    plugin = Plugin({"resourceList": [pool(
        "ub_net_device", "ubNetDevice", resourcePrefix="unifiedbus.com",
        netns={"containerRuntimeEndpoint": "unix://" + containerd.ADDRESS, "reconcileSeconds": 2},
        ubse={"socket": "/var/run/ubse/ubse.sock", "dialect": "B"})]}, "-v", "4")
    need(kubelet.wait_for(RESOURCE, DEVICES), "the engine's devices are the pool", plugin.log()[-2000:])
    check(kubelet.resources[RESOURCE].options["pre_start_required"], "PreStartContainer is required")

    answer = kubelet.allocate(RESOURCE, ["urma_1"], pod="pod-a")
    equal(sorted(d["host_path"] for d in answer["devices"]),
          sorted(["/dev/ummu/tid", *(f"/dev/uburma/{d}" for d in DEVICES["urma_1"])]), "the nodes of the bonding device and its paths")
    sandbox = containerd.sandbox("pod-a")
    pid = containerd.pid(sandbox)
    kubelet.pre_start(RESOURCE, ["urma_1"])
    equal(there(pid), set(DEVICES["urma_1"]), "the pod's namespace shows its devices and no others")
    check(not here() & set(DEVICES["urma_1"]) and set(DEVICES["urma_2"]) <= here(), "the node shows them no more", here())
    opener = ("sh", "-c", " && ".join(f"exec 3<>/dev/uburma/{d}" for d in DEVICES["urma_1"]) + " && exec 4<>/dev/ummu/tid && echo opened")
    container = containerd.create(sandbox, "pod-a", answer)
    equal(containerd.execute(container, *opener), (0, "opened\n"), "its container opens them")
    try:
        os.close(os.open("/dev/uburma/udma0", os.O_RDWR))
        check(False, "the node itself can't open them now")
    except PermissionError:
        check(True, "the node itself can't open them now")

    before = moves()
    containerd.stop_container(container)
    kubelet.pre_start(RESOURCE, ["urma_1"])
    equal(moves(), before, "a container that starts again moves nothing")
    container = containerd.create(sandbox, "pod-a", answer, attempt=1)
    equal(containerd.execute(container, *opener)[0], 0, "and opens its devices")
    check(eventually(lambda: kubelet.healthy(RESOURCE) == sorted(DEVICES), 5), "a device in its pod stays listed and Healthy", kubelet.devices(RESOURCE))

    kubelet.allocate(RESOURCE, ["urma_2"], pod="pod-b")
    write(MODULE + "refused", "bonding_dev_2")
    sandbox_b = containerd.sandbox("pod-b")
    check(refused(kubelet, ["urma_2"], "bonding_dev_2"), "a device that can't be moved is named")
    check(set(DEVICES["urma_2"]) <= here() and not there(containerd.pid(sandbox_b)), "and what was moved before it is back", here())
    write(MODULE + "refused", "none")
    kubelet.pre_start(RESOURCE, ["urma_2"])
    equal(there(containerd.pid(sandbox_b)), set(DEVICES["urma_2"]), "the next try succeeds")

    write(MODULE + "recall_all", 1)
    run("ip", "netns", "add", "passer-by")
    run("ip", "netns", "delete", "passer-by")
    check(eventually(lambda: there(pid) == set(DEVICES["urma_1"]) and there(containerd.pid(sandbox_b)) == set(DEVICES["urma_2"]), 20, 0.3),
          "devices that another namespace's end pulled home are placed again", plugin.log()[-1500:])
    write(MODULE + "recall_all", 0)

    plugin.kill()
    kubelet.lost()
    plugin = Plugin(plugin.config)
    need(kubelet.wait_for(RESOURCE, DEVICES), "a daemon that starts anew lists devices that are in pods", plugin.log()[-1500:])
    equal(kubelet.healthy(RESOURCE), sorted(DEVICES), "Healthy")
    before = moves()
    time.sleep(5)
    equal((moves(), there(pid)), (before, set(DEVICES["urma_1"])), "and leaves them where they are")

    containerd.remove(sandbox)
    kubelet.release("pod-a")
    check(eventually(lambda: set(DEVICES["urma_1"]) <= here(), 20), "the pod ends, its devices are the node's again", here())
    kubelet.allocate(RESOURCE, ["urma_1"], pod="pod-c")
    sandbox_c = containerd.sandbox("pod-c")
    kubelet.pre_start(RESOURCE, ["urma_1"])
    equal(there(containerd.pid(sandbox_c)), set(DEVICES["urma_1"]), "and the next pod's")
    containerd.remove(sandbox_c)
    kubelet.release("pod-c")
    eventually(lambda: set(DEVICES["urma_1"]) <= here(), 20)

    write(MODULE + "shared", "Y")
    kubelet.allocate(RESOURCE, ["urma_1"], pod="pod-d")
    sandbox_d = containerd.sandbox("pod-d")
    check(refused(kubelet, ["urma_1"], "exclusive"), "shared mode is said clearly")
    write(MODULE + "shared", "N")
    containerd.remove(sandbox_d)
    kubelet.release("pod-d")

    kubelet.allocate(RESOURCE, ["urma_1"], pod="pod-host")
    containerd.sandbox("pod-host", host_network=True)
    before = moves()
    kubelet.pre_start(RESOURCE, ["urma_1"])
    equal(moves(), before, "a pod on the host's network needs no move")
    kubelet.release("pod-host")
    check(refused(kubelet, ["urma_1"], "urma_1"), "a device that no pod has is refused by name")

    containerd.stop()
    containerd.start()
    kubelet.allocate(RESOURCE, ["urma_1"], pod="pod-e")
    sandbox_e = containerd.sandbox("pod-e")
    kubelet.pre_start(RESOURCE, ["urma_1"])
    equal(there(containerd.pid(sandbox_e)), set(DEVICES["urma_1"]), "a runtime that was restarted is asked again")

    engine.sick.add("urma_2")
    check(eventually(lambda: kubelet.healthy(RESOURCE) == ["urma_1"], 40, 0.5), "a device that the engine calls sick is Unhealthy", kubelet.devices(RESOURCE))
    check(7 not in engine.calls, "the engine is never asked to free a device")
    empty = [d for _, d in kubelet.resources[RESOURCE].lists if not d]
    equal(empty, [], "no empty list was ever sent")
    equal(plugin.stop(), 0, "it ends with 0 when asked to")


sys.exit(tap.run(scenario))

#!/usr/bin/python3
"""A real control plane and a real node: every overlay and the chart, applied as an operator does, and what pods see of it."""
# run: limit 1200; cluster; by name only; on this machine
import glob
import json
import os
import re
import signal
import sys
import threading
import time
import urllib.request

from e2e import *
from e2e import multus
from e2e.cluster import NODE, Cluster, missing, program
from e2e.personas import *
from e2e.personas import DPDK, NETS, NPU, RDMA, NPUS, SRIOV, UB


def plugin_process(port):
    """The process id of the plugin that listens on a port."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        with open(path, "rb") as file:
            if f":{port}".encode() in file.read():
                return int(path.split("/")[2])
    return None


def seconds_until_ready(pod):
    """Between the container's start and the pod's readiness, as Kubernetes tells it, in whole seconds."""
    stamp = lambda text: time.mktime(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))
    [ready] = [c["lastTransitionTime"] for c in pod["status"]["conditions"] if c["type"] == "Ready"]
    return int(stamp(ready) - stamp(pod["status"]["containerStatuses"][0]["state"]["running"]["startedAt"]))


def manifests_are_applied(cluster):
    """Four personas on one node."""
    for persona in PERSONAS:
        persona.create_config_map(cluster)
        cluster.apply(persona.manifest)
        need(persona.rolled_out(cluster), f"{persona.name}: the pod is ready", cluster.kubectl("-n", persona.namespace, "describe", "pods"))
        pod = persona.pod(cluster)
        took = seconds_until_ready(pod)
        check(took <= 3, f"{persona.name}: {took} s from the container's start until the pod is ready")
        check(eventually(lambda: persona.is_offered(cluster), 30, 0.3),
              f"{persona.name}: the node offers {', '.join(sorted(persona.resources)) or 'nothing, without the hardware'}", cluster.allocatable())


def configuration_is_kept(cluster):
    """What an operator wrote stays, whatever is applied again."""
    before = cluster.get("configmap", SRIOV.config_map, SRIOV.namespace)
    complaint = cluster.refusal(program("kubectl"), "-n", SRIOV.namespace, "create", "configmap", SRIOV.config_map,
                                f"--from-file=config.json={SRIOV.sample}")
    check("already exists" in (complaint or ""), "creating the ConfigMap again is refused", complaint)
    pod = SRIOV.pod(cluster)["metadata"]["uid"]
    cluster.apply(SRIOV.manifest)
    after = cluster.get("configmap", SRIOV.config_map, SRIOV.namespace)
    equal(after, before, "applying the manifest again leaves the ConfigMap alone")
    equal(SRIOV.pod(cluster)["metadata"]["uid"], pod, "and the pod")


def pods_get_devices(cluster):
    """Scheduled pods, each with what it asked for."""
    asked = {"net": {NETS: "1"}, "dpdk": {DPDK: "1"}, "npu": {NPU: "2"}, "rdma": {RDMA: "1"}}
    for name, limits in asked.items():
        user_pod(cluster, name, limits)
    for name, limits in asked.items():
        need(runs(cluster, name), f"a pod with {limits} runs", cluster.kubectl("describe", "pod", name))
        [(resource, count)] = limits.items()
        variable = "PCIDEVICE_" + re.sub(r"[^A-Z0-9]", "_", resource.upper())
        equal(len(variables(cluster, name)[variable].split(",")), int(count), f"{name}: {variable} names {count}")
    inventory = cluster.kubectl("-n", SRIOV.namespace, "exec", SRIOV.pod(cluster)["metadata"]["name"], "--", "devicepool", "inventory")
    check(all(f"default/{name}" in inventory for name in asked), "inventory in the plugin's pod names the pods that have devices",
          inventory)
    user_pod(cluster, "greedy", {DPDK: "9"})
    check(eventually(lambda: "Insufficient " + DPDK in json.dumps(cluster.get("pod", "greedy")), 30, 0.5),
          "a pod that asks for more than there is stays Pending, with the resource named")
    cluster.kubectl("delete", "pod", "greedy", "--now")
    return list(asked)


def configuration_is_reloaded(cluster):
    """A changed ConfigMap, without a restart. Of the pool's four VFs one has lost its interface and is Unhealthy."""
    with open(SRIOV.sample) as file:
        config = json.load(file)
    config["resourceList"][0]["resourceName"] = "renamed"
    SRIOV.set_configuration(cluster, json.dumps(config))
    pod = SRIOV.pod(cluster)
    check(eventually(lambda: cluster.allocatable().get("intel.com/renamed") == 2, 120, 0.5),
          "a renamed pool is offered by its new name, but for the function that a pod has", cluster.allocatable())
    equal(SRIOV.pod(cluster)["status"]["containerStatuses"], pod["status"]["containerStatuses"], "without a restart")
    with open(SRIOV.sample) as file:
        SRIOV.set_configuration(cluster, file.read())
    check(eventually(lambda: cluster.allocatable().get(NETS) == 3, 120, 0.5), "and by its old name again", cluster.allocatable())


def configuration_is_wrong(cluster):
    """The running plugin keeps what it serves; a new pod says why it does not start."""
    before = SRIOV.pod(cluster)
    with open(SRIOV.sample) as file:
        good = file.read()
    SRIOV.set_configuration(cluster, good.replace('"selectors"', '"selektors"', 1).replace("resourceName", 7 * "x", 1))
    log = lambda: cluster.kubectl("-n", SRIOV.namespace, "logs", SRIOV.pod(cluster)["metadata"]["name"], check=False)
    check(eventually(lambda: "config.json" in log() and "resourceName" in log(), 120, 1), "the log names the error", log()[-1500:])
    check(SRIOV.is_offered(cluster), "the pools before are still offered", cluster.allocatable())
    equal(SRIOV.pod(cluster)["metadata"]["uid"], before["metadata"]["uid"], "by the same pod")
    cluster.kubectl("-n", SRIOV.namespace, "delete", "pod", before["metadata"]["name"], "--wait=false")

    def reason():
        state = (SRIOV.pod(cluster).get("status", {}).get("containerStatuses") or [{}])[0]
        return json.dumps([state.get("state"), state.get("lastState")])
    check(eventually(lambda: "resourceName" in reason(), 60, 0.5), "a new pod ends, and its status shows the last lines of the log", reason())
    SRIOV.set_configuration(cluster, good)
    check(SRIOV.rolled_out(cluster, seconds=180), "the ConfigMap is put right: the pod is ready", reason())
    check(eventually(lambda: SRIOV.is_offered(cluster), 30, 0.5), "and all is offered", cluster.allocatable())


def longest_outage(action, page="http://127.0.0.1:9810/readyz"):
    """The longest time in seconds, while the action runs, in which no plugin says that it is ready."""
    ended, gaps = threading.Event(), [0.0]

    def watch():
        last = time.monotonic()
        while not ended.wait(0.02):
            try:
                urllib.request.urlopen(page, timeout=1).close()
            except OSError:
                continue
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
    watcher = threading.Thread(target=watch)
    watcher.start()
    action()
    ended.set()
    watcher.join()
    return max(gaps)


def plugin_is_rolled_out(cluster, users):
    """`kubectl rollout restart`: user pods don't notice."""
    before = restarts(cluster, users)
    cluster.kubectl("-n", SRIOV.namespace, "rollout", "restart", "daemonset", SRIOV.daemon_set)
    outage = longest_outage(lambda: check(SRIOV.rolled_out(cluster), "a restarted rollout ends"))
    note(f"{outage:.1f} s without a ready plugin")
    check(eventually(lambda: SRIOV.is_offered(cluster), 30, 0.3), "all is offered", cluster.allocatable())
    equal(restarts(cluster, users), before, "user pods run on")


def registrations(cluster, persona):
    """How often the plugin has registered a pool."""
    pod = persona.pod(cluster)["metadata"]["name"]
    return cluster.kubectl("-n", persona.namespace, "logs", pod, check=False).count("registered with kubelet")


def kubelet_is_restarted(cluster, users):
    """Plugins register again, pods keep what they have, and the next pod gets another device."""
    before = restarts(cluster, users)
    registered = {persona: registrations(cluster, persona) for persona in PERSONAS[:3]}
    cluster.stop("kubelet")
    cluster.start_kubelet(CGROUP)
    # The node's status is the one from before until kubelet writes it again.
    for persona, count in registered.items():
        check(eventually(lambda: registrations(cluster, persona) >= count + len(persona.resources), 60, 0.5)
              and eventually(lambda: persona.is_offered(cluster), 30, 0.5), f"kubelet restarts: {persona.name} is offered", cluster.allocatable())
    equal(restarts(cluster, users), before, "user pods run on")
    user_pod(cluster, "after", {NETS: "1"})
    check(runs(cluster, "after"), "a new pod gets its function", cluster.get("pod", "after").get("status"))
    held = [variables(cluster, n)["PCIDEVICE_INTEL_COM_INTEL_SRIOV_NETDEVICE"] for n in ("net", "after")]
    check(held[0] != held[1], "which is not one in use", held)
    cluster.kubectl("delete", "pod", "after", "--now")


def allocate_hangs(cluster):
    """A stopped plugin: one pod waits, and runs once the plugin goes on."""
    process = plugin_process(9810)
    need(process, "the plugin's process is found")
    os.kill(process, signal.SIGSTOP)
    user_pod(cluster, "waiting", {NETS: "1"})
    check(not runs(cluster, "waiting", 8), "a pod waits while the plugin hangs in Allocate")
    os.kill(process, signal.SIGCONT)
    check(runs(cluster, "waiting"), "it runs once the plugin goes on", cluster.get("pod", "waiting").get("status"))
    cluster.kubectl("delete", "pod", "waiting", "--now")


def read_blocks(cluster, users):
    """A sysfs file that never answers costs its own device, and nothing else."""
    [path] = glob.glob("/sys/bus/pci/devices/0000:5e:02.1/numa_node")
    value = open(path).read()
    os.unlink(path)
    os.mkfifo(path)
    before = restarts(cluster, users)
    pod = SRIOV.pod(cluster)
    cluster.kubectl("-n", SRIOV.namespace, "delete", "pod", pod["metadata"]["name"])
    check(eventually(lambda: {NETS, DPDK} <= set(cluster.allocatable()), 60, 0.5), "a file that blocks: the other devices are offered", cluster.allocatable())
    check(NPUS.is_offered(cluster), "and other plugins' too")
    os.unlink(path)
    with open(path, "w") as file:
        file.write(value)
    equal(restarts(cluster, users), before, "user pods run on")
    cluster.kubectl("-n", SRIOV.namespace, "delete", "pod", SRIOV.pod(cluster)["metadata"]["name"])
    check(SRIOV.rolled_out(cluster), "the plugin is ready")


def lost_interface_is_known(cluster):
    """One function is recorded without an interface, so nothing can be attached by it. No pod must have it, or get it."""
    cluster.kubectl("delete", "pod", "net", "--now")
    log = lambda: cluster.kubectl("-n", SRIOV.namespace, "logs", SRIOV.pod(cluster)["metadata"]["name"], check=False)
    is_sick = lambda: any("device is unhealthy" in line and "0000:3b:01.1" in line for line in log().splitlines())
    need(eventually(is_sick, 60, 0.5), "the function without an interface is Unhealthy", log()[-1500:])
    need(eventually(lambda: cluster.allocatable().get(NETS) == 3, 60, 0.5), "the three others are offered", cluster.allocatable())


def multus_attaches(cluster):
    """From the device plugin by Multus to a CNI plugin: the function's interface is in the pod, and its status says which."""
    if not os.path.exists(multus.PROGRAM):
        skip("Multus attaches a function", "there is no Multus: name a folder with it in CNI_BIN")
        return
    if cluster.version < (1, 24):
        skip("Multus attaches a function", "built by Go 1.18 or later, an API server before 1.24 ends with a fault when it reads a custom resource")
        return
    lost_interface_is_known(cluster)
    multus.install(cluster)
    user_pod(cluster, "attached", {NETS: "1"}, ["sh", "-c", "env; ip link; echo end; sleep 100000"],
             {"k8s.v1.cni.cncf.io/networks": "host-device-net"})
    need(runs(cluster, "attached"), "a pod on the example network runs", cluster.kubectl("describe", "pod", "attached"))
    address = variables(cluster, "attached")["PCIDEVICE_INTEL_COM_INTEL_SRIOV_NETDEVICE"]
    check(" net1" in cluster.kubectl("logs", "attached"), "net1 is in the pod", cluster.kubectl("logs", "attached"))
    equal(multus.attached_device(cluster, "attached"), address, "network-status has the function that the container got")
    cluster.kubectl("delete", "pod", "attached", "--now")
    user_pod(cluster, "net", {NETS: "1"})
    need(runs(cluster, "net"), "net runs again, with the pods' network alone", cluster.kubectl("describe", "pod", "net"))


def pod_security_is_enforced(cluster):
    """A namespace of a stricter level refuses the pod and says why; the level that the manual names takes it."""
    if cluster.version < (1, 25):
        skip("Pod Security", "this Kubernetes has no Pod Security admission")
        return
    applied = json.loads(cluster.kubectl("apply", "--dry-run=client", "-o", "json", "-f", NPUS.manifest))
    [template] = [item["spec"]["template"] for item in applied["items"] if item["kind"] == "DaemonSet"]
    # A level is enforced on pods; a DaemonSet is accepted, and its controller finds out.
    pod = json.dumps({"apiVersion": "v1", "kind": "Pod", "spec": template["spec"],
                      "metadata": {"name": "pod-security", "namespace": "kube-system"}})
    words = [program("kubectl"), "create", "--dry-run=server", "-f", "-"]
    cluster.kubectl("label", "namespace", "kube-system", "pod-security.kubernetes.io/enforce=baseline")
    complaint = cluster.refusal(*words, text=pod)
    check("violates PodSecurity" in (complaint or ""), "level baseline refuses the pod", complaint)
    cluster.kubectl("label", "namespace", "kube-system", "pod-security.kubernetes.io/enforce=privileged", "--overwrite")
    equal(cluster.refusal(*words, text=pod), None, "level privileged takes it")


def node_is_drained(cluster, users):
    """User pods go, the plugin stays; afterwards it serves the node again."""
    cluster.apply(SRIOV.manifest)
    need(SRIOV.rolled_out(cluster), "the manifest is applied after a removal: the pod is ready")
    pod = SRIOV.pod(cluster)["metadata"]["uid"]
    cluster.kubectl("drain", NODE, "--ignore-daemonsets", "--force", "--timeout=60s")
    check(not cluster.get("pods"), "a drained node has no user pod", [p["metadata"]["name"] for p in cluster.get("pods")])
    equal(SRIOV.pod(cluster)["metadata"]["uid"], pod, "and keeps the plugin")
    check(eventually(lambda: SRIOV.is_offered(cluster), 30, 0.5), "which offers all", cluster.allocatable())
    cluster.kubectl("uncordon", NODE)
    for name in users:
        check(not cluster.get("pod", name), f"{name} is gone")


def plugins_are_removed(cluster, users):
    """`kubectl delete`: the node offers nothing, pods keep what they have, the ConfigMaps stay."""
    before = restarts(cluster, users)
    for persona in PERSONAS:
        cluster.kubectl("delete", "-f", persona.manifest)
    left = lambda: {n: c for n, c in cluster.allocatable().items() if not n.startswith("hugepages")}
    check(eventually(lambda: not left(), 60, 0.5), "the node offers nothing", left())
    equal(restarts(cluster, users), before, "user pods run on")
    folders = ("/var/lib/kubelet/device-plugins", "/var/lib/kubelet/plugins_registry")
    sockets = lambda: [s for f in folders for s in os.listdir(f) if s.endswith(".sock") and s != "kubelet.sock"]
    check(eventually(lambda: not sockets(), 60, 0.5), "no socket is left", sockets())
    for persona in PERSONAS:
        check(cluster.get("configmap", persona.config_map, persona.namespace), f"{persona.name}: the ConfigMap is left")


def scenario():
    if missing():
        skip("a cluster", f"there is no {', '.join(missing())}: run `make kube`, or name a folder with them in KUBE_BIN")
        return
    cluster = Cluster()
    note("Kubernetes %d.%d" % cluster.version)
    users = []
    steps = {
        "control plane, containerd and kubelet": lambda: node_starts(cluster),
        "import of the image": image_is_imported,
        "four manifests": lambda: manifests_are_applied(cluster),
        "the same manifest again": lambda: configuration_is_kept(cluster),
        "scheduled pods": lambda: users.extend(pods_get_devices(cluster)),
        "reload": lambda: configuration_is_reloaded(cluster),
        "rollout": lambda: plugin_is_rolled_out(cluster, users),
        "restart of kubelet": lambda: kubelet_is_restarted(cluster, users),
        "hang in Allocate": lambda: allocate_hangs(cluster),
        "invalid configuration": lambda: configuration_is_wrong(cluster),
        "blocked read": lambda: read_blocks(cluster, users),
        "Multus": lambda: multus_attaches(cluster),
        "Pod Security": lambda: pod_security_is_enforced(cluster),
        "removal": lambda: plugins_are_removed(cluster, users),
        "drain": lambda: node_is_drained(cluster, users)}
    for title, step in steps.items():
        with Step(title):
            step()
    cluster.stop_all()


sys.exit(tap.run(scenario))

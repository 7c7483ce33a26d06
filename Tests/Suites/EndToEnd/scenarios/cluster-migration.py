#!/usr/bin/python3
"""From each plugin's own manifest to this one and back, by kubectl and by Helm; and under the SR-IOV network operator."""
# run: limit 1200; cluster; by name only; on this machine
import json
import os
import shutil
import sys

from e2e import *
from e2e import originals
from e2e.cluster import NODE, Cluster, missing, program
from e2e.personas import *
from e2e.personas import NETS, NPUS, NPUS_REBEL, RDMA_SHARED, SRIOV

CHART = "/tmp/devicepool"
# The label of the SR-IOV plugin's pods.
PODS = "name=sriov-device-plugin"


def untouched(cluster, persona, user):
    """What must be the same before and after each step: the ConfigMap and a pod with a device."""
    config = cluster.get("configmap", persona.config_map, persona.namespace)
    return config["metadata"]["uid"], config["metadata"]["resourceVersion"], config["data"], restarts(cluster, [user])


def serves(cluster, persona, fact, daemon_set=None):
    """The fact that the DaemonSet's pods are ready and the node offers the persona's resources."""
    ready = persona.rolled_out(cluster, daemon_set)
    offered = ready and eventually(lambda: persona.is_offered(cluster), 60, 0.5)
    need(ready and offered, fact, (cluster.allocatable(), cluster.kubectl("-n", persona.namespace, "describe", "pods")[-3000:]))


def lenient(cluster):
    """Servers before 1.30 don't know all fields of the manifests, and drop them."""
    return ["--validate=false"] if cluster.version < (1, 30) else []


def saved(cluster, persona):
    """A file with the DaemonSet as it is, without what a server refuses to take again: the way back."""
    found = cluster.get("daemonset", persona.daemon_set, persona.namespace)
    for key in ("resourceVersion", "uid", "selfLink"):
        found["metadata"].pop(key, None)
    path = f"/tmp/{persona.name}-original.json"
    with open(path, "w") as file:
        json.dump(found, file)
    return path


def pod_spec(cluster, persona):
    return cluster.get("daemonset", persona.daemon_set, persona.namespace)["spec"]["template"]["spec"]


def is_rehearsed(cluster, user):
    """The image runs once on the node: it finds no error, plans what is to be offered, and sees who has what."""
    with open(f"{DEPLOYMENTS}/rehearsal.yaml") as file:
        cluster.kubectl("apply", "-f", "-", *lenient(cluster), text=file.read().replace("nodeName: NODE", f"nodeName: {NODE}"))
    name = "devicepool-rehearsal"
    ended = lambda: cluster.get("pod", name, "kube-system").get("status", {}).get("phase") == "Succeeded"
    need(eventually(ended, 60, 0.5), "the rehearsal ends", cluster.kubectl("-n", "kube-system", "describe", "pod", name))
    said = {c: cluster.kubectl("-n", "kube-system", "logs", name, "-c", c) for c in ("validate", "plan", "inventory", "record")}
    check("3 pools, 0 warnings" in said["validate"], "validate finds no error in the ConfigMap", said["validate"])
    check(all(r in said["plan"] for r in SRIOV.resources) and "4 devices" in said["plan"], "plan says what the node would offer", said["plan"])
    check("default/" + user in said["inventory"], "inventory names the pod that has a device", said["inventory"])
    check(said["record"].startswith("machine "), "record writes the node as a file", said["record"][:200])
    cluster.kubectl("-n", "kube-system", "delete", "pod", name)


def one_node_first(cluster, persona=SRIOV):
    """With OnDelete the new template reaches a node when its pod is deleted, and not before."""
    with open(persona.manifest) as file:
        text = file.read().replace("type: RollingUpdate", "type: OnDelete")
    uid = lambda: persona.pod(cluster, PODS).get("metadata", {}).get("uid")
    first = uid()
    cluster.kubectl("replace", "--save-config", "-f", "-", *lenient(cluster), text=text, check=False)
    cluster.kubectl("apply", "-f", "-", *lenient(cluster), text=text)
    equal(uid(), first, "OnDelete: the original's pod runs on")
    cluster.kubectl("-n", persona.namespace, "delete", "pod", "-l", PODS, "--field-selector", "spec.nodeName=" + NODE)
    ours = lambda: persona.pod(cluster) if persona.pod(cluster).get("metadata", {}).get("uid") not in (None, first) else None
    ready = lambda: ours() and cluster.condition("pod", ours()["metadata"]["name"], "Ready", persona.namespace) == "True"
    need(eventually(ready, 120, 0.5), "the node's pod is deleted: this program's is ready", cluster.kubectl("-n", persona.namespace, "describe", "pods"))
    second = uid()
    cluster.kubectl("-n", persona.namespace, "patch", "daemonset", persona.daemon_set, "-p", '{"spec":{"updateStrategy":{"type":"RollingUpdate"}}}')
    serves(cluster, persona, f"{persona.name}: RollingUpdate again, and it serves")
    equal(uid(), second, "by the same pod")


def by_kubectl(cluster, persona, before, user):
    """This manifest in place of the original, which `kubectl create` made, and the original in place of this one."""
    spec, original = pod_spec(cluster, persona), saved(cluster, persona)
    if persona is SRIOV:
        is_rehearsed(cluster, user)
        one_node_first(cluster)
    else:
        # Where there is no ServiceAccount to be replaced yet, the apply makes it.
        cluster.kubectl("replace", "--save-config", "-f", persona.manifest, *lenient(cluster), check=False)
        cluster.apply(persona.manifest)
        serves(cluster, persona, f"{persona.name}: this manifest replaces the original, and serves")
    container = pod_spec(cluster, persona)["containers"]
    check(len(container) == 1 and container[0]["securityContext"]["privileged"] is False and
          not [m for m in container[0]["volumeMounts"] if m["mountPath"] == "/var/log"], "nothing of the original's pod is left", container)
    equal(untouched(cluster, persona, user), before, "ConfigMap and user pod are untouched")
    cluster.kubectl("replace", "-f", original)
    serves(cluster, persona, f"{persona.name}: the original as it was saved replaces it, and serves")
    equal(pod_spec(cluster, persona), spec, "its pod is the one from before")
    equal(untouched(cluster, persona, user), before, "ConfigMap and user pod are untouched")


def by_helm(cluster, persona, before, user):
    """The chart in place of the original, and the original in place of the chart."""
    install = ("install", persona.name, CHART, "-n", persona.namespace, "-f", persona.values)
    try:
        complaint = cluster.helm(*install)
    except RuntimeError as error:
        complaint = str(error)
    check(f"delete daemonset {persona.daemon_set}" in complaint, "the chart refuses to stand beside the original, and says what to do", complaint)
    equal(untouched(cluster, persona, user), before, "which changes nothing")
    cluster.kubectl("-n", persona.namespace, "delete", "daemonset", persona.daemon_set)
    cluster.helm(*install)
    name = f"{persona.name}-devicepool"
    serves(cluster, persona, f"{persona.name}: the chart is installed, and serves", name)
    equal(untouched(cluster, persona, user), before, "ConfigMap and user pod are untouched")
    cluster.helm("test", persona.name, "-n", persona.namespace, "--timeout", "60s")
    check(True, "helm test succeeds")
    pods = [p["metadata"]["uid"] for p in cluster.get("pods", namespace=persona.namespace, selector="name=" + name)]
    set_version(f"{CHART}/Chart.yaml", "version: 0.2.0", "version: 0.2.1")
    cluster.helm("upgrade", persona.name, CHART, "-n", persona.namespace, "-f", persona.values)
    set_version(f"{CHART}/Chart.yaml", "version: 0.2.1", "version: 0.2.0")
    serves(cluster, persona, f"{persona.name}: a new version of the chart serves", name)
    equal([p["metadata"]["uid"] for p in cluster.get("pods", namespace=persona.namespace, selector="name=" + name)], pods, "by the same pods")
    equal(untouched(cluster, persona, user), before, "ConfigMap and user pod are untouched")
    cluster.helm("uninstall", persona.name, "-n", persona.namespace, "--wait")
    equal(untouched(cluster, persona, user), before, "the chart is gone: ConfigMap and user pod are untouched")
    cluster.kubectl("create", "-f", f"/tmp/{persona.name}-original.json")
    serves(cluster, persona, f"{persona.name}: the original serves again")
    equal(untouched(cluster, persona, user), before, "ConfigMap and user pod are untouched")


def set_version(path, old, new):
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("\n" + old + "\n", "\n" + new + "\n"))


def copy_chart(cluster):
    """The chart; for a server older than it says it needs, without that line."""
    shutil.copytree(f"{DEPLOYMENTS}/helm/devicepool", CHART)
    if cluster.version < (1, 30):
        with open(f"{CHART}/Chart.yaml") as file:
            lines = [line for line in file if not line.startswith("kubeVersion")]
        with open(f"{CHART}/Chart.yaml", "w") as file:
            file.writelines(lines)


def persona_migrates(cluster, persona):
    """There and back, twice; the original goes at the end."""
    persona.create_config_map(cluster)
    cluster.kubectl("create", "-f", "-", text=json.dumps(persona.original))
    serves(cluster, persona, f"{persona.name}: the original serves")
    user = "user-" + persona.name
    user_pod(cluster, user, {sorted(persona.resources)[0]: "1"})
    need(runs(cluster, user), f"{persona.name}: a pod with a device runs", cluster.kubectl("describe", "pod", user))
    before = untouched(cluster, persona, user)
    by_kubectl(cluster, persona, before, user)
    if program("helm"):
        by_helm(cluster, persona, before, user)
    else:
        skip(f"{persona.name}: the chart", "there is no helm")
    cluster.kubectl("-n", persona.namespace, "delete", "daemonset", persona.daemon_set)


def older_names_are_replaced(cluster):
    """The vendor's manifest of the older names with only the image changed says what it lacks; then one command replaces it."""
    persona, label, complaint = NPUS_REBEL, "name=" + NPUS_REBEL.daemon_set, "the host's NPU tools are missing"
    persona.create_config_map(cluster)
    cluster.create(persona.original)
    serves(cluster, persona, "the vendor's manifest of the older names serves")

    def complaints():
        pod = persona.pod(cluster, label)["metadata"]["name"]
        return [line for line in cluster.kubectl("-n", persona.namespace, "logs", pod).splitlines() if complaint in line]
    check(eventually(complaints, 10, 0.5) and len(complaints()) == 1 and "/usr/local/bin/rbln-stat" in complaints()[0],
          "one line of its log names the tool that is not mounted", complaints())
    cluster.apply(persona.manifest)
    serves(cluster, persona, "this manifest of the older names is applied over it, and serves")
    check(eventually(lambda: len(cluster.get("pods", namespace=persona.namespace, selector=label)) == 1, 30, 0.5), "one plugin is on the node",
          cluster.get("pods", namespace=persona.namespace, selector=label))
    equal(complaints(), [], "which lacks nothing")
    user_pod(cluster, "user-rebel", {sorted(persona.resources)[0]: "1"}, ["sh", "-c", "env; cat /usr/bin/rbln-stat; echo end; sleep 100000"])
    check(runs(cluster, "user-rebel") and "simulated" in cluster.kubectl("logs", "user-rebel"), "a container has the host's rbln-stat",
          cluster.kubectl("describe", "pod", "user-rebel"))
    cluster.kubectl("-n", persona.namespace, "delete", "daemonset", persona.daemon_set)


def operator_renders(cluster):
    """The operator's DaemonSet with only the image changed, and its ConfigMap with a key for each node."""
    with open(SRIOV.sample) as file:
        pools = json.load(file)["resourceList"][:1]
    namespace, name = "sriov-network-operator", "sriov-device-plugin"
    # As the operator writes it: every field, many of them empty.
    policy = json.dumps({"resourceList": [{**pools[0], "SelectorObjs": None, "selectors": {**pools[0]["selectors"], "IsRdma": False, "NeedVhostNet": False}}]})
    none = json.dumps({"resourceList": None})

    def configure(text):
        cluster.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "device-plugin-config", "namespace": namespace},
                        "data": {NODE: text, "another-node": none}})

    def pod():
        pods = [p for p in cluster.get("pods", namespace=namespace, selector="app=" + name) if "deletionTimestamp" not in p["metadata"]]
        return pods[0] if pods else {}

    def is_running():
        return pod().get("status", {}).get("phase") == "Running" and pod()["status"]["containerStatuses"][0]["restartCount"] == 0
    cluster.kubectl("create", "namespace", namespace)
    configure(policy)
    cluster.create(originals.OPERATOR)
    offered = NETS.replace("intel.com", "openshift.io")
    need(eventually(lambda: offered in cluster.allocatable(), 60, 0.5), "a node with a policy offers its resource",
         (cluster.allocatable(), cluster.kubectl("-n", namespace, "logs", pod().get("metadata", {}).get("name", ""), check=False)))
    # After each change of a policy the operator deletes the pod.
    for text, fact in ((none, "a node without a policy has an idle pod"), (policy, "and offers its resource when a policy comes")):
        configure(text)
        cluster.kubectl("-n", namespace, "delete", "pod", pod()["metadata"]["name"])
        check(eventually(lambda: is_running() and (offered in cluster.allocatable()) == (text == policy), 90, 0.5), fact,
              (pod().get("status"), cluster.allocatable()))
    check(is_running(), "without a restart")
    cluster.kubectl("delete", "namespace", namespace)


def scenario():
    if missing():
        skip("a cluster", f"there is no {', '.join(missing())}: run `make kube`, or name a folder with them in KUBE_BIN")
        return
    cluster = Cluster()
    note("Kubernetes %d.%d" % cluster.version)
    with Step("control plane, containerd, kubelet, image"):
        node_starts(cluster)
        image_is_imported()
        copy_chart(cluster)
    for persona in (SRIOV, RDMA_SHARED, NPUS):
        with Step(f"{persona.name}: there and back"):
            persona_migrates(cluster, persona)
    with Step("npu by its older names"):
        older_names_are_replaced(cluster)
    with Step("under the SR-IOV network operator"):
        operator_renders(cluster)
    cluster.stop_all()


sys.exit(tap.run(scenario))

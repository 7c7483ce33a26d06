#!/usr/bin/python3
"""Claims on a real control plane and node: from slices to containers, health, outages, a change of the front end, removal."""
# run: limit 1500; cluster; by name only; on this machine
import glob
import json
import os
import re
import signal
import sys
import time

from e2e import *
from e2e import claims, multus, simulated
from e2e.claims import CLASS, claim_pod, container_of, held, well
from e2e.cluster import ADDRESS, NODE, Cluster, missing, program
from e2e.machine import run
from e2e.personas import *
from e2e.personas import CGROUP, DPDK, NETS, SRIOV
from e2e.service import Service

API_ARCHIVE, OVERLAY, CHART = "/run/e2e/product/image-api.tar", "/run/e2e/suite", f"{DEPLOYMENTS}/helm/devicepool"
# One of the sample's functions was recorded without its interface: it has a taint for as long as it lives.
SICK, FUNCTIONS = "0000:3b:01.1", ["0000:3b:01.0", "0000:5e:02.0", "0000:5e:02.1"]
NAMES = {claims.device_name(address) for address in FUNCTIONS}


def pod_runs(cluster, name, fact, within=60):
    """The fact that a pod runs; its functions."""
    need(runs(cluster, name, within), fact, (claims.events(cluster, name), cluster.get("pod", name).get("status"), claims.listed(cluster)))
    return held(cluster, name)


def named_pod(cluster, name, fact, count=1, **more):
    """A pod that asks for the resource as it does of a device plugin; its functions."""
    user_pod(cluster, name, {NETS: str(count)}, **more)
    return pod_runs(cluster, name, fact)


def all_well(cluster, fact, within=60):
    """The fact that the pool's functions are listed without a taint."""
    check(eventually(lambda: NAMES <= well(cluster), within, 0.3), fact, claims.listed(cluster))


def daemon_runs(cluster, fact):
    """The fact that the plugin's pod is ready with two containers."""
    need(SRIOV.rolled_out(cluster) and len(SRIOV.pod(cluster)["status"]["containerStatuses"]) == 2 and claims.ready()[0], fact,
         (claims.ready(), cluster.kubectl("-n", SRIOV.namespace, "describe", "pods")[-3000:]))


def make_classes(cluster):
    """Of the pools with `serve: dra`, by the program in the pod."""
    in_pod = ("-n", SRIOV.namespace, "exec", SRIOV.pod(cluster)["metadata"]["name"], "-c", "kube-sriovdp", "--")
    cluster.kubectl("apply", "-f", "-", text=cluster.kubectl(*in_pod, "devicepool", "deviceclass"))


def component_is_applied(cluster):
    """By a kustomization, as the manual says; the classes from the program in the pod."""
    run("ctr", "-n", "k8s.io", "images", "import", API_ARCHIVE)
    with open(f"{OVERLAY}/kustomization.yaml", "w") as file:
        json.dump({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["deployments/overlays/sriov"],
                   "components": ["deployments/components/dra"]}, file)
    SRIOV.create_config_map(cluster)
    claims.serve(cluster, netdevice="dra")
    cluster.kubectl("apply", "-k", OVERLAY)
    daemon_runs(cluster, "the overlay with the component: the pod is ready")
    all_well(cluster, "the node's slices list the pool")
    check(claims.device_name(SICK) in claims.listed(cluster) and
          eventually(lambda: claims.listed(cluster)[claims.device_name(SICK)], 30, 0.5), "a function without its interface has a taint",
          claims.listed(cluster))
    equal(NETS in cluster.allocatable(), False, "the device plugin does not offer it")
    check(eventually(lambda: DPDK in cluster.allocatable(), 30, 0.5), "but the pools that it still serves", cluster.allocatable())
    make_classes(cluster)
    check(cluster.get("deviceclass", CLASS), "the class that deviceclass prints is made", cluster.get("deviceclasses"))


def rights_are_narrow(cluster):
    """What the helper's token may do."""
    pod = SRIOV.pod(cluster)["metadata"]["name"]
    token = cluster.kubectl("-n", SRIOV.namespace, "create", "token", "sriov-device-plugin", "--bound-object-kind=Pod", f"--bound-object-name={pod}").strip()
    unbound = cluster.kubectl("-n", SRIOV.namespace, "create", "token", "sriov-device-plugin").strip()
    [slice_] = claims.slice_objects(cluster)

    def refusal(node, token):
        copy = {**slice_, "metadata": {"generateName": "another-"}, "spec": {**slice_["spec"], "nodeName": node}}
        path = "/tmp/token.kubeconfig"
        with open(cluster.environment["KUBECONFIG"]) as file:
            config = json.load(file)
        config["users"] = [{"name": "u", "user": {"token": token}}]
        with open(path, "w") as file:
            json.dump(config, file)
        return cluster.refusal(program("kubectl"), f"--kubeconfig={path}", "create", "--dry-run=server", "-f", "-", text=json.dumps(copy))
    equal(refusal(NODE, token), None, "the token may write slices of its node")
    check("slices of that node only" in (refusal("another", token) or ""), "not those of another node", refusal("another", token))
    check("not bound" in (refusal(NODE, unbound) or ""), "and none with a token that no pod has", refusal(NODE, unbound))
    account = f"--as=system:serviceaccount:{SRIOV.namespace}:sriov-device-plugin"
    for words in (("list", "secrets"), ("list", "pods"), ("update", "resourceclaims"), ("patch", "nodes")):
        equal(cluster.kubectl("auth", "can-i", *words, account, check=False).strip(), "no", f"it may not {' '.join(words)}")
    daemon = next(c for c in SRIOV.pod(cluster)["spec"]["containers"] if c["name"] == "kube-sriovdp")
    check(not [m for m in daemon["volumeMounts"] if "serviceaccount" in m["mountPath"]], "the container with devices has no token", daemon["volumeMounts"])


def claims_are_prepared(cluster):
    """Pods with templates: the container sees what it sees from the device plugin."""
    claim_pod(cluster, "claimed", restart="Always")
    began = time.monotonic()
    addresses = pod_runs(cluster, "claimed", "a pod with a claim runs")
    note(f"{time.monotonic() - began:.1f} s")
    check(len(addresses) == 1 and addresses[0] in FUNCTIONS, f"PCIDEVICE_ names one function: {addresses}")
    check(eventually(lambda: claims.health(cluster, "claimed") == [("Healthy", "")], 30, 0.5), "allocatedResourcesStatus says Healthy",
          claims.health(cluster, "claimed"))
    claim_pod(cluster, "pair", count=2, parameters={"needVhostNet": True})
    pair = pod_runs(cluster, "pair", "a pod with two devices in a claim, and a parameter, runs")
    check(len({*pair, *addresses}) == 3, "each device is given once", (pair, addresses))
    check("vhost-net" in cluster.kubectl("logs", "pair"), "needVhostNet: the container has /dev/vhost-net", cluster.kubectl("logs", "pair"))
    claim_pod(cluster, "third")
    check(eventually(lambda: "cannot allocate all claims" in claims.events(cluster, "third"), 30, 0.5), "the next claim waits for a device",
          claims.events(cluster, "third"))
    cluster.kubectl("delete", "pod", "pair", "--now")
    pod_runs(cluster, "third", "and gets one when a pod ends")
    cluster.kubectl("delete", "pod", "third", "--now")
    check(eventually(lambda: len(claims.prepared()) == 1, 30, 0.3), "claims of ended pods are given back", claims.prepared())
    for name, parameters, word in (("unknown", {"needVhostNets": True}, "needVhostNets"), ("vfio", {"vfio": True}, "iavf")):
        claim_pod(cluster, name, parameters=parameters)
        check(eventually(lambda: word in claims.events(cluster, name), 60, 0.5), f"a claim with {parameters} is refused, and an event says why",
              claims.events(cluster, name))
        cluster.kubectl("delete", "pod", name, "--now")


def names_are_served(cluster):
    """Pod specs from the device plugin's time, unchanged."""
    if cluster.version < (1, 36):
        skip("extended resources", "they are off by default before Kubernetes 1.36")
        return
    addresses = named_pod(cluster, "named", "a pod that asks for the old resource name runs", restart="Always")
    check(addresses and addresses != held(cluster, "claimed"), f"with a function of its own: {addresses}")
    mapping = cluster.get("pod", "named")["status"].get("extendedResourceClaimStatus", {}).get("requestMappings", [])
    equal([m["resourceName"] for m in mapping], [NETS], "the pod's status names the claim that was made for it")


def kubelet_is_restarted(cluster, users):
    """It deletes the node's slices when it starts; the helper writes them again."""
    before, names = restarts(cluster, users), {s["metadata"]["name"] for s in claims.slice_objects(cluster)}
    cluster.stop("kubelet")
    began = time.monotonic()
    cluster.start_kubelet(CGROUP)
    check(eventually(lambda: names.isdisjoint(s["metadata"]["name"] for s in claims.slice_objects(cluster)), 30, 0.1), "kubelet restarts: the slices go")
    all_well(cluster, "and are back")
    note(f"{time.monotonic() - began:.1f} s from kubelet's start")
    equal(restarts(cluster, users), before, "user pods run on")
    claim_pod(cluster, "after")
    addresses = pod_runs(cluster, "after", "a new pod gets a function")
    check(addresses[0] not in [a for n in users for a in held(cluster, n)], "which is not one in use", addresses)
    cluster.kubectl("delete", "pod", "after", "--now")


def api_server_is_away(cluster, address, users):
    """Containers run, and start again, without it."""
    before, variables_before = restarts(cluster, users), held(cluster, "claimed")
    container = container_of(cluster, "claimed")
    cluster.stop("kube-apiserver", signal.SIGKILL)
    tasks = lambda: run("ctr", "-n", "k8s.io", "tasks", "list")
    check(tasks().count("RUNNING") >= 2 * len(users), "without the API server the containers run", tasks())
    run("ctr", "-n", "k8s.io", "tasks", "kill", "-s", "SIGKILL", container)
    ours = lambda: [p for p in glob.glob("/var/log/pods/default_claimed_*/c/1.log") if "end" in open(p).read()]
    check(eventually(ours, 60, 0.5), "a container that ends starts again with the device of its claim", tasks())
    check(claims.ready()[0], "the daemon stays ready", claims.ready())
    check(eventually(lambda: address.refused >= 2, 60, 0.5), "devicepool-api asks for the API server in vain", address.refused)
    began = time.monotonic()
    cluster.start_api_server()
    need(eventually(lambda: cluster.condition("node", NODE, "Ready") == "True", 60, 0.5), "the API server is back, and the node Ready")
    all_well(cluster, "the slices are as before")
    equal({n: v for n, v in restarts(cluster, users).items() if n != "claimed"}, {n: v for n, v in before.items() if n != "claimed"}, "other pods ran on")
    equal(held(cluster, "claimed"), variables_before, "the container that started again has the same function")
    for slice_ in claims.slice_objects(cluster):
        cluster.kubectl("delete", "resourceslice", slice_["metadata"]["name"])
    all_well(cluster, "slices that someone deletes are written again")
    note(f"{time.monotonic() - began:.1f} s")
    claim_pod(cluster, "afterwards")
    pod_runs(cluster, "afterwards", "and a new claim is prepared")
    cluster.kubectl("delete", "pod", "afterwards", "--now")


def devices_turn_sick(cluster, users):
    """A taint keeps new claims away; the pod that has the device keeps it. The safety scan finds it within a minute."""
    before, [mine] = restarts(cluster, users), held(cluster, "claimed")
    [free] = set(FUNCTIONS) - {a for n in users for a in held(cluster, n)}
    with claims.Unbound(mine, free):
        began = time.monotonic()
        taint = lambda: claims.listed(cluster).get(claims.device_name(mine))
        check(eventually(taint, 90, 0.5), "the driver of a held function goes: it has a taint", claims.listed(cluster))
        check(eventually(lambda: claims.device_name(free) not in claims.listed(cluster), 30, 0.5), "that of a free one: it is no longer listed",
              claims.listed(cluster))
        note(f"{time.monotonic() - began:.1f} s: {taint()}")
        if cluster.version >= (1, 36):
            seen = lambda: claims.health(cluster, "claimed")
            check(eventually(lambda: seen() and seen()[0][0] == "Unhealthy" and "driver" in seen()[0][1], 30, 0.5),
                  "the pod's allocatedResourcesStatus says Unhealthy, and why", seen())
        else:
            skip("allocatedResourcesStatus", "it is off by default before Kubernetes 1.36")
        claim_pod(cluster, "none")
        check(eventually(lambda: "cannot allocate all claims" in claims.events(cluster, "none"), 30, 0.5), "a new claim gets neither",
              claims.events(cluster, "none"))
        equal(restarts(cluster, users), before, "no pod is evicted")
    all_well(cluster, "the drivers are back: the functions are well", 90)
    pod_runs(cluster, "none", "and the claim gets one")
    cluster.kubectl("delete", "pod", "none", "--now")
    claim_pod(cluster, "patient", device=SICK)
    check(eventually(lambda: "cannot allocate all claims" in claims.events(cluster, "patient"), 30, 0.5), "a claim for the sick function waits",
          claims.events(cluster, "patient"))
    claim_pod(cluster, "tolerant", device=SICK, tolerate=True)
    equal(pod_runs(cluster, "tolerant", "one that tolerates the taint runs"), [SICK], "with that function")


def node_reboots(cluster, containerd, users):
    """Kubelet, runtime and daemon end, and /var/run/cdi is empty: kubelet asks again, and the claims are as before."""
    functions = {name: held(cluster, name) for name in users}
    before = {name: container_of(cluster, name) for name in users}
    cluster.stop("kubelet")
    for task in run("ctr", "-n", "k8s.io", "tasks", "list", "-q").split():
        run("ctr", "-n", "k8s.io", "tasks", "kill", "-s", "SIGKILL", task, check=False)
    containerd.stop()
    for path in glob.glob(claims.SPECS + "/*"):
        os.unlink(path)
    containerd.start()
    cluster.start_kubelet(CGROUP)
    anew = lambda name: container_of(cluster, name) != before[name]
    for name in users:
        check(eventually(lambda: anew(name), 120, 0.5) and runs(cluster, name), f"after a reboot {name} runs in a new container",
              claims.events(cluster, name))
        equal(held(cluster, name), functions[name], "with its function")
    daemon_runs(cluster, "the daemon is ready")
    all_well(cluster, "the slices are as before")


def pools_change_front_end(cluster):
    """devicePlugin, dra, devicePlugin, under pods that run: no device is given twice."""
    claims.clear(cluster)
    claims.serve(cluster)
    need(eventually(lambda: cluster.allocatable().get(NETS) == 3 and not claims.listed(cluster), 90, 0.3), "the pool is the device plugin's",
         (cluster.allocatable(), claims.listed(cluster)))
    [old] = named_pod(cluster, "old", "a pod by the device plugin runs", restart="Always")
    before = restarts(cluster, ["old"])
    claims.serve(cluster, netdevice="dra")
    others = NAMES - {claims.device_name(old)}
    need(eventually(lambda: well(cluster) == others and NETS not in cluster.allocatable(), 90, 0.3), "serve: dra lists all but the function that the pod has",
         (cluster.allocatable(), claims.listed(cluster)))
    equal(restarts(cluster, ["old"]), before, "the pod runs on")
    [new] = named_pod(cluster, "new", "a pod by the same name runs by DRA")
    claim_pod(cluster, "claim")
    [other] = pod_runs(cluster, "claim", "and one with a claim")
    equal({old, new, other}, set(FUNCTIONS), "each has a function of its own")
    run("ctr", "-n", "k8s.io", "tasks", "kill", "-s", "SIGKILL", container_of(cluster, "old"))
    status = lambda: cluster.get("pod", "old")["status"]["containerStatuses"][0]
    check(eventually(lambda: status()["restartCount"] == 1 and "running" in status()["state"], 60, 0.5) and runs(cluster, "old"),
          "the old pod's container ends and starts again", status())
    equal(held(cluster, "old"), [old], "with its function")
    cluster.kubectl("delete", "pod", "old", "--now")
    all_well(cluster, "the old pod ends: DRA lists its function")
    before = restarts(cluster, ["new", "claim"])
    claims.serve(cluster)
    # The function that was recorded without its interface is in the list, and Unhealthy.
    need(eventually(lambda: cluster.allocatable().get(NETS) == 1, 90, 0.3), "back to devicePlugin: it offers what no claim has", cluster.allocatable())
    equal(restarts(cluster, ["new", "claim"]), before, "pods by DRA run on")
    user_pod(cluster, "next", {NETS: "1"}, restart="Always")
    if runs(cluster, "next", 8):
        check(held(cluster, "next") == [old], "a pod by the device plugin has the free function", held(cluster, "next"))
    else:
        note("a new pod waits until old pods by the resource's name have ended")
    cluster.kubectl("delete", "pod", "new", "claim", "--now")
    pod_runs(cluster, "next", "the claims end: a new pod runs by the device plugin")
    check(eventually(lambda: cluster.allocatable().get(NETS) == 3 and not claims.listed(cluster), 60, 0.3), "which has all functions again",
          (cluster.allocatable(), claims.listed(cluster)))
    equal(list(claims.prepared()), [], "and no claim is left")


def pool_is_large(cluster):
    """300 functions more in a pool: slices of at most 64, and pods from several of them."""
    claims.clear(cluster)
    simulated.functions(300)
    claims.serve(cluster, netdevice="dra", dpdk="dra")
    cluster.kubectl("-n", SRIOV.namespace, "rollout", "restart", "daemonset", SRIOV.daemon_set)
    daemon_runs(cluster, "300 functions are plugged in: the pod is ready")
    check(eventually(lambda: len(well(cluster, DPDK)) == 301, 90, 0.5), "the slices list all", len(claims.listed(cluster, DPDK)))
    sizes = sorted(len(s["spec"]["devices"]) for s in claims.slice_objects(cluster) if "dpdk" in s["spec"]["pool"]["name"])
    equal(sizes, [45, 64, 64, 64, 64], "in slices of at most 64")
    make_classes(cluster)
    versions = {s["metadata"]["name"]: s["metadata"]["resourceVersion"] for s in claims.slice_objects(cluster)}
    given = []
    for name in ("many", "more"):
        user_pod(cluster, name, {DPDK: "32"})
        pod_runs(cluster, name, "a pod with 32 of them runs")
        given += held(cluster, name, DPDK)
    equal(len(set(given)), 64, "each function is given once")
    nodes = [line for line in cluster.kubectl("logs", "many").splitlines() if re.fullmatch(r"\d{4}|42", line)]
    equal(len(nodes), 32, "the container has the node of each group")
    equal({s["metadata"]["name"]: s["metadata"]["resourceVersion"] for s in claims.slice_objects(cluster)}, versions, "pods cost no write of a slice")


def multus_attaches(cluster):
    """Multus finds the device by the claim and the slice's attributes."""
    if not os.path.exists(multus.PROGRAM):
        skip("Multus attaches a claim's function", "there is no Multus: name a folder with it in CNI_BIN")
        return
    with open(multus.PROGRAM, "rb") as file:
        if b"resourceClaimStatuses" not in file.read():
            skip("Multus attaches a claim's function", "this Multus knows no claims: one newer than 4.3.0 does")
            return
    claims.clear(cluster)
    multus.install(cluster)
    network = {"k8s.v1.cni.cncf.io/networks": "host-device-net"}
    claim_pod(cluster, "attached", annotations=network)
    [address] = pod_runs(cluster, "attached", "a pod with a claim on the example network runs")
    equal(multus.attached_device(cluster, "attached"), address, "net1 is the claim's function")
    if cluster.version >= (1, 36):
        [address] = named_pod(cluster, "attached-by-name", "and one by the resource's name", annotations=network)
        equal(multus.attached_device(cluster, "attached-by-name"), address, "net1 is its function")


def component_is_removed(cluster):
    """`kubectl delete -k`: nothing is left on the node and in the API but what the operator made."""
    claims.clear(cluster)
    check(eventually(lambda: not claims.prepared(), 60, 0.5), "all claims are given back", claims.prepared())
    cluster.kubectl("delete", "-k", OVERLAY)
    began = time.monotonic()
    check(eventually(lambda: not claims.slice_objects(cluster), 60, 0.5), "kubelet deletes the slices of a driver that is gone",
          [s["metadata"]["name"] for s in claims.slice_objects(cluster)])
    note(f"{time.monotonic() - began:.1f} s")
    check(eventually(lambda: not claims.leftovers(), 30, 0.5), "no socket, spec, DeviceInfo file or claim is left", claims.leftovers())
    objects = cluster.kubectl("get", "clusterroles,clusterrolebindings,validatingadmissionpolicies,validatingadmissionpolicybindings", "-o", "name")
    check("dra." not in objects, "no role and no policy is left", objects)
    cluster.kubectl("delete", "deviceclasses", "--all")
    cluster.kubectl("-n", SRIOV.namespace, "delete", "configmap", SRIOV.config_map)


def chart_is_installed(cluster):
    """The chart with dra.enabled: daemon, helper, rights, policy and classes."""
    if not program("helm"):
        skip("the chart", "there is no helm")
        return
    values = "/tmp/dra-values.yaml"
    with open(values, "w") as file:
        json.dump({"dra": {"enabled": True}, "config": claims.configuration(netdevice="dra")}, file)
    cluster.helm("install", "sriov", CHART, "-n", SRIOV.namespace, "-f", SRIOV.values, "-f", values)
    need(SRIOV.rolled_out(cluster, "sriov-devicepool") and claims.ready()[0], "the chart with dra.enabled: the pod is ready",
         (claims.ready(), cluster.kubectl("-n", SRIOV.namespace, "describe", "pods")[-3000:]))
    all_well(cluster, "the slices list the pool")
    check(cluster.get("deviceclass", CLASS).get("spec", {}).get("extendedResourceName") == NETS, "it makes the class", cluster.get("deviceclasses"))
    claim_pod(cluster, "charted")
    pod_runs(cluster, "charted", "a pod with a claim runs")
    claims.clear(cluster)
    cluster.helm("uninstall", "sriov", "-n", SRIOV.namespace, "--wait")
    check(eventually(lambda: not claims.slice_objects(cluster), 60, 0.5), "uninstalled: the slices go")
    check(eventually(lambda: not claims.leftovers(), 30, 0.5), "no socket, spec, DeviceInfo file or claim is left", claims.leftovers())
    check(not cluster.get("deviceclasses"), "and no class", cluster.get("deviceclasses"))


def unfit(version):
    """Why claims can't be served here, or None."""
    if version < (1, 34):
        return "Kubernetes 1.34 or newer serves resource.k8s.io/v1"
    if not os.path.exists(API_ARCHIVE):
        return "there is no image of devicepool-api: run `make image-api`"
    found = re.search(r"v?(\d+)\.(\d+)\.\d+", run("containerd", "--version"))
    return None if (int(found[1]), int(found[2])) >= (1, 7) else f"containerd {found[0]} knows no CDI names: put a newer one, with its shim, into KUBE_BIN"


def scenario():
    if missing():
        skip("a cluster", f"there is no {', '.join(missing())}: name a folder with them in KUBE_BIN")
        return
    cluster = Cluster()
    note("Kubernetes %d.%d" % cluster.version)
    if unfit(cluster.version):
        skip("claims", unfit(cluster.version))
        return
    users, containerds = ["claimed", *(["named"] if cluster.version >= (1, 36) else [])], []
    address = Service((ADDRESS, 6443))
    steps = {
        "control plane, containerd and kubelet": lambda: containerds.append(node_starts(cluster)),
        "import of the image": image_is_imported,
        "the overlay with the component dra": lambda: component_is_applied(cluster),
        "rights": lambda: rights_are_narrow(cluster),
        "claims": lambda: claims_are_prepared(cluster),
        "extended resources": lambda: names_are_served(cluster),
        "restart of kubelet": lambda: kubelet_is_restarted(cluster, users),
        "outage of the API server": lambda: api_server_is_away(cluster, address, users),
        "sick devices": lambda: devices_turn_sick(cluster, users),
        "reboot": lambda: node_reboots(cluster, containerds[0], users),
        "a change of the front end": lambda: pools_change_front_end(cluster),
        "300 devices": lambda: pool_is_large(cluster),
        "Multus": lambda: multus_attaches(cluster),
        "removal": lambda: component_is_removed(cluster),
        "the chart": lambda: chart_is_installed(cluster)}
    for title, step in steps.items():
        with Step(title):
            step()
    cluster.stop_all()


sys.exit(tap.run(scenario))

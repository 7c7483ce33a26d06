"""Dynamic Resource Allocation in a real cluster: slices, classes, claims, and what the driver leaves on the node."""

import glob
import json
import os
import re
import urllib.error
import urllib.request

from .cluster import NODE
from .personas import NETS, SRIOV, user_pod, variables

DRIVER = "devicepool"
CLASS = "intel-sriov-netdevice.intel.com"
KUBELET, SPECS, INFOS = "/var/lib/kubelet", "/var/run/cdi", "/var/run/k8s.cni.cncf.io/devinfo/dp"
PARAMETERS = {"apiVersion": "devicepool/v1alpha1", "kind": "DeviceParameters"}


def configuration(**served):
    """The sample of the persona, with these pools by another front end: netdevice="dra"."""
    with open(SRIOV.sample) as file:
        config = json.load(file)
    for pool in config["resourceList"]:
        front_end = served.get(pool["resourceName"].rsplit("_", 1)[1])
        if front_end:
            pool["serve"] = front_end
    return config


def serve(cluster, **served):
    """Changes the front ends in the ConfigMap."""
    SRIOV.set_configuration(cluster, json.dumps(configuration(**served)))


def ready():
    """Whether the daemon is ready, and what it says."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:9810/readyz", timeout=5) as answer:
            return True, answer.read().decode()
    except urllib.error.HTTPError as error:
        return False, error.read().decode()
    except OSError as error:
        return False, str(error)


def device_name(address):
    """A function's name in slices."""
    return re.sub("[:.]", "-", address)


def slice_objects(cluster):
    """The driver's slices as objects."""
    return [s for s in cluster.get("resourceslices") if s["spec"]["driver"] == DRIVER]


def listed(cluster, resource=NETS):
    """{device: the value of its taint, or None} of a resource's pool."""
    pool = f"{NODE}/{resource.replace('_', '-')}"
    return {d["name"]: (d.get("taints") or [{}])[0].get("value") for s in slice_objects(cluster) if s["spec"]["pool"]["name"] == pool
            for d in s["spec"].get("devices", [])}


def well(cluster, resource=NETS):
    """The names of the devices without a taint."""
    return {name for name, taint in listed(cluster, resource).items() if taint is None}


def template(cluster, name, count=1, parameters=None, device=None, tolerate=False):
    """A ResourceClaimTemplate: so many devices of the class, or one by its address, sick ones too."""
    request = {"deviceClassName": CLASS, "count": count}
    if device:
        id_ = 'device.attributes["resource.kubernetes.io"].pciBusID'
        request["selectors"] = [{"cel": {"expression": f'{id_} == "{device}"'}}]
    if tolerate:
        request["tolerations"] = [{"key": DRIVER + "/unhealthy", "operator": "Exists"}]
    devices = {"requests": [{"name": "nic", "exactly": request}]}
    if parameters:
        devices["config"] = [{"requests": ["nic"], "opaque": {"driver": DRIVER, "parameters": {**PARAMETERS, **parameters}}}]
    cluster.create({"apiVersion": "resource.k8s.io/v1", "kind": "ResourceClaimTemplate", "metadata": {"name": name, "namespace": "default"},
                    "spec": {"spec": {"devices": devices}}})


def claim_pod(cluster, name, restart="Never", annotations=None, **asked):
    """A pod with a claim made from a template of the pod's name."""
    template(cluster, name, **asked)
    user_pod(cluster, name, {}, annotations=annotations, claims={"nic": {"resourceClaimTemplateName": name}}, restart=restart)


def held(cluster, name, resource=NETS):
    """The functions that the pod's container was told of."""
    variable = "PCIDEVICE_" + re.sub(r"[^A-Z0-9]", "_", resource.upper())
    return [address for address in variables(cluster, name).get(variable, "").split(",") if address]


def container_of(cluster, name):
    """The runtime's id of the pod's container."""
    return cluster.get("pod", name)["status"]["containerStatuses"][0]["containerID"].split("//")[1]


def health(cluster, name):
    """(health, message) of each device in the pod's allocatedResourcesStatus."""
    statuses = cluster.get("pod", name).get("status", {}).get("containerStatuses", [])
    return [(r["health"], r.get("message", "")) for c in statuses for a in c.get("allocatedResourcesStatus", []) for r in a["resources"]]


def events(cluster, name):
    """What has happened to the pod, as one text."""
    return "\n".join(e["message"] for e in cluster.get("events") if e["involvedObject"]["name"] == name)


def clear(cluster):
    """Ends all user pods and takes their templates away."""
    cluster.kubectl("delete", "pods,resourceclaimtemplates", "--all", "--now")


def prepared():
    """{uid: devices} of the claims in the driver's checkpoint."""
    try:
        with open(f"{KUBELET}/plugins/{DRIVER}/claims.json") as file:
            return {c["uid"]: c["devices"] for c in json.load(file)["claims"]}
    except FileNotFoundError:
        return {}


def leftovers():
    """Files on the node that belong to claims or to a running driver."""
    sockets = [p for p in glob.glob(f"{KUBELET}/plugins_registry/*") + glob.glob(f"{KUBELET}/plugins/{DRIVER}/*") if p.endswith(".sock")]
    specs = glob.glob(SPECS + "/devicepool-claim-*")
    return sorted(sockets + specs + glob.glob(INFOS + "/*") + [f"claim {uid}" for uid in prepared()])


def driver_link(address):
    """The link to a function's driver in the simulated /sys."""
    [path] = glob.glob(f"/simulated/sys/devices/*/*/{address}/driver")
    return path


class Unbound:
    """While it lasts these functions have no driver, as after an unbind."""

    def __init__(self, *addresses):
        self.links = {path: os.readlink(path) for path in map(driver_link, addresses)}

    def __enter__(self):
        for path in self.links:
            os.unlink(path)

    def __exit__(self, *_):
        for path, target in self.links.items():
            os.symlink(target, path)

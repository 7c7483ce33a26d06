"""The security profile that every DaemonSet here keeps."""

# Capabilities that a persona adds, and nothing else; what each is for is said where it is added.
CAPABILITIES = {"sriov": set(), "rdma-shared": set(), "npu": set(), "ub": {"DAC_OVERRIDE", "NET_ADMIN", "SYS_PTRACE"}}
# Where containers may write: what kubelet, Multus, CDI and /dev/ummu need.
WRITABLE = {"/var/lib/kubelet/device-plugins", "/var/lib/kubelet/plugins_registry",
            "/var/run/k8s.cni.cncf.io/devinfo/dp", "/var/run/cdi"}
WRITABLE_OF_UB = WRITABLE | {"/dev"}
FORBIDDEN = {"/", "/etc", "/root", "/home", "/var", "/run", "/sys", "/proc", "/usr", "/var/lib", "/var/lib/kubelet"}


def complaints(documents, persona):
    """What breaks the profile, one string each."""
    found = []
    for document in documents:
        if document["kind"] == "ServiceAccount" and document.get("automountServiceAccountToken") is not False:
            found.append("the service account's token is mounted")
        if document["kind"] in ("ClusterRole", "ClusterRoleBinding"):
            found.append(f"{document['kind']}: nothing here asks the API server")
        if document["kind"] == "Role":
            found += [f"a role for {rule}" for rule in document["rules"]
                      if rule["resources"] != ["securitycontextconstraints"] or rule["verbs"] != ["use"]]
        if document["kind"] == "DaemonSet":
            found += list(_pod(document["spec"]["template"]["spec"], persona)) + list(_set(document))
    return found


def _set(document):
    rolling = document["spec"].get("updateStrategy", {}).get("rollingUpdate", {})
    if rolling.get("maxSurge") != 0:
        yield "two instances may run on one node"
    labels = document["spec"]["template"]["metadata"]["labels"]
    if not document["spec"]["selector"]["matchLabels"].items() <= labels.items():
        yield "the selector does not select the pods"


def _pod(pod, persona):
    if pod.get("automountServiceAccountToken") is not False:
        yield "the service account's token is mounted"
    if pod.get("hostIPC") or pod.get("shareProcessNamespace"):
        yield "hostIPC or shareProcessNamespace"
    if bool(pod.get("hostPID")) != (persona == "ub"):
        yield f"hostPID is {pod.get('hostPID')}"
    if pod.get("priorityClassName") != "system-node-critical":
        yield "not system-node-critical"
    if len(pod["containers"]) != 1 or pod.get("initContainers"):
        yield "more than one container"
    container = pod["containers"][0]
    yield from _container(container, persona)
    yield from _volumes(pod, container, persona)


def _container(container, persona):
    security = container["securityContext"]
    wanted = {"privileged": False, "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
              "seccompProfile": {"type": "RuntimeDefault"}}
    for key, value in wanted.items():
        if security.get(key) != value:
            yield f"{key} is {security.get(key)}"
    if security["capabilities"].get("drop") != ["ALL"]:
        yield "not all capabilities are dropped"
    if set(security["capabilities"].get("add", [])) != CAPABILITIES[persona]:
        yield f"capabilities {security['capabilities'].get('add')} are added"
    if "command" in container:
        yield "a command stands before the image's entry point"
    if container.get("terminationMessagePolicy") != "FallbackToLogsOnError":
        yield "the last lines of the log are not kept"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        if container[probe]["httpGet"]["port"] not in {p["name"] for p in container["ports"]}:
            yield f"{probe} asks a port that is not named"
    if not any(a.endswith(f":{container['ports'][0]['containerPort']}") for a in container["args"] if a.startswith("-listen=")):
        yield "-listen and the port differ"
    if "memory" not in container["resources"]["limits"]:
        yield "memory has no limit"


def _volumes(pod, container, persona):
    volumes = {v["name"]: v for v in pod["volumes"]}
    mounts = {m["name"]: m for m in container["volumeMounts"]}
    if set(volumes) != set(mounts) or len(volumes) != len(pod["volumes"]) or len(mounts) != len(container["volumeMounts"]):
        yield f"volumes and mounts differ: {sorted(set(volumes) ^ set(mounts))}"
        return
    for name, volume in volumes.items():
        if "hostPath" not in volume:
            continue
        path, kind = volume["hostPath"]["path"], volume["hostPath"].get("type")
        if path in FORBIDDEN:
            yield f"all of {path} is mounted"
        if kind not in ("Directory", "DirectoryOrCreate"):
            yield f"{path}: type {kind}; directories only"
        if path.endswith(".sock"):
            yield f"{path}: a socket that is made anew is lost"
        writable = WRITABLE_OF_UB if persona == "ub" else WRITABLE
        if not mounts[name].get("readOnly") and path not in writable:
            yield f"{path} is writable"


def differences_from_constraints(documents):
    """Where OpenShift's SecurityContextConstraints differ from what the pod asks for."""
    one = {d["kind"]: d for d in documents}
    constraints, account = one["SecurityContextConstraints"], one["ServiceAccount"]["metadata"]
    pod = one["DaemonSet"]["spec"]["template"]["spec"]
    security = pod["containers"][0]["securityContext"]
    asked = {
        "allowHostNetwork": bool(pod.get("hostNetwork")), "allowHostPID": bool(pod.get("hostPID")),
        "allowHostIPC": bool(pod.get("hostIPC")), "allowHostPorts": True, "allowPrivilegedContainer": security["privileged"],
        "allowPrivilegeEscalation": security["allowPrivilegeEscalation"],
        "readOnlyRootFilesystem": security["readOnlyRootFilesystem"],
        "allowedCapabilities": security["capabilities"].get("add", []),
        "requiredDropCapabilities": security["capabilities"]["drop"],
        "runAsUser": {"type": "MustRunAs", "uid": security["runAsUser"]},
        "volumes": sorted({kind for volume in pod["volumes"] for kind in volume if kind != "name"})}
    found = [f"{key}: {constraints[key]} is allowed, {value} asked for" for key, value in asked.items() if constraints[key] != value]
    subject = {"kind": "ServiceAccount", "name": account["name"], "namespace": account["namespace"]}
    if one["RoleBinding"]["subjects"] != [subject]:
        found.append(f"the constraints are for {one['RoleBinding']['subjects']}, not for {subject}")
    names = {constraints["metadata"]["name"], one["RoleBinding"]["roleRef"]["name"], one["Role"]["metadata"]["name"],
             *one["Role"]["rules"][0]["resourceNames"]}
    if len(names) != 1:
        found.append(f"they have different names: {names}")
    return found

"""The security profile that every DaemonSet here keeps."""

# Capabilities that a persona adds, and nothing else; what each is for is said where it is added.
CAPABILITIES = {"sriov": set(), "rdma-shared": set(), "npu": set(), "ub": {"DAC_OVERRIDE", "NET_ADMIN", "SYS_PTRACE"}}
# Where containers may write: what kubelet, Multus, CDI and /dev/ummu need.
WRITABLE = {"/var/lib/kubelet/device-plugins", "/var/lib/kubelet/plugins_registry",
            "/var/run/k8s.cni.cncf.io/devinfo/dp", "/var/run/cdi", "/var/lib/kubelet/plugins/devicepool"}
WRITABLE_OF_UB = WRITABLE | {"/dev"}
FORBIDDEN = {"/", "/etc", "/root", "/home", "/var", "/run", "/sys", "/proc", "/usr", "/var/lib", "/var/lib/kubelet"}


def complaints(documents, persona):
    """What breaks the profile, one string each."""
    found = []
    for document in documents:
        if document["kind"] == "ServiceAccount" and document.get("automountServiceAccountToken") is not False:
            found.append("the service account's token is mounted")
        if document["kind"] in ("ClusterRole", "ClusterRoleBinding") and not has_helper(documents):
            found.append(f"{document['kind']}: nothing here asks the API server")
        if document["kind"] == "ClusterRole" and rights(document) != RIGHTS:
            found.append(f"rights for {rights(document)}")
        if document["kind"] == "Role":
            found += [f"a role for {rule}" for rule in document["rules"]
                      if rule["resources"] != ["securitycontextconstraints"] or rule["verbs"] != ["use"]]
        if document["kind"] == "DaemonSet":
            found += list(_pod(document["spec"]["template"]["spec"], persona)) + list(_set(document))
    return found


# What devicepool-api asks of the API server.
RIGHTS = {"resourceslices": {"get", "list", "watch", "create", "update", "delete"}, "resourceclaims": {"get"},
          "nodes": {"get"}}


def rights(role):
    return {resource: set(rule["verbs"]) for rule in role["rules"] for resource in rule["resources"]}


def has_helper(documents):
    return any(len(d["spec"]["template"]["spec"]["containers"]) > 1 for d in documents if d["kind"] == "DaemonSet")


def foreign_accounts(documents):
    """Rights for another account than the pods', and a policy that looks at another."""
    one = {d["kind"]: d for d in documents}
    pod = one["DaemonSet"]["spec"]["template"]["spec"]
    namespace = one["DaemonSet"]["metadata"]["namespace"]
    account = {"kind": "ServiceAccount", "name": pod["serviceAccountName"], "namespace": namespace}
    found = []
    if one["ClusterRoleBinding"]["subjects"] != [account]:
        found.append(f"the rights are for {one['ClusterRoleBinding']['subjects']}, not for {account}")
    if one["ClusterRoleBinding"]["roleRef"]["name"] != one["ClusterRole"]["metadata"]["name"]:
        found.append("the binding is of another role")
    policy = one["ValidatingAdmissionPolicy"]
    [condition] = policy["spec"]["matchConditions"]
    words = "".join(part.strip(' "') for part in condition["expression"].split("==")[1].split("+"))
    if words != f"system:serviceaccount:{namespace}:{account['name']}":
        found.append(f"the policy is for {words}, not for {account}")
    if one["ValidatingAdmissionPolicyBinding"]["spec"] != {"policyName": policy["metadata"]["name"], "validationActions": ["Deny"]}:
        found.append("the policy is not bound, or does not deny")
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
    container, *others = pod["containers"]
    for each in pod["containers"]:
        paths = [mount["mountPath"] for mount in each["volumeMounts"]]
        if len(set(paths)) != len(paths):
            yield f"two mounts of one path: {sorted(paths)}"
    if [other["name"] for other in others] not in ([], ["devicepool-api"]) or pod.get("initContainers"):
        yield "another container"
    yield from _container(container, persona)
    yield from _volumes(pod, container, others, persona)
    for other in others:
        yield from _helper(other, container)


# Volumes of the API helper: the socket that it shares with the daemon, and what it proves to the API server who it is by.
SHARED, SECRET = {"api-socket"}, {"api-token"}
# What its probes ask it. A helper must not be restarted because the API server refuses it.
HELPER_PROBES = {"startupProbe": "alive", "livenessProbe": "alive", "readinessProbe": "ready"}


def _helper(helper, daemon):
    """No token in the container that sees devices, no device in the one that has the token."""
    wanted = {"runAsUser": 65532, "runAsGroup": 65532, "runAsNonRoot": True, "privileged": False,
              "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
              "seccompProfile": {"type": "RuntimeDefault"}}
    if helper["securityContext"] != wanted:
        yield f"{helper['name']}: its security context is {helper['securityContext']}"
    if {m["name"] for m in helper["volumeMounts"]} != SHARED | SECRET:
        yield f"{helper['name']} mounts {[m['name'] for m in helper['volumeMounts']]}"
    if SECRET & {m["name"] for m in daemon["volumeMounts"]}:
        yield "the daemon has the token"
    if "memory" not in helper["resources"]["limits"]:
        yield f"{helper['name']}: memory has no limit"
    # It has no port. A probe has longer than the 5 s that -check waits.
    for probe, question in HELPER_PROBES.items():
        if helper.get(probe, {}).get("exec", {}).get("command") != ["/usr/bin/devicepool-api", f"-check={question}"]:
            yield f"{helper['name']}: {probe} does not ask {question}"
        elif helper[probe]["timeoutSeconds"] <= 5:
            yield f"{helper['name']}: {probe} gives up before -check does"


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


def _volumes(pod, container, others, persona):
    volumes = {v["name"]: v for v in pod["volumes"] if not others or v["name"] not in SECRET}
    mounts = {m["name"]: m for m in container["volumeMounts"]}
    if others:
        pod = {**pod, "volumes": list(volumes.values())}
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

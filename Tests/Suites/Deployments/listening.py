"""What a DaemonSet's container, its arguments and its probes must agree on."""

import re

# Each variable that every persona needs, and what it must hold.
NEEDED = {"NODE_NAME": {"fieldRef": {"fieldPath": "spec.nodeName"}}}
PROBES = ("startupProbe", "livenessProbe", "readinessProbe")


def complaints(documents):
    """Where the environment, -listen and the probes disagree, one string each."""
    found = []
    for document in documents:
        if document["kind"] == "DaemonSet":
            pod = document["spec"]["template"]["spec"]
            found += [f"{document['metadata']['name']}: {text}" for text in _environment(pod["containers"][0])]
            found += [f"{document['metadata']['name']}: {text}" for text in _probes(pod, pod["containers"][0])]
    return found


def _environment(container):
    names = [variable["name"] for variable in container["env"]]
    yield from (f"{name} is there {names.count(name)} times" for name in sorted(set(names)) if names.count(name) > 1)
    for variable in container["env"]:
        if ("value" in variable) == ("valueFrom" in variable):
            yield f"{variable['name']} needs value or valueFrom, and not both"
    for name, source in NEEDED.items():
        if [v.get("valueFrom") for v in container["env"] if v["name"] == name] != [source]:
            yield f"{name} is not {source}"
    for word in container["args"]:
        yield from (f"{word}: there is no variable {name}" for name in re.findall(r"\$\((\w+)\)", word) if name not in names)


def _listen(container):
    """Address and port of -listen. An address from the API is its field's path."""
    [listen] = [word.removeprefix("-listen=") for word in container["args"] if word.startswith("-listen=")]
    address, port = listen.rsplit(":", 1)
    for variable in container["env"]:
        if address == f"$({variable['name']})":
            return variable.get("value") or variable["valueFrom"]["fieldRef"]["fieldPath"], port
    return address, port


def addresses(documents):
    """What the DaemonSets listen on."""
    return {_listen(d["spec"]["template"]["spec"]["containers"][0])[0] for d in documents if d["kind"] == "DaemonSet"}


def _probes(pod, container):
    """A probe reaches the address of -listen: its host is that address, or the pod's own when it names none."""
    address, port = _listen(container)
    own = "status.hostIP" if pod.get("hostNetwork") else "status.podIP"
    if address != own and not (pod.get("hostNetwork") and address == "127.0.0.1"):
        yield f"-listen is on {address}, which no probe reaches"
    ports = {p["name"]: p["containerPort"] for p in container.get("ports", [])}
    for probe in PROBES:
        asked = container[probe]["httpGet"]
        if asked.get("host", own) != address:
            yield f"{probe} asks {asked.get('host', own)}, the page listens on {address}"
        if str(ports.get(asked["port"], asked["port"])) != port:
            yield f"{probe} asks port {asked['port']}, the page listens on {port}"

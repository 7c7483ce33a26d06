"""Checks everything in deployments/: schemas, overlays, chart, examples, dashboard and alerts. See deployments.mk.

    check.py --write    writes what is generated first: deployments/manifests/ from the overlays

KUBECTL, HELM and PROMTOOL name the programs.
"""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
import kubernetes_validate
import yaml

import charts
import listening
import security_profile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(os.path.dirname(HERE)))
DEPLOYMENTS = os.path.join(TOP, "deployments")
PROGRAM = os.environ.get("DEVICEPOOL", os.path.join(TOP, ".build/release/devicepool"))
PERSONAS = ["sriov", "rdma-shared", "npu", "ub"]
# Overlays, and the persona of each: one plugin is deployed by two names.
OVERLAYS = {**{persona: persona for persona in PERSONAS}, "npu-rebel": "npu"}
# The oldest Kubernetes that knows all fields, and the newest that the package knows.
VERSIONS = ["1.30.0", kubernetes_validate.latest_version()]
HEADER = "# Written by make deployments from overlays/{}: change that, not this.\n"
# Components, and the personas that each is meant for.
COMPONENTS = {"cdi": ["sriov", "rdma-shared", "npu", "npu-rebel"], "dra": ["sriov", "rdma-shared", "npu"],
              "metrics": list(OVERLAYS), "crio": ["ub"], "openshift": ["sriov", "rdma-shared", "npu", "npu-rebel"],
              "openshift-ub": ["ub"]}
# What can't be combined: the first mounts what cdi mounts, and asks for more than the constraints of openshift allow.
EXCLUSIVE = {"dra": ["cdi", "openshift"]}

results = {"passed": 0, "failed": 0}


def check(fact, action):
    """One fact: it holds when the action neither throws nor gives back a complaint."""
    try:
        complaint = action()
    except (Exception, SystemExit) as error:  # a schema's refusal, a program's failure: each is this fact's
        complaint = f"{type(error).__name__}: {error}"
    results["failed" if complaint else "passed"] += 1
    print(f"{'not ok' if complaint else 'ok'} - {fact}" + (f"\n  {complaint}" if complaint else ""), flush=True)


def load(path):
    with open(path) as file:
        return [d for d in yaml.safe_load_all(file) if d]


def run(*command):
    """A program's output; its complaint is an error."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {(done.stdout + done.stderr).strip()}")
    return done.stdout


def kustomize(directory):
    """What kubectl renders of a kustomization, as text."""
    return run(os.environ["KUBECTL"], "kustomize", directory)


def parse(text):
    return [d for d in yaml.safe_load_all(text) if d]


def configuration(persona):
    """The persona's sample configuration."""
    with open(os.path.join(DEPLOYMENTS, "configurations", persona + ".json")) as file:
        return json.load(file)


def validate(documents):
    """Holds documents against the published schemas, custom resources against those beside this file."""
    for document in documents:
        own = os.path.join(HERE, "schemas", document["kind"] + ".json")
        if os.path.exists(own):
            with open(own) as file:
                jsonschema.validate(document, json.load(file))
            continue
        for version in VERSIONS:
            kubernetes_validate.validate(document, version, strict=True)


def pools(config, default_prefix="intel.com"):
    """Full names of the resources that a configuration has."""
    names = set()
    for pool in config.get("resourceList", []):
        standard = ("unifiedbus.com", "ub_net_device") if pool.get("deviceType") == "ubNetDevice" else (default_prefix, None)
        names.add(f"{pool.get('resourcePrefix') or standard[0]}/{pool.get('resourceName') or standard[1]}")
    for pool in config.get("configList", []):
        names.add(f"{pool.get('resourcePrefix', 'rdma')}/{pool['resourceName']}")
    return names


def overlays():
    """The overlays, rendered: {overlay: documents}."""
    rendered = {}
    for overlay, persona in OVERLAYS.items():
        text = HEADER.format(overlay) + kustomize(os.path.join(DEPLOYMENTS, "overlays", overlay))
        documents = rendered[overlay] = parse(text)
        manifest = os.path.join(DEPLOYMENTS, "manifests", overlay + ".yaml")
        if "--write" in sys.argv:
            with open(manifest, "w") as file:
                file.write(text)
        with open(manifest) as file:
            written = file.read()
        check(f"{overlay}: the manifest is what the overlay renders", lambda: written != text and "make deployments writes it")
        check(f"{overlay}: no ConfigMap, which would replace the one that is there",
              lambda: "ConfigMap" in {d["kind"] for d in documents} and "there is one")
        check(f"{overlay}: the image is in one line", lambda: written.count("image: ") != 1 and "it is not")
        check(f"{overlay}: schemas of Kubernetes {' and '.join(VERSIONS)}", lambda: validate(documents))
        check(f"{overlay}: least privilege", lambda: security_profile.complaints(documents, persona))
        check(f"{overlay}: environment, -listen and probes agree", lambda: listening.complaints(documents))
    check("npu-rebel: names and labels apart it is npu", lambda: renamed(rendered["npu"]) != rendered["npu-rebel"] and "it is not")
    return rendered


def renamed(documents):
    """The documents of npu by the older names of the plugin that they replace."""
    return json.loads(json.dumps(documents).replace("rbln-device-plugin", "rebel-device-plugin"))


def with_components(overlay, names):
    """The overlay with components, as a kustomization of an operator's own renders it."""
    with tempfile.TemporaryDirectory() as directory:
        up = os.path.relpath(DEPLOYMENTS, os.path.realpath(directory))
        with open(os.path.join(directory, "kustomization.yaml"), "w") as file:
            yaml.safe_dump({"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization",
                            "resources": [f"{up}/overlays/{overlay}"],
                            "components": [f"{up}/components/{name}" for name in names]}, file)
        return parse(kustomize(directory))


def components():
    """Each component on each overlay that it is meant for, and all that can be combined together."""
    sets = [(overlay, [component]) for component, meant in COMPONENTS.items() for overlay in meant]
    for overlay in OVERLAYS:
        meant = [component for component in COMPONENTS if overlay in COMPONENTS[component]]
        sets.append((overlay, [component for component in meant if component not in EXCLUSIVE]))
        sets += [(overlay, [component for component in meant if component not in EXCLUSIVE[one]]) for one in EXCLUSIVE if one in meant]
    for overlay, names in sets:
        documents, title = with_components(overlay, names), f"{overlay} with {', '.join(names)}"
        check(f"{title}: schemas", lambda: validate(documents))
        check(f"{title}: least privilege", lambda: security_profile.complaints(documents, OVERLAYS[overlay]))
        check(f"{title}: environment, -listen and probes agree", lambda: listening.complaints(documents))
        if "metrics" in names:
            check(f"{title}: the page is on the node's address", lambda: listening.addresses(documents) != {"status.hostIP"} and "it is not")
        if any(name.startswith("openshift") for name in names):
            check(f"{title}: the constraints allow what the pod asks for, and no more",
                  lambda: security_profile.differences_from_constraints(documents))
        if "dra" in names:
            check(f"{title}: rights and policy are for the pod's account", lambda: security_profile.foreign_accounts(documents))


def rehearsal(rendered):
    """The pod that runs the image once: it has what the DaemonSet of the SR-IOV persona has, and writes nowhere."""
    documents = load(os.path.join(DEPLOYMENTS, "rehearsal.yaml"))
    [pod] = [document["spec"] for document in documents]
    [ours] = [d["spec"]["template"]["spec"] for d in rendered["sriov"] if d["kind"] == "DaemonSet"]
    containers = pod["initContainers"] + pod["containers"]

    def more_than_ours():
        volumes = [v for v in pod["volumes"] if v not in ours["volumes"]]
        images = {c["image"] for c in containers} - {ours["containers"][0]["image"]}
        paths = {m["mountPath"] for c in containers for m in c["volumeMounts"]} - {m["mountPath"] for m in ours["containers"][0]["volumeMounts"]}
        return [*volumes, *sorted(images), *sorted(paths)]
    check("rehearsal: schemas", lambda: validate(documents))
    check("rehearsal: nothing that the DaemonSet does not have", more_than_ours)
    check("rehearsal: it writes nowhere", lambda: [m for c in containers for m in c["volumeMounts"] if not m.get("readOnly")])
    check("rehearsal: no privilege", lambda: [c["name"] for c in containers if c["securityContext"]["capabilities"] != {"drop": ["ALL"]} or
                                              c["securityContext"]["privileged"] or not c["securityContext"]["readOnlyRootFilesystem"]])


def chart(rendered):
    """The chart's four personas, bare and with everything on."""
    renderer = charts.Renderer(os.path.join(DEPLOYMENTS, "helm/devicepool"), run)
    print(f"# the chart is rendered by {renderer.name}")
    check("neutral values: helm lint", lambda: renderer.lint(None))
    check("neutral values: schemas", lambda: validate(renderer.render(None)))
    for persona in PERSONAS:
        check(f"{persona}: helm lint", lambda: renderer.lint(persona))
        bare = renderer.render(persona)
        check(f"{persona}: the chart's schemas", lambda: validate(bare))
        check(f"{persona}: the chart's least privilege", lambda: security_profile.complaints(bare, persona))
        check(f"{persona}: chart and overlay agree", lambda: charts.differences(bare, rendered[persona], configuration(persona)))
        full = renderer.render(persona, charts.EVERYTHING)
        check(f"{persona}: the chart's schemas with every option", lambda: validate(full))
        check(f"{persona}: every option has its object",
              lambda: {"PodMonitor", "ServiceMonitor", "Service", "PrometheusRule", "Secret"} - {d["kind"] for d in full})
        check(f"{persona}: a named configuration has a DaemonSet of its own, on other nodes", lambda: charts.shared_nodes(full))
        for title, options in charts.options().items():
            check(f"{persona} with {title}: environment, -listen and probes agree",
                  lambda: listening.complaints(renderer.render(persona, options)))
        surging = renderer.render(persona, charts.SURGING)
        check(f"{persona}: the chart's schemas with a surge", lambda: validate(surging))
        check(f"{persona}: a surge declares no port, and probes and monitors ask its number", lambda: charts.port_names(surging))
    for persona in COMPONENTS["dra"]:
        claims = renderer.render(persona, charts.CLAIMS)
        check(f"{persona} with DRA: the chart's schemas", lambda: validate(claims))
        check(f"{persona} with DRA: the chart's least privilege", lambda: security_profile.complaints(claims, persona))
        check(f"{persona} with DRA: rights and policy are for the pod's account",
              lambda: security_profile.foreign_accounts(claims))
    check("the chart's DeviceClasses are the program's", lambda: class_complaint(renderer))
    check("a monitor that would find nothing is refused", lambda: not renderer.refuses(
        "sriov", {"podMonitor": {"enabled": True}}, "need metrics.expose") and "it is not")
    check("a misspelt value is refused", lambda: not renderer.refuses("sriov", {"tolerance": []}, "'tolerance'") and "it is not")
    check("a misspelt device type of the configuration is refused", lambda: not renderer.refuses(None, {
        "config": {"resourceList": [{"resourceName": "a", "deviceType": "acelerator", "selectors": {}}]}}, "'accelerator'") and "it is not")
    check("another version of the chart restarts no pod", lambda: renderer.restarts_pods("0.1.1") and "it does")
    check("the chart's version is the program's", lambda: renderer.version() != program_version() and renderer.version())


def class_complaint(renderer):
    """Whether the chart and `devicepool deviceclass` make other classes of one configuration."""
    if not os.access(PROGRAM, os.X_OK):
        print(f"# no {PROGRAM}: the DeviceClasses were not compared")
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(charts.CLAIMS["config"], file)
        file.flush()
        wanted = json.loads(run(PROGRAM, "deviceclass", "-o", "json", "-config-file", file.name))["items"]
    found = [{**d, "metadata": {"name": d["metadata"]["name"]}} for d in renderer.render(None, charts.CLAIMS)
             if d["kind"] == "DeviceClass"]
    by_name = lambda item: item["metadata"]["name"]
    return sorted(found, key=by_name) != sorted(wanted, key=by_name) and f"{found} here, {wanted} there"


def program_version():
    with open(os.path.join(TOP, "Sources/Observability/Version.swift")) as file:
        return re.search(r'"(\d+\.\d+\.\d+[^"]*)"', file.read()).group(1)


def examples():
    """Pods ask for pools that exist, by networks that exist."""
    known = set().union(*(pools(configuration(name)) for name in [*PERSONAS, "sriov-more"]))
    networks = {}
    for path in sorted(glob.glob(os.path.join(DEPLOYMENTS, "examples/networks/*.yaml"))):
        documents = load(path)
        networks.update({d["metadata"]["name"]: d for d in documents})
        check(f"{os.path.basename(path)}: schemas", lambda: validate(documents))
        check(f"{os.path.basename(path)}: a CNI configuration for a known resource", lambda: network_complaint(documents, known))
    for path in sorted(glob.glob(os.path.join(DEPLOYMENTS, "examples/pods/*.yaml"))):
        documents = load(path)
        check(f"{os.path.basename(path)}: schemas", lambda: validate(documents))
        check(f"{os.path.basename(path)}: pools and networks that exist", lambda: pod_complaint(documents, known, networks))


def network_complaint(documents, known):
    for document in documents:
        config = json.loads(document["spec"]["config"])
        with open(os.path.join(HERE, "schemas/CNIConfiguration.json")) as file:
            jsonschema.validate(config, json.load(file))
        resource = document["metadata"].get("annotations", {}).get("k8s.v1.cni.cncf.io/resourceName")
        if resource and resource not in known:
            return f"{resource} is in no configuration"
        if config["name"] != document["metadata"]["name"]:
            return "the network's name is another one"
    return None


def pod_complaint(documents, known, networks):
    for document in documents:
        wanted = document["metadata"].get("annotations", {}).get("k8s.v1.cni.cncf.io/networks", "")
        counts = {}
        for name in filter(None, wanted.split(",")):
            if name not in networks:
                return f"there is no network {name}"
            resource = networks[name]["metadata"].get("annotations", {}).get("k8s.v1.cni.cncf.io/resourceName")
            counts[resource] = counts.get(resource, 0) + 1
        for container in document["spec"]["containers"]:
            limits = container["resources"]["limits"]
            if limits != container["resources"]["requests"]:
                return "requests and limits differ"
            for resource in (r for r in limits if "/" in r):
                if resource not in known:
                    return f"{resource} is in no configuration"
                if resource in counts and counts[resource] != int(limits[resource]):
                    return f"{counts[resource]} networks want {resource}, the container asks for {limits[resource]}"
    return None


def monitoring():
    """Dashboard and alerts speak of metrics that there are, in PromQL that parses."""
    with open(os.path.join(TOP, "Sources/Observability/Metrics.swift")) as file:
        families = set(re.findall(r'"((?:devicepool|process)_[a-z_]+)"', file.read()))
    directory = os.path.join(DEPLOYMENTS, "monitoring")
    with open(os.path.join(directory, "dashboard.json")) as file:
        dashboard = json.load(file)
    rules = load(os.path.join(directory, "alerts.yaml"))[0]
    queries = [t["expr"] for p in dashboard["panels"] for t in p["targets"]]
    expressions = queries + [r["expr"] for g in rules["groups"] for r in g["rules"]]
    variables = [v["definition"] for v in dashboard["templating"]["list"] if v["type"] == "query"]

    def unknown():
        named = {n for e in expressions + variables for n in re.findall(r"\b((?:devicepool|process)_[a-z_]+)", e)}
        bare = {re.sub(r"_(bucket|sum|count)$", "", n) if re.sub(r"_(bucket|sum|count)$", "", n) in families else n for n in named}
        return sorted(bare - families)

    check("dashboard and alerts name metrics that exist", unknown)
    check("every metric is on the dashboard", lambda: sorted(
        f for f in families if f.startswith("devicepool_") and not any(f in q for q in queries)))
    check("the dashboard's panels have ids and places of their own", lambda: layout_complaint(dashboard["panels"]))
    for name in ("podmonitor.yaml", "servicemonitor.yaml"):
        check(f"{name}: schemas", lambda: validate(load(os.path.join(directory, name))))
    promtool = os.environ["PROMTOOL"]
    with tempfile.TemporaryDirectory() as scratch:
        plain = [re.sub(r"\$__rate_interval|\$[a-z]+", lambda m: "5m" if "rate" in m[0] else ".*", q) for q in queries]
        record = {"groups": [{"name": "panels", "rules": [{"record": f"panel:{i}", "expr": q} for i, q in enumerate(plain)]}]}
        paths = [os.path.join(scratch, n) for n in ("panels.yaml", "test.yaml")]
        with open(paths[0], "w") as file:
            yaml.safe_dump(record, file)
        with open(os.path.join(HERE, "alerts.test.yaml")) as file:
            tests = file.read().replace("RULES", os.path.join(directory, "alerts.yaml"))
        with open(paths[1], "w") as file:
            file.write(tests)
        check("promtool: the alert rules", lambda: run(promtool, "check", "rules", os.path.join(directory, "alerts.yaml")) and None)
        check("promtool: the dashboard's queries", lambda: run(promtool, "check", "rules", paths[0]) and None)
        check("promtool: the alerts fire when they should", lambda: run(promtool, "test", "rules", paths[1]) and None)


def layout_complaint(panels):
    taken = set()
    for panel in panels:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if cells & taken or place["x"] + place["w"] > 24:
            return f"{panel['title']} lies over another panel, or beside the grid"
        taken |= cells
    return len({p["id"] for p in panels}) != len(panels) and "two panels have one id"


def configurations():
    """devicepool itself, where it is built, finds no error in any configuration."""
    if not os.access(PROGRAM, os.X_OK):
        print(f"# no {PROGRAM}: the configurations were not validated by it; RepositoryTests do that too")
        return
    paths = glob.glob(os.path.join(DEPLOYMENTS, "configurations/*.json"))
    for path in sorted(paths) + sorted(glob.glob(os.path.join(TOP, "Tests/Fixtures/ConfigMaps/*.yaml"))):
        check(f"devicepool validate {os.path.relpath(path, TOP)}", lambda: run(PROGRAM, "validate", path) and None)


def main():
    rendered = overlays()
    components()
    rehearsal(rendered)
    chart(rendered)
    examples()
    monitoring()
    configurations()
    print(f"{results['passed']} passed, {results['failed']} failed")
    return 1 if results["failed"] else 0


sys.exit(main())

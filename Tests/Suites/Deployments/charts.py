"""Renders the chart by helm, and compares it with the overlays."""

import contextlib
import json
import os
import tempfile

import yaml

EVERYTHING = {
    "metrics": {"expose": True}, "podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True},
    "prometheusRule": {"enabled": True}, "dashboard": {"enabled": True}, "useCDI": True, "logLevel": 4, "logFormat": "json",
    "kubeletDir": "/data/kubelet", "extraArgs": ["-strict-config"], "extraEnv": [{"name": "A", "value": "b"}],
    "podAnnotations": {"a": "b"}, "commonLabels": {"team": "net"}, "imagePullSecrets": [{"name": "secret"}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [
        {"matchExpressions": [{"key": "feature.node.kubernetes.io/network-sriov.capable", "operator": "In", "values": ["true"]}]}]}}},
    "image": {"digest": "sha256:" + "0" * 64}, "seLinuxOptions": {"type": "container_device_plugin_t"},
    "extraVolumes": [{"name": "tmp", "emptyDir": {}}], "extraVolumeMounts": [{"name": "tmp", "mountPath": "/tmp"}],
    "podSecurityContext": {"supplementalGroups": [1000]}, "revisionHistoryLimit": 3, "runtimeClassName": "runc",
    "global": {"imagePullSecrets": [{"name": "shared"}]},
    "initContainers": [{"name": "wait", "image": "busybox:1", "command": ["true"]}],
    "extraObjects": [{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "{{ .Release.Name }}-extra"}}],
    "configs": {"edge": {"resourceList": [{"resourceName": "edge", "selectors": {"drivers": ["vfio-pci"]}}]}},
}

# An update that runs the new pod beside the old one.
SURGING = {"updateStrategy": {"rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}}, "metrics": {"expose": True},
           "podMonitor": {"enabled": True}, "serviceMonitor": {"enabled": True}}


def options():
    """{title: values}: each option alone, and those that concern the address of the pages with each other."""
    alone = {key: {key: value} for key, value in EVERYTHING.items() if not key.endswith("Monitor")}
    own_network = {"hostNetwork": False}
    return {"nothing else": {}, **alone, "hostNetwork": own_network, "hostNetwork and metrics": {**own_network, "metrics": {"expose": True}},
            "another port": {"metrics": {"port": 9999}}, "a surge": SURGING, "every option": EVERYTHING}


# Pools that DRA serves, by each way to name them.
CLAIMS = {
    "dra": {"enabled": True},
    "config": {"resourceList": [{"resourceName": "Net_a", "resourcePrefix": "example.com", "serve": "dra",
                                 "selectors": {"drivers": ["vfio-pci"]}},
                                {"resourceName": "b", "serve": "dra", "selectors": {"drivers": ["iavf"]}},
                                {"resourceName": "c", "selectors": {"drivers": ["ice"]}}],
               "configList": [{"resourceName": "hca_shared", "rdmaHcaMax": 9, "serve": "dra",
                               "selectors": {"linkTypes": ["ether"]}}]},
}


class Renderer:
    """One chart, and the program that renders it."""

    def __init__(self, chart, run):
        self.chart, self.run = chart, run
        self.helm = os.environ["HELM"]
        self.name = "helm " + run(self.helm, "version", "--short").strip()

    def _read(self, name):
        with open(os.path.join(self.chart, name)) as file:
            return yaml.safe_load(file)

    def _overlay(self, persona):
        return [os.path.join(self.chart, f"values-{persona}.yaml")] if persona else []

    def version(self):
        return self._read("Chart.yaml")["appVersion"]

    def lint(self, persona, options=None):
        """Throws what `helm lint` finds."""
        with self._options(persona, options) as flags:
            self.run(self.helm, "lint", self.chart, *flags)

    def refuses(self, persona, options, reason):
        """Whether the chart is refused with a complaint that holds the reason."""
        try:
            self.lint(persona, options)
            self.render(persona, options)
        except RuntimeError as error:
            return reason in str(error)
        return False

    @contextlib.contextmanager
    def _options(self, persona, options):
        """Flags for the persona's values file and a file with the options."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(options or {}, file)
            file.flush()
            yield [word for path in self._overlay(persona) + [file.name] for word in ("-f", path)]

    def render(self, persona, options=None, version=None):
        """The chart's documents for a persona; with another version of the chart when one is given."""
        with self._options(persona, options) as flags, tempfile.TemporaryDirectory() as directory:
            chart = self.chart
            if version:
                self.run(self.helm, "package", chart, "-d", directory, "--version", version)
                [chart] = [os.path.join(directory, name) for name in os.listdir(directory)]
            answer = self.run(self.helm, "template", "release", chart, "-n", "kube-system", *flags)
        return [d for d in yaml.safe_load_all(answer) if d]

    def restarts_pods(self, version):
        """Whether pods are other ones when nothing but the chart's version changes."""
        one, other = ([d["spec"]["template"] for d in self.render("sriov", version=v) if d["kind"] == "DaemonSet"]
                      for v in (None, version))
        return one != other


def _essentials(documents):
    """What makes a persona, without names and labels: the chart has those of the release."""
    one = {d["kind"]: d for d in documents if "helm.sh/hook" not in d["metadata"].get("annotations", {})}
    pod = one["DaemonSet"]["spec"]["template"]["spec"]
    container = {k: v for k, v in pod["containers"][0].items() if k not in ("name", "volumeMounts", "args", "env")}
    rest = {k: v for k, v in pod.items() if k not in ("containers", "volumes", "serviceAccountName")}
    return {
        "update": one["DaemonSet"]["spec"]["updateStrategy"],
        "volumes": {v["name"]: v for v in pod["volumes"]},
        "mounts": {m["name"]: m for m in pod["containers"][0]["volumeMounts"]},
        "args": sorted(pod["containers"][0]["args"]), "env": {e["name"]: e for e in pod["containers"][0]["env"]},
        "container": container, "pod": rest,
    }


def differences(chart, overlay, configuration):
    """Where a persona's chart differs from its overlay and from its sample configuration."""
    left, right = _essentials(chart), _essentials(overlay)
    found = [f"{key}: {left[key]} here, {right[key]} there" for key in left if left[key] != right[key]]
    [config] = [json.loads(d["data"]["config.json"]) for d in chart if d["kind"] == "ConfigMap"]
    if config != configuration:
        found.append(f"config: {config} here, {configuration} there")
    return found


def shared_nodes(documents):
    """Whether a node may get two DaemonSets of one release."""
    main, named = [d["spec"]["template"]["spec"] for d in documents if d["kind"] == "DaemonSet"]
    label = "devicepool/config"
    if named["nodeSelector"].get(label) != "edge":
        return f"the named configuration goes to {named['nodeSelector']}"
    terms = main["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    wanted = {"key": label, "operator": "NotIn", "values": ["edge"]}
    return any(wanted not in t["matchExpressions"] for t in terms) and f"the main one goes to {terms}"


def port_names(documents):
    """What a surge does not allow. A declared port of the host's network is one pod's alone: the new pod of an update would
    stay Pending beside the old one. Nothing may then ask for the port by its name."""
    one = {d["kind"]: d for d in documents}
    container = one["DaemonSet"]["spec"]["template"]["spec"]["containers"][0]
    [endpoint] = one["PodMonitor"]["spec"]["podMetricsEndpoints"]
    asked = {probe: container[probe]["httpGet"]["port"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")}
    asked.update({"PodMonitor": endpoint.get("portNumber"), "Service": one["Service"]["spec"]["ports"][0]["targetPort"]})
    [listen] = [a for a in container["args"] if a.startswith("-listen=")]
    found = [f"{who} asks port {port}" for who, port in asked.items() if not listen.endswith(f":{port}")]
    return found + (["the container declares ports"] if "ports" in container else [])

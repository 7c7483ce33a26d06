"""Renders the chart, by helm where it is at hand, else by the Go program beside this file."""

import json
import os
import shutil
import tempfile

import jsonschema
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
    "podSecurityContext": {"supplementalGroups": [1000]},
}


def merge(below, above):
    """Values over values, as helm does it: null removes a key."""
    result = dict(below)
    for key, value in above.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and isinstance(result.get(key), dict):
            result[key] = merge(result[key], value)
        else:
            result[key] = value
    return result


class Renderer:
    """One chart, and the program that renders it."""

    def __init__(self, chart, run):
        self.chart, self.run = chart, run
        self.helm = os.environ.get("HELM") or shutil.which("helm")
        self.fallback = os.environ.get("HELM_RENDER")
        if not self.helm and not self.fallback:
            raise SystemExit("neither helm nor HELM_RENDER, the program of Tests/Suites/Deployments/helm, is at hand")
        self.name = "helm " + run(self.helm, "version", "--short").strip() if self.helm else "text/template with sprig"

    def _read(self, name):
        with open(os.path.join(self.chart, name)) as file:
            return yaml.safe_load(file)

    def _overlay(self, persona):
        return [] if persona == "sriov" else [os.path.join(self.chart, f"values-{persona}.yaml")]

    def version(self):
        return self._read("Chart.yaml")["appVersion"]

    def values(self, persona):
        """The persona's values over the chart's."""
        values = self._read("values.yaml")
        for path in self._overlay(persona):
            values = merge(values, self._read(path))
        return values

    def hold_values(self, values):
        """Throws what the chart's schema refuses."""
        with open(os.path.join(self.chart, "values.schema.json")) as file:
            jsonschema.validate(values, json.load(file))

    def accepts(self, values):
        try:
            self.hold_values(values)
        except jsonschema.ValidationError:
            return False
        return True

    def refuses(self, persona, options, reason):
        """Whether rendering ends with a complaint that holds the reason."""
        try:
            self.render(persona, options)
        except RuntimeError as error:
            return reason in str(error)
        return False

    def render(self, persona, options=None):
        """The chart's documents for a persona; by both programs when both are at hand, which then agree."""
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            yaml.safe_dump(options or {}, file)
            file.flush()
            paths = self._overlay(persona) + [file.name]
            answers = []
            if self.helm:
                flags = [word for path in paths for word in ("-f", path)]
                answers.append(self.run(self.helm, "template", "release", self.chart, "-n", "kube-system", *flags))
            if self.fallback:
                answers.append(self.run(self.fallback, self.chart, "release", "kube-system", *paths))
        documents = [sorted((d for d in yaml.safe_load_all(a) if d), key=lambda d: (d["kind"], d["metadata"]["name"])) for a in answers]
        if any(d != documents[0] for d in documents):
            raise SystemExit(f"{persona}: helm and {self.fallback} render different documents")
        return documents[0]


def _essentials(documents):
    """What makes a persona, without the labels that each packaging adds."""
    one = {d["kind"]: d for d in documents}
    pod = one["DaemonSet"]["spec"]["template"]["spec"]
    container = {k: v for k, v in pod["containers"][0].items() if k not in ("volumeMounts", "args")}
    rest = {k: v for k, v in pod.items() if k not in ("containers", "volumes")}
    return {
        "names": {k: d["metadata"]["name"] for k, d in one.items() if k != "Namespace"},
        "selector": one["DaemonSet"]["spec"]["selector"], "update": one["DaemonSet"]["spec"]["updateStrategy"],
        "config": json.loads(one["ConfigMap"]["data"]["config.json"]),
        "volumes": {v["name"]: v for v in pod["volumes"]},
        "mounts": {m["name"]: m for m in pod["containers"][0]["volumeMounts"]},
        "args": sorted(pod["containers"][0]["args"]), "container": container, "pod": rest,
        "labels": {k: v for k, v in one["DaemonSet"]["spec"]["template"]["metadata"]["labels"].items()
                   if not k.startswith(("app.kubernetes.io/", "helm.sh/"))},
    }


def differences(chart, overlay):
    """Where a persona's chart and its overlay differ."""
    left, right = _essentials(chart), _essentials(overlay)
    return [f"{key}: {left[key]} here, {right[key]} there" for key in left if left[key] != right[key]]

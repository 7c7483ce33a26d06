"""Renders a kustomization as kustomize does, for the subset that this repository uses, and refuses everything else."""

import copy
import os

import yaml

KUSTOMIZATION_KEYS = {"apiVersion", "kind", "namespace", "resources", "components", "patches"}
# Kinds that have no namespace.
CLUSTER_KINDS = {"Namespace"}


class Refusal(Exception):
    """What this renderer can't do, or what is wrong with the files."""


def render(directory):
    """The documents of a kustomization, in the order of its resources."""
    return _apply(directory, [], {"kustomize.config.k8s.io/v1beta1": "Kustomization"})


def _apply(directory, documents, expected):
    path = os.path.join(directory, "kustomization.yaml")
    with open(path) as file:
        wishes = yaml.safe_load(file)
    unknown = set(wishes) - KUSTOMIZATION_KEYS
    if unknown:
        raise Refusal(f"{path}: unknown keys {sorted(unknown)}")
    if expected.get(wishes.get("apiVersion")) != wishes.get("kind"):
        raise Refusal(f"{path}: expected {expected}, found {wishes.get('apiVersion')} {wishes.get('kind')}")
    for resource in wishes.get("resources", []):
        documents = documents + _resource(os.path.join(directory, resource))
    identities = [_identity(d) for d in documents]
    if len(set(identities)) != len(identities):
        raise Refusal(f"{path}: two documents have one identity: {identities}")
    for component in wishes.get("components", []):
        documents = _apply(os.path.join(directory, component), documents, {"kustomize.config.k8s.io/v1alpha1": "Component"})
    for patch in wishes.get("patches", []):
        _patch(documents, patch, directory, path)
    if "namespace" in wishes:
        for document in documents:
            if document["kind"] == "Namespace":
                document["metadata"]["name"] = wishes["namespace"]
            elif document["kind"] not in CLUSTER_KINDS:
                document["metadata"]["namespace"] = wishes["namespace"]
    return documents


def _resource(path):
    if os.path.isdir(path):
        return render(path)
    with open(path) as file:
        return [d for d in yaml.safe_load_all(file) if d]


def _identity(document):
    return (document["kind"], document["metadata"].get("namespace"), document["metadata"]["name"])


def _patch(documents, patch, directory, path):
    unknown = set(patch) - {"target", "patch", "path", "options"}
    if unknown or ("patch" in patch) == ("path" in patch):
        raise Refusal(f"{path}: a patch has target, options, and one of patch and path; found {sorted(patch)}")
    target = patch.get("target", {})
    if set(target) - {"kind", "name"} or "kind" not in target:
        raise Refusal(f"{path}: a target is a kind, or a kind and a name; found {target}")
    if "path" in patch:
        with open(os.path.join(directory, patch["path"])) as file:
            operations = yaml.safe_load(file)
    else:
        operations = yaml.safe_load(patch["patch"])
    if not isinstance(operations, list):
        raise Refusal(f"{path}: only lists of JSON patch operations are known")
    hits = [d for d in documents if d["kind"] == target["kind"] and target.get("name", d["metadata"]["name"]) == d["metadata"]["name"]]
    if not hits:
        raise Refusal(f"{path}: no document is {target}")
    for document in hits:
        before = document["metadata"]["name"]
        for operation in operations:
            _operate(document, operation, path)
        if document["metadata"]["name"] != before and not patch.get("options", {}).get("allowNameChange"):
            raise Refusal(f"{path}: {before} changes its name without allowNameChange")


def _operate(document, operation, path):
    """One operation of RFC 6902: add, replace or remove."""
    tokens = [t.replace("~1", "/").replace("~0", "~") for t in operation["path"].split("/")[1:]]
    holder = document
    try:
        for token in tokens[:-1]:
            holder = holder[int(token)] if isinstance(holder, list) else holder[token]
    except (KeyError, IndexError, ValueError) as error:
        raise Refusal(f"{path}: {operation['path']}: there is no {error}") from None
    last, kind = tokens[-1], operation["op"]
    value = copy.deepcopy(operation.get("value"))
    if isinstance(holder, list):
        index = len(holder) if last == "-" and kind == "add" else int(last)
        if index > len(holder) or (kind != "add" and index == len(holder)):
            raise Refusal(f"{path}: {operation['path']}: there are {len(holder)} elements")
        if kind == "add":
            holder.insert(index, value)
        elif kind == "replace":
            holder[index] = value
        elif kind == "remove":
            del holder[index]
        else:
            raise Refusal(f"{path}: unknown operation {kind}")
        return
    if kind != "add" and last not in holder:
        raise Refusal(f"{path}: {operation['path']}: there is no {last}")
    if kind in ("add", "replace"):
        holder[last] = value
    elif kind == "remove":
        del holder[last]
    else:
        raise Refusal(f"{path}: unknown operation {kind}")


class _Dumper(yaml.SafeDumper):
    """Block style, texts of several lines as such, lists indented below their keys."""

    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)


_Dumper.add_representer(str, lambda dumper, text: dumper.represent_scalar(
    "tag:yaml.org,2002:str", text, style="|" if "\n" in text else None))


def text(document):
    """A document as YAML, its keys in the order of the files."""
    return yaml.dump(document, Dumper=_Dumper, sort_keys=False, width=120)

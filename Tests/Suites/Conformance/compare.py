"""Where what was seen differs from what a case wants: lines of text, none when it is right."""
import os

CRASHES = ("Fatal error:", "panic:", "Stack dump", "Current stack trace")


def differences(case, seen, end):
    """Of a case with an `error` and an answer either will do."""
    tries = []
    if case.get("error"):
        tries.append(refused(case["error"], seen, end))
    if "answer" in case:
        tries.append(answered(case["answer"], seen, end))
    return min(tries, key=len)


def refused(texts, seen, end):
    """The program ended by itself with an error that names the place."""
    found = []
    if end["by"] != "itself" or not end["code"] or end["code"] < 0:
        found.append(f"end: by {end['by']} with {end['code']}, want by itself with an error")
    found += [f"{r['name']}: is registered, want an error" for r in seen["resources"]]
    found += [f"log: has {text!r}" for text in CRASHES if text in end["log"]]
    if not any(text in end["log"] for text in texts):
        found.append(f"log: names none of {texts}")
    return found


def answered(want, seen, end):
    found = []
    wanted, got = ({r["name"]: r for r in x["resources"]} for x in (want, seen))
    for name in sorted(set(wanted) | set(got)):
        if name not in got:
            found.append(f"{name}: is not registered")
        elif name not in wanted:
            found.append(f"{name}: is registered, want no such resource")
        else:
            found += [f"{name}: {line}" for line in _resource(wanted[name], got[name], seen["files"])]
    found += _files(want, seen["files"])
    if (end["by"], end["code"]) != ("SIGTERM", 0):
        found.append(f"end: by {end['by']} with {end['code']}, want by SIGTERM with 0")
    return found + [f"left behind: {path}" for path in end["left"]]


def _resource(want, got, on_disk):
    found = [_change(key, want[key], got[key]) for key in ("registration", "options") if want[key] != got[key]]
    wanted, listed = ({d["id"]: d for d in r["devices"]} for r in (want, got))
    for device in sorted(set(wanted) | set(listed)):
        if wanted.get(device) != listed.get(device):
            found.append(_change(device, wanted.get(device), listed.get(device)))
    if len(listed) != len(got["devices"]):
        found.append("a device is listed twice")
    for a, b in zip(want["allocate"], got["allocate"]):
        known = all(id in wanted for ids in a["request"] for id in ids)
        found += [f"Allocate {a['request']}: {x}" for x in _allocation(a, b, known, want.get("cdi") == "free", on_disk)]
    return found


def _allocation(want, got, all_known, free, on_disk):
    if "error" in got:
        # A device that is not the pool's may be refused, whatever the recorded answer is.
        return [] if not all_known or "error" in want else [f"{got['error']}: {got['details']}"]
    if "error" in want:
        return ["is answered, want an error"]
    if len(want["response"]) != len(got["response"]):
        return [f"{len(got['response'])} containers, want {len(want['response'])}"]
    found = []
    for a, b, ids in zip(want["response"], got["response"], want["request"]):
        found += _container(a, b, ids, free, on_disk)
    return found


def _container(want, got, ids, free, on_disk):
    found = [_change(key, want.get(key), got.get(key)) for key in ("envs", "devices", "mounts")
             if (want.get(key) or None) != (got.get(key) or None)]
    names = sorted(n for value in got.get("annotations", {}).values() for n in value.split(",") if n)
    fields = sorted(got.get("cdi_devices", []))
    if free:
        known = {f"{s['kind']}={n}" for s in on_disk.values() if isinstance(s, dict) for n in s["devices"]}
        return found + [f"CDI name {n} is in no spec" for n in sorted(set(names + fields) - known)]
    a, b = want.get("annotations", {}), got.get("annotations", {})
    if a != b and (ids or b):
        found.append(_change("annotations", a, b))
    if fields and fields != names:
        found.append(_change("cdi_devices", names, fields))
    return found


def _files(want, got):
    """Specs are compared by name without its ending: YAML and JSON are both right."""
    def stem(path):
        return os.path.splitext(path)[0] if "/cdi/" in path else path
    free = any(r.get("cdi") == "free" for r in want["resources"])
    wanted, found = ({stem(p): t for p, t in x.items()} for x in (want["files"], got))
    return [_change(path, wanted.get(path), found.get(path)) for path in sorted(set(wanted) | set(found))
            if wanted.get(path) != found.get(path) and not (free and "/cdi/" in path)]


def _change(what, want, got, path=""):
    """The first place where two values part."""
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted(set(want) | set(got)):
            if want.get(key) != got.get(key):
                return _change(what, want.get(key), got.get(key), f"{path}.{key}")
    if isinstance(want, list) and isinstance(got, list):
        for index in range(max(len(want), len(got))):
            a, b = (x[index] if index < len(x) else None for x in (want, got))
            if a != b:
                return _change(what, a, b, f"{path}[{index}]")
    return f"{what}{path}: found {got!r:.300}, want {want!r:.300}"

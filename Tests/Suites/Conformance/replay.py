"""Replays case files: a machine, a configuration and what devicepool must answer. See README.md."""
import argparse
import json
import pathlib
import sys
import tempfile
import traceback

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "Interop"), str(HERE.parent.parent / "Fixtures/Wire")]

import compare  # noqa: E402
import machine  # noqa: E402
import model  # noqa: E402
from daemon import Daemon  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--machines", action="append", default=[], type=pathlib.Path,
                        help="a directory of machines, NAME.json; beside each case file `machines` and `trees` are looked at too")
    parser.add_argument("--case", action="append", default=[], help="only the case of this name; repeatable")
    parser.add_argument("--record", action="store_true", help="write what is answered into the case files")
    parser.add_argument("files", nargs="+", type=pathlib.Path, help="case files, or directories of them")
    options = parser.parse_args()
    files = [f for p in options.files for f in (sorted(p.glob("*.json")) if p.is_dir() else [p])]
    passed = failed = 0
    for file in files:
        content = json.loads(file.read_text())
        for case in content["cases"]:
            if options.case and case["name"] not in options.case:
                continue
            places = options.machines + [file.parent / "machines", file.parent / "trees"]
            try:
                found = replay(options, case, places)
            except Exception:
                found = [traceback.format_exc()]
            passed, failed = passed + (not found), failed + bool(found)
            for line in found:
                print(f"FAIL {case['name']}: {line}", flush=True)
        if options.record:
            file.write_text(written(content))
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


def replay(options, case, places):
    """Lines of text, none when all is right. A case without `answer` and `error` is judged by model.py."""
    path = next((p / f"{case['tree']}.json" for p in places if (p / f"{case['tree']}.json").exists()), None)
    if path is None:
        return [f"no machine {case['tree']} in {', '.join(map(str, places))}"]
    tree = json.loads(path.read_text())
    case = {"registration": "watcher", "args": [], **case} if not options.record else case
    if not options.record and not {"answer", "error"} & set(case):
        case["answer"] = model.answer(tree, case)
    with tempfile.TemporaryDirectory(prefix="r") as directory:
        daemon = Daemon(options.binary, directory, machine.text(tree), case)
        try:
            ready = daemon.settle()
            seen = daemon.seen(requests(case, daemon.kubelet.resources, options.record)) if ready else {
                "resources": [{"name": n} for n in daemon.kubelet.resources], "files": {}}
        finally:
            end = daemon.stop()
        if options.record and ready:
            case["answer"] = seen
        found = compare.differences(case, seen, end)
        return found + [f"the log was: {end['log']}"] if found else []


def requests(case, resources, record):
    """What each resource is asked for, in order: the answer's requests; a new case's are the usual ones."""
    if not record:
        return {r["name"]: [a["request"] for a in r["allocate"]] for r in case.get("answer", {"resources": []})["resources"]}
    found = {}
    for name, resource in resources.items():
        stream = resource["stream"]
        listed = stream.next()
        stream.lists.put(listed)
        ids = sorted(d.ID for d in listed.devices)
        found[name] = [[[i]] for i in ids] + [[ids[::-1]], [[ids[0]], [ids[-1]]], [[ids[0], "bogus"]], [[]], []]
    return found


def written(content):
    """A case a line: a difference shows which."""
    lines = [json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in content["cases"]]
    return '{"cases":[\n' + ",\n".join(lines) + "\n]}\n"


if __name__ == "__main__":
    sys.exit(main())

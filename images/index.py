#!/usr/bin/env python3
"""Joins OCI layouts of one image for several architectures: each tag becomes an index that lists them all.

    images/index.py DIRECTORY LAYOUT…

The layouts must have the same tags. DIRECTORY becomes a layout of its own; equal input, equal output.
"""
import hashlib
import json
import os
import shutil
import sys

REFERENCE = "org.opencontainers.image.ref.name"
INDEX = "application/vnd.oci.image.index.v1+json"


def blob(layout, digest):
    algorithm, name = digest.split(":", 1)
    return os.path.join(layout, "blobs", algorithm, name)


def read(layout, digest):
    with open(blob(layout, digest), "rb") as file:
        return json.load(file)


def platform(layout, manifest):
    config = read(layout, read(layout, manifest["digest"])["config"]["digest"])
    return {"architecture": config["architecture"], "os": config["os"]}


def main(target, layouts):
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(os.path.join(target, "blobs", "sha256"))
    tags = {}
    for layout in layouts:
        for name in sorted(os.listdir(os.path.join(layout, "blobs", "sha256"))):
            shutil.copyfile(blob(layout, "sha256:" + name), blob(target, "sha256:" + name))
        with open(os.path.join(layout, "index.json"), "rb") as file:
            for manifest in json.load(file)["manifests"]:
                tag = manifest["annotations"][REFERENCE]
                entry = {key: manifest[key] for key in ("mediaType", "digest", "size")}
                entry["platform"] = platform(layout, manifest)
                tags.setdefault(tag, []).append(entry)
    manifests = []
    for tag, entries in sorted(tags.items()):
        if len(entries) != len(layouts):
            sys.exit(f"{tag}: expected in {len(layouts)} layouts, found in {len(entries)}")
        entries.sort(key=lambda entry: entry["platform"]["architecture"])
        text = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}, sort_keys=True).encode()
        digest = "sha256:" + hashlib.sha256(text).hexdigest()
        with open(blob(target, digest), "wb") as file:
            file.write(text)
        manifests.append({"mediaType": INDEX, "digest": digest, "size": len(text), "annotations": {REFERENCE: tag}})
    with open(os.path.join(target, "index.json"), "w", encoding="utf-8") as file:
        json.dump({"schemaVersion": 2, "mediaType": INDEX, "manifests": manifests}, file, sort_keys=True)
    with open(os.path.join(target, "oci-layout"), "w", encoding="utf-8") as file:
        json.dump({"imageLayoutVersion": "1.0.0"}, file)
    for tag, entries in sorted(tags.items()):
        print(tag, *(f"{entry['platform']['os']}/{entry['platform']['architecture']}" for entry in entries))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

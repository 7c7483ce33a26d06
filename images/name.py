"""Writes an image's full name beside each tag of an OCI layout, by which containerd, kind and Docker import it.

    name.py LAYOUT NAME

A tag alone (`org.opencontainers.image.ref.name`) is imported as an image of that name, which no pod asks for.
"""

import json
import os
import sys

NAME, TAG = "io.containerd.image.name", "org.opencontainers.image.ref.name"


def main():
    layout, name = sys.argv[1:]
    path = os.path.join(layout, "index.json")
    with open(path) as file:
        index = json.load(file)
    for manifest in index["manifests"]:
        annotations = manifest.get("annotations", {})
        if TAG in annotations:
            annotations[NAME] = f"{name}:{annotations[TAG]}"
    with open(path, "w") as file:
        json.dump(index, file)


main()

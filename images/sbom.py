"""Writes what is in the image as NAME.cdx.json and NAME.spdx.json, and holds both to their schemas.

    sbom.py ROOT NAME VERSION
"""

import datetime
import json
import os
import subprocess
import sys
import tempfile
import uuid

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from spdx_tools.spdx.parser.parse_anything import parse_file
from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

LICENCES = {"swift-log": "Apache-2.0", "swift-system": "Apache-2.0 WITH Swift-exception"}
HERE = os.path.dirname(os.path.abspath(__file__))


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def program_parts(version):
    """What no package manager knows: the program, and what SwiftPM and the toolchain put into it."""
    parts = [("devicepool", version, "Apache-2.0", "generic"),
             ("swift-runtime", swift_version(), "Apache-2.0 WITH Swift-exception", "generic")]
    with open(os.path.join(HERE, "../Package.resolved")) as file:
        for pin in json.load(file)["pins"]:
            home = os.path.dirname(pin["location"]).removeprefix("https://")
            parts.append((pin["identity"], pin["state"]["version"], LICENCES[pin["identity"]], f"swift/{home}"))
    return parts


def swift_version():
    words = output(os.environ.get("SWIFT", "swift"), "--version").split()
    return words[words.index("version") + 1]


def generate(root, name, version, stamp):
    """Both documents by debsbom, of the image's packages and the linked ones."""
    with tempfile.TemporaryDirectory() as scratch:
        os.makedirs(f"{scratch}/var/lib/dpkg")
        os.makedirs(f"{scratch}/usr/share")
        # The image has the licences of all of them.
        os.symlink(os.path.abspath(f"{root}/usr/share/doc"), f"{scratch}/usr/share/doc")
        with open(f"{root}/var/lib/dpkg/status") as source, open(f"{scratch}/var/lib/dpkg/status", "w") as target:
            target.write(source.read())
            # The packages of the archives in the program are not in the image, their code is.
            for package in output(os.path.join(HERE, "static-grpc-options"), "packages").split():
                target.write(output("dpkg-query", "-s", package) + "\n")
        serial = str(uuid.uuid5(uuid.NAMESPACE_URL, f"devicepool:{version}:{stamp}"))
        subprocess.run([
            os.path.join(os.path.dirname(sys.executable), "debsbom"), "generate", "-t", "cdx", "-t", "spdx", "-r", scratch,
            "--distro-name", "devicepool-image", "--distro-version", version, "--cdx-schema-version", "1.6", "--cdx-serialnumber", serial,
            "--distro-arch", output("dpkg", "--print-architecture").strip(), "--timestamp", stamp, "--no-recommends-deps", "--with-licenses",
            "-o", name], check=True, stdout=subprocess.DEVNULL)


def complete_cyclonedx(path, parts):
    with open(path) as file:
        document = json.load(file)
    root = document["metadata"]["component"]["bom-ref"]
    for part, version, licence, kind in parts:
        reference = f"{part}@{version}"
        document["components"].append({
            "type": "application" if part == "devicepool" else "library", "bom-ref": reference, "name": part, "version": version,
            "licenses": [{"expression": licence}], "purl": f"pkg:{kind}/{part}@{version}"})
        document["dependencies"].append({"ref": reference})
        next(d for d in document["dependencies"] if d["ref"] == root).setdefault("dependsOn", []).append(reference)
    with open(path, "w") as file:
        json.dump(document, file, indent=1)
    with open(path) as file:
        error = JsonStrictValidator(SchemaVersion.V1_6).validate_str(file.read())
    if error:
        raise SystemExit(f"{path}: {error}")
    return len(document["components"])


def complete_spdx(path, parts):
    with open(path) as file:
        document = json.load(file)
    root = next(r["relatedSpdxElement"] for r in document["relationships"] if r["relationshipType"] == "DESCRIBES")
    for part, version, licence, _ in parts:
        reference = f"SPDXRef-{part}"
        document["packages"].append({
            "SPDXID": reference, "name": part, "versionInfo": version, "downloadLocation": "NOASSERTION", "filesAnalyzed": False,
            "licenseDeclared": licence, "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION"})
        document["relationships"].append({"spdxElementId": reference, "relatedSpdxElement": root, "relationshipType": "PACKAGE_OF"})
    with open(path, "w") as file:
        json.dump(document, file, indent=1)
    problems = validate_full_spdx_document(parse_file(path))
    if problems:
        raise SystemExit(f"{path}: {problems[0].validation_message}")
    return len(document["packages"])


def main():
    root, name, version = sys.argv[1:4]
    stamp = datetime.datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), datetime.timezone.utc).isoformat()
    generate(root, name, version, stamp)
    parts = program_parts(version)
    for path, count in ((f"{name}.cdx.json", complete_cyclonedx(f"{name}.cdx.json", parts)),
                        (f"{name}.spdx.json", complete_spdx(f"{name}.spdx.json", parts))):
        print(f"listed          {path}: {count} components, valid")


main()

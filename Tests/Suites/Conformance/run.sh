#!/bin/sh
# Usage: run.sh --binary BINARY CASES… Replays cases; prints 'N passed, N failed'. See README.md.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
venv=$here/../../../.build/interop-venv
if ! "$venv/bin/python" -c 'import grpc, google.protobuf' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/../Interop/requirements.txt"
fi
PYTHONDONTWRITEBYTECODE=1 exec "$venv/bin/python" "$here/replay.py" "$@"

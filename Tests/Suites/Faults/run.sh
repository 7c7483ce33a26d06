#!/bin/sh
# Usage: run.sh SCRIPT BINARY [WORDS …]. Runs one of the harnesses here with Python's gRPC.
set -eu
[ $# -ge 2 ] && [ -x "$2" ] || { echo "usage: $0 SCRIPT BINARY [WORDS …] (found: $*)" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
script=$1
shift
venv=$here/../../../.build/interop-venv
if ! "$venv/bin/python" -c 'import grpc, google.protobuf' 2>/dev/null; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/../Interop/requirements.txt"
fi
PYTHONDONTWRITEBYTECODE=1 GRPC_VERBOSITY=NONE exec "$venv/bin/python" "$here/$script" "$@"

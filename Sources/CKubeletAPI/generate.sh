#!/bin/sh
# Writes the C files from proto/*.proto with Debian's protoc-c (package protobuf-c-compiler), and the sums that tell
# whether both still belong together. With a directory as argument, writes there instead: RepositoryTests compares.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=${1:-$here}
cd "$here/proto"
mkdir -p "$out/include"
protoc-c -I . -I /usr/include --c_out="$out" ./*.proto
mv "$out"/*.pb-c.h "$out/include/"
cd "$out"
(cd "$here" && sha256sum proto/*.proto) >SHA256SUMS
sha256sum *.pb-c.c include/*.pb-c.h >>SHA256SUMS

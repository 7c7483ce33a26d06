#!/bin/sh
# Runs devicepool-bench in mount and network namespaces of its own (root): whatever it mounts, makes or starts is gone
# when it ends.
#
#   Tests/Suites/Benchmarks/run.sh [measure|starts|calls|idle|instructions]
#
# PEER=FILE compares with another plugin that takes -config-file; VFS, POOLS, REPEAT and IDLE (seconds) set the sizes; OUTPUT is where
# bench.json and bench.svg go.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../../.." && pwd)
mode=${1:-measure}
output=${OUTPUT:-$root/.build/bench}

if [ "$(id -u)" != 0 ]; then
  echo "$0: needs root, for namespaces and device nodes" >&2
  exit 1
fi

if [ -z "${DEVICEPOOL_BENCH_INSIDE:-}" ]; then
  for tool in unshare ip cc strip; do
    command -v "$tool" >/dev/null || { echo "$0: $tool is missing" >&2; exit 1; }
  done
  mkdir -p "$output"
  DEVICEPOOL_BENCH_INSIDE=1 exec unshare --mount --net --pid --fork --kill-child --mount-proc --propagation private \
    "$0" "$mode"
fi

# Everything the programs write goes to memory, and lies in a directory that only these namespaces see.
made=
for directory in /var/lib/kubelet; do
  [ -d "$directory" ] || { mkdir -p "$directory"; made="$made $directory"; }
done
devicepool=$(realpath "${DEVICEPOOL:-$root/.build/release/devicepool}")
scratch=/var/run/bench
programs=$output/programs
leave() {
  umount /var/lib/kubelet 2>/dev/null || true
  for directory in $made; do rmdir "$directory"; done
}
trap leave EXIT
mount -t tmpfs -o mode=755 bench /var/lib/kubelet
mount -t tmpfs -o mode=755,nr_inodes=0 bench "$(realpath /var/run)"
mkdir -p /var/run/k8s.cni.cncf.io /var/run/cdi $scratch "$programs"
cc -O2 -Wall -o "$programs/floor" "$here/floor.c"
peer=
if [ -n "${PEER:-}" ]; then
  strip -o "$programs/peer" "$PEER"
  peer=$programs/peer
fi
ours=$programs/devicepool
strip -o "$ours" "$devicepool"
# No neighbour discovery and no addresses while it is measured.
for name in default all; do
  echo 1 2>/dev/null >/proc/sys/net/ipv6/conf/$name/disable_ipv6 || true
done

"${BENCH:-$root/.build/release/devicepool-bench}" -mode "$mode" -ours "$ours" -peer "$peer" \
  -floor "$programs/floor" -scratch $scratch -sizes "${VFS:-8 64 512 4096}" -pools "${POOLS:-1 20}" \
  -repeat "${REPEAT:-9}" -idle "${IDLE:-2}" -output "$output"

#!/bin/bash
# Runs DIRECTORY/job on this machine: in the guest's root file system, with mount, network, process and name namespaces
# of its own and a layer that is thrown away. As boot.sh does, it leaves with the job's exit code.
#
#   here.sh [-t SECONDS] DIRECTORY
#
# The kernel, and with it /sys and the control groups, are this machine's; cgroups are made below devicepool-e2e only.
set -euo pipefail
cache=$("$(dirname "$0")/build.sh" where)
limit=300
while getopts t: option; do
  case $option in t) limit=$OPTARG ;; *) exit 2 ;; esac
done
shift $((OPTIND - 1))
run=$(cd "$1" && pwd)
[ "$(id -u)" = 0 ] || { echo "here.sh: root is needed for namespaces" >&2; exit 2; }

# This machine's cgroup hierarchies: one directory each with version 1, one altogether with version 2.
hierarchies() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo /sys/fs/cgroup; else
    find /sys/fs/cgroup -mindepth 1 -maxdepth 1 -type d
  fi
}
for hierarchy in $(hierarchies); do
  mkdir -p "$hierarchy/devicepool-e2e"
  # A new cpuset of version 1 is empty and holds nobody.
  [ ! -e "$hierarchy/cpuset.mems" ] || for name in cpus mems; do
    cat "$hierarchy/cpuset.$name" > "$hierarchy/devicepool-e2e/cpuset.$name"
  done
done
root=$(mktemp -d "${TMPDIR:-/tmp}/devicepool-here.XXXXXX")
leave() {
  rmdir "$root"
  for hierarchy in $(hierarchies); do
    find "$hierarchy/devicepool-e2e" -depth -type d -exec rmdir {} \; 2>/dev/null || true
  done
}
trap leave EXIT

# shellcheck disable=SC2016 # the inner shells expand it
timeout "$limit" unshare --mount --net --pid --ipc --uts --fork --kill-child bash -ec '
  cache=$1 run=$2 layer=$3
  mount -t tmpfs -o size=2g tmpfs "$layer"
  mkdir "$layer"/{upper,work,root}
  mount -t overlay overlay -o "lowerdir=$cache/rootfs,upperdir=$layer/upper,workdir=$layer/work" "$layer/root"
  cd "$layer/root"
  mount -t proc proc proc
  mount -t sysfs sysfs sys
  mount --rbind /sys/fs/cgroup sys/fs/cgroup
  mount -t tmpfs -o mode=755 tmpfs dev
  mkdir dev/pts dev/shm
  for node in null zero full random urandom tty; do cp -a "/dev/$node" dev/; done
  if [ -e /dev/kmsg ]; then cp -a /dev/kmsg dev/; else ln -s null dev/kmsg; fi
  mount -t devpts devpts dev/pts
  mount -t tmpfs tmpfs dev/shm
  mount -t tmpfs -o mode=755 tmpfs run
  # An overlay cannot have another as its upper layer.
  mkdir -p var/lib/containerd run/e2e run/lock
  mount -t tmpfs tmpfs var/lib/containerd
  mount --rbind "$run" run/e2e
  mkdir -p usr/local/lib/devicepool
  cp run/e2e/product/bin/* usr/local/bin/
  cp run/e2e/product/lib/* usr/local/lib/devicepool/ 2>/dev/null || true
  echo /usr/local/lib/devicepool > etc/ld.so.conf.d/devicepool.conf
  # The new root becomes the root of this namespace, as container runtimes want it.
  mkdir -p old
  pivot_root . old
  umount -l old
  mount --make-rshared /
  exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 bash -c "
    ldconfig; ip link set lo up; cd /run/e2e && exec bash ./job"
' here "$cache" "$run" "$root" < /dev/null

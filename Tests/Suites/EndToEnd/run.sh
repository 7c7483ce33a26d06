#!/bin/bash
# Runs end-to-end scenarios, each in a fresh guest, and prints their results as TAP.
#
#   run.sh [SCENARIO...]   without names: all, except those that say "by name only"
#   run.sh -l              lists the scenarios
#   run.sh -s              a shell in the guest, with the suite and the daemon at hand
#
# DEVICEPOOL is the binary under test (.build/release/devicepool); KUBELET a kubelet binary for the scenarios that want
# one (the one that `make kubelet` built); KUBE_BIN a folder with etcd, kube-apiserver, kube-controller-manager,
# kube-scheduler, kubelet, kubectl and, if they should not be Debian's, helm, containerd and runc (the one that `make kube`
# built); CNI_BIN a folder with Multus and the SR-IOV CNI. What is left of a failing scenario stays in .build/e2e/SCENARIO.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../../.." && pwd)
cache=$("$here/guest/build.sh" where)
binary=${DEVICEPOOL:-$top/.build/release/devicepool}
kubelet=${KUBELET:-$cache/kubelet}
kube=${KUBE_BIN:-$cache/kube}
archive() { find "$top/.build/image" -name "$1-[0-9]*-amd64.oci.tar" 2>/dev/null | head -n 1 || true; }
image=$(archive devicepool) api_image=$(archive devicepool-api)
results=${DEVICEPOOL_E2E_RESULTS:-$top/.build/e2e}
fail() { echo "run.sh: $*" >&2; exit 2; }

# A scenario says what it needs in a line of its own: "# run: limit 300; udev; by name only; on this machine".
wish() { sed -n 's/^# run: //p' "$here/scenarios/$1.py" | grep -o "$2.*" | sed "s/^$2 *//; s/;.*//" || true; }
wishes() { sed -n 's/^# run: //p' "$here/scenarios/$1.py" | grep -q "$2"; }
names() { for file in "$here"/scenarios/*.py; do basename "$file" .py; done; }

if [ "${1-}" = -l ]; then
  for name in $(names); do printf '%-18s %s\n' "$name" "$(sed -n 's/^"""\(.*[^"]\)"*$/\1/p' "$here/scenarios/$name.py" | head -n 1)"; done
  exit
fi
shell=
[ "${1-}" != -s ] || { shell=1; shift; }
[ -x "$binary" ] || fail "no daemon at $binary: build it, or name it in DEVICEPOOL"
[ $# -gt 0 ] || for name in $(names); do wishes "$name" "by name only" || set -- "$@" "$name"; done
for name in "$@"; do [ -e "$here/scenarios/$name.py" ] || fail "no scenario $name; there are: $(names | tr '\n' ' ')"; done
needs_guest=$shell
for name in "$@"; do wishes "$name" "on this machine" || needs_guest=1; done
if [ -n "$needs_guest" ]; then "$here/guest/build.sh" >&2; else "$here/guest/build.sh" here >&2; fi

# The daemon, and the shared libraries it wants that the guest does not have.
stage_product() {
  mkdir -p "$1/product/bin" "$1/product/lib" "$1/suite" "$1/logs"
  cp "$binary" "$1/product/bin/devicepool"
  ldd "$binary" | awk '$2 == "=>" && $3 { print $3 }' | while read -r library; do
    [ -e "$cache/rootfs$library" ] || cp "$library" "$1/product/lib/"
  done
  [ ! -x "$kubelet" ] || cp "$kubelet" "$1/product/bin/kubelet"
  if wishes "$2" cluster; then stage_cluster "$1"; fi
  cp -r "$here/e2e" "$here/scenarios" "$1/suite/"
  for part in Tests/Fixtures deployments; do [ ! -d "$top/$part" ] || cp -r "$top/$part" "$1/suite/"; done
}

# What a cluster runs: its programs, and the image.
stage_cluster() {
  mkdir -p "$1/product/kube" "$1/product/cni"
  [ ! -d "$kube" ] || cp "$kube"/* "$1/product/kube/"
  for program in containerd containerd-shim-runc-v2 ctr runc; do
    [ ! -x "$kube/$program" ] || ln "$1/product/kube/$program" "$1/product/bin/"
  done
  [ -e "$1/product/kube/helm" ] || ! [ -x "$top/.build/deployments/helm" ] || cp "$top/.build/deployments/helm" "$1/product/kube/"
  [ -z "${CNI_BIN-}" ] || cp "$CNI_BIN"/* "$1/product/cni/" || fail "no program in $CNI_BIN"
  [ -z "$image" ] || cp "$image" "$1/product/image.tar"
  [ -z "$api_image" ] || cp "$api_image" "$1/product/image-api.tar"
}

write_job() {
  cat > "$1/job" <<JOB
export PYTHONPATH=/run/e2e/suite PYTHONDONTWRITEBYTECODE=1
python3 suite/scenarios/$2.py
code=\$?
if [ \$code != 0 ]; then
  dmesg > logs/dmesg
  { ip -d address; ip netns; lspci -nnk; ps axf; } > logs/node 2>&1
  devicepool record logs/machine.txt > logs/record 2>&1
fi
exit \$code
JOB
}

# run_scenario NAME: its output goes to standard output, its exit code is the scenario's.
run_scenario() {
  local name=$1 run limit code=0
  run=$(mktemp -d "${TMPDIR:-/tmp}/devicepool-e2e.XXXXXX")
  limit=$(wish "$name" limit)
  stage_product "$run" "$name"
  write_job "$run" "$name"
  ! wishes "$name" udev || : > "$run/start-udev"
  if wishes "$name" "on this machine"; then
    "$here/guest/here.sh" -t "${limit:-300}" "$run" 2>&1 | tee "$run/output" || code=$?
  else
    "$here/guest/boot.sh" -t "${limit:-300}" "$run" || code=$?
  fi
  rm -rf "${results:?}/$name"
  if [ -d "$run/artifacts" ]; then
    mkdir -p "$results"
    cp -r "$run/artifacts" "$results/$name"
    echo "# $name left what it made in $results/$name"
  fi
  if [ $code != 0 ]; then
    mkdir -p "$results"
    rm -rf "$run"/{product,suite,job,mode,start-udev,qmp} "${results:?}/$name"
    mv "$run" "$results/$name"
    echo "# $name left its console, logs and machine in $results/$name"
  fi
  rm -rf "$run"
  return $code
}

if [ -n "$shell" ]; then
  run=$(mktemp -d "${TMPDIR:-/tmp}/devicepool-e2e.XXXXXX")
  stage_product "$run" "$(names | head -n 1)"
  "$here/guest/boot.sh" -i -t 86400 "$run" || true
  rm -rf "$run"
  exit
fi

passed=0 failed=0 number=0
echo "TAP version 14"
echo "1..$#"
for name in "$@"; do
  started=$SECONDS number=$((number + 1))
  echo "# Subtest: $name"
  if run_scenario "$name" > >(sed -u 's/^/    /') 2>&1; then
    passed=$((passed + 1)) word=ok
  else
    failed=$((failed + 1)) word="not ok"
  fi
  sleep 0.2  # the last lines of the subtest are still in sed's pipe
  echo "$word $number - $name # $((SECONDS - started)) s"
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]

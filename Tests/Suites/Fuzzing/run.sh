#!/usr/bin/env bash
# Usage: run.sh SECONDS [TARGET …]. Builds the fuzzers, gives each target its time, prints the runs of each and of all.
# Exit code 1: something was found; the input is kept in .build-fuzz/found.
set -euo pipefail
[[ ${1:-} =~ ^[1-9][0-9]*$ ]] || { echo "usage: $0 SECONDS [TARGET …] (found: ${1:-nothing})" >&2; exit 2; }
seconds=$1
shift
cd "$(dirname "$0")/../../.."
scratch=.build-fuzz
mkdir -p "$scratch"
swift=${SWIFT:-swift}
flags=(--scratch-path "$scratch" -c release --sanitize=address --product devicepool-fuzz -j "${JOBS:-$(nproc)}"
  -Xswiftc -enable-testing -Xswiftc -sanitize-coverage=edge,trace-cmp,inline-8bit-counters,pc-table)
resources=$("$swift" -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
libfuzzer=$(find -L "$resources/.." -name "libclang_rt.fuzzer_no_main-$(uname -m).a" -print -quit)
[[ -n $libfuzzer ]] || { echo "no libclang_rt.fuzzer_no_main-$(uname -m).a below $resources" >&2; exit 3; }
DEVICEPOOL_FUZZ=1 DEVICEPOOL_LIBFUZZER=$libfuzzer "$swift" build "${flags[@]}" >"$scratch/build.log" 2>&1 || { cat "$scratch/build.log"; exit 1; }
program=$scratch/release/devicepool-fuzz
rm -rf "$scratch/seeds"
"$program" seeds "$scratch/seeds"
mkdir -p "$scratch/found"
targets=("$@")
[[ ${#targets[@]} -gt 0 ]] || mapfile -t targets < <("$program" list)

# swift-backtrace would hold a crashed fuzzer for minutes; a leak in the runtime is not ours to find here.
export SWIFT_BACKTRACE=enable=no ASAN_OPTIONS=detect_leaks=0:abort_on_error=0:handle_abort=1
total=0
failed=()
for target in "${targets[@]}"; do
  corpus=$scratch/corpus/$target
  mkdir -p "$corpus"
  log=$scratch/$target.log
  outcome="nothing found"
  "$program" "$target" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1 \
    -artifact_prefix="$scratch/found/$target-" "$corpus" "$scratch/seeds/$target" >"$log" 2>&1 || {
    outcome="FOUND: $(grep -E "^Fatal error|Fatal error:|ERROR: |SUMMARY: " "$log" | head -1)"
    failed+=("$target")
  }
  runs=$(sed -n 's/^stat::number_of_executed_units: //p' "$log" | tail -1)
  total=$((total + ${runs:-0}))
  printf '%-28s %12s runs  %s\n' "$target" "${runs:-?}" "$outcome"
done
printf '%-28s %12s runs  %s s each, %s of %s targets without a finding\n' "all" "$total" "$seconds" \
  "$((${#targets[@]} - ${#failed[@]}))" "${#targets[@]}"
[[ ${#failed[@]} -eq 0 ]] || { ls -l "$scratch/found"; exit 1; }

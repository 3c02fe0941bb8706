#!/usr/bin/env bash
# Measures how times grow with the number of pods, documents and leases. Writes docs/growth.svg and prints a table for docs/performance.md.
# Usage: tests/rig/with-cluster.sh bench/growth.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=../tests/rig/lib.sh
. tests/rig/lib.sh
[[ -n ${KUBEINJECT_TEST_CLUSTER:-} ]] || die "run this as: tests/rig/with-cluster.sh bench/growth.sh"
[[ -x /usr/bin/time ]] || install_debian_packages time
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

bench/build.sh
bench() { dotnet run --project bench/KubeInject.Benchmarks --configuration Release --no-build -- "$@"; }

# The leases are first, because a sweep also lists the pods of the cluster.
dotnet pwsh -NoProfile -Command "bench/Measure-LeaseSweep.ps1 -Count 100, 1000, 10000 -Round 1" | tee >(cat >&2) |
  sed -n "s/^postgresql.*: sweep of \([0-9]*\) leases \([0-9.,]*\) s.*/sweep leases\t\1\t\2/p" | tr -d , >>"$work/points"
for pods in 1000 10000 100000; do
  bench make-pods "$pods"
  for _ in 1 2 3; do
    /usr/bin/time --format %e --append --output "$work/seconds.$pods" out/program/kubeinject list -A >/dev/null 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
  done
  /usr/bin/time --format "list of $pods pods: %M KB" out/program/kubeinject list -A >/dev/null
  printf 'list pods\t%s\t%s\n' "$pods" "$(sort -n "$work/seconds.$pods" | sed -n 2p)" >>"$work/points"
done
bench documents 10 1000 100000 >>"$work/points"
bench plot "$work/points" docs/growth.svg

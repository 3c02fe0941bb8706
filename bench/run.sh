#!/usr/bin/env bash
# Compares KubeInject with other clients and libraries, prints the ratios, and fails if a ratio is much worse than in bench/ratios.json.
# Usage: tests/rig/with-cluster.sh bench/run.sh [--short] [--store] [NAME…]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=../tests/rig/lib.sh
. tests/rig/lib.sh
[[ -n ${KUBEINJECT_TEST_CLUSTER:-} ]] || die "run this as: tests/rig/with-cluster.sh bench/run.sh"

bench() { dotnet run --project bench/KubeInject.Benchmarks --configuration Release --no-build -- "$@"; }

if [[ ${1:-} == --short ]]; then
  # The tests have built everything that the short run uses.
  pods=1000
else
  bench/build.sh
  KUBEINJECT_BENCH_CLIENT_GO=$(bench/metadata-list/build.sh)
  export KUBEINJECT_BENCH_CLIENT_GO
  pods=10000
fi
bench make-pods "$pods"
bench ratios "$pods" "$@"

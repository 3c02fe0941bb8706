#!/usr/bin/env bash
# Builds what the benchmarks compare: their project, the module and the program.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
build() { dotnet "$@" --configuration Release >"$log" 2>&1 || { cat "$log" >&2; exit 1; }; }
build build bench/KubeInject.Benchmarks
build publish src/KubeInject.Cmdlets
build publish src/KubeInject.Injector --output out/program

#!/usr/bin/env bash
# Measures pod lists of KubeInject and other clients alternately in one run: whole processes, medians. Writes docs/performance.md.
# Usage: tests/rig/with-cluster.sh bench/list-pods.sh [PODS] [ROUNDS]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
# shellcheck source=../tests/rig/lib.sh
. tests/rig/lib.sh
pods=${1:-10000} rounds=${2:-5}
[[ -n ${KUBEINJECT_TEST_CLUSTER:-} ]] || die "run this as: tests/rig/with-cluster.sh bench/list-pods.sh"
[[ -x /usr/bin/time ]] || install_debian_packages time
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

client_go=$(bench/metadata-list/build.sh)
dotnet publish src/KubeInject.Injector --configuration Release --output "$work/program" >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
dotnet publish src/KubeInject.Cmdlets --configuration Release >"$work/log" 2>&1 || { cat "$work/log"; exit 1; }
dotnet run --project bench/KubeInject.Benchmarks --configuration Release -- make-pods "$pods"

server=$(<"$KUBEINJECT_TEST_CLUSTER/server")
as='as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
# The API server indents JSON for the user agent of curl.
curl=(curl --silent --fail --user-agent measure --cacert "$KUBEINJECT_TEST_CLUSTER/ca.crt" --header "@$work/token" --header "Accept: application/vnd.kubernetes.protobuf;$as" --output "$work/bytes")
(umask 077 && printf 'Authorization: Bearer %s\n' "$(<"$KUBEINJECT_TEST_CLUSTER/admin.token")" >"$work/token")

# script NAME COMMAND — writes a PowerShell script for the module; prints its path.
script() {
  printf '%s\n' "Import-Module '$PWD/out/KubeInject'" '$null = Connect-KubeCluster' "($2 | Measure-Object).Count" >"$work/$1.ps1"
  echo "$work/$1.ps1"
}

names=() commands=()
add() { names+=("$1"); commands+=("$2"); }
add 'API server alone (`curl`), metadata in protobuf, from cache' "${curl[*]@Q} '$server/api/v1/pods?resourceVersion=0'"
add 'API server alone (`curl`), metadata in protobuf, consistent' "${curl[*]@Q} '$server/api/v1/pods'"
add 'client-go, metadata, from cache' "'$client_go' --cache"
add 'client-go, metadata, consistent' "'$client_go'"
add '**`kubeinject list -A`**' "'$work/program/kubeinject' list -A"
add '**`kubeinject list -A --consistent`**' "'$work/program/kubeinject' list -A --consistent"
if command -v pwsh >/dev/null; then
  add '**`Get-PodInjectionAnnotation -AllNamespaces`**, counted' "pwsh -NoProfile -File '$(script list 'Get-PodInjectionAnnotation -AllNamespaces')'"
  add '**`Get-PodInjectionAnnotation -AllNamespaces -Detailed`**, counted' "pwsh -NoProfile -File '$(script detailed 'Get-PodInjectionAnnotation -AllNamespaces -Detailed')'"
  add '`kubectl get pods -A -o json`, `ConvertFrom-Json`' "pwsh -NoProfile -Command '(kubectl get pods -A -o json | ConvertFrom-Json).items.Count'"
fi
add '`kubectl get pods -A -o json`' 'kubectl get pods -A -o json'

median() { sort -n "$1" | sed -n "$(((rounds + 1) / 2))p"; }

for ((round = 1; round <= rounds; round++)); do
  for i in "${!names[@]}"; do
    /usr/bin/time --format '%e %M' --output "$work/time" bash -c "exec ${commands[i]}" >"$work/out" 2>"$work/error" ||
      { cat "$work/error" >&2; die "this failed: ${names[i]}"; }
    cut -d' ' -f1 "$work/time" >>"$work/seconds.$i"
    cut -d' ' -f2 "$work/time" >>"$work/memory.$i"
    say "round $round: $(<"$work/time") ${names[i]}"
  done
done

base=$(median "$work/seconds.$((${#names[@]} - 1))") go=$(median "$work/seconds.2")
{
  echo "| Client | Elapsed time | Peak memory | Ratio to client-go's time, from cache | Times faster than \`kubectl get pods -A -o json\` |"
  echo '|---|---|---|---|---|'
  for i in "${!names[@]}"; do
    seconds=$(median "$work/seconds.$i") memory=$(median "$work/memory.$i")
    awk -v n="${names[i]}" -v s="$seconds" -v m="$memory" -v b="$base" -v g="$go" 'BEGIN { printf "| %s | %.2f s | %d MB | %.2f | %.1f |\n", n, s, m / 1024, s / g, b / s }'
  done
} | tee "$work/table"
{
  cat <<TEXT
# Performance

This page compares the time and memory to list $pods pods. Each pod has two containers, thirteen variables and ten annotations.
The measurements include the whole process. Each value is the median of $rounds rounds, and each round runs all clients in turn. The
following command writes this page:

    tests/rig/with-cluster.sh bench/list-pods.sh $pods $rounds

Environment: $(nproc) × $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(awk '/MemTotal/ { printf "%d GiB", $2 / 1048576 }' /proc/meminfo) of memory, shared with kube-apiserver $("$(tests/rig/kubernetes.sh)/kube-apiserver" --version | sed 's/Kubernetes v//') and etcd;
$(kubectl version --client 2>/dev/null | sed -n 's/^Client Version:.*v\([0-9.]*\).*/kubectl \1/p' | head -n 1), .NET $(dotnet --version)$(command -v pwsh >/dev/null && echo ", PowerShell $(pwsh --version | sed 's/PowerShell //')"). On other machines, only the ratios are comparable.

TEXT
  cat "$work/table"
} >docs/performance.md

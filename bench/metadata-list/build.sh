#!/usr/bin/env bash
# Prints the path of the client-go program that lists pod metadata. The first run builds it with Debian's
# kubernetes source (about 2 minutes on two cores) and caches it with the kube-apiserver of the test rig.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=../../tests/rig/lib.sh
. "$here/../../tests/rig/lib.sh"

# The cache key contains the source of the program.
program=${XDG_CACHE_HOME:-$HOME/.cache}/kubeinject/metadata-list-$(sha256sum "$here/main.go" | cut -c1-12)
if [[ ! -x $program ]]; then
  install_source_tools
  mkdir -p "$(dirname "$program")"
  work=$(mktemp -d "$(dirname "$program")/metadata-list-build.XXXXXX")
  trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
  say "compiling a client-go program to measure beside (2 minutes)"
  (
    fetch_source "$work"
    cd "$work/go/src/k8s.io/kubernetes"
    mkdir cmd/metadata-list
    cp "$here/main.go" cmd/metadata-list/
    go_build "$work" -o "$work/metadata-list" ./cmd/metadata-list
  ) >"$work/log" 2>&1 || { tail -n 20 "$work/log" >&2; die "building the client-go program failed"; }
  mv "$work/metadata-list" "$program"
fi
echo "$program"

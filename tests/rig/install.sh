#!/usr/bin/env bash
# Installs the Debian packages that the rig requires and that are missing. It changes nothing else.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

packages=()
need() { command -v "$2" >/dev/null || packages+=("$1"); }

[[ -x ${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS/etcd} ]] || need etcd-server etcd
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || packages+=(postgresql)
need postgresql-client psql
need openssl openssl
need curl curl
need kubernetes-client kubectl
need zsh zsh

if ((${#packages[@]})); then install_debian_packages "${packages[@]}"; fi

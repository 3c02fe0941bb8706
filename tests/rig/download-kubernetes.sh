#!/usr/bin/env bash
# download-kubernetes.sh KUBERNETES ETCD — prints a folder for KUBEBUILDER_ASSETS with kube-apiserver,
# kube-controller-manager, kubectl and etcd of these releases, for example 1.36.2 and 3.5.33. The first
# call downloads the programs to the cache and verifies their checksums.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

(($# == 2)) || {
  echo "usage: $0 KUBERNETES-VERSION ETCD-VERSION" >&2
  exit 2
}
kubernetes=v${1#v}
etcd=v${2#v}

[[ $(uname -s) == Linux ]] || die "kube-apiserver is only released for Linux"
case $(uname -m) in
  x86_64) platform=linux/amd64 ;;
  aarch64) platform=linux/arm64 ;;
  *) die "$(uname -m) is not supported; supported are x86_64 and aarch64" ;;
esac

[[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || die "set HOME or XDG_CACHE_HOME"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubeinject
folder=$cache/release-$kubernetes-etcd-$etcd-${platform#*/}
if [[ -d $folder ]]; then
  echo "$folder"
  exit
fi

download() {
  curl --fail --silent --show-error --location --remote-name "$1" || die "could not download $1"
}

mkdir -p "$cache"
work=$(mktemp -d "$cache/download.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

say "downloading Kubernetes $kubernetes and etcd $etcd"
for program in kube-apiserver kube-controller-manager kubectl; do
  download "https://dl.k8s.io/release/$kubernetes/bin/$platform/$program"
  download "https://dl.k8s.io/release/$kubernetes/bin/$platform/$program.sha256"
  echo "$(<"$program.sha256")  $program" | sha256sum --check --quiet >&2
done

archive=etcd-$etcd-${platform/\//-}
download "https://github.com/etcd-io/etcd/releases/download/$etcd/$archive.tar.gz"
download "https://github.com/etcd-io/etcd/releases/download/$etcd/SHA256SUMS"
grep " $archive.tar.gz\$" SHA256SUMS | sha256sum --check --quiet >&2
tar --extract --gzip --file "$archive.tar.gz" --strip-components 1 "$archive/etcd"

mkdir out
install kube-apiserver kube-controller-manager kubectl etcd out
# The rename makes the folder complete as soon as it exists. Another download can have created it meanwhile.
mv --no-target-directory out "$folder" 2>/dev/null || [[ -d $folder ]]
echo "$folder"

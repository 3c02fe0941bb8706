#!/usr/bin/env bash
# Prints the folder with kube-apiserver and kube-controller-manager: a cached build of the Debian source
# package "kubernetes". The first call builds it. If $KUBEBUILDER_ASSETS is set, the script prints that
# folder instead, which must contain only kube-apiserver.
set -euo pipefail
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# Increase the number with every change to the build, so that older cached builds are not used.
recipe=r2
programs=(kube-apiserver kube-controller-manager)

if [[ -n ${KUBEBUILDER_ASSETS:-} ]]; then
  [[ -x $KUBEBUILDER_ASSETS/kube-apiserver ]] ||
    die "KUBEBUILDER_ASSETS is set, but there is no kube-apiserver in $KUBEBUILDER_ASSETS"
  echo "$KUBEBUILDER_ASSETS"
  exit
fi

[[ -n ${XDG_CACHE_HOME:-}${HOME:-} ]] || die "set HOME, XDG_CACHE_HOME or KUBEBUILDER_ASSETS"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kubeinject

# is_complete FOLDER — each program in FOLDER runs and reports the version in FOLDER/version.
is_complete() {
  local program
  [[ -f $1/version ]] || return 1
  for program in "${programs[@]}"; do
    [[ $("$1/$program" --version 2>/dev/null) == "Kubernetes v$(<"$1/version")" ]] || return 1
  done
}

print_cached() {
  local folder
  for folder in "$cache"/kubernetes-*-"$recipe"; do
    if is_complete "$folder"; then
      echo "$folder"
      return
    fi
  done
  return 1
}

# generate_openapi FOLDER — generates the only package that the source does not contain, in the same way as
# the makefiles of Kubernetes. The list of known API violations shows whether the package is complete.
generate_openapi() {
  local work=$1 packages
  packages=$(grep --recursive --files-with-matches --include='*.go' '+k8s:openapi-gen=' pkg vendor/k8s.io/*/ |
    grep -vE '^vendor/k8s.io/(code-generator|sample-apiserver|kube-openapi|gengo)/|_test.go$|/zz_generated' |
    xargs dirname | sort --unique | sed 's,^,k8s.io/kubernetes/,' | paste --serial --delimiters=,)
  GO111MODULE=off GOROOT=$(env -u GOROOT /usr/bin/go env GOROOT) GOPATH=$work/go \
    nice "$work/openapi-gen" --input-dirs "$packages" \
    --output-package k8s.io/kubernetes/pkg/generated/openapi --output-file-base zz_generated.openapi \
    --go-header-file vendor/k8s.io/code-generator/hack/boilerplate.go.txt \
    --report-filename "$work/violations"
  diff "$work/violations" api/api-rules/violation_exceptions.list
}

# build FOLDER — builds the cache entry in FOLDER/out, and writes its name to FOLDER/name.
build() {
  local work=$1 source_version version stamps package
  progress "downloading Debian's kubernetes source"
  fetch_source "$work"
  cd "$work/go/src/k8s.io/kubernetes"
  source_version=$(dpkg-parsechangelog -S Version)
  version=${source_version%-*}
  version=${version##*+really}
  version=${version#*:}
  [[ $version == 1.20.* ]] || {
    progress "Debian's kubernetes source is $version; this script can only build version 1.20 of Debian 12"
    return 1
  }
  stamps="-s -w"
  for package in k8s.io/kubernetes/vendor/k8s.io/{component-base,client-go/pkg}/version; do
    stamps+=" -X $package.gitVersion=v$version -X $package.gitMajor=${version%%.*}"
    stamps+=" -X $package.gitMinor=20 -X $package.gitTreeState=archive"
  done
  progress "compiling ${programs[*]} $version (4 to 6 minutes on two cores)"
  go_build "$work" -o "$work/openapi-gen" ./vendor/k8s.io/kube-openapi/cmd/openapi-gen
  generate_openapi "$work"
  mkdir "$work/out"
  # One build for both programs, because they share most of their packages.
  go_build "$work" -ldflags "$stamps" -o "$work/out/" "${programs[@]/#/./cmd/}"
  echo "$version" >"$work/out/version"
  is_complete "$work/out" || {
    echo "a program does not run, or its version is not $version"
    return 1
  }
  echo "kubernetes-$source_version-$recipe" >"$work/name"
}

progress() { say "$@" 2>&3; }

print_cached && exit

mkdir -p "$cache"
exec 3>&2 9>"$cache/lock"
flock --nonblock 9 || {
  say "waiting for another build of Kubernetes"
  setpriv --pdeathsig TERM flock 9
}
print_cached && exit

install_source_tools

# In the cache folder, so that the build can be renamed. This process holds the lock, so any existing
# build folder is from a build that was killed.
rm -rf "$cache"/build.*
work=$(mktemp -d "$cache/build.XXXXXX")
building=
cleanup() {
  trap '' INT TERM HUP
  if [[ -n $building ]]; then end_tree "$building" 10; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

# In the background, because bash runs traps only between commands in the foreground.
(build "$work") >"$work/log" 2>&1 9>&- &
building=$!
if ! wait "$building"; then
  building=
  tail -n 40 "$work/log" >&2
  die "building Kubernetes failed; see the end of the build log above"
fi
building=
folder=$cache/$(<"$work/name")
rm -rf "$folder"
mv "$work/out" "$folder"
say "Kubernetes is cached in $folder"
echo "$folder"

# shellcheck shell=bash
# Functions that the scripts of the rig share. Source this file; do not run it.

say() { echo "rig: $*" >&2; }
die() { say "$*"; exit 1; }

# install_debian_packages PACKAGE… — installs packages without starting their services.
install_debian_packages() {
  [[ -e /etc/debian_version && -x /usr/bin/apt-get ]] ||
    die "missing: $* (Debian package names); they can be installed automatically on Debian only"
  [[ $EUID -eq 0 ]] || die "missing: $* (Debian package names); install them, or run this as root"
  say "installing $*"
  # A subshell, because its traps must not replace those of the calling script.
  (
    policy=/usr/sbin/policy-rc.d
    saved=$policy.before-kubeinject
    log=$(mktemp)
    # The lock prevents a second installation from saving the temporary policy of the first as the original.
    exec 9>/run/lock/kubeinject-install.lock
    flock 9
    # shellcheck disable=SC2317 # called by the trap
    restore() {
      if [[ -e $saved ]]; then mv -f "$saved" "$policy"; else rm -f "$policy"; fi
      rm -f "$log"
    }
    trap restore EXIT
    # With these traps, bash restores the policy only after apt-get has ended.
    trap 'exit 1' INT TERM HUP
    if [[ -e $policy && ! -e $saved ]]; then mv "$policy" "$saved"; fi
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    export DEBIAN_FRONTEND=noninteractive
    if ! { apt-get update && apt-get install --yes --no-install-recommends \
      -o DPkg::Lock::Timeout=300 "$@"; } </dev/null >"$log" 2>&1 9>&-; then
      tail -n 30 "$log" >&2
      die "apt-get could not install $*"
    fi
  )
}

# process_tree PID — prints PID and all its descendants.
process_tree() {
  local child
  echo "$1"
  # shellcheck disable=SC2013 # the file is one line of process ids
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do process_tree "$child"; done
}

# end_tree PID SECONDS — ends a child process of this script and all its descendants: sends SIGTERM, and
# SIGKILL after SECONDS.
# Does not use "wait", which can hang if the child ended while a signal interrupted another "wait".
end_tree() {
  local pids i
  mapfile -t pids < <(process_tree "$1")
  kill -TERM "${pids[@]}" 2>/dev/null || true
  for ((i = 0; i < $2 * 20; i++)); do
    kill -0 "${pids[@]}" 2>/dev/null || break
    sleep 0.05
  done
  kill -KILL "${pids[@]}" 2>/dev/null || true
}

# install_source_tools — installs the tools that fetch_source and go_build require.
install_source_tools() {
  local missing=()
  # An empty package index contains no archive. The installation refreshes the index.
  if ! command -v dpkg-source >/dev/null || [[ -z $(debian_entries) ]]; then missing+=(dpkg-dev); fi
  [[ -x /usr/bin/go ]] || missing+=(golang-go)
  [[ -d /usr/share/gocode/src/github.com/modern-go/reflect2 ]] || missing+=(golang-github-modern-go-reflect2-dev)
  if ((${#missing[@]})); then install_debian_packages "${missing[@]}"; fi
}

# fetch_source FOLDER — unpacks the Debian source of kubernetes to the Go workspace FOLDER/go. It runs
# "apt-get source" with separate package lists, because the apt configuration of the machine usually has
# no deb-src entries and must not be changed.
fetch_source() {
  local work=$1 entry copy
  mkdir -p "$work"/{sources,lists/partial,cache/archives/partial,source}
  while read -r entry; do
    copy=$work/sources/$(basename "$entry")
    case $entry in
      *.sources) sed -E 's/^Types:.*/Types: deb-src/' "$entry" >"$copy" ;;
      *) sed -nE 's/^deb([[:space:]])/deb-src\1/p' "$entry" >"$copy" ;;
    esac
  done < <(debian_entries)
  local apt=(
    -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$work/sources"
    -o "Dir::State::lists=$work/lists" -o "Dir::Cache=$work/cache"
    -o "APT::Sandbox::User=$(id -un)"
  )
  # A file can also contain entries of other archives, which have no sources, so the update can fail.
  # The download fails if a required source is missing.
  apt-get "${apt[@]}" update || true
  cd "$work/source" || return
  apt-get "${apt[@]}" source --download-only kubernetes
  # apt has verified the files with the signed index.
  mkdir -p "$work/go/src/k8s.io"
  dpkg-source --no-check -x ./*.dsc "$work/go/src/k8s.io/kubernetes"
  # reflect2 1.0.1 corrupts memory when it is built with Go 1.18 or later.
  cd "$work/go/src/k8s.io/kubernetes/vendor/github.com/modern-go" || return
  rm -r reflect2
  cp -rL /usr/share/gocode/src/github.com/modern-go/reflect2 .
}

# Prints the apt source files of the machine that refer to a Debian archive.
debian_entries() {
  # shellcheck disable=SC2016 # a placeholder of apt
  apt-get indextargets --format '$(SOURCESENTRY)' 'Created-By: Packages' 'Origin: Debian' |
    sed 's/:[0-9]*$//' | sort -u
}

# go_build FOLDER ARG… — runs "go build" in the Go workspace FOLDER/go. Modules are off, as in the build
# of Kubernetes 1.20, because newer Go versions require updates to its go.mod. The Go settings and caches
# of the machine are not used.
go_build() {
  local work=$1
  shift
  env -u GOROOT HOME="$work" GOENV=off GOPATH="$work/go" GOCACHE="$work/go-cache" \
    GOTMPDIR="$work" GO111MODULE=off GOFLAGS= CGO_ENABLED=0 nice /usr/bin/go build -trimpath "$@"
}

# shellcheck shell=bash
# What the rig's scripts share. Sourced, never run.

say() { echo "rig: $*" >&2; }
die() { say "$*"; exit 1; }

# install_debian_packages PACKAGE… — without starting any service a package brings.
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
    # Two installations at once would save each other's policy as the machine's own.
    exec 9>/run/lock/kubeinject-install.lock
    flock 9
    # shellcheck disable=SC2317 # called by the trap
    restore() {
      if [[ -e $saved ]]; then mv -f "$saved" "$policy"; else rm -f "$policy"; fi
      rm -f "$log"
    }
    trap restore EXIT
    # With a trap, bash waits for apt-get to end before it restores the policy.
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
  # shellcheck disable=SC2013 # words are wanted: the file is one line of ids
  for child in $(cat "/proc/$1/task/"*/children 2>/dev/null); do process_tree "$child"; done
}

# end_tree PID SECONDS — ends a child of this script with all it started: asks, and insists when
# SECONDS have passed.
# It doesn't use "wait", which can hang on a child that ended just as a signal interrupted another
# "wait" for it.
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

# install_source_tools — what fetch_source and go_build need.
install_source_tools() {
  local missing=()
  # An empty package index names no archive; installing refreshes it.
  if ! command -v dpkg-source >/dev/null || [[ -z $(debian_entries) ]]; then missing+=(dpkg-dev); fi
  [[ -x /usr/bin/go ]] || missing+=(golang-go)
  [[ -d /usr/share/gocode/src/github.com/modern-go/reflect2 ]] || missing+=(golang-github-modern-go-reflect2-dev)
  if ((${#missing[@]})); then install_debian_packages "${missing[@]}"; fi
}

# fetch_source FOLDER — unpacks Debian's kubernetes source into the Go workspace FOLDER/go. It is apt-get source with package lists of its own, so that the machine's apt
# configuration, which seldom has deb-src entries, is read and left as it is.
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
  # Entries that are not Debian's may share a file with those that are, and have no sources:
  # whether the update was good enough shows in the download.
  apt-get "${apt[@]}" update || true
  cd "$work/source" || return
  apt-get "${apt[@]}" source --download-only kubernetes
  # apt has checked the files against the signed index.
  mkdir -p "$work/go/src/k8s.io"
  dpkg-source --no-check -x ./*.dsc "$work/go/src/k8s.io/kubernetes"
  # reflect2 1.0.1 corrupts memory when it is built with Go 1.18 or later.
  cd "$work/go/src/k8s.io/kubernetes/vendor/github.com/modern-go" || return
  rm -r reflect2
  cp -rL /usr/share/gocode/src/github.com/modern-go/reflect2 .
}

# The machine's source files that name a Debian archive.
debian_entries() {
  # shellcheck disable=SC2016 # apt's own placeholder
  apt-get indextargets --format '$(SOURCESENTRY)' 'Created-By: Packages' 'Origin: Debian' |
    sed 's/:[0-9]*$//' | sort -u
}

# go_build FOLDER ARG… — "go build" in the Go workspace FOLDER/go, without modules, as Kubernetes 1.20 itself builds: newer Go finds its go.mod in
# want of updates. The machine's own Go settings and caches have no part in it.
go_build() {
  local work=$1
  shift
  env -u GOROOT HOME="$work" GOENV=off GOPATH="$work/go" GOCACHE="$work/go-cache" \
    GOTMPDIR="$work" GO111MODULE=off GOFLAGS= CGO_ENABLED=0 nice /usr/bin/go build -trimpath "$@"
}

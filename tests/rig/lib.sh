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

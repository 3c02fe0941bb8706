#!/usr/bin/env bash
# Compiles the program ahead of time, and runs it as the image does: as another user, from a folder that it cannot write to,
# without a home folder. Run it with a cluster and as root: tests/rig/with-cluster.sh tests/program.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
: "${KUBEINJECT_TEST_CLUSTER:?Run tests/rig/with-cluster.sh tests/program.sh}"

# Other users cannot open the folder of temporary files that with-cluster.sh creates.
work=$(mktemp -d /tmp/kubeinject-program-XXXXXX)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT
fail() { echo "tests/program.sh: $1" >&2; [[ ! -f $work/log ]] || cat "$work/log" >&2; exit 1; }

dotnet publish src/KubeInject.Injector --configuration Release --output "$work/published"
mkdir "$work/app"
cp "$work/published/kubeinject" examples/orders.yaml "$work/app"
cp "$KUBEINJECT_TEST_CLUSTER/kubeconfig" "$KUBEINJECT_TEST_CLUSTER/ca.crt" "$work"
chmod 755 "$work" "$work/app" "$work/app/kubeinject"
chmod 644 "$work/app/orders.yaml" "$work/kubeconfig" "$work/ca.crt"

# The user of deploy/deployment.yaml. Container runtimes set HOME to / for users without an entry in /etc/passwd.
run=(env --chdir="$work/app" --ignore-environment HOME=/ TMPDIR="$work/app" setpriv --reuid=65532 --regid=65532 --clear-groups --no-new-privs ./kubeinject)

! env --chdir="$work/app" setpriv --reuid=65532 --regid=65532 --clear-groups touch file 2>/dev/null || fail "the user can write to the folder"
"${run[@]}" serve --help | grep -- --tls-secret >/dev/null || fail "serve --help has no settings"
"${run[@]}" check orders.yaml || fail "check failed"

kubectl=(kubectl --kubeconfig "$KUBEINJECT_TEST_CLUSTER/kubeconfig")
namespace=program-$RANDOM$RANDOM
"${kubectl[@]}" create namespace "$namespace" >/dev/null
sed --expression "s/^  name: kubeinject/  name: $namespace/" --expression "s/namespace: kubeinject/namespace: $namespace/" deploy/webhook.yaml | "${kubectl[@]}" apply --filename - >/dev/null
port=$((20000 + RANDOM % 10000))
"${run[@]}" serve --role webhook --listen 127.0.0.1:0 --health-listen "127.0.0.1:$port" --kubeconfig "$work/kubeconfig" --lease-namespace "$namespace" --webhook-configuration "$namespace" 2>"$work/log" &
server=$!

get() { curl --silent --max-time 5 "http://127.0.0.1:$port/$1"; }
for ((i = 0; i < 300; i++)); do
  [[ $(get readyz) != ready ]] || break
  kill -0 "$server" 2>/dev/null || fail "serve has ended"
  sleep 0.1
done
ready=$(get readyz) live=$(get livez)
"${kubectl[@]}" delete mutatingwebhookconfiguration "$namespace" >/dev/null
[[ $live == alive && $ready == ready ]] || fail "/livez is '$live', and /readyz is '$ready'"
kill -TERM "$server"
wait "$server" || fail "serve has ended with exit code $?"
server=
echo "The program is compiled, and works as in the image."

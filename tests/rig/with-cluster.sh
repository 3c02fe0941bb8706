#!/usr/bin/env bash
# with-cluster.sh [--controller-manager] COMMAND [ARG…] — runs COMMAND with a temporary etcd,
# kube-apiserver and PostgreSQL on free loopback ports, and stops them when COMMAND ends. With the
# option, also with a kube-controller-manager. The exit code is the exit code of COMMAND.
set -euo pipefail
rig=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "$rig/lib.sh"

runs_controllers=
if [[ ${1-} == --controller-manager ]]; then
  runs_controllers=1
  shift
fi
[[ -n ${1-} && $1 != -* ]] || {
  echo "usage: $0 [--controller-manager] COMMAND [ARG…]" >&2
  exit 2
}

folder=
preparing=            # ids of processes that prepare the servers
command_pid=
declare -A servers=() # name → process id

# The folder is deleted after the run, so the servers are not shut down in an orderly way. They get
# SIGKILL; PostgreSQL gets SIGQUIT, which also ends its worker processes. The signal is repeated,
# because a server that is starting ignores it.
stop_servers() {
  local name i
  for ((i = 0; i < 100 && ${#servers[@]}; i++)); do
    for name in "${!servers[@]}"; do
      kill -"$(end_signal "$name")" "${servers[$name]}" 2>/dev/null || unset "servers[$name]"
    done
    sleep 0.02
  done
  ((${#servers[@]} == 0)) || kill -KILL "${servers[@]}" 2>/dev/null || true
  servers=()
}

end_signal() { if [[ $1 == postgresql ]]; then echo QUIT; else echo KILL; fi; }

# shellcheck disable=SC2317 # called by a trap
cleanup() {
  trap '' INT TERM HUP
  local pid
  for pid in $command_pid; do end_tree "$pid" 10; done
  # Enough time for kubernetes.sh to delete the gigabytes of an incomplete build.
  for pid in $preparing; do end_tree "$pid" 60; done
  stop_servers
  if [[ -n $folder ]]; then rm -rf "$folder"; fi
}

# start_server NAME [SETPRIV-OPTION…] COMMAND… — starts a server in a separate session, so that it does
# not receive Ctrl-C from the terminal. The parent-death signal stops it even if this script is killed.
start_server() {
  local name=$1
  shift
  setsid setpriv --pdeathsig "$(end_signal "$name")" "$@" </dev/null >"$folder/logs/$name.log" 2>&1 &
  servers[$name]=$!
  disown "$!" # otherwise, bash prints a message when the server ends
}

show_logs() {
  local log
  for log in "$folder"/logs/*.log; do
    echo "--- the end of $(basename "$log")" >&2
    tail -n 20 "$log" >&2
  done
}

fail() {
  show_logs
  die "$@"
}

# Prints a free port below the range of ephemeral ports.
free_port() {
  local port
  while
    port=$((16000 + SRANDOM % 16000))
    (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null
  do :; done
  echo "$port"
}

# issue NAME ISSUER KIND SUBJECT — creates the certificate NAME.crt for the key NAME.key. If ISSUER is NAME,
# the certificate is self-signed.
issue() {
  local issuer=()
  [[ $1 == "$2" ]] || issuer=(-CA "$2.crt" -CAkey "$2.key")
  openssl req -x509 -new -key "$1.key" "${issuer[@]}" -out "$1.crt" -days 30 -subj "$4" \
    -config openssl.cnf -extensions "$3"
}

# The keys have the PEM formats of the kubeconfig files of kubeadm (RSA) and K3s (EC).
ec_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }

make_credentials() {
  cd "$folder"
  cat >openssl.cnf <<'END'
[req]
distinguished_name = subject
[subject]
[ca]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[server]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectAltName = IP:127.0.0.1, DNS:localhost, DNS:kubernetes.default.svc
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[client]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
END
  local name
  for name in ca other-ca server admin-ec sa; do ec_key "$name"; done
  openssl genrsa -traditional -out admin-rsa.key 2048
  openssl pkey -in sa.key -pubout -out sa.pub
  issue ca ca ca "/CN=kubeinject-test-ca"
  issue other-ca other-ca ca "/CN=kubeinject-other-ca"
  issue server ca server "/CN=kube-apiserver"
  issue admin-rsa ca client "/O=system:masters/CN=kubeinject-admin"
  issue admin-ec ca client "/O=system:masters/CN=kubeinject-admin"
  for name in admin viewer; do
    openssl rand -hex 16 | tr -d '\n' >"$name.token"
  done
  echo "$(<admin.token),kubeinject-admin,kubeinject-admin,\"system:masters\"" >tokens.csv
  echo "$(<viewer.token),kubeinject-viewer,kubeinject-viewer" >>tokens.csv
  # A file for curl, so that no process list contains the token.
  echo "Authorization: Bearer $(<admin.token)" >admin.header
}

# PostgreSQL does not run as root.
as_postgres=()
if ((EUID == 0)); then as_postgres=(--reuid=postgres --regid=postgres --init-groups); fi

make_database() {
  mkdir "$folder/postgresql"
  openssl rand -hex 16 | tr -d '\n' >"$folder/postgres.password"
  cp "$folder/postgres.password" "$folder/postgresql/password"
  if ((EUID == 0)); then
    chmod 711 "$folder"
    chown -R postgres: "$folder/postgresql"
  fi
  cd "$folder/postgresql"
  setpriv --pdeathsig TERM "${as_postgres[@]}" "$postgres_bin/initdb" --pgdata=data --username=postgres --pwfile=password \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions
}

# minor_version PROGRAM — prints the minor version of a Kubernetes program, for example 20 for 1.20.2.
minor_version() {
  local version
  version=$("$1" --version)
  version=${version#Kubernetes v1.}
  echo "${version%%.*}"
}

start_servers() {
  local etcd_port
  etcd_port=$(free_port)
  api_port=$(free_port)
  postgres_port=$(free_port)
  rm -rf "$folder/etcd"
  start_server etcd "$etcd" --name=test --data-dir="$folder/etcd" --logger=zap --log-level=warn \
    --listen-client-urls="http://127.0.0.1:$etcd_port" \
    --advertise-client-urls="http://127.0.0.1:$etcd_port" \
    --listen-peer-urls=http://127.0.0.1:0 --initial-advertise-peer-urls=http://127.0.0.1:0 \
    --initial-cluster=test=http://127.0.0.1:0
  # The ServiceAccount admission requires the ServiceAccounts that a controller manager creates.
  local admission=()
  [[ -n $runs_controllers ]] || admission=(--disable-admission-plugins=ServiceAccount)
  # A loopback address is not a valid endpoint for the Service "kubernetes".
  local api_server=("$assets/kube-apiserver"
    --etcd-servers="http://127.0.0.1:$etcd_port"
    --bind-address=127.0.0.1 --advertise-address=127.0.0.1 --secure-port="$api_port"
    --endpoint-reconciler-type=none --service-cluster-ip-range=10.0.0.0/24
    --tls-cert-file="$folder/server.crt" --tls-private-key-file="$folder/server.key"
    --client-ca-file="$folder/ca.crt" --token-auth-file="$folder/tokens.csv"
    --service-account-issuer=https://kubernetes.default.svc
    --api-audiences=https://kubernetes.default.svc
    --service-account-signing-key-file="$folder/sa.key"
    --service-account-key-file="$folder/sa.pub"
    --authorization-mode=RBAC "${admission[@]}" --allow-privileged
    --max-requests-inflight=1000 --max-mutating-requests-inflight=500)
  # Logs only warnings and errors. Kubernetes 1.26 removed these flags.
  if (($(minor_version "$assets/kube-apiserver") < 26)); then
    api_server+=(--logtostderr=false --log-file=/dev/null --stderrthreshold=WARNING)
  fi
  printf '%s\n' "${api_server[@]}" >"$folder/kube-apiserver.command"
  start_server kube-apiserver "${api_server[@]}"
  if [[ -n $preparing ]]; then
    wait "$preparing" || fail "creating the database failed"
    rm "$folder/logs/initdb.log" # so that later failures show only relevant logs
    preparing=
  fi
  start_server postgresql "${as_postgres[@]}" "$postgres_bin/postgres" -D "$folder/postgresql/data" \
    -c listen_addresses=127.0.0.1 -c port="$postgres_port" \
    -c unix_socket_directories="$folder/postgresql" \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_prepared_transactions=10
}

# Writes kube-controller-manager.command, if there is a kube-controller-manager.
write_controller_manager_command() {
  local program=$assets/kube-controller-manager
  [[ -x $program ]] || return 0
  local command=("$program"
    --kubeconfig="$folder/kubeconfig" --leader-elect=false --use-service-account-credentials=false
    --service-account-private-key-file="$folder/sa.key" --root-ca-file="$folder/ca.crt"
    --kube-api-qps=1000 --kube-api-burst=1000 --secure-port=0)
  # Closes a port that is open by default up to Kubernetes 1.21. Kubernetes 1.24 removed the flag.
  if (($(minor_version "$program") < 24)); then command+=(--port=0); fi
  printf '%s\n' "${command[@]}" >"$folder/kube-controller-manager.command"
}

# Starts the controller manager, and waits until pods can be created, which requires the default
# ServiceAccount and its token.
start_controller_manager() {
  local command deadline=$((SECONDS + 60))
  mapfile -t command <"$folder/kube-controller-manager.command"
  start_server kube-controller-manager "${command[@]}"
  until api_answers '/api/v1/namespaces/default/pods?dryRun=All' -H 'Content-Type: application/json' \
    --data '{"metadata":{"name":"test"},"spec":{"containers":[{"name":"test","image":"test"}]}}'; do
    all_alive || fail "$ended ended during startup"
    ((SECONDS < deadline)) || fail "the controller manager was not ready within 60 s"
    sleep 0.05
  done
}

# Returns whether all servers are running. Otherwise, $ended contains the name of one that is not.
all_alive() {
  for ended in "${!servers[@]}"; do kill -0 "${servers[$ended]}" 2>/dev/null || return 1; done
}

# api_answers PATH [CURL-OPTION…] — returns whether a request to the API server succeeds.
api_answers() {
  curl --silent --fail --noproxy '*' --max-time 5 --cacert "$folder/ca.crt" -H "@$folder/admin.header" \
    --output /dev/null "https://127.0.0.1:$api_port$1" "${@:2}" 2>/dev/null
}

# Returns false if a server ended. If a server is not ready in time, the script fails.
wait_until_ready() {
  local deadline=$((SECONDS + 60))
  until grep -qs '^ready' "$folder/postgresql/data/postmaster.pid" &&
    api_answers /readyz && api_answers /api/v1/namespaces/default; do
    all_alive || return 1
    ((SECONDS < deadline)) || fail "the servers were not ready within 60 s"
    sleep 0.05
  done
  # Another program can have answered on a port, so check that the servers are still running.
  all_alive
}

write_kubeconfig() {
  local base64="base64 -w 0"
  cat <<END
apiVersion: v1
kind: Config
clusters:
- name: test
  cluster:
    server: $(<"$folder/server")
    certificate-authority-data: $($base64 "$folder/ca.crt")
users:
- name: admin
  user:
    token: $(<"$folder/admin.token")
- name: viewer
  user:
    token: $(<"$folder/viewer.token")
- name: certificate
  user:
    client-certificate-data: $($base64 "$folder/admin-rsa.crt")
    client-key-data: $($base64 "$folder/admin-rsa.key")
contexts:
- name: admin
  context: {cluster: test, user: admin}
- name: viewer
  context: {cluster: test, user: viewer}
- name: certificate
  context: {cluster: test, user: certificate}
current-context: admin
END
}

trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

"$rig/install.sh"
etcd=${KUBEBUILDER_ASSETS:+$KUBEBUILDER_ASSETS/etcd}
[[ -x $etcd ]] || etcd=$(command -v etcd)
postgres_bin=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1)")
callers_umask=$(umask)
umask 077
folder=$(mktemp -d "${TMPDIR:-/tmp}/kubeinject-XXXXXX")
mkdir "$folder/logs"

# In the background, because bash runs traps only between foreground commands, and the first run builds
# the API server here.
"$rig/kubernetes.sh" >"$folder/assets" &
preparing=$!
wait "$preparing"
preparing=
assets=$(<"$folder/assets")
[[ -z $runs_controllers || -x $assets/kube-controller-manager ]] ||
  die "--controller-manager needs a kube-controller-manager in $assets"

(make_database) >"$folder/logs/initdb.log" 2>&1 &
database=$!
(make_credentials) >"$folder/logs/openssl.log" 2>&1 &
credentials=$!
preparing="$database $credentials"
wait "$credentials" || fail "creating the certificates failed"
rm "$folder/logs/openssl.log"
preparing=$database # takes longer, so start_servers waits for it

# Another program can use a port after free_port has chosen it.
for attempt in 1 2 3; do
  start_servers
  if wait_until_ready; then break; fi
  if ((attempt == 3)) || ! grep -qi 'address already in use' "$folder"/logs/*.log; then
    fail "$ended ended during startup"
  fi
  stop_servers
done

printf 'https://127.0.0.1:%s' "$api_port" >"$folder/server"
write_kubeconfig >"$folder/kubeconfig"
write_controller_manager_command
if [[ -n $runs_controllers ]]; then start_controller_manager; fi
export KUBEINJECT_TEST_CLUSTER=$folder
export KUBECONFIG=$folder/kubeconfig
# Temporary folders, which are deleted at the end of the run.
export KUBECACHEDIR=$folder/kubectl-cache TMPDIR=$folder/tmp
mkdir "$TMPDIR"
password=$(<"$folder/postgres.password")
export KUBEINJECT_TEST_POSTGRES="postgresql://postgres:$password@127.0.0.1:$postgres_port/postgres"

# In the background, so that traps run. Bash ignores Ctrl-C in background commands and redirects their
# standard input; both changes are reverted here.
(
  umask "$callers_umask"
  exec env --default-signal=INT,QUIT "$@"
) <&0 &
command_pid=$!
status=0
wait "$command_pid" || status=$?
command_pid=
exit "$status"

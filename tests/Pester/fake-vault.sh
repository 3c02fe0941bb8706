#!/usr/bin/env bash
# The commands of vault and bao that the pages use, for the fake Vault: VAULT_ADDR and VAULT_TOKEN specify it.
set -euo pipefail

# post PATH NAME=VALUE…
post() {
  local path=$1 body='' pair name value
  for pair in "${@:2}"; do
    name=${pair%%=*} value=${pair#*=} value=${value//\\/\\\\} value=\"${value//\"/\\\"}\"
    # Vault converts the text of a list, which the fake does not.
    case $name in *_policies | *_names | *_namespaces | *_statements) value="[$value]" ;; esac
    body+=",\"$name\":$value"
  done
  # The token is on no command line.
  curl --silent --show-error --fail --request POST --header @- --data "{${body#,}}" "$VAULT_ADDR/v1/$path" <<<"X-Vault-Token: $VAULT_TOKEN"
  echo "Success: $path"
}

case "$1 ${2-}" in
  'policy write') policy=$(tr '\n' ' ') && post "sys/policies/acl/$3" "policy=$policy" ;;
  'auth enable') post "sys/auth/$3" "type=$3" ;;
  'secrets enable')
    [[ $* =~ -path=([^ ]+) ]]
    path=${BASH_REMATCH[1]}
    version=1
    if [[ $* =~ -version=([^ ]+) ]]; then version=${BASH_REMATCH[1]}; fi
    curl --silent --show-error --fail --request POST --header @- --data "{\"type\":\"${!#}\",\"options\":{\"version\":\"$version\"}}" "$VAULT_ADDR/v1/sys/mounts/$path" <<<"X-Vault-Token: $VAULT_TOKEN"
    ;;
  write\ *) post "$2" "${@:3}" ;;
  *) echo "fake-vault.sh: unknown command: $*" >&2; exit 2 ;;
esac

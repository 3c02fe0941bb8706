#!/usr/bin/env bash
# Runs all suites beside a cluster, on what test.sh has built, and adds up what they counted.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

# count PASSED FAILED SKIPPED
count() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# A suite that ends without counting, or fails without a failed test, counts as one failure.
xunit() {
  local project=$1 status=0 counters total ok bad
  dotnet test "tests/$project" --configuration Release --no-build --logger "trx;LogFileName=$results/$project.trx" || status=$?
  counters=$(grep -o '<Counters [^>]*' "$results/$project.trx" 2>/dev/null) || counters=''
  total=$(grep -o ' total="[0-9]*' <<<"$counters" | tr -cd 0-9)
  ok=$(grep -o ' passed="[0-9]*' <<<"$counters" | tr -cd 0-9)
  bad=$(grep -o ' failed="[0-9]*' <<<"$counters" | tr -cd 0-9)
  if [[ -z $total || $total == 0 || ($status != 0 && $bad == 0) ]]; then
    echo "$project: ended with exit code $status and counted nothing that explains it." >&2
    count 0 1 0
  else
    count "$ok" "$bad" "$((total - ok - bad))"
  fi
}

pester() {
  local line pwsh=(dotnet pwsh)
  if [[ -n ${KUBEINJECT_TEST_PWSH:-} ]]; then pwsh=("$KUBEINJECT_TEST_PWSH"); fi
  "${pwsh[@]}" -NoProfile -File tests/Pester/Run.ps1 | tee "$results/pester.log"
  line=$(grep -x 'Pester: [0-9]* passed, [0-9]* failed, [0-9]* skipped' "$results/pester.log" | tail -n 1)
  if [[ -z $line ]]; then
    echo 'tests/Pester: ended without counting.' >&2
    count 0 1 0
  else
    # shellcheck disable=SC2046 # three numbers, three words
    count $(tr -cs 0-9 ' ' <<<"$line")
  fi
}

# The tests of the Vault source run on a stand-in, and on a real Vault or OpenBao as well where there is one.
mention_vault() {
  if [[ -z ${KUBEINJECT_TEST_VAULT:-} ]] && ! command -v vault >/dev/null && ! command -v bao >/dev/null; then
    echo 'Not run on a real Vault: there is no vault or bao on the PATH, and KUBEINJECT_TEST_VAULT names none. The stand-in took its place.'
  fi
}

# Files of the repository that Git neither has nor ignores. Without Git none are known.
untracked() { git ls-files --others --exclude-standard 2>/dev/null; }

# The suites leave no file behind in the repository.
tidiness() {
  local left
  left=$(comm -13 <(sort <<<"$before") <(untracked | sort))
  if [[ -n $left ]]; then
    printf 'The tests have left these files behind:\n%s\n' "$left" >&2
    count 0 1 0
  else
    count 1 0 0
  fi
}

# No secret may show up in what the suites print: the tokens and the password of this run are looked for in all of it.
canary() {
  local secret
  for secret in "$KUBEINJECT_TEST_CLUSTER"/{*.token,postgres.password}; do
    if grep -qF -f "$secret" "$results/output.log"; then
      echo "The output above holds the secret of $(basename "$secret")." >&2
      count 0 1 0
    else
      count 1 0 0
    fi
  done
}

before=$(untracked)
exec 3>&1 4>&2 > >(tee "$results/output.log") 2>&1
xunit KubeInject.Tests
xunit KubeInject.IntegrationTests
mention_vault
pester
exec >&3 2>&4 3>&- 4>&-
wait $!
canary
tidiness
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))

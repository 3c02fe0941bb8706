#!/usr/bin/env bash
# Runs all test suites with a cluster, after test.sh has built them, and adds up their results.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
passed=0 failed=0 skipped=0

# count PASSED FAILED SKIPPED
count() {
  passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# A suite that reports no results, or that fails without a failed test, counts as one failure.
xunit() {
  local project=$1 status=0 counters total ok bad
  dotnet test "tests/$project" --configuration Release --no-build --logger "trx;LogFileName=$results/$project.trx" || status=$?
  counters=$(grep -o '<Counters [^>]*' "$results/$project.trx" 2>/dev/null) || counters=''
  total=$(grep -o ' total="[0-9]*' <<<"$counters" | tr -cd 0-9)
  ok=$(grep -o ' passed="[0-9]*' <<<"$counters" | tr -cd 0-9)
  bad=$(grep -o ' failed="[0-9]*' <<<"$counters" | tr -cd 0-9)
  if [[ -z $total || $total == 0 || ($status != 0 && $bad == 0) ]]; then
    echo "$project: ended with exit code $status, but reported no failed test." >&2
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
    echo 'tests/Pester: reported no results.' >&2
    count 0 1 0
  else
    # shellcheck disable=SC2046 # three numbers, three words
    count $(tr -cs 0-9 ' ' <<<"$line")
  fi
}

# Compares the speed with that of other libraries and clients. It is last, because it creates pods in the cluster.
ratios() {
  if bench/run.sh --short; then count 1 0 0; else count 0 1 0; fi
}

# Prints the failed tests again, because the output of the suites is long.
report_failures() {
  local failures
  failures=$(grep -h -A 15 'outcome="Failed"' "$results"/*.trx 2>/dev/null | grep -E '<UnitTestResult .*outcome="Failed"|<Message>|^ *at .* in ' | sed -E 's/.* testName="([^"]*)".*/Failed: \1/' | cut -c 1-500)
  if [[ -n $failures ]]; then printf '%s\n' "$failures"; fi
}

# The tests of the Vault source use a fake Vault, and also a real Vault or OpenBao if one is installed.
report_vault() {
  if [[ -z ${KUBEINJECT_TEST_VAULT:-} ]] && ! command -v vault >/dev/null && ! command -v bao >/dev/null; then
    echo 'Not tested with a real Vault: there is no vault or bao on the PATH, and KUBEINJECT_TEST_VAULT is not set. A fake Vault was used.'
  fi
}

# Prints files that Git neither tracks nor ignores. Without Git, it prints nothing.
untracked() { git ls-files --others --exclude-standard 2>/dev/null; }

# Fails if the suites left files in the repository.
check_files() {
  local left
  left=$(comm -13 <(sort <<<"$before") <(untracked | sort))
  if [[ -n $left ]]; then
    printf 'The tests left these files in the repository:\n%s\n' "$left" >&2
    count 0 1 0
  else
    count 1 0 0
  fi
}

# Fails if the output of the suites contains a secret: a token or the password of this run.
check_secrets() {
  local secret
  for secret in "$KUBEINJECT_TEST_CLUSTER"/{*.token,postgres.password}; do
    if grep -qF -f "$secret" "$results/output.log"; then
      echo "The output above contains the secret in $(basename "$secret")." >&2
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
report_vault
pester
ratios
report_failures
exec >&3 2>&4 3>&- 4>&-
wait $!
check_secrets
check_files
echo "$passed passed, $failed failed, $skipped skipped"
((failed == 0))

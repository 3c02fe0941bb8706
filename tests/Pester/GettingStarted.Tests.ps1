# The commands of docs/getting-started.md, unchanged, in order and in one session. Features that only kind has are
# simulated: see the section "How this page is tested".
Describe 'The page for getting started' {
    BeforeAll {
        Set-StrictMode -Version Latest
        $ErrorActionPreference = 'Stop'
        Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/TestVault.psm1, $PSScriptRoot/Guide.psm1
        $vault = Start-TestVault -Token for-trying-out
        $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
        $user, $password = $superuser.UserInfo -split ':'

        # A folder like that of the repository, for the files that the page writes. The module is that of the other tests, because a process
        # loads its assemblies only once.
        $null = New-Item -ItemType SymbolicLink "$TestDrive/examples" -Target (Resolve-Path "$PSScriptRoot/../../examples")
        $bin = "$(New-Item -ItemType Directory "$TestDrive/bin")"
        Set-Content $bin/kind -Value @'
#!/bin/sh
echo "kind $*" >>"$STAND_IN/used"
'@
        Set-Content $bin/kubectl -Value @'
#!/bin/bash
real() { PATH=${PATH#*:} command kubectl "$@"; }
[[ $1 =~ ^(rollout|wait|port-forward|exec|logs)$ ]] && echo "kubectl $1 $2" >>"$STAND_IN/used"
case $1 in
  rollout) real create serviceaccount default --namespace "$5" >/dev/null ;; # as a controller does
  wait | port-forward) ;;
  exec) # The real program runs with the arguments after "bao", with the address of the test database.
    while [[ $1 != bao ]]; do [[ $1 == BAO_TOKEN=* ]] && token=${1#*=}; shift; done
    words=()
    for word in "${@:2}"; do
      [[ $word == password=for-trying-out ]] && word="password=$PGPASSWORD"
      words+=("${word/orders-db.*:5432\/orders/"$STAND_IN_DATABASE"}")
    done
    VAULT_ADDR=$STAND_IN_VAULT VAULT_TOKEN=$token BAO_ADDR=$STAND_IN_VAULT BAO_TOKEN=$token "$STAND_IN_PROGRAM" "${words[@]}" ;;
  logs) # What the container does: it logs in with its variables.
    variable() { real get pod "$2" -n "$4" -o "jsonpath={.spec.containers[0].env[?(@.name=='$1')].value}"; }
    PGUSER=$(variable PGUSER "${@:2}") PGPASSWORD=$(variable PGPASSWORD "${@:2}") psql -X "postgresql://$STAND_IN_DATABASE" -c 'select current_user' ;;
  *) real "$@" ;;
esac
'@
        chmod +x $bin/kind $bin/kubectl
        $before = $env:PATH, $env:PGPASSWORD
        $env:PATH = "${bin}:$env:PATH"
        $env:PGPASSWORD = $password
        $env:STAND_IN = "$TestDrive"
        $env:STAND_IN_VAULT = $vault.Address
        $env:STAND_IN_PROGRAM = $vault.Program
        $env:STAND_IN_DATABASE = "$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)"

        $session = [powershell]::Create()
        $null = $session.AddScript({
                param($folder)
                Set-Location $folder
                $global:ErrorActionPreference = 'Stop'
                $global:PSNativeCommandUseErrorActionPreference = $true
                $global:ProgressPreference = 'SilentlyContinue'
            }).AddArgument("$TestDrive").Invoke()

        # The displayed output of the blocks below each heading. The namespaces have names of this run, because
        # they are never deleted completely.
        $namespace = "start-$([guid]::NewGuid().ToString('n').Substring(0, 8))"
        $shown = @{}
        foreach ($block in Get-GuideBlock getting-started.md) {
            $session.Commands.Clear()
            $script = $block.Script.Replace('./out/KubeInject', (Get-ModulePath)).Replace('127.0.0.1:8200', $vault.Listening) -replace '\bshop\b', $namespace -replace '(?<=namespace )openbao\b', "$namespace-openbao"
            $null = $session.AddScript($script).AddCommand('Out-String').AddParameter('Width', 200)
            try { $text = $session.Invoke() -join '' }
            catch { throw "docs/getting-started.md, line $($block.Line): $_ $($session.Streams.Error -join ' ')" }
            if ($session.HadErrors) { throw "docs/getting-started.md, line $($block.Line): $($session.Streams.Error -join '; ')" }
            $shown["$($block.Heading)"] += @($text)
        }
        $used = Get-Content "$TestDrive/used" | Sort-Object -Unique
    }

    AfterAll {
        $session.Dispose()
        Stop-TestVault $vault
        $env:PATH, $env:PGPASSWORD = $before
        Remove-Item env:STAND_IN*
    }

    It 'has commands that report no findings, plan, and create the pod' {
        $shown['4. Inject a pod'][1].Trim() | Should -Match '(?s)^Status .*Planned \S+/pod/psql .*pod/psql created$'
    }

    It 'ends with a pod that logs in with a new role' {
        $shown['4. Inject a pod'][2] | Should -Match '^ +current_user +\n-+\n v-token-ku-readonly-'
    }

    It 'lists the lease until the sweep' {
        $shown['4. Inject a pod'][3] | Should -Match "Active +$namespace/pod/psql .* pg +readonly"
        $shown['4. Inject a pod'][4] | Should -Not -Match 'Active'
    }

    It 'explains why the broken pod has no credentials, from the cluster and from the file' {
        $shown['5. Find out why a pod has no credentials'][0] | Should -Match 'KI003'
        $shown['5. Find out why a pod has no credentials'][1] | Should -Match 'KI003'
    }

    It 'leaves the examples unchanged' {
        Get-Content -Raw $PSScriptRoot/../../examples/broken/orders.yaml | Should -Match 'orders\.roll:'
    }

    It 'needs kind only to create the cluster' {
        $used | Should -Be @(
            'kind create cluster --name kubeinject'
            'kind delete cluster --name kubeinject'
            'kubectl exec --stdin'
            'kubectl logs psql'
            'kubectl port-forward --namespace'
            'kubectl rollout status'
            'kubectl wait pod/psql'
        )
    }
}

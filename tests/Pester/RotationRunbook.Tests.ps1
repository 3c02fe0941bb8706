# The commands of docs/rotation.md, unchanged. After step 1, the source is the database of the rig; the status of the Deployment
# simulates its controller.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    $ConfirmPreference = 'None'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/Guide.psm1, $PSScriptRoot/../../out/KubeInject
    $blocks = Get-GuideBlock rotation.md | Group-Object Heading -AsHashTable

    $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
    $user, $password = $superuser.UserInfo -split ':'
    $server = "postgresql://$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)"
    function Invoke-Sql([string] $Statement, [string] $As = $env:KUBEINJECT_TEST_POSTGRES) { psql --no-psqlrc --quiet --tuples-only --no-align --command $Statement $As 2>$null }
    $role = "rw_$([guid]::NewGuid().ToString('n'))"
    Invoke-Sql "create role $role"
    $null = Connect-KubeCluster admin

    # A block of a step, in the namespace of the test.
    function Get-Step([string] $Heading, [int] $Block = 0) {
        $script = $blocks[$Heading][$Block].Script -replace '\bshop\b', $namespace -replace '-TimeoutSec \d+', "-TimeoutSec $timeout" -replace '-GracePeriod \S+', '-GracePeriod 0'
        [scriptblock]::Create($script)
    }
    function Get-Template { (kubectl get deployment orders -n $namespace -o json | Out-String | ConvertFrom-Json -AsHashtable).spec.template }
    function Get-Login { $template = Get-Template; [pscustomobject]@{ User = Get-EnvironmentValue $template DBUSER; Password = Get-EnvironmentValue $template DBPASSWORD } }
    function Test-Login($Login) { (Invoke-Sql 'select current_user' ($server -replace '//', "//$($Login.User):$($Login.Password)@")) -eq $Login.User }
    function Set-Rollout([int] $Ready) { $null = kubectl patch deployment orders -n $namespace --subresource=status --type=merge -p "{`"status`":{`"observedGeneration`":99,`"replicas`":1,`"readyReplicas`":$Ready,`"updatedReplicas`":1,`"availableReplicas`":$Ready}}" }
}

AfterAll {
    Disconnect-KubeCluster
    foreach ($one in @(Invoke-Sql "select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where r.rolname = '$role'") + $role) { Invoke-Sql "drop role `"$one`"" }
}

Describe 'The runbook for rotation' {
    BeforeEach {
        $timeout = 30
        $source = New-CredentialSource -PostgreSql $server -Credential ([pscredential]::new($user, (ConvertTo-SecureString -AsPlainText $password))) -LeasePath "$TestDrive/$([guid]::NewGuid())"
        $namespace = New-TestNamespace
        $null = kubectl create serviceaccount default -n $namespace
        $null = New-Manifest orders -Kind Deployment -Annotation @{ 'orders.role' = $role } | kubectl create -n $namespace -f -
        $null = Invoke-CredentialInjection -Workload deployment/orders -n $namespace -CredentialSource $source
        Set-Rollout -Ready 1
        $old = Get-Login
        $lease = Get-CredentialLease $source
    }

    It 'connects, and creates a source' {
        $before = $env:VAULT_ADDR, $env:VAULT_TOKEN
        try {
            # The source connects when it is used.
            $env:VAULT_ADDR, $env:VAULT_TOKEN = 'http://127.0.0.1:1', 'x'
            . (Get-Step '1. Connect')
        }
        finally { $env:VAULT_ADDR, $env:VAULT_TOKEN = $before }
        $source.Name | Should -Be vault
    }

    It 'shows the lease, and that there are no findings' {
        $shown = @(. (Get-Step '2. Check the workload'))
        $shown[0].Uuid | Should -Be $lease.Uuid
        $shown | Where-Object { $_ -isnot [string] } | Should -HaveCount 1
        $shown[-1] | Should -Match 'successfully rolled out'
    }

    It 'plans, and changes nothing' {
        $template = Get-Template | ConvertTo-Json -Depth 50
        (. (Get-Step '3. Plan the rotation')).Status | Should -Be Planned
        Get-Template | ConvertTo-Json -Depth 50 | Should -BeExactly $template
        (Get-CredentialLease $source).Uuid | Should -Be $lease.Uuid
    }

    It 'rotates, and checks that the old credentials are gone' {
        (. (Get-Step '4. Rotate the credentials')).Status | Should -Be Rotated
        $shown = @(. (Get-Step '5. Verify the result'))
        $shown | Where-Object { $_ -isnot [string] } | Should -HaveCount 1
        $shown[-1].Uuid | Should -Not -Be $lease.Uuid
        $new = Get-Login
        Test-Login $old | Should -BeFalse
        Test-Login $new | Should -BeTrue
    }

    It 'rolls back if the pods are not ready' {
        Set-Rollout -Ready 0
        $timeout = 1
        $ErrorActionPreference = 'SilentlyContinue' # The rollback is also reported as an error.
        $null = . (Get-Step '4. Rotate the credentials')
        $rotation.Status | Should -Be RolledBack
        Get-Login | ConvertTo-Json | Should -Be ($old | ConvertTo-Json)
        Test-Login $old | Should -BeTrue
        (Get-CredentialLease $source).Uuid | Should -Be $lease.Uuid
        { . (Get-Step '6. Roll back') } | Should -Not -Throw
    }

    It 'repairs the state after kubectl rollout undo' {
        $before = Get-Template | ConvertTo-Json -Depth 50
        (. (Get-Step '4. Rotate the credentials')).Status | Should -Be Rotated
        $patch = "$TestDrive/undo.json"
        Set-Content $patch "[{`"op`":`"replace`",`"path`":`"/spec/template`",`"value`":$before}]"
        $null = kubectl patch deployment orders -n $namespace --type json --patch-file $patch
        Test-Login (Get-Login) | Should -BeFalse
        (. (Get-Step '6. Roll back' 1)).Status | Should -Be Rotated
        Test-Login (Get-Login) | Should -BeTrue
    }

    It 'revokes leases without an owner' {
        $null = Invoke-CredentialInjection -Path (New-Item "$TestDrive/$namespace.yaml" -Value (New-Manifest web -Namespace $namespace -Annotation @{ 'orders.role' = $role })) -CredentialSource $source
        Get-CredentialLease $source | Should -HaveCount 2
        (. (Get-Step '7. Revoke the remaining credentials')).Revoked | Should -Be 1
        (Get-CredentialLease $source).Uuid | Should -Be $lease.Uuid
    }

    It 'revokes a leaked credential immediately' {
        $result = . (Get-Step '7. Revoke the remaining credentials' 1)
        $result.Status | Should -Be Rotated
        Test-Login $old | Should -BeFalse
        Test-Login (Get-Login) | Should -BeTrue
    }

    It 'rotates all workloads of a namespace' {
        (. (Get-Step 'Rotate several workloads')).Status | Should -Be Rotated
        Test-Login $old | Should -BeFalse
    }

    It 'runs every block' {
        $run = [regex]::Matches((Get-Content -Raw $PSCommandPath), "\(Get-Step '(?<heading>[^']+)'(?: (?<block>\d))?\)").ForEach{ "$($_.Groups['heading']) $([int]"0$($_.Groups['block'])")" }
        $there = foreach ($heading in $blocks.Keys) { foreach ($index in 0..($blocks[$heading].Count - 1)) { "$heading $index" } }
        $there | Where-Object { $_ -notin $run } | Should -BeNullOrEmpty
    }
}

BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $unix = Get-Requirement Unix
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # The variables of the first container of a manifest after an injection from a source.
    function Get-Issued($Source, $Manifest = (New-Manifest)) {
        $pod = $Manifest | Invoke-CredentialInjection -CredentialSource $Source -AsManifest | kubectl create --dry-run=client --validate=false -o json -f - | Out-String | ConvertFrom-Json
        [pscustomobject]@{ User = Get-EnvironmentValue $pod DBUSER; Password = Get-EnvironmentValue $pod DBPASSWORD }
    }
}

AfterAll { Disconnect-KubeCluster }

Describe 'New-CredentialSource -Local' -Tag NoCluster {
    It 'creates a source of random credentials, and warns' {
        $source = New-CredentialSource -Local -LeasePath TestDrive:/leases
        $source.Name | Should -Be local
        $source.Notice | Should -Match 'are random'
        $source | Out-String | Should -Match 'local +random values for tests'
    }

    It 'records nothing until it is used' {
        $null = New-CredentialSource -Local -LeasePath TestDrive:/unused
        'TestDrive:/unused' | Should -Not -Exist
    }

    It 'keeps leases in a folder relative to the location of PowerShell' {
        Push-Location TestDrive:/
        try { $source = New-CredentialSource -Local -LeasePath relative }
        finally { Pop-Location }
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $source -WarningAction SilentlyContinue
        Get-ChildItem TestDrive:/relative/*.json | Should -HaveCount 1
    }

    It 'keeps leases below XDG_STATE_HOME by default' @unix {
        $before = $env:XDG_STATE_HOME
        try {
            $env:XDG_STATE_HOME = Join-Path $TestDrive state
            $source = New-CredentialSource -Local
        }
        finally { $env:XDG_STATE_HOME = $before }
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $source -WarningAction SilentlyContinue
        Get-ChildItem TestDrive:/state/kubeinject/leases/*.json | Should -HaveCount 1
    }

    It 'changes nothing, so it also works with $WhatIfPreference' {
        $WhatIfPreference = $true
        (New-CredentialSource -Local -LeasePath TestDrive:/leases).Name | Should -Be local
        'TestDrive:/leases' | Should -Not -Exist
    }

    It 'rejects an empty folder' {
        { New-CredentialSource -Local -LeasePath '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}

Describe 'New-CredentialSource -KubeSecret' {
    BeforeAll {
        $connection = Connect-KubeCluster admin
        $namespace = New-TestNamespace @"
apiVersion: v1
kind: Secret
metadata: {name: orders-rw-db}
type: kubernetes.io/basic-auth
stringData: {username: orders, password: canary-of-a-shared-secret}
---
apiVersion: v1
kind: Secret
metadata: {name: orders-rw-keys}
stringData: {user: other, pass: canary-of-other-keys}
"@
    }

    BeforeEach { $null = Connect-KubeCluster admin }

    It 'returns the values of a Secret in the namespace of the pod' {
        $source = New-CredentialSource -KubeSecret '{role}-db' -LeasePath $TestDrive/secret
        $issued = Get-Issued $source (New-Manifest -Namespace $namespace)
        $issued.User | Should -Be orders
        $issued.Password | Should -Be canary-of-a-shared-secret
        $source.Name | Should -Be kube-secret
        Get-ChildItem $TestDrive/secret/*.json | Should -HaveCount 1
    }

    It 'accepts other keys' {
        (Get-Issued (New-CredentialSource -KubeSecret '{namespace}/{role}-keys' -UsernameKey user -PasswordKey pass -LeasePath $TestDrive/keys) (New-Manifest -Namespace $namespace)).User | Should -Be other
    }

    It 'uses the namespace of the connection for a manifest without a namespace' {
        $null = Connect-KubeCluster admin -Namespace $namespace
        (Get-Issued (New-CredentialSource -KubeSecret '{role}-db' -LeasePath $TestDrive/unnamed)).User | Should -Be orders
    }

    It 'uses the specified connection' {
        Disconnect-KubeCluster
        $connection = Connect-KubeCluster admin
        $null = Connect-KubeCluster viewer
        (Get-Issued (New-CredentialSource -KubeSecret '{role}-db' -LeasePath $TestDrive/given -Connection $connection) (New-Manifest -Namespace $namespace)).User | Should -Be orders
    }

    It 'rejects a role that refers to another namespace, and leaves no record' {
        $manifest = New-Manifest -Namespace default -Annotation @{ 'orders.role' = "../$namespace/secrets/orders-rw-db" }
        $manifest | Invoke-CredentialInjection -CredentialSource (New-CredentialSource -KubeSecret '{role}' -LeasePath $TestDrive/escape) -AsManifest -ErrorVariable failed -ErrorAction SilentlyContinue |
            Should -BeNullOrEmpty
        "$failed" | Should -Match "cannot be part of a Secret name"
        Get-ChildItem $TestDrive/escape/*.json -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'names a missing Secret' {
        $null = New-Manifest -Namespace $namespace | Invoke-CredentialInjection -CredentialSource (New-CredentialSource -KubeSecret '{database}' -LeasePath $TestDrive/missing) -ErrorVariable failed -ErrorAction SilentlyContinue
        "$failed" | Should -Match "$namespace/secret/orders does not exist; the pattern '{database}' requires it for the role 'orders-rw'"
    }

    It 'rejects the pattern <_>' -ForEach '{rolle}', 'a/b/c', 'Orders', 'credentials/{namespace}-{role}' {
        { New-CredentialSource -KubeSecret $_ } | Should -Throw -ErrorId 'CredentialSourceInvalid,KubeInject.Cmdlets.Sources.NewCredentialSourceCommand'
    }

    It 'needs a connection' {
        Disconnect-KubeCluster
        { New-CredentialSource -KubeSecret '{role}' } | Should -Throw -ErrorId 'NotConnected,*'
    }
}

Describe 'New-CredentialSource -ScriptBlock' {
    BeforeAll {
        function New-ScriptSource([scriptblock] $ScriptBlock, [scriptblock] $RevokeScriptBlock) {
            $revoke = if ($RevokeScriptBlock) { @{ RevokeScriptBlock = $RevokeScriptBlock } } else { @{} }
            New-CredentialSource -ScriptBlock $ScriptBlock @revoke -LeasePath "$TestDrive/script-$([guid]::NewGuid())"
        }
        function New-TestCredential([string] $Name, [string] $Password) { [pscredential]::new($Name, (ConvertTo-SecureString -AsPlainText $Password)) }
    }

    It 'uses the PSCredential that the script block returns for a request' {
        $asked = [System.Collections.Generic.List[object]]::new()
        $prefix = 'user-of'
        $source = New-ScriptSource { param($Request) $asked.Add($Request); New-TestCredential "$prefix-$($Request.Role)" 'pass"word' }
        $issued = Get-Issued $source (New-Manifest -Namespace shop -Annotation @{ 'orders.role' = 'rw'; cluster = 'mount' })
        $issued.User | Should -Be user-of-rw
        $issued.Password | Should -Be 'pass"word'
        $asked.Count | Should -Be 1
        $asked[0].Database | Should -Be orders
        $asked[0].Mount | Should -Be mount
        "$($asked[0].Owner)" | Should -Be shop/pod/orders
        $asked[0].ServiceAccountName | Should -Be default
    }

    It 'runs the script block on the thread of the pipeline, where cmdlets work' {
        $source = New-ScriptSource {
            $found = New-Manifest | Get-PodInjectionAnnotation
            New-TestCredential "$($found.State)-$([Environment]::CurrentManagedThreadId)" x
        }
        (Get-Issued $source).User | Should -Be "Pending-$([Environment]::CurrentManagedThreadId)"
    }

    It 'runs the script block once for each database, and an error fails only that pod' {
        $source = New-ScriptSource { param($Request) if ($Request.Role -eq 'bad') { throw 'no such entry in the safe' } New-TestCredential $Request.Role x }
        $keys = @{ 'b.env-key-dbuser' = 'USER_B'; 'b.env-key-dbpassword' = 'PASSWORD_B' }
        $results = (New-Manifest good -Annotation ($keys + @{ 'a.role' = 'one'; 'b.role' = 'two' })), (New-Manifest bad -Annotation ($keys + @{ 'a.role' = 'one'; 'b.role' = 'bad' })), (New-Manifest last) |
            Invoke-CredentialInjection -CredentialSource $source -ErrorVariable failed -ErrorAction SilentlyContinue
        $results.Status | Should -Be Injected, Failed, Injected
        $failed | Should -HaveCount 1
        "$failed" | Should -Match 'pod/bad: The ScriptBlock failed: no such entry in the safe'
        $source.Leases.ListAsync([System.Threading.CancellationToken]::None).Result.Role | Sort-Object | Should -Be one, orders-rw, two
    }

    It 'passes other streams of the script block to the streams of the cmdlet' {
        $source = New-ScriptSource { Write-Error half -ErrorAction Continue; Write-Warning slow; Write-Host said; Write-Verbose reported -Verbose; New-TestCredential a x }
        $all = New-Manifest -Annotation @{ 'orders.role' = 'rw'; 'orders.env-key-dbuser' = 'U'; 'orders.env-key-dbpassword' = 'P' } | Invoke-CredentialInjection -CredentialSource $source -Verbose -ErrorAction Continue -ErrorVariable failed -WarningVariable warned *>&1
        ($all | Where-Object { $_.PSObject.Properties['Databases'] }).Status | Should -Be Injected
        "$failed" | Should -Be half
        "$warned" | Should -Be slow
        "$all" | Should -Match said
        "$all" | Should -Match reported
    }

    It 'describes output that is not one PSCredential: <What>' -ForEach @(
        @{ What = 'nothing'; ScriptBlock = { } }
        @{ What = 'a String'; ScriptBlock = { 'canary-of-a-string' } }
        @{ What = '$null'; ScriptBlock = { $null } }
        @{ What = '2 objects: a String, a PSCredential'; ScriptBlock = { 'canary-of-a-string'; New-TestCredential a x } }
        @{ What = '2 objects: a PSCredential, a PSCredential'; ScriptBlock = { New-TestCredential a x; New-TestCredential b x } }
        @{ What = 'a PSCredential without a username'; ScriptBlock = { [pscredential]::Empty } }
    ) {
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource (New-ScriptSource $ScriptBlock) -ErrorVariable failed -ErrorAction SilentlyContinue
        "$failed" | Should -BeLike "*must return one PSCredential with a username for the role 'orders-rw' of the database 'orders'. It returned $($What.Replace('2 objects: a PSCredential, a P', '2 objects: *P'))*"
        "$failed" | Should -Not -Match canary
    }

    It 'does not run the script block if nothing is issued' {
        $source = New-ScriptSource { throw 'asked' }
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $source -WhatIf
        $source.Leases.ListAsync([System.Threading.CancellationToken]::None).Result | Should -BeNullOrEmpty
    }

    It 'revokes with the other script block' {
        $revoked = [System.Collections.Generic.List[object]]::new()
        $source = New-ScriptSource { New-TestCredential a x } { param($Lease) $revoked.Add($Lease) }
        $result = New-Manifest | Invoke-CredentialInjection -CredentialSource $source
        Get-CredentialLease $source -WarningAction SilentlyContinue | Revoke-CredentialLease -Confirm:$false
        "$($revoked.Uuid)" | Should -Be $result.Databases[0].Uuid
        $revoked.Username | Should -Be a
        Get-CredentialLease $source -WarningAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'is rejected in another runspace, where it would cause a deadlock' {
        $source = New-ScriptSource { New-TestCredential a x }
        $running = Start-InRunspace {
            $null = $args[1] | Invoke-CredentialInjection -CredentialSource $args[0] -ErrorVariable failed -ErrorAction SilentlyContinue
            "$failed"
        } $source, (New-Manifest)
        try { $running.Next() | Should -Match 'belongs to the runspace that created the source. Run New-CredentialSource in this runspace, too.' }
        finally { $running.Dispose() }
    }

    It 'stops with Ctrl+C, and leaves no record' {
        $reached = [System.Threading.ManualResetEventSlim]::new()
        $leases = "$TestDrive/stopped"
        $running = Start-InRunspace {
            $manifest, $leases, $reached = $args
            $source = New-CredentialSource -ScriptBlock { $reached.Set(); Start-Sleep 600 } -LeasePath $leases
            $manifest | Invoke-CredentialInjection -CredentialSource $source
        } (New-Manifest), $leases, $reached
        try {
            $reached.Wait(30000) | Should -BeTrue
            $running.Shell.Stop()
            $running.Shell.InvocationStateInfo.State | Should -Be Stopped
            Get-ChildItem "$leases/*.json" | Should -BeNullOrEmpty
        }
        finally { $running.Dispose() }
    }

    It 'manages only the leases with its name' {
        $one, $other = 'safe-1', 'safe-2' | ForEach-Object { New-CredentialSource -ScriptBlock { New-TestCredential a x } -RevokeScriptBlock { throw 'not mine' } -Name $_ -LeasePath $TestDrive/shared }
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $one
        $one.Name | Should -Be safe-1
        Get-CredentialLease $one -WarningAction SilentlyContinue | Should -HaveCount 1
        Get-CredentialLease $other -WarningAction SilentlyContinue | Should -BeNullOrEmpty
    }

    It 'rejects the name of another kind of source, and an invalid label: <_>' -ForEach 'vault', 'postgresql', 'My Safe', 'a/b' {
        { New-CredentialSource -ScriptBlock { } -Name $_ } | Should -Throw -ErrorId 'CredentialSourceInvalid,*'
    }

    It 'cannot be combined with another source' {
        { New-CredentialSource -ScriptBlock { } -Local } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}

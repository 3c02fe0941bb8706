BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
    $namespace = New-TestNamespace (New-Manifest -Kind Deployment)
}

AfterAll { Disconnect-KubeCluster }

Describe 'The default source of a session' {
    BeforeEach {
        $null = Connect-KubeCluster admin -Namespace $namespace
        $folder = Join-Path $TestDrive ([guid]::NewGuid())
        $source = New-CredentialSource -Local -LeasePath $folder -Default
    }

    It 'is used by every cmdlet that needs a source' {
        (Invoke-CredentialInjection -Workload deployment/orders -WarningAction Ignore).Status | Should -Be Injected
        $lease = Get-CredentialLease
        $lease.Workload.Name | Should -Be orders
        (Get-CredentialLease -Uuid $lease.Uuid).Uuid | Should -Be $lease.Uuid
        (Sync-CredentialLease -GracePeriod 01:00:00).Total | Should -Be 1
        Update-CredentialLease -Uuid $lease.Uuid -ErrorAction SilentlyContinue -ErrorVariable failures
        $failures[0].FullyQualifiedErrorId | Should -BeLike 'LeaseNotRenewable,*'
        (Invoke-CredentialRotation deployment/orders -WhatIf).Status | Should -Be Planned
        Export-PodInjectionReport $TestDrive/report.html -Namespace $namespace -Force
        (Get-Content -Raw $TestDrive/report.html) -match 'Leases of the source local' | Should -BeTrue
        Revoke-CredentialLease -Uuid $lease.Uuid -Confirm:$false
        Get-CredentialLease | Should -BeNullOrEmpty
    }

    It 'is checked by Test-PodInjectionAnnotation' {
        $null = New-CredentialSource -Vault http://127.0.0.1:1 -Token (ConvertTo-SecureString -AsPlainText x) -Default
        (New-Manifest -Namespace $namespace | Test-PodInjectionAnnotation).Code | Should -Contain KI216
    }

    It 'completes the UUIDs of its leases' {
        $null = New-Manifest | Invoke-CredentialInjection -WarningAction Ignore
        $line = 'Revoke-CredentialLease -Uuid '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText.Trim("'") | Should -Be (Get-CredentialLease -WarningAction Ignore).Uuid
    }

    It 'is returned by Get-CredentialSource' {
        Get-CredentialSource | Should -Be $source
    }

    It 'yields to -CredentialSource' {
        $other = New-CredentialSource -Local -LeasePath "$folder-other"
        Get-CredentialSource | Should -Be $source -Because 'a source without -Default is not the default'
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $other -WarningAction Ignore
        Get-CredentialLease | Should -BeNullOrEmpty
        Get-CredentialLease $other | Should -HaveCount 1
    }

    It 'is replaced by the next default source, and remains usable' {
        $null = New-Manifest | Invoke-CredentialInjection -WarningAction Ignore
        $null = New-CredentialSource -Local -LeasePath "$folder-next" -Default
        Get-CredentialLease | Should -BeNullOrEmpty
        Get-CredentialLease $source | Should -HaveCount 1
    }

    It 'belongs to one runspace' {
        $other = [powershell]::Create()
        try { $other.AddScript('Import-Module $args[0]; Get-CredentialSource').AddArgument((Get-ModulePath)).Invoke() | Should -BeNullOrEmpty }
        finally { $other.Dispose() }
    }

    It 'ends with the connection that it uses' {
        $null = Connect-KubeCluster viewer | Disconnect-KubeCluster
        Get-CredentialSource | Should -Be $source -Because 'it uses another connection'
        $null = Connect-KubeCluster admin
        $null = New-CredentialSource -Local -LeasePath $folder -Default
        Disconnect-KubeCluster
        Get-CredentialSource | Should -BeNullOrEmpty
        { New-Manifest | Invoke-CredentialInjection } | Should -Throw -ErrorId 'CredentialSourceMissing,*'
    }

    It 'is not used for another cluster' {
        $server = Start-TestServer '{"gitVersion": "v1.34.1"}'
        try {
            $null = Connect-KubeCluster -KubeConfig (New-Kubeconfig "$TestDrive/other.config" "http://127.0.0.1:$($server.Port)")
            foreach ($command in { Get-CredentialLease }, { Sync-CredentialLease }, { New-Manifest | Invoke-CredentialInjection }, { New-Manifest | Test-PodInjectionAnnotation }) {
                $command | Should -Throw "*was created for $(Get-ClusterText server)*, but this command uses a connection to http://127.0.0.1:$($server.Port)*" -ErrorId 'CredentialSourceOfOtherCluster,*'
            }
            Get-CredentialLease $source | Should -BeNullOrEmpty
        }
        finally { $server.Dispose() }
    }
}

Describe 'A session without a source' {
    It 'reports both ways to specify one: <_>' -ForEach 'Get-CredentialLease', 'Sync-CredentialLease', 'Revoke-CredentialLease -Uuid (New-Guid) -Confirm:$false', 'Invoke-CredentialInjection ./x.yaml', 'Invoke-CredentialRotation deployment/orders' {
        $null = Connect-KubeCluster admin
        $null = New-CredentialSource -Local -Default
        Disconnect-KubeCluster
        $null = Connect-KubeCluster admin
        { [scriptblock]::Create($_).Invoke() } | Should -Throw '*Specify -CredentialSource, or run New-CredentialSource with -Default*'
    }

    It 'gets the kinds of sources from New-CredentialSource without parameters' {
        { New-CredentialSource } | Should -Throw '*-Vault, -PostgreSql, -KubeSecret or -ScriptBlock, or -Local*' -ErrorId 'CredentialSourceInvalid,*'
        { New-CredentialSource -LeasePath $TestDrive/x } | Should -Throw -ErrorId 'CredentialSourceInvalid,*'
        { New-CredentialSource -Local:$false } | Should -Throw -ErrorId 'CredentialSourceInvalid,*'
    }
}

Describe 'A source' {
    It 'shows where its credentials come from and who issues them, and no secret' {
        $null = Connect-KubeCluster admin
        $token = ConvertTo-SecureString -AsPlainText canary-of-a-source
        $credential = [pscredential]::new('keeper', $token)
        $cases = @(
            { New-CredentialSource -Vault https://vault.example.org:8200 -VaultNamespace team -Token $token }, 'https://vault.example.org:8200/, namespace team', 'the specified token'
            { New-CredentialSource -Vault https://vault.example.org:8200 -RoleId some-id -SecretId $token }, 'https://vault.example.org:8200/', 'the AppRole of auth/approle'
            { New-CredentialSource -Vault https://vault.example.org:8200 -Token $token -PodIdentity -AuthMount k8s }, 'https://vault.example.org:8200/', 'the ServiceAccount of each pod (auth/k8s)'
            { New-CredentialSource -PostgreSql postgresql://db.example.org/orders -Credential $credential }, 'db.example.org:5432/orders', 'keeper'
            { New-CredentialSource -PostgreSql 'Host=db;Username=orders-admin;Password=canary-of-a-source' -WarningAction Ignore }, 'db:5432/orders-admin', 'orders-admin'
            { New-CredentialSource -KubeSecret '{role}-db' }, "Secrets '{role}-db' in $(Get-ClusterText server)/", $null
            { New-CredentialSource -Local }, 'random values for tests', $null
        )
        for ($i = 0; $i -lt $cases.Count; $i += 3) {
            $source = & $cases[$i]
            $source.Location | Should -Be $cases[$i + 1]
            $source.User | Should -Be $cases[$i + 2]
            $shown = ($source | Out-String -Width 200) + ($source | Format-List | Out-String)
            $shown | Should -Match ([regex]::Escape($cases[$i + 1]))
            if ($cases[$i + 2]) { $shown | Should -Match ([regex]::Escape($cases[$i + 2])) }
            Test-Spelling ($shown + (ConvertTo-Json $source -WarningAction Ignore)) canary-of-a-source | Should -BeFalse
        }
    }
}

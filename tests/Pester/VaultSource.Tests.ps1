BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/TestVault.psm1, $PSScriptRoot/../../out/KubeInject
    $variables = @{}
    foreach ($variable in Get-ChildItem env:VAULT_*) {
        $variables[$variable.Name] = $variable.Value
        Remove-Item "env:$($variable.Name)"
    }
}

AfterAll {
    foreach ($name in $variables.Keys) { Set-Item "env:$name" $variables[$name] }
    Disconnect-KubeCluster
}

Describe 'New-CredentialSource -Vault' {
    BeforeAll {
        $token = ConvertTo-SecureString -AsPlainText x
        $address = 'http://127.0.0.1:1'
    }

    It 'creates a source that keeps its records in Vault' {
        $source = New-CredentialSource -Vault $address -Token $token
        $source.Name | Should -Be vault
        $source.Leases.GetType().Name | Should -Be VaultLeaseStore
    }

    It 'rejects <Name>' -ForEach @(
        @{ Name = 'two ways to log in'; Parameters = @{ RoleId = 'x'; KubernetesAuthRole = 'y' }; Why = '-Token, -KubernetesAuthRole and -RoleId cannot be combined' }
        @{ Name = 'an AppRole without a secret ID'; Parameters = @{ RoleId = 'x' }; Why = 'both -RoleId and -SecretId' }
        @{ Name = 'an audience without pod identity'; Parameters = @{ KubernetesAuthRole = 'x'; Audience = 'vault' }; Why = 'requires -PodIdentity' }
        @{ Name = 'an invalid namespace'; Parameters = @{ KubernetesAuthRole = 'x'; VaultNamespace = "a`r`nb" }; Why = 'Vault namespace may contain' }
        @{ Name = 'an invalid address'; Parameters = @{ KubernetesAuthRole = 'x'; Vault = 'ftp://vault' }; Why = 'http or https address' }
        @{ Name = 'a number as a time'; Parameters = @{ KubernetesAuthRole = 'x'; TokenPeriod = 3600 }; Why = 'ticks' }
        @{ Name = 'a folder for its leases'; Parameters = @{ KubernetesAuthRole = 'x'; LeasePath = 'x' }; Why = 'Parameter set cannot be resolved' }
    ) {
        $all = $Parameters.Clone()
        if (-not $all.ContainsKey('Vault')) { $all.Vault = $address }
        { New-CredentialSource @all } | Should -Throw "*$Why*"
    }

    # Certificate trust does not require a Vault: any TLS server is sufficient.
    It 'trusts <Name>' -ForEach @(
        @{ Name = 'the system CAs'; Trust = { @{} }; Says = '*is not signed by a certificate authority that this machine trusts*' }
        @{ Name = 'only the specified CA'; Trust = { @{ CertificateAuthority = Get-ClusterFile other-ca.crt } }; Says = '*is not signed by the specified certificate authority*' }
        @{ Name = 'a certificate of the specified CA'; Trust = { @{ CertificateAuthority = Get-ClusterFile ca.crt } }; Says = 'Vault does not allow GET *' }
        @{ Name = 'any certificate with -SkipCertificateCheck'; Trust = { @{ SkipCertificateCheck = $true } }; Says = 'Vault does not allow GET *' }
    ) {
        $trust = & $Trust
        $source = New-CredentialSource -Vault (Get-ClusterText server) -Token $token @trust
        { Get-CredentialLease $source -ErrorAction Stop -WarningAction Ignore } | Should -Throw $Says
        "$($source.Notice)" | Should -BeLike ($trust.ContainsKey('SkipCertificateCheck') ? '*is not verified*' : '')
    }

    It 'requires a connection to the cluster for pod identity' {
        Disconnect-KubeCluster
        { New-CredentialSource -Vault $address -Token $token -PodIdentity } | Should -Throw -ErrorId 'NotConnected,*'
    }

    It 'names the parameters for a login if there are none' {
        $before = $env:HOME
        try {
            $env:HOME = "$TestDrive"
            Invoke-InNewProcess { Import-Module $args[0]; try { New-CredentialSource -Vault http://127.0.0.1:1 } catch { $_.Exception.Message } } | Out-String | Should -Match 'There is no token for Vault\. Specify -Token, -KubernetesAuthRole'
        }
        finally { $env:HOME = $before }
    }

    It 'reports in one line that no server responds, and records nothing' {
        $null = New-Manifest | Invoke-CredentialInjection -CredentialSource (New-CredentialSource -Vault $address -Token $token) -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed | Should -HaveCount 1
        "$failed" | Should -Match '127.0.0.1:1'
        "$failed" | Should -Not -Match "`n"
    }
}

Describe 'A Vault' {
    BeforeAll {
        $vault = Start-TestVault
        $root = $vault.Token
        $address = $vault.Address
        function Test-Login([string] $Name, [string] $Password) { (psql --no-psqlrc --tuples-only --no-align --command 'select current_user' ("$server" -replace '//', "//${Name}:$Password@") 2>$null) -eq $Name }

        $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
        $server = "postgresql://$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)"
        $namespace = New-TestNamespace @'
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: reviewer}
'@
        $null = kubectl create clusterrolebinding $namespace --clusterrole system:auth-delegator --serviceaccount "${namespace}:reviewer"
        $null = Connect-KubeCluster admin
        $reviewer = (Get-KubeServiceAccountToken reviewer -n $namespace -AsPlainText).Token
        Initialize-TestVault $vault (Get-ClusterText server) $reviewer -LeaseMount records
        Add-TestVaultRole $vault orders-rw default $namespace
        $null = Invoke-TestVault $vault sys/policies/acl/kubeinject @{ policy = 'path "*" { capabilities = ["create", "read", "update", "delete", "list", "sudo"] }' }
        $null = Invoke-TestVault $vault auth/approle/role/kubeinject @{ token_policies = @('kubeinject') }
        $common = @{ Vault = $address; LeaseMount = 'records'; LeasePrefix = 'cluster-1' }
    }

    AfterAll {
        Stop-TestVault $vault
    }

    It 'issues, renews and revokes after a login with <_>' -ForEach 'token', 'VAULT_TOKEN', 'AppRole', 'pod identity' {
        $secure = ConvertTo-SecureString -AsPlainText $root
        try {
            $source = switch ($_) {
                'token' { New-CredentialSource @common -Token $secure }
                'VAULT_TOKEN' { $env:VAULT_TOKEN = $root; New-CredentialSource @common }
                'pod identity' { New-CredentialSource @common -Token $secure -PodIdentity -Audience vault }
                'AppRole' {
                    $id = (Invoke-TestVault $vault auth/approle/role/kubeinject/role-id -Method Get).data.role_id
                    New-CredentialSource @common -RoleId $id -SecretId (ConvertTo-SecureString -AsPlainText (Invoke-TestVault $vault auth/approle/role/kubeinject/secret-id @{}).data.secret_id)
                }
            }
            $manifest = New-Manifest -Namespace $namespace -Annotation @{ 'orders.role' = 'orders-rw' }
            $null = $manifest | Invoke-CredentialInjection -CredentialSource $source -WhatIf
            Get-CredentialLease $source | Should -BeNullOrEmpty
            $pod = $manifest | Invoke-CredentialInjection -CredentialSource $source -AsManifest | kubectl create --dry-run=client --validate=false -o json -f - | Out-String | ConvertFrom-Json
            $issued = (Get-EnvironmentValue $pod DBUSER), (Get-EnvironmentValue $pod DBPASSWORD)
            Test-Login @issued | Should -BeTrue
            $lease = Get-CredentialLease $source
            $lease.Username | Should -Be $issued[0]
            (Invoke-TestVault $vault 'records/metadata/cluster-1?list=true' -Method Get).data.keys | Should -Be "$($lease.Uuid)"
            ($lease | Update-CredentialLease).ExpiresAt | Should -BeGreaterThan ([DateTimeOffset]::UtcNow)
            $shown = ($lease | Format-List * -Force | Out-String), ($lease | ConvertTo-Json -Depth 5) -join ''
            $shown | Should -Not -Match 'hvs\.'
            (Sync-CredentialLease $source -GracePeriod 0).Revoked | Should -Be 1
            Test-Login @issued | Should -BeFalse
            Get-CredentialLease $source | Should -BeNullOrEmpty
        }
        finally { Remove-Item env:VAULT_TOKEN -ErrorAction Ignore }
    }

    It 'issues nothing to a ServiceAccount that is not bound to the role' {
        $source = New-CredentialSource @common -Token (ConvertTo-SecureString -AsPlainText $root)
        $null = New-Manifest -Namespace default -Annotation @{ 'orders.role' = 'orders-rw' } | Invoke-CredentialInjection -CredentialSource $source -ErrorVariable failed -ErrorAction SilentlyContinue
        "$failed" | Should -Match "is not bound to the namespace 'default'"
        Get-CredentialLease $source | Should -BeNullOrEmpty
    }

    It 'reports why a pod gets no credentials, and issues nothing' {
        $source = New-CredentialSource @common -Token (ConvertTo-SecureString -AsPlainText $root)
        $sound = New-Manifest -Namespace $namespace -Annotation @{ 'orders.role' = 'orders-rw' }
        $sound | Test-PodInjectionAnnotation -CredentialSource $source -MinimumSeverity Warning -ExcludeCode KI023 | Should -BeNullOrEmpty
        ($sound | Test-PodInjectionAnnotation -CredentialSource $source -PassThru).Steps.Step | Should -Contain Source
        $found = @(
            New-Manifest -Namespace default -Annotation @{ 'orders.role' = 'orders-rw' }
            New-Manifest -Namespace $namespace -Annotation @{ 'orders.role' = 'nouser' }
            New-Manifest -Namespace $namespace -Annotation @{ 'orders.role' = 'orders-rw'; cluster = 'nowhere' }
        ) | Test-PodInjectionAnnotation -CredentialSource $source -MinimumSeverity Error
        $found.Code | Should -Be KI207, KI203, KI205, KI209, KI201
        Get-CredentialLease $source | Should -BeNullOrEmpty
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
    $user, $password = $superuser.UserInfo -split ':'
    $server = "postgresql://$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)"
    $credential = [pscredential]::new($user, (ConvertTo-SecureString -AsPlainText $password))

    function Invoke-Sql([string] $Statement, [string] $As = $env:KUBEINJECT_TEST_POSTGRES) { psql --no-psqlrc --quiet --tuples-only --no-align --command $Statement $As 2>$null }
    function Get-LoginRole { @(Invoke-Sql "select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where r.rolname = '$role'") }
    function Test-Login([string] $Name, [string] $Password) { (Invoke-Sql 'select current_user' ($server -replace '//', "//${Name}:$Password@")) -eq $Name }

    # The manifest of a pod that requests the role, after an injection.
    function New-Issued($Source, [string] $Name = 'orders') {
        $text = New-Manifest $Name -Namespace $namespace -Annotation @{ 'orders.role' = $role } | Invoke-CredentialInjection -CredentialSource $Source -AsManifest
        $pod = $text | kubectl create --dry-run=client --validate=false -o json -f - | Out-String | ConvertFrom-Json
        [pscustomobject]@{
            Text = $text
            User = Get-EnvironmentValue $pod DBUSER
            Password = Get-EnvironmentValue $pod DBPASSWORD
            Uuid = [guid]$pod.metadata.annotations.'db-creds-injector.numberly.io/uuid'
        }
    }

    $role = "rw_$([guid]::NewGuid().ToString('n'))"
    Invoke-Sql "create role $role"
    $namespace = New-TestNamespace
    $null = Connect-KubeCluster admin
}

AfterAll {
    Disconnect-KubeCluster
    foreach ($one in @(Get-LoginRole) + $role) { Invoke-Sql "drop role `"$one`"" }
}

Describe 'New-CredentialSource -PostgreSql' {
    It 'creates login roles that are recorded as Secrets of a namespace' {
        $source = New-CredentialSource -PostgreSql $server -Credential $credential -LeaseNamespace $namespace
        $issued = New-Issued $source
        $source.Name | Should -Be postgresql
        Test-Login $issued.User $issued.Password | Should -BeTrue
        $secret = kubectl get secret -n $namespace -o json | ConvertFrom-Json | ForEach-Object items | Where-Object type -EQ kubeinject.io/lease
        $secret | Should -HaveCount 1
        $text = [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($secret.data.'lease.json'))
        $text.Contains($issued.User) | Should -BeTrue
        $text.Contains($issued.Password) | Should -BeFalse
        Get-CredentialLease $source | Revoke-CredentialLease -Confirm:$false
    }

    It 'uses user and password as libpq does: <_>' -ForEach 'PGUSER and PGPASSWORD', 'the connection', 'keywords' {
        $variables = @{}
        $connection = switch ($_) {
            'PGUSER and PGPASSWORD' { $variables = @{ PGUSER = $user; PGPASSWORD = $password }; $server }
            'the connection' { $env:KUBEINJECT_TEST_POSTGRES }
            'keywords' { "Host=$($superuser.Host);Port=$($superuser.Port);Username=$user;Password=$password" }
        }
        try {
            foreach ($name in $variables.Keys) { Set-Item "env:$name" $variables[$name] }
            $source = New-CredentialSource -PostgreSql $connection -LeasePath $TestDrive/as-libpq
            $issued = New-Issued $source
        }
        finally { foreach ($name in $variables.Keys) { Remove-Item "env:$name" } }
        Test-Login $issued.User $issued.Password | Should -BeTrue
        Get-CredentialLease $source | Revoke-CredentialLease -Confirm:$false
    }

    It 'accepts statements, an owner, a time to live and roles' {
        $source = New-CredentialSource -PostgreSql $server -Credential $credential -LeasePath $TestDrive/statements -TimeToLive 00:10:00 -AllowedRole 'rw_*' -ReassignOwnedTo $user -PasswordAuthentication Password `
            -CreationStatement "CREATE ROLE `"{{name}}`" LOGIN CONNECTION LIMIT 3 PASSWORD '{{password}}' VALID UNTIL '{{expiration}}' IN ROLE `"{{role}}`"" -RenewalStatement @() -RevocationStatement 'DROP ROLE "{{name}}"'
        $issued = New-Issued $source
        Invoke-Sql "select rolconnlimit from pg_roles where rolname = '$($issued.User)'" | Should -Be 3
        $lease = Get-CredentialLease $source
        $lease.IsRenewable | Should -BeFalse
        ($lease.ExpiresAt - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeGreaterThan 8
        ($lease.ExpiresAt - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeLessThan 11
        $lease | Revoke-CredentialLease -Confirm:$false
        Get-LoginRole | Should -BeNullOrEmpty
    }

    It 'rejects a role that is not allowed' {
        $source = New-CredentialSource -PostgreSql $server -Credential $credential -LeasePath $TestDrive/allowed -AllowedRole 'ro_*'
        $null = New-Manifest -Annotation @{ 'orders.role' = $role } | Invoke-CredentialInjection -CredentialSource $source -ErrorVariable failed -ErrorAction SilentlyContinue
        "$failed" | Should -Match 'is not among the allowed roles of this source \(ro_\*\)'
        Get-ChildItem $TestDrive/allowed/*.json -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'rejects <Name>' -ForEach @(
        @{ Name = 'an unsupported connection'; Parameters = @{ PostgreSql = 'mysql://db/orders' }; Id = 'CredentialSourceInvalid' }
        @{ Name = 'a number as a time'; Parameters = @{ PostgreSql = 'Host=db'; TimeToLive = 3600 }; Id = 'TimeTooShort' }
        @{ Name = 'a statement without a name'; Parameters = @{ PostgreSql = 'Host=db'; CreationStatement = 'CREATE ROLE x' }; Id = 'CredentialSourceInvalid' }
        @{ Name = 'two locations for leases'; Parameters = @{ PostgreSql = 'Host=db'; LeasePath = 'x'; LeaseNamespace = 'y' }; Id = 'CredentialSourceInvalid' }
    ) {
        { New-CredentialSource @Parameters } | Should -Throw -ErrorId "$Id,KubeInject.Cmdlets.Sources.NewCredentialSourceCommand"
    }

    It 'records leases in the namespace kubeinject if there is a connection, otherwise in a folder' {
        $source = New-CredentialSource -PostgreSql $server -Credential $credential
        $source.Leases.Namespace | Should -Be kubeinject
        Disconnect-KubeCluster
        try { (New-CredentialSource -PostgreSql $server -Credential $credential).Leases.Folder | Should -Match 'kubeinject.leases$' }
        finally { $null = Connect-KubeCluster admin }
    }
}

Describe 'Leases of login roles' {
    BeforeAll {
        function Wait-Expired([string] $Pod) {
            do { $lease = Get-CredentialLease $source -Pod $Pod } until ($lease.State -eq 'Expired')
        }
    }

    BeforeEach {
        $folder = "$TestDrive/$([guid]::NewGuid())"
        $source = New-CredentialSource -PostgreSql $server -Credential $credential -LeasePath $folder -TimeToLive 01:00:00
        $expiring = New-CredentialSource -PostgreSql $server -Credential $credential -LeasePath $folder -TimeToLive 00:00:01
        $issued = New-Issued $source
    }

    AfterEach { Get-CredentialLease $source | Revoke-CredentialLease -Confirm:$false }

    It 'are renewed: VALID UNTIL is later' {
        Invoke-Sql "alter role `"$($issued.User)`" valid until '2001-01-01'"
        Test-Login $issued.User $issued.Password | Should -BeFalse
        $renewed = Get-CredentialLease $source | Update-CredentialLease
        Test-Login $issued.User $issued.Password | Should -BeTrue
        $renewed.ExpiresAt | Should -BeGreaterThan ([DateTimeOffset]::UtcNow.AddMinutes(50))
        Invoke-Sql "select rolvaliduntil > now() + interval '50 minutes' from pg_roles where rolname = '$($issued.User)'" | Should -Be t
    }

    It 'are revoked: the role is removed' {
        Get-CredentialLease $source | Revoke-CredentialLease -Confirm:$false
        Test-Login $issued.User $issued.Password | Should -BeFalse
        Get-LoginRole | Should -BeNullOrEmpty
        Get-CredentialLease $source | Should -BeNullOrEmpty
    }

    It 'are swept: revoked without an owner, renewed with one' {
        $kept = New-Issued $expiring kept
        $kept.Text | kubectl create --validate=false -f -
        Wait-Expired kept
        $summary = Sync-CredentialLease $source -GracePeriod 0
        "$($summary.Revoked) $($summary.Renewed) $($summary.Failed)" | Should -Be '1 1 0'
        Get-LoginRole | Should -Be $kept.User
    }

    It 'cause a warning with a remedy if they have expired while their owner lives' {
        (New-Issued $expiring ended).Text | kubectl create --validate=false -f -
        Wait-Expired ended
        $lease = Get-CredentialLease $source -Pod ended
        Invoke-Sql "drop role `"$($lease.Username)`""
        $summary = Sync-CredentialLease $source -WarningVariable warned -WarningAction SilentlyContinue -ErrorVariable failed
        $failed | Should -BeNullOrEmpty
        "$warned" | Should -Match 'has ended and cannot be renewed, but its owner still exists. Run Invoke-CredentialRotation'
        $summary.Failed | Should -Be 1
        { $lease | Update-CredentialLease } | Should -Throw -ErrorId 'CredentialLeaseEnded,KubeInject.Cmdlets.Leases.UpdateCredentialLeaseCommand'
    }

    It 'are not changed or created with -WhatIf' {
        $roles = Get-LoginRole
        $records = Get-ChildItem "$($source.Leases.Folder)/*.json" | Get-Content -Raw
        $valid = Invoke-Sql "select rolvaliduntil from pg_roles where rolname = '$($issued.User)'"
        $null = New-Manifest -Annotation @{ 'orders.role' = $role } | Invoke-CredentialInjection -CredentialSource $source -WhatIf
        Get-CredentialLease $source | Update-CredentialLease -WhatIf
        Get-CredentialLease $source | Revoke-CredentialLease -WhatIf
        Sync-CredentialLease $source -GracePeriod 0 -WhatIf
        Get-LoginRole | Should -Be $roles
        Get-ChildItem "$($source.Leases.Folder)/*.json" | Get-Content -Raw | Should -Be $records
        Invoke-Sql "select rolvaliduntil from pg_roles where rolname = '$($issued.User)'" | Should -Be $valid
    }

    It 'of another server in the same folder are skipped' {
        $other = New-CredentialSource -PostgreSql 'Host=127.0.0.2;Port=1' -LeasePath $source.Leases.Folder
        Get-CredentialLease $other | Should -BeNullOrEmpty
        (Sync-CredentialLease $other -GracePeriod 0).Total | Should -Be 0
        Test-Login $issued.User $issued.Password | Should -BeTrue
    }

    It 'belong to a server by its name, whatever its address' {
        $named = @{ Credential = $credential; LeasePath = "$TestDrive/named"; ServerName = 'orders-db' }
        $null = New-Issued (New-CredentialSource -PostgreSql $server @named)
        Get-CredentialLease (New-CredentialSource -PostgreSql 'Host=other' @named) | Should -HaveCount 1
        Get-CredentialLease (New-CredentialSource -PostgreSql ($server -replace '127.0.0.1', 'localhost') @named) | Revoke-CredentialLease -Confirm:$false
        (Get-LoginRole) | Should -Be $issued.User
    }

    It 'fail if the server is down, and keep their records' {
        $down = New-CredentialSource -PostgreSql 'Host=127.0.0.1;Port=1;Username=x;Password=canary-of-a-password' -LeasePath "$TestDrive/down"
        $null = New-Item -ItemType Directory $down.Leases.Folder
        $record = Get-Item "$($source.Leases.Folder)/$($issued.Uuid).json"
        (Get-Content -Raw $record) -replace '"Place": "[^"]+"', '"Place": "127.0.0.1:1"' | Set-Content "$($down.Leases.Folder)/$($record.Name)"
        $summary = Sync-CredentialLease $down -GracePeriod 0 -ErrorVariable failed -ErrorAction SilentlyContinue
        $summary.Failed | Should -Be 1
        $failed.FullyQualifiedErrorId | Should -Be 'LeaseRevokeFailed,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        $failed[0].CategoryInfo.Category | Should -Be ResourceUnavailable
        "$failed" | Should -Not -Match canary
        Get-ChildItem "$($down.Leases.Folder)/*.json" | Should -HaveCount 1
    }
}

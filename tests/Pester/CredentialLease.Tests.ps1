BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # A record of an earlier session.
    function Add-Lease {
        param(
            [string] $Folder, [string] $Name, [string] $Namespace = $namespace, [guid] $Uuid = [guid]::NewGuid(), [string] $Kind = 'Pod', [string] $Source = 'local',
            [double] $AgeMinutes = 60, [Nullable[double]] $ExpiresInMinutes, [switch] $Renewable, [switch] $Incomplete
        )
        $record = [ordered]@{
            Uuid = $Uuid; Source = $Source; IsComplete = -not $Incomplete; Database = 'orders'; Role = "role-of-$Name"; Mount = 'databases'
            Owner = [ordered]@{ Kind = $Kind; Namespace = $Namespace ? $Namespace : $null; Name = $Name }; ServiceAccountName = 'default'
            RecordedAt = [DateTimeOffset]::UtcNow.AddMinutes(-$AgeMinutes); Username = "user-of-$Name"; IsRenewable = [bool]$Renewable
        }
        if ($null -ne $ExpiresInMinutes) { $record.ExpiresAt = [DateTimeOffset]::UtcNow.AddMinutes($ExpiresInMinutes) }
        Set-LeaseRecord $Folder $record $AgeMinutes
    }

    function Get-Record([string] $Folder) { @(Get-ChildItem "$Folder/*.json" | ForEach-Object { Get-Content -Raw $_ | ConvertFrom-Json }) }

    # One lease of each kind, and a source that manages them.
    function New-Leases {
        $folder = "$TestDrive/$([guid]::NewGuid())"
        Add-Lease $folder orders -Uuid $ofPod -Renewable -ExpiresInMinutes 60
        Add-Lease $folder web -Kind Deployment -Uuid $ofDeployment -Renewable -ExpiresInMinutes 5
        Add-Lease $folder gone -Uuid $orphaned
        Add-Lease $folder broken -Uuid $broken -Incomplete
        Add-Lease $folder young -Uuid $young -AgeMinutes 1
        $folder
    }

    $ofPod, $ofDeployment, $orphaned, $broken, $young = 1..5 | ForEach-Object { [guid]::NewGuid() }
    $namespace = New-TestNamespace (New-Manifest orders -Annotation @{ 'orders.role' = 'rw'; uuid = $ofPod }),
        (New-Manifest web-1 -Annotation @{ 'orders.role' = 'rw'; uuid = $ofDeployment }),
        (New-Manifest web-2 -Annotation @{ 'orders.role' = 'rw'; uuid = $ofDeployment }),
        (New-Manifest web -Kind Deployment -Annotation @{ 'orders.role' = 'rw'; uuid = $ofDeployment })
    $null = Connect-KubeCluster admin
    $folder = New-Leases
    $source = New-CredentialSource -Local -LeasePath $folder
}

AfterAll { Disconnect-KubeCluster }

Describe 'Get-CredentialLease' {
    It 'returns all leases, each with its owner and its state' {
        $leases = Get-CredentialLease $source
        $leases.Uuid | Sort-Object | Should -Be ($ofPod, $ofDeployment, $orphaned, $broken, $young | Sort-Object)
        $states = @{}
        foreach ($lease in $leases) { $states[$lease.Uuid] = "$($lease.State) $($lease.Owner)" }
        $states[$ofPod] | Should -Be "Active $namespace/pod/orders"
        $states[$ofDeployment] | Should -Be "Expiring $namespace/pod/web-1"
        $states[$orphaned] | Should -Be "Orphaned $namespace/pod/gone"
        $states[$broken] | Should -Be "Incomplete $namespace/pod/broken"
        $states[$young] | Should -Be "Active $namespace/pod/young"
    }

    It 'returns the properties of each lease' {
        $lease = Get-CredentialLease $source -Uuid $ofPod
        $lease.Role | Should -Be role-of-orders
        $lease.Database | Should -Be orders
        $lease.Username | Should -Be user-of-orders
        $lease.Pods | Should -Be orders
        $lease.ServiceAccountName | Should -Be default
        $lease.IsRenewable | Should -BeTrue
        $lease.ExpiresAt | Should -BeGreaterThan ([DateTimeOffset]::UtcNow)
        $lease.IssuedAt | Should -BeLessThan ([DateTimeOffset]::UtcNow)
    }

    It 'accepts the source by parameter name' { Get-CredentialLease -CredentialSource $source | Should -HaveCount 5 }

    It 'accepts several UUIDs' { (Get-CredentialLease $source -Uuid $ofPod, $young).Uuid | Sort-Object | Should -Be ($ofPod, $young | Sort-Object) }

    It 'accepts states' {
        (Get-CredentialLease $source -State Orphaned, Incomplete).Uuid | Sort-Object | Should -Be ($orphaned, $broken | Sort-Object)
        { Get-CredentialLease $source -State Dead } | Should -Throw -ErrorId 'CannotConvertArgumentNoMessage,*'
    }

    It 'accepts pods by name, with wildcards: <Pod>' -ForEach @(
        @{ Pod = 'orders'; Of = 'ofPod' }
        @{ Pod = 'ORD*'; Of = 'ofPod' }
        @{ Pod = 'web-2'; Of = 'ofDeployment' }
        @{ Pod = 'gon[de]', 'x*'; Of = 'orphaned' }
    ) {
        (Get-CredentialLease $source -Pod $Pod).Uuid | Should -Be (Get-Variable $Of -ValueOnly)
    }

    It 'accepts workloads by name, with wildcards: <_>' -ForEach 'web', 'w*', 'deployment/web', 'Deployment/*' {
        (Get-CredentialLease $source -Workload $_).Uuid | Should -Be $ofDeployment
    }

    It 'accepts pods from the pipeline, also the second of a workload' {
        (Get-KubePod orders -n $namespace | Get-CredentialLease $source).Uuid | Should -Be $ofPod
        (Get-KubePod web-2 -n $namespace | Get-CredentialLease $source).Uuid | Should -Be $ofDeployment
        (Get-KubePod -n $namespace | Get-CredentialLease $source).Uuid | Sort-Object | Should -Be ($ofPod, $ofDeployment | Sort-Object)
    }

    It 'returns nothing for no pods' {
        Get-KubePod nothing* -n $namespace | Get-CredentialLease $source | Should -BeNullOrEmpty
        @() | Get-CredentialLease $source | Should -BeNullOrEmpty
    }

    It 'accepts a namespace, and all namespaces' {
        Get-CredentialLease $source -Namespace $namespace | Should -HaveCount 5
        Get-CredentialLease $source -n default | Should -BeNullOrEmpty
        Get-CredentialLease $source -A | Should -HaveCount 5
        { Get-CredentialLease $source -A -n default } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    It 'assigns a lease without a namespace to that of its owner' {
        $uuid = [guid]::NewGuid()
        $namespace = New-TestNamespace (New-Manifest nameless -Annotation @{ 'orders.role' = 'rw'; uuid = $uuid })
        Add-Lease $TestDrive/nameless nameless -Namespace '' -Uuid $uuid
        (Get-CredentialLease (New-CredentialSource -Local -LeasePath $TestDrive/nameless) -n $namespace).Uuid | Should -Be $uuid
    }

    It 'warns once without a connection, and derives states from the time alone' {
        Disconnect-KubeCluster
        try { $leases = Get-CredentialLease $source -WarningVariable warned -WarningAction SilentlyContinue }
        finally { $null = Connect-KubeCluster admin }
        $warned | Should -HaveCount 1
        "$warned" | Should -Match 'the owners of leases cannot be checked'
        ($leases | Where-Object Uuid -EQ $orphaned).State | Should -Be Active
        ($leases | Where-Object Uuid -EQ $ofDeployment).State | Should -Be Expiring
    }

    It 'uses the specified connection' {
        $connection = Get-KubeConnection
        $viewer = Connect-KubeCluster viewer
        try {
            (Get-CredentialLease $source -Connection $connection -Uuid $orphaned).State | Should -Be Orphaned
            { Get-CredentialLease $source } | Should -Throw -ErrorId 'KubeApiForbidden,KubeInject.Cmdlets.Leases.GetCredentialLeaseCommand'
            { Get-CredentialLease $source -Connection $viewer } | Should -Throw -ErrorId 'KubeApiForbidden,*'
        }
        finally { $null = Connect-KubeCluster admin }
    }

    It 'names a file that is not a record' {
        $null = New-Item -ItemType Directory $TestDrive/damaged
        Set-Content $TestDrive/damaged/x.json '{'
        { Get-CredentialLease (New-CredentialSource -Local -LeasePath $TestDrive/damaged) } | Should -Throw '*x.json: This is not a lease record*' -ErrorId 'LeaseRecordInvalid,KubeInject.Cmdlets.Leases.GetCredentialLeaseCommand'
    }

    It 'shows the most important columns in 100 characters' {
        $text = Get-CredentialLease $source | Out-String -Width 100
        $lines = $text -split "`r?`n" | Where-Object { $_.Trim() }
        $lines[0] | Should -Match '^State +Owner +ExpiresIn +Age +Database +Role +Username'
        $lines | Where-Object { $_.Length -gt 100 } | Should -BeNullOrEmpty
        $lines | Where-Object { $_ -match '^Orphaned +\S+ +- +\w+ +orders +role-of-gone +user-of-gone' } | Should -HaveCount 1
    }
}

Describe 'Update-CredentialLease' {
    BeforeEach {
        $folder = New-Leases
        $source = New-CredentialSource -Local -LeasePath $folder
    }

    It 'renews leases from the pipeline with their source, and returns their new state' {
        $renewed = Get-CredentialLease $source -Uuid $ofPod, $ofDeployment | Update-CredentialLease
        $renewed.Uuid | Sort-Object | Should -Be ($ofPod, $ofDeployment | Sort-Object)
        $renewed.State | Should -Be Active, Active
        (Get-Record $folder | Where-Object { $_.PSObject.Properties['RenewedAt'] }).Uuid | Sort-Object | Should -Be ("$ofPod", "$ofDeployment" | Sort-Object)
    }

    It 'accepts leases by name and by position' {
        $leases = Get-CredentialLease $source -Uuid $ofPod, $ofDeployment
        (Update-CredentialLease -Lease $leases).Count | Should -Be 2
        (Update-CredentialLease $leases[0]).Uuid | Should -Be $leases[0].Uuid
    }

    It 'accepts UUIDs with a source, also from saved objects' {
        (Update-CredentialLease -CredentialSource $source -Uuid $ofPod).Uuid | Should -Be $ofPod
        Get-CredentialLease $source -Uuid $ofPod | Export-Clixml $TestDrive/saved.xml
        (Import-Clixml $TestDrive/saved.xml | Update-CredentialLease -CredentialSource $source).Uuid | Should -Be $ofPod
    }

    It 'reports a UUID that the source does not know, and continues' {
        $renewed = Update-CredentialLease -CredentialSource $source -Uuid ([guid]::Empty), $ofPod -ErrorVariable failed -ErrorAction SilentlyContinue
        $renewed.Uuid | Should -Be $ofPod
        $failed.FullyQualifiedErrorId | Should -Be 'LeaseNotFound,KubeInject.Cmdlets.Leases.UpdateCredentialLeaseCommand'
        $failed[0].TargetObject | Should -Be ([guid]::Empty)
    }

    It 'reports why a lease cannot be renewed: <Of>' -ForEach @(@{ Of = 'young'; Why = 'The lease cannot be renewed. It does not expire\.' }, @{ Of = 'broken'; Why = 'was not issued completely' }) {
        Get-CredentialLease $source -Uuid (Get-Variable $Of -ValueOnly) | Update-CredentialLease -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $failed.FullyQualifiedErrorId | Should -Be 'LeaseNotRenewable,KubeInject.Cmdlets.Leases.UpdateCredentialLeaseCommand'
        "$failed" | Should -Match $Why
    }

    It 'changes nothing with -WhatIf' {
        $before = Get-ChildItem "$folder/*.json" | Get-Content -Raw
        Get-CredentialLease $source | Update-CredentialLease -WhatIf -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        Get-ChildItem "$folder/*.json" | Get-Content -Raw | Should -Be $before
    }
}

Describe 'Revoke-CredentialLease' {
    BeforeEach {
        $folder = New-Leases
        $source = New-CredentialSource -Local -LeasePath $folder
    }

    It 'revokes leases from the pipeline' {
        Get-CredentialLease $source -Pod web-* | Revoke-CredentialLease -Confirm:$false | Should -BeNullOrEmpty
        (Get-Record $folder).Uuid | Sort-Object | Should -Be ("$ofPod", "$orphaned", "$broken", "$young" | Sort-Object)
    }

    It 'accepts leases by name and by position, and UUIDs with a source' {
        Revoke-CredentialLease -Lease (Get-CredentialLease $source -Uuid $ofPod) -Confirm:$false
        Revoke-CredentialLease (Get-CredentialLease $source -Uuid $orphaned, $broken) -Confirm:$false
        Revoke-CredentialLease -CredentialSource $source -Uuid $young -Confirm:$false
        (Get-Record $folder).Uuid | Should -Be "$ofDeployment"
    }

    It 'asks for confirmation, because users of the credential lose access' {
        $answer = Invoke-InNewProcess {
            Import-Module $args[0]
            $source = New-CredentialSource -Local -LeasePath $args[1]
            try { Get-CredentialLease $source -WarningAction Ignore | Revoke-CredentialLease } catch { "$_" }
        } $folder | Out-String
        $answer | Should -Match 'NonInteractive mode'
        Get-Record $folder | Should -HaveCount 5
    }

    It 'revokes nothing with -WhatIf, and reports the planned actions' {
        $reported = Invoke-InNewProcess {
            Import-Module $args[0]
            Get-CredentialLease (New-CredentialSource -Local -LeasePath $args[1]) -WarningAction Ignore | Revoke-CredentialLease -WhatIf
        } $folder
        Get-Record $folder | Should -HaveCount 5
        ($reported -match 'What if: ') | Should -HaveCount 6
        ($reported -match 'What if: ')[-1] | Should -Be 'What if: In total, 5 leases would be revoked.'
        "$reported" | Should -Match ([regex]::Escape("`"Revoke; its users lose access`" on target `"$ofPod (role-of-orders for $namespace/pod/orders), user user-of-orders, of the source 'local'"))
    }

    It 'warns if the source cannot revoke, because the credential stays valid' {
        Add-Lease $TestDrive/foreign orders -Source script
        $foreign = New-CredentialSource -ScriptBlock { } -LeasePath $TestDrive/foreign
        Get-CredentialLease $foreign | Revoke-CredentialLease -Confirm:$false -WarningVariable warned -WarningAction SilentlyContinue
        "$warned" | Should -Match 'The record of the lease is deleted, but the source ''script'' cannot revoke'
        Get-Record $TestDrive/foreign | Should -BeNullOrEmpty
    }

    It 'keeps the record if the source fails, reports the error, and continues' {
        1..3 | ForEach-Object { Add-Lease $TestDrive/failing "p$_" -Source script }
        $failing = New-CredentialSource -ScriptBlock { } -RevokeScriptBlock { param($Lease) if ($Lease.Role -eq 'role-of-p2') { throw 'the safe is locked' } } -LeasePath $TestDrive/failing
        Get-CredentialLease $failing | Revoke-CredentialLease -Confirm:$false -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.FullyQualifiedErrorId | Should -Be 'CredentialRefused,KubeInject.Cmdlets.Leases.RevokeCredentialLeaseCommand'
        "$($failed[0].TargetObject.Role)" | Should -Be role-of-p2
        "$failed" | Should -Match 'the safe is locked'
        (Get-Record $TestDrive/failing).Role | Should -Be role-of-p2
    }
}

Describe 'Sync-CredentialLease' {
    BeforeEach {
        $folder = New-Leases
        $source = New-CredentialSource -Local -LeasePath $folder
    }

    It 'renews leases with an owner, revokes those without one, cleans up incomplete ones, and keeps the rest' {
        $summary = Sync-CredentialLease $source
        ($summary | Select-Object Total, Renewed, Revoked, CleanedUp, Kept, Failed | ConvertTo-Json -Compress) | Should -Be '{"Total":5,"Renewed":2,"Revoked":1,"CleanedUp":1,"Kept":1,"Failed":0}'
        (Get-Record $folder).Uuid | Sort-Object | Should -Be ("$ofPod", "$ofDeployment", "$young" | Sort-Object)
    }

    It 'accepts the source by name and from the pipeline' {
        (Sync-CredentialLease -CredentialSource $source).Total | Should -Be 5
        ($source | Sync-CredentialLease).Total | Should -Be 3
    }

    It 'accepts a grace period' {
        (Sync-CredentialLease $source -GracePeriod 02:00:00).Kept | Should -Be 3
        (Sync-CredentialLease $source -GracePeriod 0).Revoked | Should -Be 2
    }

    It 'rejects a number as a time: <_>' -ForEach 300, -1 {
        { Sync-CredentialLease $source -GracePeriod $_ } | Should -Throw '*ticks*' -ErrorId 'TimeTooShort,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        Get-Record $folder | Should -HaveCount 5
    }

    It 'accepts a namespace and a limit' {
        (Sync-CredentialLease $source -n default).Total | Should -Be 0
        (Sync-CredentialLease $source -Namespace $namespace -ThrottleLimit 1).Total | Should -Be 5
        { Sync-CredentialLease $source -ThrottleLimit 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'shows its plan with -WhatIf, and changes nothing' {
        $before = Get-ChildItem "$folder/*.json" | Get-Content -Raw
        $reported = Invoke-InNewProcess {
            Import-Module $args[0]
            $null = Connect-KubeCluster admin
            Sync-CredentialLease (New-CredentialSource -Local -LeasePath $args[1]) -WhatIf
        } $folder
        Get-ChildItem "$folder/*.json" | Get-Content -Raw | Should -Be $before
        $reported | Sort-Object | Should -Be (@(
                "What if: Renew: $ofPod (role-of-orders for $namespace/pod/orders)"
                "What if: Renew: $ofDeployment (role-of-web for $namespace/pod/web-1)"
                "What if: Revoke (the owner no longer exists): $orphaned (role-of-gone for $namespace/pod/gone)"
                "What if: Clean up (issuing was interrupted): $broken (role-of-broken for $namespace/pod/broken)"
                "What if: Of 5 leases of the source 'local', for pods in $(Get-ClusterText server)/ (admin): 2 to renew, 1 to revoke, 1 to clean up, 1 to keep."
            ) | Sort-Object)
    }

    It 'never revokes if it cannot read all pods' {
        $null = Connect-KubeCluster viewer
        try { Sync-CredentialLease $source -ErrorVariable failed -ErrorAction SilentlyContinue | Should -BeNullOrEmpty }
        finally { $null = Connect-KubeCluster admin }
        $failed.FullyQualifiedErrorId | Should -Be 'KubeApiForbidden,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        Get-Record $folder | Should -HaveCount 5
    }

    It 'reports an unreadable record, and processes the others' {
        $broken = [guid]::NewGuid()
        Set-Content "$folder/$broken.json" '{'
        $summary = Sync-CredentialLease $source -ErrorVariable failed -ErrorAction SilentlyContinue
        $summary.Renewed, $summary.Revoked, $summary.IsComplete | Should -Be 2, 1, $false
        $summary.Unreadable.Uuid | Should -Be $broken
        $failed.FullyQualifiedErrorId | Should -Be 'LeaseRecordInvalid,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        "$failed" | Should -BeLike "*$broken.json*"
        "$folder/$broken.json" | Should -Exist
        Get-CredentialLease $source -ErrorVariable shown -ErrorAction SilentlyContinue | Should -HaveCount 3
        $shown.TargetObject | Should -Be $broken
        Revoke-CredentialLease -CredentialSource $source -Uuid $broken -Confirm:$false -ErrorVariable refused -ErrorAction SilentlyContinue
        $refused.FullyQualifiedErrorId | Should -Be 'LeaseRecordInvalid,KubeInject.Cmdlets.Leases.RevokeCredentialLeaseCommand'
    }

    It 'skips and reports leases of another cluster, and leases of a folder that name no cluster' {
        $other, $nameless = [guid]::NewGuid(), [guid]::NewGuid()
        Set-LeaseRecord $folder @{ Uuid = $other; Source = 'local'; IsComplete = $true; Owner = @{ Kind = 'Pod'; Name = 'x' }; ServiceAccountName = 'default'; ClusterUid = 'another' }
        Set-LeaseRecord $folder @{ Uuid = $nameless; Source = 'local'; IsComplete = $true; Owner = @{ Kind = 'Pod'; Name = 'x' }; ServiceAccountName = 'default'; ClusterUid = '' }
        (Get-Content -Raw "$folder/$nameless.json") -replace '"ClusterUid"', '"Other"' | Set-Content "$folder/$nameless.json"
        (Get-Item "$folder/$nameless.json").LastWriteTimeUtc = [DateTime]::UtcNow.AddHours(-1)
        $summary = Sync-CredentialLease $source -WarningVariable warned -WarningAction SilentlyContinue
        $summary.Revoked, $summary.Kept, $summary.IsComplete | Should -Be 1, 3, $true
        $summary.Skipped.Reason | Should -Be OtherCluster, UnknownCluster
        "$warned" | Should -BeLike "*$other*another cluster*$nameless*Revoke-CredentialLease*"
        (Get-CredentialLease $source -Uuid $nameless).State | Should -Be Active
        Get-CredentialLease $source -Uuid $nameless | Revoke-CredentialLease -Confirm:$false
        "$folder/$nameless.json" | Should -Not -Exist
    }

    It 'ignores custom resources with -SkipCustomResource, and keeps leases that might belong to one' {
        $custom = [guid]::NewGuid()
        Add-Lease $folder rollout -Kind Rollout -Uuid $custom
        $summary = Sync-CredentialLease $source -SkipCustomResource -ErrorVariable failed -ErrorAction SilentlyContinue
        $summary.Revoked | Should -Be 1
        $failed.FullyQualifiedErrorId | Should -Be 'LeaseOwnersNotSeen,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        (Sync-CredentialLease $source).Revoked | Should -Be 1
    }

    It 'uses the current or a specified connection' {
        $connection = Get-KubeConnection
        $null = Connect-KubeCluster viewer
        try { (Sync-CredentialLease $source -Connection $connection).Failed | Should -Be 0 }
        finally { Disconnect-KubeCluster }
        try { { Sync-CredentialLease $source } | Should -Throw -ErrorId 'NotConnected,*' }
        finally { $null = Connect-KubeCluster admin }
    }

    It 'reports and counts failures, each with its lease' {
        1..20 | ForEach-Object { Add-Lease $TestDrive/sweep "p$_" -Source script }
        $failing = New-CredentialSource -ScriptBlock { } -RevokeScriptBlock { param($Lease) if ($Lease.Role -like '*1') { throw 'the safe is locked' } } -LeasePath $TestDrive/sweep
        $summary = Sync-CredentialLease $failing -ErrorVariable failed -ErrorAction SilentlyContinue
        $summary.Revoked | Should -Be 18
        $summary.Failed | Should -Be 2
        $failed.FullyQualifiedErrorId | Should -Be 'LeaseRevokeFailed,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand', 'LeaseRevokeFailed,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        $failed.TargetObject.Role | Sort-Object | Should -Be role-of-p1, role-of-p11
        "$failed" | Should -Match 'the safe is locked The next sweep tries again.'
        $summary | Out-String | Should -Match 'Failures +: Revoke '
        Get-Record $TestDrive/sweep | Should -HaveCount 2
    }

    It 'shows its progress' {
        1..40 | ForEach-Object { Add-Lease $TestDrive/many "p$_" -Source script }
        $running = Start-InRunspace {
            $null = Connect-KubeCluster admin

            # A short operation shows no progress.
            Sync-CredentialLease (New-CredentialSource -ScriptBlock { } -RevokeScriptBlock { Start-Sleep -Milliseconds 30 } -LeasePath $args[0])
        } "$TestDrive/many"
        try {
            $running.Next().Revoked | Should -Be 40
            $shown = @($running.Shell.Streams.Progress | Where-Object Activity -EQ "Managing leases of the source 'script'")
        }
        finally { $running.Dispose() }
        $counted = $shown | Where-Object StatusDescription -Match '^(\d+) of 40$'
        $counted | Should -Not -BeNullOrEmpty
        foreach ($record in $counted) {
            $done = [int]($record.StatusDescription -split ' ')[0]
            $record.PercentComplete | Should -Be ([Math]::Floor(100 * $done / 40))
            $record.SecondsRemaining -ge 0 | Should -Be ($done -lt 40)
        }
        $shown[-1].RecordType | Should -Be Completed
    }

    It 'is stopped by -TimeoutSec, and the next one continues' {
        1..20 | ForEach-Object { Add-Lease $TestDrive/slow "p$_" -Source script }
        $slow = New-CredentialSource -LeasePath $TestDrive/slow -ScriptBlock { } -RevokeScriptBlock { Start-Sleep -Milliseconds 300 }
        { Sync-CredentialLease $slow -ThrottleLimit 1 -TimeoutSec 1 } |
            Should -Throw 'The operation took longer than 1 s (-TimeoutSec) and was stopped. The next sweep continues from there.' -ErrorId 'LeaseSweepTimedOut,KubeInject.Cmdlets.Leases.SyncCredentialLeaseCommand'
        $left = @(Get-Record $TestDrive/slow).Count
        $left | Should -BeGreaterThan 10
        (Sync-CredentialLease (New-CredentialSource -LeasePath $TestDrive/slow -ScriptBlock { } -RevokeScriptBlock { })).Revoked | Should -Be $left
    }

    It 'stops with Ctrl+C, and keeps the records of unprocessed leases' {
        1..20 | ForEach-Object { Add-Lease $TestDrive/stopped "p$_" -Source script }
        $reached = [System.Threading.ManualResetEventSlim]::new()
        $running = Start-InRunspace {
            $folder, $reached = $args
            $null = Connect-KubeCluster admin
            $done = 0
            Sync-CredentialLease (New-CredentialSource -LeasePath $folder -ScriptBlock { } -RevokeScriptBlock { if (++$script:done -eq 6) { $reached.Set(); Start-Sleep 600 } }) -ThrottleLimit 1
        } "$TestDrive/stopped", $reached
        try {
            $reached.Wait(30000) | Should -BeTrue
            $time = [Diagnostics.Stopwatch]::StartNew()
            $running.Shell.Stop()
            $time.Elapsed.TotalSeconds | Should -BeLessThan 5
            $running.Shell.InvocationStateInfo.State | Should -Be Stopped
        }
        finally { $running.Dispose() }
        Get-Record $TestDrive/stopped | Should -HaveCount 15
        (Sync-CredentialLease (New-CredentialSource -LeasePath "$TestDrive/stopped" -ScriptBlock { } -RevokeScriptBlock { })).Revoked | Should -Be 15
    }
}

Describe 'A session with leases' {
    It 'shows no password' {
        $canary = "canary-$([guid]::NewGuid())"
        Set-Content -NoNewline -LiteralPath $TestDrive/canary -Value $canary
        New-Manifest | Set-Content $TestDrive/orders.yaml
        $reported = Invoke-InNewProcess {
            $module, $folder, $namespace = $args
            Import-Module $module
            $PSStyle.OutputRendering = 'PlainText'
            $VerbosePreference = $InformationPreference = 'Continue'
            $null = Start-Transcript $folder/transcript.txt
            $null = Connect-KubeCluster admin
            $password = Get-Content -Raw $folder/canary
            $source = New-CredentialSource -ScriptBlock { [pscredential]::new('u', (ConvertTo-SecureString -AsPlainText $password)) } -RevokeScriptBlock { } -LeasePath $folder/canary-leases
            & {
                Get-ChildItem $folder/*.yaml | Invoke-CredentialInjection -CredentialSource $source
                $leases = Get-CredentialLease $source -Verbose
                $leases | Format-List * -Force
                $leases | ConvertTo-Json -Depth 5
                $leases | Export-Clixml -Depth 5 $folder/leases.xml
                $leases | Update-CredentialLease -Verbose
                $leases | Revoke-CredentialLease -WhatIf
                Sync-CredentialLease $source -GracePeriod 0 -WhatIf
                Sync-CredentialLease $source -GracePeriod 0 -Verbose | Format-List * -Force
            } *>&1 | Out-Host
            $Error | Format-List * -Force | Out-Host
            $null = Stop-Transcript
        } "$TestDrive", $namespace 2>&1 | Out-String
        $reported | Should -Match 'Revoked +: 1'
        $reported.Contains($canary) | Should -BeFalse
        foreach ($file in 'transcript.txt', 'leases.xml') { (Get-Content -Raw $TestDrive/$file).Contains($canary) | Should -BeFalse }
    }
}

# The cmdlets in the table of features. Each row has an operation (Do) with its expected output (Is, Shows),
# the expected output with -WhatIf, and an operation that fails. $Fixture has the environment: Namespace, Folder, Server.
Set-StrictMode -Version Latest

$prelude = {
    param($Fixture)
    $orders = $Fixture.Manifest
    function New-Folder { (New-Item -ItemType Directory (Join-Path $Fixture.Folder ([guid]::NewGuid()))).FullName }
    function New-File([string] $Text = $orders) { $path = Join-Path (New-Folder) a.yaml; Set-Content $path $Text; $path }
    function New-Source { New-CredentialSource -Local -LeasePath (New-Folder) }

    # A record of an earlier session.
    function New-LeasedSource([int] $Count = 1) {
        $folder = New-Folder
        foreach ($number in 1..$Count) {
            $record = [ordered]@{
                Uuid = [guid]::NewGuid(); Source = 'local'; IsComplete = $true; Database = 'orders'; Role = 'orders-rw'; Mount = 'databases'
                Owner = @{ Kind = 'Pod'; Namespace = $Fixture.Namespace; Name = "gone-$number" }; ServiceAccountName = 'default'; Username = 'someuser'
                RecordedAt = [DateTimeOffset]::UtcNow.AddHours(-1); IsRenewable = $true; ExpiresAt = [DateTimeOffset]::UtcNow.AddHours(1)
                ClusterUid = $Fixture.ClusterUid
            }
            ConvertTo-Json $record -Depth 4 | Set-Content "$folder/$($record.Uuid).json"
            (Get-Item "$folder/$($record.Uuid).json").LastWriteTimeUtc = [DateTime]::UtcNow.AddHours(-1)
        }
        New-CredentialSource -Local -LeasePath $folder
    }
}

# Names are in uppercase if PowerShell ignores case, with an I if possible: in Turkish, I and i are different letters.
$rows = [ordered]@{
    'Connect-KubeCluster' = @{
        Do = { Connect-KubeCluster admin }; Is = { $_.Context }; Shows = 'admin'
        Fails = { Connect-KubeCluster -Server https://127.0.0.1:1 -TokenFile $Fixture.TokenFile }; Id = 'KubeConnectionUnreachable'
    }
    'Disconnect-KubeCluster' = @{
        Do = { $null = Connect-KubeCluster admin; Disconnect-KubeCluster; [pscustomobject]@{ IsLeft = $null -ne (Get-KubeConnection) } }; Is = { $_.IsLeft }; Shows = 'False'
    }
    'Export-PodInjectionReport' = @{
        Do = { $null = Connect-KubeCluster admin; Export-PodInjectionReport (Join-Path (New-Folder) report.html) -n $Fixture.Namespace -PassThru }; Is = { $_.Name }; Shows = 'report.html'
        Fails = { $null = Connect-KubeCluster admin; Export-PodInjectionReport (Join-Path $Fixture.Folder nothing report.html) -n $Fixture.Namespace }; Id = 'PathNotFound'
        WhatIf = { $null = Connect-KubeCluster admin; Export-PodInjectionReport (Join-Path (New-Folder) report.html) -n $Fixture.Namespace }
        Tells = 'Write a report about the pods in the namespace <namespace> of <server> \(admin\)" on target "<folder>/\S+/report.html"'
    }
    'Get-CredentialLease' = @{
        Do = { Get-CredentialLease (New-LeasedSource) -Pod GONE-* -WarningAction Ignore }; Is = { "$($_.Role) $($_.Username)" }; Shows = 'orders-rw someuser'
        Fails = { Get-CredentialLease (New-CredentialSource -Vault http://127.0.0.1:1 -Token (ConvertTo-SecureString -AsPlainText x)) -WarningAction Ignore }; Id = 'CredentialUnavailable'
    }
    'Get-CredentialSource' = @{
        Do = { $null = New-CredentialSource -Local -LeasePath (New-Folder) -Default; Get-CredentialSource }; Is = { $_.Name }; Shows = 'local'
    }
    'Get-KubeCertificateAuthority' = @{
        Do = { $null = Connect-KubeCluster admin; Get-KubeCertificateAuthority }; Is = { "$_" -match 'CN=' }; Shows = 'True'
        Fails = { Disconnect-KubeCluster; Get-KubeCertificateAuthority }; Id = 'NotConnected'
    }
    'Get-KubeConnection' = @{
        Do = { $null = Connect-KubeCluster admin; Get-KubeConnection }; Is = { $_.Context }; Shows = 'admin'
    }
    'Get-KubeContext' = @{
        Do = { Get-KubeContext VI* }; Is = { $_.Name }; Shows = 'viewer'
        Fails = { Get-KubeContext nothing }; Id = 'KubeContextNotFound'
    }
    'Get-KubeInjectStatus' = @{
        Do = { $null = Connect-KubeCluster admin; Get-KubeInjectStatus nothing-installed }; Is = { "$($_.Namespace) $($_.IsReady)" }; Shows = 'nothing-installed False'
        Fails = { Disconnect-KubeCluster; Get-KubeInjectStatus }; Id = 'NotConnected'
    }
    'Get-KubePod' = @{
        Do = { $null = Connect-KubeCluster admin; Get-KubePod INV* -n $Fixture.Namespace }; Is = { "$($_.Name) $($_.Status)" }; Shows = 'invoice Pending'
        Fails = { $null = Connect-KubeCluster admin; Get-KubePod nothing -n $Fixture.Namespace }; Id = 'KubeApiNotFound'
    }
    'Get-KubeSecret' = @{
        Do = { $null = Connect-KubeCluster admin; Get-KubeSecret INV* -n $Fixture.Namespace }; Is = { "$($_.Name) $($_.Type)" }; Shows = 'invoice kubernetes.io/basic-auth'
        Fails = { $null = Connect-KubeCluster viewer; Get-KubeSecret -n $Fixture.Namespace }; Id = 'KubeApiForbidden'
    }
    'Get-KubeServiceAccountToken' = @{
        Do = { $null = Connect-KubeCluster admin; Get-KubeServiceAccountToken teller -n $Fixture.Namespace }; Is = { $_.Subject -replace '.*:' }; Shows = 'teller'
        Fails = { $null = Connect-KubeCluster admin; Get-KubeServiceAccountToken nouser -n $Fixture.Namespace }; Id = 'KubeApiNotFound'
    }
    'Get-PodInjectionAnnotation' = @{
        Do = { $orders | Get-PodInjectionAnnotation }; Is = { "$($_.State)" }; Shows = 'Pending'
        Fails = { Get-PodInjectionAnnotation (Join-Path $Fixture.Folder nothing.yaml) }; Id = 'PathNotFound'
    }
    'Install-KubeInject' = @{
        Do = { $null = Connect-KubeCluster admin; Install-KubeInject kubeinject:1 -Namespace $Fixture.Namespace -InjectorLabel feature-table -FailurePolicy Ignore -Setting @{ KUBEINJECT_SOURCE = 'vault' } -NoWait | Select-Object -First 1 }
        Is = { "$($_.Object)".Split('/')[0] }; Shows = 'namespace'
        Fails = { $null = Connect-KubeCluster admin; Install-KubeInject kubeinject:1 -Namespace $Fixture.Namespace -InjectorLabel feature-table }; Id = 'InstallationRefused'
        WhatIf = { $null = Connect-KubeCluster admin; Install-KubeInject kubeinject:1 -Namespace $Fixture.Namespace -InjectorLabel feature-table -Setting @{ KUBEINJECT_SOURCE = 'vault' } }
        Tells = 'Apply namespace/<namespace> in <server> \(admin\)\.'
    }
    'Invoke-CredentialInjection' = @{
        Do = { $orders | Invoke-CredentialInjection -CredentialSource (New-Source) -WarningAction Ignore }; Is = { "$($_.Status)" }; Shows = 'Injected'
        Fails = { $orders | Invoke-CredentialInjection }; Id = 'CredentialSourceMissing'
        WhatIf = { Invoke-CredentialInjection (New-File), (New-File) -CredentialSource (New-Source) -AsManifest; $null = Connect-KubeCluster admin; Invoke-CredentialInjection -Workload deploy/invoice -n $Fixture.Namespace -CredentialSource (New-Source) }
        Tells = 'Inject credentials for orders \(role orders-rw\) as DBUSER, DBPASSWORD into app" on target "<folder>/\S+/a.yaml: pod/orders"', 'on target "<namespace>/deployment/invoice in <server> \(admin\)"', 'In total, 2 manifests and workloads would be changed\.'
    }
    'Invoke-CredentialRotation' = @{
        Do = { $null = Connect-KubeCluster admin; Invoke-CredentialRotation deployment/invoice -n $Fixture.Namespace -CredentialSource (New-Source) -WarningAction Ignore }; Is = { "$($_.Status)" }; Shows = 'NotInjected'
        Fails = { $null = Connect-KubeCluster admin; Invoke-CredentialRotation invoice -n $Fixture.Namespace -CredentialSource (New-Source) }; Id = 'WorkloadInvalid'
        WhatIf = { $null = Connect-KubeCluster admin; Invoke-CredentialRotation deployment/rotated -n $Fixture.Namespace -CredentialSource (New-Source) }
        Tells = 'Replace the credentials for orders .* on target "<namespace>/deployment/rotated in <server> \(admin\)"'
    }
    'New-CredentialSource' = @{
        Do = { New-Source }; Is = { $_.Name }; Shows = 'local'
        Fails = { New-CredentialSource -Vault https://vault -KubernetesAuthRole x -RoleId y }; Id = 'CredentialSourceInvalid'
    }
    'Remove-PodInjectionAnnotation' = @{
        Do = { $orders | Remove-PodInjectionAnnotation }; Is = { "$_" -match 'db-creds-injector' }; Shows = 'False'
        Fails = { Remove-PodInjectionAnnotation (Join-Path $Fixture.Folder nothing.yaml) }; Id = 'PathNotFound'
        WhatIf = { $file = New-File; Remove-PodInjectionAnnotation $file, $file }
        Tells = '<folder>/\S+/a.yaml: ', 'In total, 2 manifests and workloads would be changed\.'
    }
    'Remove-KubeSecret' = @{
        Do = { $null = Connect-KubeCluster admin; $name = "i-$([guid]::NewGuid())"; Set-KubeSecret $name @{ a = 'b' } -n $Fixture.Namespace; Remove-KubeSecret $name -n $Fixture.Namespace -Confirm:$false; [pscustomobject]@{ Left = @(Get-KubeSecret "$name*" -n $Fixture.Namespace).Count } }; Is = { $_.Left }; Shows = '0'
        Fails = { $null = Connect-KubeCluster admin; Remove-KubeSecret invoice -Key nothing -n $Fixture.Namespace -Confirm:$false }; Id = 'SecretNoKey'
        WhatIf = { $null = Connect-KubeCluster admin; Remove-KubeSecret invoice -n $Fixture.Namespace; Remove-KubeSecret invoice, invoice -Key username -n $Fixture.Namespace }
        Tells = 'on target "<namespace>/secret/invoice in <server> \(admin\)"', 'In total, 2 Secrets would be changed or removed\.'
    }
    'Repair-PodInjectionAnnotation' = @{
        Do = { $Fixture.Misspelled | Repair-PodInjectionAnnotation -Code ki002 }; Is = { [regex]::Match($_, 'orders\.rol\w*').Value }; Shows = 'orders.role'
        Fails = { Repair-PodInjectionAnnotation (Join-Path $Fixture.Folder nothing.yaml) }; Id = 'PathNotFound'
        WhatIf = { Repair-PodInjectionAnnotation (New-File $Fixture.Misspelled) }
        Tells = '<folder>/\S+/a.yaml: KI002 Rename '
    }
    'Revoke-CredentialLease' = @{
        Do = { $source = New-LeasedSource; Get-CredentialLease $source -WarningAction Ignore | Revoke-CredentialLease -Confirm:$false; [pscustomobject]@{ Left = @(Get-CredentialLease $source -WarningAction Ignore).Count } }; Is = { $_.Left }; Shows = '0'
        Fails = { Revoke-CredentialLease -CredentialSource (New-Source) -Uuid ([guid]::NewGuid()) }; Id = 'LeaseNotFound'
        WhatIf = { Get-CredentialLease (New-LeasedSource 3) -WarningAction Ignore | Revoke-CredentialLease }
        Tells = '\(orders-rw for <namespace>/pod/gone-1\), user someuser, of the source ''local''', 'In total, 3 leases would be revoked\.'
    }
    'Set-KubeSecret' = @{
        Do = { $null = Connect-KubeCluster admin; $name = "i-$([guid]::NewGuid())"; Set-KubeSecret $name @{ I = 1.5 } -n $Fixture.Namespace; [pscustomobject]@{ Value = (Get-KubeSecret $name -n $Fixture.Namespace -AsPlainText).Data['I'] } }; Is = { $_.Value }; Shows = '1.5'
        Fails = { $null = Connect-KubeCluster admin; Set-KubeSecret invoice -n $Fixture.Namespace }; Id = 'SecretNothingToSet'
        WhatIf = { $null = Connect-KubeCluster admin; Set-KubeSecret invoice @{ a = 'b' } -n $Fixture.Namespace }
        Tells = 'on target "<namespace>/secret/invoice in <server> \(admin\)"'
    }
    'Set-PodInjectionAnnotation' = @{
        Do = { $orders | Set-PodInjectionAnnotation -Database invoice -Role INVOICE -EnvUsername INVOICE_USER -EnvPassword INVOICE_PASSWORD }; Is = { [regex]::Match($_, 'invoice\.role"?: "?\w*').Value -replace '"' }; Shows = 'invoice.role: INVOICE'
        Fails = { $orders | Set-PodInjectionAnnotation }; Id = 'DatabaseOrDialect'
        WhatIf = { Set-PodInjectionAnnotation (New-File) -Database invoice -Role rw -EnvUsername USER2 -EnvPassword PASSWORD2; $null = Connect-KubeCluster admin; Set-PodInjectionAnnotation -Workload deployment/invoice -n $Fixture.Namespace -Database more -Role rw -EnvUsername USER2 -EnvPassword PASSWORD2 }
        Tells = '<folder>/\S+/a.yaml: ', '<namespace>/deployment/invoice in <server> \(admin\)'
    }
    'Sync-CredentialLease' = @{
        Do = { $null = Connect-KubeCluster admin; Sync-CredentialLease (New-LeasedSource) -WarningAction Ignore }; Is = { "$($_.Revoked) of $($_.Total)" }; Shows = '1 of 1'
        Fails = { $null = Connect-KubeCluster admin; Sync-CredentialLease (New-Source) -GracePeriod 300 }; Id = 'TimeTooShort'
        WhatIf = { $null = Connect-KubeCluster admin; Sync-CredentialLease (New-LeasedSource 2) }
        Tells = 'Revoke \(the owner no longer exists\): .* for <namespace>/pod/gone-1\)', 'Of 2 leases of the source ''local'', for pods in <server> \(admin\): 0 to renew, 2 to revoke, 0 to clean up, 0 to keep\.'
    }
    'Test-KubeConnection' = @{
        Do = { Test-KubeConnection admin }; Is = { "$($_.Reachable)" }; Shows = 'True'
        Fails = { Test-KubeConnection nothing }; Id = 'KubeConfiguration'
    }
    'Test-PodInjectionAnnotation' = @{
        Do = { $Fixture.Misspelled | Test-PodInjectionAnnotation -ExcludeCode ki*3 }; Is = { $_.Code }; Shows = 'KI002'
        Fails = { Disconnect-KubeCluster; Test-PodInjectionAnnotation -n $Fixture.Namespace }; Id = 'NotConnected'
    }
    'Uninstall-KubeInject' = @{
        Do = { $null = Connect-KubeCluster admin; Uninstall-KubeInject nothing-installed -Confirm:$false | Out-Null; [pscustomobject]@{ IsDone = $? } }; Is = { $_.IsDone }; Shows = 'True'
        Fails = { Disconnect-KubeCluster; Uninstall-KubeInject }; Id = 'NotConnected'
        WhatIf = { $null = Connect-KubeCluster admin; Uninstall-KubeInject $Fixture.Namespace }
        Tells = 'Uninstall KubeInject from the namespace <namespace> of <server> \(admin\)\.'
    }
    'Update-CredentialLease' = @{
        Do = { Get-CredentialLease (New-LeasedSource) -WarningAction Ignore | Update-CredentialLease }; Is = { "$($_.Username)" }; Shows = 'someuser'
        Fails = { Update-CredentialLease -CredentialSource (New-Source) -Uuid ([guid]::NewGuid()) }; Id = 'LeaseNotFound'
        WhatIf = { Get-CredentialLease (New-LeasedSource 2) -WarningAction Ignore | Update-CredentialLease }
        Tells = 'Renew" on target ".* for <namespace>/pod/gone-1\), user someuser, of the source ''local''', 'In total, 2 leases would be renewed\.'
    }
    'Watch-KubePod' = @{
        Do = { $null = Connect-KubeCluster admin; Watch-KubePod INV* -n $Fixture.Namespace -First 1 }; Is = { "$($_.Type)" }; Shows = 'Added'
        Fails = { $null = Connect-KubeCluster viewer; Watch-KubePod -n $Fixture.Namespace }; Id = 'KubeApiForbidden'
    }
}

function Get-FeatureRow { $rows }

# A script that runs a member of each row, and returns an object for each: Name, Output, Error (id, message, action).
# It is text, so that it can run in other processes.
function Get-FeatureScript([string] $Member, [scriptblock] $Setup = {}, [scriptblock] $Finish = { $_ }) {
    $steps = foreach ($name in $rows.Keys) { if ($rows[$name].ContainsKey($Member)) { "'$name' = { $($rows[$name][$Member]) }" } }
    @"
param(`$Fixture)
Set-StrictMode -Version Latest
`$ErrorActionPreference = 'Stop'
`$PSNativeCommandUseErrorActionPreference = `$true
. { $Setup }
Import-Module `$Fixture.Module
. { $prelude } `$Fixture
`$steps = [ordered]@{ $($steps -join "`n") }
foreach (`$name in `$steps.Keys) {
    `$result = [ordered]@{ Name = `$name; Output = `$null; Error = `$null }
    try { `$result.Output = @(& `$steps[`$name]) }
    catch { `$result.Error = [pscustomobject]@{ Id = `$_.FullyQualifiedErrorId; Message = "`$_"; Action = if (`$_.ErrorDetails) { `$_.ErrorDetails.RecommendedAction } } }
    [pscustomobject]`$result | ForEach-Object { $Finish }
}
"@
}

BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $job = Get-Requirement StartJob
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    function Add-Lease([string] $Folder, [int] $Count) {
        foreach ($number in 1..$Count) {
            $uuid = [guid]::NewGuid()
            Set-LeaseRecord $Folder @{
                Uuid = $uuid; Source = 'script'; IsComplete = $true; Database = 'orders'; Role = "role-$number"; Mount = 'databases'; Username = 'someuser'
                Owner = @{ Kind = 'Pod'; Namespace = 'default'; Name = "gone-$number" }; ServiceAccountName = 'default'; RecordedAt = [DateTimeOffset]::UtcNow.AddHours(-1)
            }
        }
    }

    # Waits until a runspace has shown progress, to test that progress appears while it works.
    function Wait-Progress($Running) { [System.Threading.SpinWait]::SpinUntil({ $Running.Shell.Streams.Progress.Count -gt 0 }, 30000) }
}

AfterAll { Disconnect-KubeCluster }

Describe 'Types of the module' {
    It 'can be used in catch in a script that was parsed before the import' {
        $script = New-Item "$TestDrive/catch.ps1" -Value @'
param($Module)
Import-Module $Module
$token = ConvertTo-SecureString -AsPlainText unused-token
try { Connect-KubeCluster nothing -KubeConfig /nonexistent } catch [KubeInject.ConfigurationException] { 'configuration' } catch { 'anything' }
try { Connect-KubeCluster -Server https://127.0.0.1:1 -Token $token } catch [KubeInject.Kubernetes.Errors.KubeConnectionException] { "connection: $($_.Exception.Reason)" }
$null = Connect-KubeCluster admin
try { Get-KubePod nothing -ErrorAction Stop } catch [kubeinject.kubernetes.errors.kubeapiexception] { "$($_.Exception.Reason) $($_.Exception.StatusCode)" }
'@
        Invoke-PowerShell -NoProfile -File $script (Get-ModulePath) | Should -Be configuration, 'connection: Unreachable', 'NotFound 404'
    }

    It 'can be used by their short names after using namespace, also with using module' {
        $script = New-Item "$TestDrive/using.ps1" -Value @"
using module $(Get-ModulePath)
using namespace KubeInject
using namespace KubeInject.Kubernetes.Errors
using namespace KubeInject.Leases
function Get-Reason([KubeConnectionFailure] `$Reason) { `$Reason }
try { Connect-KubeCluster nothing -KubeConfig /nonexistent } catch [ConfigurationException] { 'configuration' }
Get-Reason Timeout
[LeaseState]::Orphaned
[KubeApiReason]::NotFound
"@
        Invoke-PowerShell -NoProfile -File $script | Should -Be configuration, Timeout, Orphaned, NotFound
    }

    It 'are the same in every runspace, and after another import' {
        $connection = Connect-KubeCluster admin
        Import-Module (Get-ModulePath) -Force
        $connection | Should -BeOfType KubeInject.Kubernetes.Connection.KubeConnection
        $module = Get-ModulePath
        1..2 | ForEach-Object -Parallel { Import-Module $using:module; ($using:connection) -is [KubeInject.Kubernetes.Connection.KubeConnection] } | Should -Be $true, $true
    }
}

Describe 'A connection of another runspace' {
    It 'can be used in ForEach-Object -Parallel, with separate requests in each verbose stream' {
        $namespace = New-TestNamespace a, b, c
        $connection = Connect-KubeCluster admin
        $module = Get-ModulePath
        $reported = 'a', 'b', 'c' | ForEach-Object -Parallel {
            Import-Module $using:module
            [pscustomobject]@{ Name = $_; Reported = @(Get-KubePod $_ -n $using:namespace -Connection $using:connection -Verbose 4>&1).Where{ $_ -is [System.Management.Automation.VerboseRecord] }.Message }
        }
        $reported | Should -HaveCount 3
        foreach ($one in $reported) { $one.Reported | Should -Match "^GET /api/v1/namespaces/$namespace/pods/$($one.Name) 200 in \d+ ms$" }
    }
}

Describe 'Progress' {
    It 'is shown for long operations, with counts and the remaining time, and then removed' {
        Add-Lease $TestDrive/slow 12
        $running = Start-InRunspace {
            $null = Connect-KubeCluster admin
            # Simulates a slow database.
            $source = New-CredentialSource -LeasePath $args[0] -ScriptBlock { } -RevokeScriptBlock { Start-Sleep -Milliseconds 100 }
            (Sync-CredentialLease $source -ThrottleLimit 1).Revoked
        } "$TestDrive/slow"
        try {
            $running.Next() | Should -Be 12
            $shown = @($running.Shell.Streams.Progress | Where-Object Activity -EQ "Managing leases of the source 'script'")
        }
        finally { $running.Dispose() }
        $counted = $shown | Where-Object { $_.RecordType -eq 'Processing' -and $_.StatusDescription -match '^\d+ of 12$' }
        $counted | Should -Not -BeNullOrEmpty
        $counted.ForEach{ $_.PercentComplete } | Should -BeGreaterThan 0
        $counted.Where{ $_.PercentComplete -lt 100 }.ForEach{ $_.SecondsRemaining -ge 0 } | Should -Not -Contain $false
        $shown[-1].RecordType | Should -Be Completed
    }

    It 'is not shown for short operations' {
        Add-Lease $TestDrive/quick 1
        $running = Start-InRunspace {
            $null = Connect-KubeCluster admin
            $source = New-CredentialSource -LeasePath $args[0] -ScriptBlock { } -RevokeScriptBlock { }
            $time = [Diagnostics.Stopwatch]::StartNew()
            $null = Get-CredentialLease $source
            $null = Get-KubePod -n default
            $time.ElapsedMilliseconds
        } "$TestDrive/quick"
        try {
            $milliseconds = $running.Next()
            if ($milliseconds -lt 500) { $running.Shell.Streams.Progress | Should -BeNullOrEmpty }
        }
        finally { $running.Dispose() }
    }

    It 'is removed with Ctrl+C' {
        # A list whose second page never arrives.
        $server = Start-TestServer '{"gitVersion": "v1.34.1", "kind": "PodList", "metadata": {"continue": "more", "remainingItemCount": 7}, "items": [{"metadata": {"name": "a"}}]}' -SilentOn 'continue='
        $connection = Connect-KubeCluster -KubeConfig (New-Kubeconfig "$TestDrive/pages.config" "http://127.0.0.1:$($server.Port)")
        $running = Start-InRunspace { Get-KubePod -Connection $args[0] } $connection
        try {
            $running.Next().Name | Should -Be a
            Wait-Progress $running | Should -BeTrue
            $running.Shell.Stop()
            $shown = @($running.Shell.Streams.Progress)
        }
        finally {
            $running.Dispose()
            $server.Dispose()
        }
        $shown[0].StatusDescription | Should -Be '1 of 8'
        $shown[0].PercentComplete | Should -Be 12
        $shown[-1].RecordType | Should -Be Completed
        $shown[-1].Activity | Should -Be $shown[0].Activity
    }

    It 'is not counted if it is not displayed' {
        $server = Start-TestServer '{"gitVersion": "v1.34.1", "kind": "PodList", "metadata": {"continue": "more", "remainingItemCount": 7}, "items": [{"metadata": {"name": "a"}}]}' -SilentOn 'continue='
        $connection = Connect-KubeCluster -TimeoutSec 2 -KubeConfig (New-Kubeconfig "$TestDrive/silent.config" "http://127.0.0.1:$($server.Port)")
        $running = Start-InRunspace { $ProgressPreference = 'SilentlyContinue'; Get-KubePod -Connection $args[0] -ErrorAction SilentlyContinue; 'end' } $connection
        try {
            $running.Next().Name | Should -Be a
            $running.Next() | Should -Be end
            $running.Shell.Streams.Progress | Should -BeNullOrEmpty
        }
        finally {
            $running.Dispose()
            $server.Dispose()
        }
    }
}

Describe '-Verbose' {
    It 'reports the requests of credential sources' {
        $secret = 'canary-of-vault'
        $server = Start-TestServer '{"data": {"keys": []}}'
        try {
            $source = New-CredentialSource -Vault "http://127.0.0.1:$($server.Port)" -Token (ConvertTo-SecureString -AsPlainText $secret)
            $reported = Get-CredentialLease $source -Verbose -WarningAction Ignore -ErrorAction SilentlyContinue 4>&1 | Out-String
        }
        finally { $server.Dispose() }
        $reported | Should -Match "http://127.0.0.1:$($server.Port)/v1/\S+ 200 in \d+ ms"
        $reported | Should -Not -Match $secret
    }

    It 'reports nothing unless the parameter or the preference is set' {
        $namespace = New-TestNamespace a
        $null = Connect-KubeCluster admin
        Get-KubePod a -n $namespace 4>&1 | Should -HaveCount 1
        $VerbosePreference = 'Continue'
        Get-KubePod a -n $namespace 4>&1 | Should -HaveCount 2
        Get-KubePod a -n $namespace -Verbose:$false 4>&1 | Should -HaveCount 1
    }
}

Describe 'Objects from another session' @job {
    It 'can be read, and accepted by property name' {
        $namespace = New-TestNamespace (New-Manifest orders)
        $job = Start-Job { Import-Module $args[0]; $null = Connect-KubeCluster admin; Get-KubePod orders -n $args[1] } -ArgumentList (Get-ModulePath), $namespace
        $pod = $job | Receive-Job -Wait -AutoRemoveJob
        $pod.PSObject.TypeNames[0] | Should -Be Deserialized.KubeInject.Kubernetes.Objects.Pod
        "$($pod.Namespace) $($pod.Name) $($pod.Status)" | Should -Be "$namespace orders Pending"

        # Its name and namespace identify the object.
        $null = Connect-KubeCluster admin
        ($pod | Get-KubePod).Uid | Should -Be $pod.Uid
        ($pod | Get-KubeServiceAccountToken -ErrorAction SilentlyContinue -ErrorVariable failed) | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiNotFound,KubeInject.Cmdlets.Secrets.GetKubeServiceAccountTokenCommand' -Because 'no controller creates ServiceAccounts here'

        # The object no longer contains its document, and the error says so.
        $pod | Get-PodInjectionAnnotation -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed[0].FullyQualifiedErrorId | Should -Be 'InputNotAManifest,KubeInject.Cmdlets.Annotations.GetPodInjectionAnnotationCommand'
        $failed[0].ErrorDetails.RecommendedAction | Should -Match ConvertFrom-Json
    }
}

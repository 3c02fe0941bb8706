BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin

    function Get-Lease { Get-ChildItem $leases -Filter *.json | Get-Content -Raw | ConvertFrom-Json }
    function Get-Template { (kubectl get deployment orders -n $namespace -o json | Out-String | ConvertFrom-Json -AsHashtable).spec.template }
    function Get-Uuid { (Get-Template).metadata.annotations['db-creds-injector.numberly.io/uuid'] }

    # Simulates a controller that has processed all future generations, and whose pods are available.
    function Complete-Rollout { $null = kubectl patch deployment orders -n $namespace --subresource=status --type=merge -p '{"status":{"observedGeneration":99,"replicas":1,"readyReplicas":1,"updatedReplicas":1,"availableReplicas":1}}' }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Invoke-CredentialRotation' {
    BeforeEach {
        $leases = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName
        $source = New-CredentialSource -Local -LeasePath $leases
        $namespace = New-TestNamespace
        $null = New-Manifest orders -Kind Deployment | kubectl create -n $namespace -f -
        $null = Invoke-CredentialInjection -Workload deploy/orders -n $namespace -CredentialSource $source
        $old = Get-Lease
        $template = Get-Template | ConvertTo-Json -Depth 50
    }

    It 'replaces the credentials and revokes the old ones' {
        Complete-Rollout
        $result = Invoke-CredentialRotation deploy/orders -n $namespace -CredentialSource $source
        $result.Status | Should -Be Rotated
        "$($result.Revoked)" | Should -Be $old.Uuid
        $result.NotRevoked | Should -BeNullOrEmpty
        $new = Get-Lease
        $new.Uuid | Should -Not -Be $old.Uuid
        Get-Uuid | Should -Be $new.Uuid
        Get-EnvironmentValue (Get-Template) DBUSER | Should -Be $new.Username
        $result | Out-String -Width 200 | Should -Match "Rotated +$namespace/deployment/orders +1 +0 +orders +DBUSER, DBPASSWORD +app"
    }

    It 'accepts workloads from the pipeline' {
        Complete-Rollout
        ('deploy/orders', 'deployment/orders' | Invoke-CredentialRotation -Namespace $namespace -CredentialSource $source).Status | Should -Be Rotated, Rotated
    }

    It 'changes the delivery with -Delivery' {
        Complete-Rollout
        $null = Invoke-CredentialRotation deploy/orders -n $namespace -Delivery Secret -CredentialSource $source
        (Get-Template).spec.containers[0].env.valueFrom.secretKeyRef.key | Should -Be orders.username, orders.password
        $null = Invoke-CredentialRotation deploy/orders -n $namespace -CredentialSource $source
        $names = (Get-Template).spec.containers[0].env.valueFrom.secretKeyRef.name | Select-Object -Unique
        kubectl get secrets -n $namespace -o name | Should -Be "secret/$names"
    }

    It 'restores the old credentials if the pods are not ready in time' {
        $result = Invoke-CredentialRotation deploy/orders -n $namespace -TimeoutSec 1 -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be RolledBack
        $failed[0].FullyQualifiedErrorId | Should -Be 'RotationFailed,KubeInject.Cmdlets.Injection.InvokeCredentialRotationCommand'
        $failed[0].TargetObject | Should -Be $result
        Get-Template | ConvertTo-Json -Depth 50 | Should -BeExactly $template
        (Get-Lease).Uuid | Should -Be $old.Uuid
    }

    It 'restores the old credentials with Ctrl+C' {
        $running = Start-InRunspace { Invoke-CredentialRotation deploy/orders -n $args[1] -CredentialSource $args[2] -Connection $args[0] } (Get-KubeConnection), $namespace, $source
        try {
            $null = kubectl wait deployment/orders -n $namespace --for=jsonpath='{.metadata.generation}'=3 --timeout=60s
            $running.Shell.Stop()
            $running.Shell.InvocationStateInfo.State | Should -Be Stopped
            Get-Template | ConvertTo-Json -Depth 50 | Should -BeExactly $template
            (Get-Lease).Uuid | Should -Be $old.Uuid
        }
        finally { $running.Dispose() }
    }

    It 'reports the planned actions with -WhatIf' {
        $shown = Invoke-InNewProcess {
            Import-Module $args[0]
            $null = Connect-KubeCluster admin
            (Invoke-CredentialRotation deploy/orders -n $args[1] -CredentialSource (New-CredentialSource -Local -LeasePath $args[2]) -WhatIf -WarningAction Ignore).Status
        } $namespace, $leases
        $shown | Should -Be "What if: Performing the operation `"Replace the credentials for orders (role orders-rw) as DBUSER, DBPASSWORD in app, wait for the rollout, and revoke the old ones`" on target `"$namespace/deployment/orders in $(Get-ClusterText server)/ (admin)`".", 'Planned'
        Get-Template | ConvertTo-Json -Depth 50 | Should -BeExactly $template
        (Get-Lease).Uuid | Should -Be $old.Uuid
    }

    It 'reports that there are no credentials to replace' {
        $null = New-Manifest web -Kind Deployment | kubectl create -n $namespace -f -
        (Invoke-CredentialRotation deploy/web -n $namespace -CredentialSource $source -WarningVariable warned).Status | Should -Be NotInjected
        "$warned" | Should -Match 'Invoke-CredentialInjection first'
    }

    It 'reports an invalid request: <Id>' -ForEach @(
        @{ Workload = 'deploy/none'; Id = 'KubeApiNotFound' }
        @{ Workload = 'orders'; Id = 'WorkloadInvalid' }
        @{ Workload = 'pod/orders'; Id = 'RotationFailed' }
    ) {
        $null = Invoke-CredentialRotation $Workload -n $namespace -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be "$Id,KubeInject.Cmdlets.Injection.InvokeCredentialRotationCommand"
    }

    It 'requires a credential source' {
        { Invoke-CredentialRotation deploy/orders -n $namespace } | Should -Throw -ErrorId 'CredentialSourceMissing,*'
    }
}

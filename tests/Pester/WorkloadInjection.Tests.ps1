BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin

    # Every test has a separate namespace, folder for its files, and leases.
    function New-TestFolder { (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName }
    function Get-Lease { if (Test-Path $folder/leases) { Get-ChildItem $folder/leases -Filter *.json | Get-Content -Raw | ConvertFrom-Json } }
    function Get-Deployment([string] $Name = 'orders') { kubectl get deployment $Name -n $namespace -o json | Out-String | ConvertFrom-Json -AsHashtable }
    function Get-SecretName { kubectl get secrets -n $namespace -o name }
    function New-Deployment([string] $Name = 'orders') { $null = New-Manifest $Name -Kind Deployment | kubectl create -n $namespace -f - }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Invoke-CredentialInjection -Workload' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
        $namespace = New-TestNamespace
    }

    It 'injects <_>' -ForEach 'deployment/orders', 'deploy/orders', 'Deployments.apps/orders' {
        New-Deployment
        $result = Invoke-CredentialInjection -Workload $_ -n $namespace -CredentialSource $source
        "$($result.Object)" | Should -Be "$namespace/deployment/orders"
        $result.Status | Should -Be Injected
        $result.Databases.Variables | Should -Be DBUSER, DBPASSWORD
        $result.Location | Should -BeNullOrEmpty
        $template = (Get-Deployment).spec.template
        Get-EnvironmentValue $template DBUSER | Should -Be (Get-Lease).Username
        $template.metadata.annotations['db-creds-injector.numberly.io/uuid'] | Should -Be (Get-Lease).Uuid
        $result | Out-String -Width 200 | Should -Match "Injected +$namespace/deployment/orders +orders +DBUSER, DBPASSWORD +app"
    }

    It 'injects several workloads, and continues after one that fails' {
        New-Deployment orders
        New-Deployment web
        $results = Invoke-CredentialInjection -Workload deploy/orders, deploy/none, deploy/web -Namespace $namespace -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $results.Object.Name | Should -Be orders, web
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiNotFound,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        "$($failed[0].TargetObject)" | Should -Be "$namespace/deployment/none"
    }

    It 'changes a workload that Flux manages only with -Force' {
        New-Deployment
        $null = kubectl label deployment orders -n $namespace kustomize.toolkit.fluxcd.io/name=apps
        $parameters = @{ Workload = 'deploy/orders'; Namespace = $namespace; CredentialSource = $source }
        (Invoke-CredentialInjection @parameters -WhatIf -ErrorAction SilentlyContinue -ErrorVariable failed).Status | Should -Be Failed
        "$failed" | Should -BeLike "$namespace/deployment/orders: Flux (Kustomization apps) manages it*-Force*"
        (Invoke-CredentialInjection @parameters -ErrorAction Ignore).Status | Should -Be Failed
        Get-Lease | Should -BeNullOrEmpty
        (Invoke-CredentialInjection @parameters -Force).Status | Should -Be Injected
    }

    It 'changes nothing the second time' {
        New-Deployment
        $null = Invoke-CredentialInjection -Workload deploy/orders -n $namespace -CredentialSource $source
        (Invoke-CredentialInjection -Workload deploy/orders -n $namespace -CredentialSource $source).Status | Should -Be AlreadyInjected
        Get-Lease | Should -HaveCount 1
    }

    It 'changes, issues and records nothing with -WhatIf, and names the variables' {
        New-Deployment
        $before = kubectl get deployment orders -n $namespace -o json
        $shown = Invoke-InNewProcess {
            Import-Module $args[0]
            $null = Connect-KubeCluster admin
            (Invoke-CredentialInjection -Workload deploy/orders -n $args[1] -Delivery Secret -CredentialSource (New-CredentialSource -Local -LeasePath $args[2]) -WhatIf -WarningAction Ignore).Status
        } $namespace, "$folder/leases"
        $shown | Should -Be "What if: Performing the operation `"Inject credentials for orders (role orders-rw) as DBUSER, DBPASSWORD into app`" on target `"$namespace/deployment/orders in $(Get-ClusterText server)/ (admin)`".", 'Planned'
        kubectl get deployment orders -n $namespace -o json | Should -Be $before
        Get-Lease | Should -BeNullOrEmpty
        Get-SecretName | Should -BeNullOrEmpty
    }

    It 'writes no password to the workload with -Delivery Secret' {
        New-Deployment
        $null = Invoke-CredentialInjection -Workload deploy/orders -n $namespace -Delivery Secret -CredentialSource $source
        $variables = (Get-Deployment).spec.template.spec.containers[0].env
        $variables.valueFrom.secretKeyRef.key | Should -Be orders.username, orders.password
        Get-SecretName | Should -Be "secret/$($variables[0].valueFrom.secretKeyRef.name)"
        (Get-Lease).Secret.Name | Should -Be $variables[0].valueFrom.secretKeyRef.name
    }

    It 'rejects an invalid workload: <_>' -ForEach 'orders', 'replicaset/orders' {
        Invoke-CredentialInjection -Workload $_ -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'WorkloadInvalid,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].CategoryInfo.Category | Should -Be InvalidArgument
    }

    It 'rejects output parameters for manifests' {
        { Invoke-CredentialInjection -Workload deploy/orders -AsManifest -CredentialSource $source } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }

    It 'needs a connection' {
        Invoke-InNewProcess {
            Import-Module $args[0]
            try { Invoke-CredentialInjection -Workload deploy/orders -CredentialSource (New-CredentialSource -Local -LeasePath $args[1]) } catch { $_.FullyQualifiedErrorId }
        } "$folder/leases" | Should -Be 'NotConnected,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
    }
}

Describe 'Invoke-CredentialInjection -Workload -Wait' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
        $namespace = New-TestNamespace
        New-Deployment
    }

    It 'ends when the pods are available' {
        # Simulates a controller that has processed all future generations.
        $null = kubectl patch deployment orders -n $namespace --subresource=status --type=merge -p '{"status":{"observedGeneration":9,"replicas":1,"readyReplicas":1,"updatedReplicas":1,"availableReplicas":1}}'
        (Invoke-CredentialInjection -Workload deploy/orders -n $namespace -Wait -CredentialSource $source).Status | Should -Be Injected
    }

    It 'shows its progress' {
        $running = Start-InRunspace {
            Invoke-CredentialInjection -Workload deploy/orders -n $args[1] -Wait -CredentialSource $args[2] -Connection $args[0]
            'rolled out'
        } (Get-KubeConnection), $namespace, $source
        try {
            $running.Next().Status | Should -Be Injected
            foreach ($updated in 0, 1) {
                # Operations of less than half a second show no progress.
                if ($updated) { [System.Threading.SpinWait]::SpinUntil({ $running.Shell.Streams.Progress.Count -gt 0 }, 30000) | Should -BeTrue }
                $null = kubectl patch deployment orders -n $namespace --subresource=status --type=merge -p "{`"status`":{`"observedGeneration`":9,`"replicas`":1,`"readyReplicas`":1,`"updatedReplicas`":$updated,`"availableReplicas`":1}}"
            }
            $running.Next() | Should -Be 'rolled out'
            $progress = $running.Shell.Streams.Progress | Where-Object Activity -EQ "Rolling out $namespace/deployment/orders"
            $progress[-1].RecordType | Should -Be Completed
            $progress[0].CurrentOperation | Should -Match '^0 updated, \d available, of 1$'
        }
        finally { $running.Dispose() }
    }

    It 'keeps the credentials after a timeout, and reports it' {
        $result = Invoke-CredentialInjection -Workload deploy/orders -n $namespace -Wait -TimeoutSec 1 -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Injected
        $failed[0].FullyQualifiedErrorId | Should -Be 'RolloutTimedOut,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].CategoryInfo.Category | Should -Be OperationTimeout
        Get-Lease | Should -HaveCount 1
    }

    It 'does not start a rollout that cannot succeed' {
        kubectl rollout pause deployment orders -n $namespace
        $result = Invoke-CredentialInjection -Workload deploy/orders -n $namespace -Wait -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Failed
        $failed[0].Exception.Message | Should -Match 'paused'
        Get-Lease | Should -BeNullOrEmpty
    }

    It 'ends with Ctrl+C, and the workload keeps its credentials' {
        $running = Start-InRunspace { Invoke-CredentialInjection -Workload deploy/orders -n $args[1] -Wait -CredentialSource $args[2] -Connection $args[0] } (Get-KubeConnection), $namespace, $source
        try {
            $running.Next().Status | Should -Be Injected
            $time = [Diagnostics.Stopwatch]::StartNew()
            $running.Shell.Stop()
            $time.Elapsed.TotalMilliseconds | Should -BeLessThan 1000
            (Get-Deployment).spec.template.metadata.annotations['db-creds-injector.numberly.io/uuid'] | Should -Be (Get-Lease).Uuid
        }
        finally { $running.Dispose() }
    }
}

Describe 'Invoke-CredentialInjection -Workload -Recreate' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
        $namespace = New-TestNamespace (New-Manifest orders)
        $before = Get-TestPod orders $namespace
    }

    It 'is required for a pod' {
        $result = Invoke-CredentialInjection -Workload pod/orders -n $namespace -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'InjectionFailed,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].Exception.Message | Should -Match '-Recreate'
        (Get-TestPod orders $namespace).metadata.uid | Should -Be $before.metadata.uid
    }

    It 'deletes the pod and creates it again with -Force' {
        (Invoke-CredentialInjection -Workload po/orders -n $namespace -Recreate -Force -CredentialSource $source).Status | Should -Be Injected
        $after = Get-TestPod orders $namespace
        $after.metadata.uid | Should -Not -Be $before.metadata.uid
        Get-EnvironmentValue $after DBUSER | Should -Be (Get-Lease).Username
    }

    It 'does nothing if confirmation is impossible' {
        $shown = Invoke-InNewProcess {
            Import-Module $args[0]
            $null = Connect-KubeCluster admin
            try { Invoke-CredentialInjection -Workload po/orders -n $args[1] -Recreate -Confirm:$false -CredentialSource (New-CredentialSource -Local -LeasePath $args[2]) }
            catch { 'not done' }
        } $namespace, "$folder/leases"
        $shown | Should -Contain 'not done'
        (Get-TestPod orders $namespace).metadata.uid | Should -Be $before.metadata.uid
        Get-Lease | Should -BeNullOrEmpty
    }

    It 'reports the planned actions with -WhatIf' {
        (Invoke-CredentialInjection -Workload po/orders -n $namespace -Recreate -Force -CredentialSource $source -WhatIf).Status | Should -Be Planned
        (Get-TestPod orders $namespace).metadata.uid | Should -Be $before.metadata.uid
        Get-Lease | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-CredentialInjection -Delivery Secret with manifests' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
        $namespace = New-TestNamespace
    }

    It 'creates the Secret in the cluster, and the manifest refers to it' {
        $manifest = New-Manifest orders -Kind Deployment -Namespace $namespace | Invoke-CredentialInjection -Delivery Secret -CredentialSource $source -AsManifest
        $secret = (Get-SecretName) -replace '^secret/'
        $manifest | Should -Match "name: $secret"
        $manifest | Should -Not -Match 'kind: "?Secret'
        $null = $manifest | kubectl apply -f -
        (Get-KubeSecret $secret -n $namespace -AsPlainText).Data['orders.username'] | Should -Be (Get-Lease).Username
    }

    It 'writes the Secret before the manifest with -SecretAsManifest, as <Form>' -ForEach @{ Form = 'YAML'; Json = $false }, @{ Form = 'JSON'; Json = $true } {
        $manifest = New-Manifest orders -Kind Deployment -AsJson:$Json | Invoke-CredentialInjection -Delivery Secret -SecretAsManifest -CredentialSource $source -AsManifest
        Get-SecretName | Should -BeNullOrEmpty
        $manifest | kubectl apply -n $namespace -f - | Should -Be "$((Get-Lease).Secret.Name | ForEach-Object { "secret/$_ created" })", 'deployment.apps/orders created'
        (Get-Deployment).spec.template.spec.containers[0].env.valueFrom.secretKeyRef.name | Should -Be (Get-Lease).Secret.Name, (Get-Lease).Secret.Name
    }

    It 'requires a cluster unless the Secret is written as a manifest' {
        $result = Invoke-InNewProcess {
            Import-Module $args[0]
            $manifest = Get-Content -Raw $args[1]
            $source = New-CredentialSource -Local -LeasePath $args[2]
            try { $manifest | Invoke-CredentialInjection -Delivery Secret -CredentialSource $source } catch { $_.FullyQualifiedErrorId }
            ($manifest | Invoke-CredentialInjection -Delivery Secret -SecretAsManifest -CredentialSource $source -WarningAction Ignore).Status
        } (New-Item -Path $folder/a.yaml -Value (New-Manifest)), "$folder/leases"
        $result | Should -Be 'NotConnected,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand', 'Injected'
    }

    It 'creates and records nothing with -WhatIf' {
        (New-Manifest orders -Namespace $namespace | Invoke-CredentialInjection -Delivery Secret -CredentialSource $source -WhatIf).Status | Should -Be Planned
        Get-SecretName | Should -BeNullOrEmpty
        Get-Lease | Should -BeNullOrEmpty
    }

    It 'shows no password' {
        $text = & { New-Manifest orders -Namespace $namespace | Invoke-CredentialInjection -Delivery Secret -CredentialSource $source -Verbose 4>&1 } | Format-List | Out-String
        $password = (Get-KubeSecret -n $namespace -AsPlainText).Data['orders.password']
        $password | Should -Match '^\w{24}$'
        $text | Should -Not -Match $password
    }
}

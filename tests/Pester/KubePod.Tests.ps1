BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Get-KubePod' {
    It 'gets a pod by name' {
        $namespace = New-TestNamespace orders, web
        $pod = Get-KubePod orders -Namespace $namespace
        $pod.Name | Should -Be orders
        $pod.Namespace | Should -Be $namespace
        $pod.Labels['app'] | Should -Be orders
        $pod.Containers.Name | Should -Be app
    }

    It 'gets every pod of the namespace without a name' {
        $namespace = New-TestNamespace orders, web
        (Get-KubePod -Namespace $namespace).Name | Should -Be orders, web
    }

    It 'gets nothing from an empty namespace' {
        Get-KubePod -Namespace (New-TestNamespace) | Should -BeNullOrEmpty
    }

    It 'finds pods by wildcard <Pattern>' -ForEach @(
        @{ Pattern = 'orders-*'; Found = 'orders-1', 'orders-2' }
        @{ Pattern = 'ORDERS-?'; Found = 'orders-1', 'orders-2' }
        @{ Pattern = 'orders-[2-9]'; Found = 'orders-2' }
        @{ Pattern = 'nothing-*'; Found = @() }
    ) {
        $namespace = New-TestNamespace orders-1, orders-2, web
        @(Get-KubePod $Pattern -Namespace $namespace).ForEach('Name') | Should -Be $Found
    }

    It 'returns a pod that matches several wildcards once' {
        $namespace = New-TestNamespace orders, web
        (Get-KubePod o*, *s -Namespace $namespace).Name | Should -Be orders
    }

    It 'accepts names and wildcards together' {
        $namespace = New-TestNamespace orders-1, orders-2, web
        (Get-KubePod web, orders-* -Namespace $namespace).Name | Should -Be web, orders-1, orders-2
    }

    It 'accepts names from the pipeline' {
        $namespace = New-TestNamespace orders, web
        ('web', 'ord*' | Get-KubePod -Namespace $namespace).Name | Should -Be web, orders
    }

    It 'accepts names and namespaces by property name' {
        $namespaces = (New-TestNamespace orders), (New-TestNamespace web)
        $pods = [pscustomobject]@{ Name = 'orders'; Namespace = $namespaces[0] }, [pscustomobject]@{ Name = 'web'; Namespace = $namespaces[1] } | Get-KubePod
        $pods.Name | Should -Be orders, web
        $pods.Namespace | Should -Be $namespaces
    }

    It 'reads pods again' {
        $namespace = New-TestNamespace orders, web
        $before = Get-KubePod -Namespace $namespace
        $null = kubectl label pod orders new=label --namespace $namespace
        ($before | Get-KubePod).ForEach{ $_.Labels.ContainsKey('new') } | Should -Be $true, $false
    }

    It 'uses the namespace of the connection by default' {
        $namespace = New-TestNamespace orders
        $config = New-Kubeconfig "$TestDrive/namespace.config" (Get-ClusterText server) (Get-ClusterText admin.token) $namespace
        (Get-KubePod -Connection (Connect-KubeCluster -KubeConfig $config)).Namespace | Should -Be $namespace
        $null = Connect-KubeCluster admin
    }

    It 'reads all namespaces' {
        $namespaces = (New-TestNamespace orders), (New-TestNamespace orders, web)
        (Get-KubePod -AllNamespaces).Namespace | Where-Object { $_ -in $namespaces } | Should -HaveCount 3
        (Get-KubePod orders -A).Namespace | Where-Object { $_ -in $namespaces } | Should -HaveCount 2
        (Get-KubePod w* -A).Namespace | Should -Contain $namespaces[1]
    }

    It 'reads only the namespace in a name, also with -AllNamespaces' {
        $namespace = New-TestNamespace orders, web
        $null = New-TestNamespace orders
        (Get-KubePod $namespace/pod/orders -AllNamespaces).Namespace | Should -Be $namespace
        (Get-KubePod $namespace/pod/o* -AllNamespaces).Namespace | Should -Be $namespace
    }

    It 'rejects a name that would address another endpoint' {
        $namespace = New-TestNamespace orders
        { Get-KubePod orders/log -Namespace $namespace -ErrorAction Stop } | Should -Throw -ErrorId 'NameInvalid,*'
        { Get-KubePod deployment/orders -Namespace $namespace -ErrorAction Stop } | Should -Throw -ErrorId 'NameInvalid,*'
    }

    It 'filters by label' {
        $namespace = New-TestNamespace orders, web
        (Get-KubePod -n $namespace -LabelSelector 'app in (web,api)').Name | Should -Be web
        (Get-KubePod -n $namespace -l app=orders).Name | Should -Be orders
    }

    It 'filters by field' {
        $namespace = New-TestNamespace orders, web
        (Get-KubePod -n $namespace -FieldSelector 'status.phase=Pending,metadata.name!=web').Name | Should -Be orders
    }

    It 'filters the named pods' {
        $namespace = New-TestNamespace orders, web
        (Get-KubePod orders, web -n $namespace -l app=orders).Name | Should -Be orders
        (Get-KubePod o*, w* -n $namespace -FieldSelector metadata.name!=web).Name | Should -Be orders
        Get-KubePod web -n $namespace -FieldSelector metadata.name!=web | Should -BeNullOrEmpty
    }

    It 'shows the columns of kubectl' {
        $namespace = New-TestNamespace orders
        $shown = Get-KubePod -n $namespace | Out-String -Width 200
        $columns = { param($text) ($text.Trim() -split '\r?\n' | Where-Object { $_ -notmatch '^-' }).ForEach{ ($_ -split '\s+')[0..3] -join ' ' } }
        & $columns ($shown -replace $namespace -replace 'NAMESPACE ') | Should -Be 'NAME READY STATUS RESTARTS', ' orders 0/1 Pending'
        $shown | Should -Match "NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE"
        $shown | Should -Match "$namespace +orders +0/1 +Pending +0 +\d+m?s"
    }

    It 'keeps the document unchanged' {
        $namespace = New-TestNamespace orders
        $expected = kubectl get --raw "/api/v1/namespaces/$namespace/pods/orders"
        (Get-KubePod orders -n $namespace).ToJson().Trim() | Should -BeExactly $expected
    }

    It 'reports each request with -Verbose' {
        $namespace = New-TestNamespace orders
        $messages = Get-KubePod orders -n $namespace -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$messages" | Should -Match "^GET /api/v1/namespaces/$namespace/pods/orders 200 in \d+ ms$"
    }

    It 'stops when the pipeline stops' {
        $namespace = New-TestNamespace orders, web
        (Get-KubePod -n $namespace -Verbose 4>$null | Select-Object -First 1).Name | Should -Be orders
    }
}

Describe 'The errors of Get-KubePod' {
    It 'reports a missing pod, and gets the others' {
        $namespace = New-TestNamespace orders, web
        $pods = Get-KubePod orders, missing, web -n $namespace -ErrorAction SilentlyContinue -ErrorVariable failed
        $pods.Name | Should -Be orders, web
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiNotFound,KubeInject.Cmdlets.Pods.GetKubePodCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed[0].TargetObject | Should -Be missing
        $failed[0].Exception.Message | Should -Match '"missing" not found'
    }

    It 'reports a missing permission' {
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        $namespace = New-TestNamespace
        Get-KubePod -n $namespace -Connection $viewer -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiForbidden,KubeInject.Cmdlets.Pods.GetKubePodCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
        $failed[0].TargetObject | Should -Be $namespace
        $failed[0].Exception.Message | Should -Match 'kubeinject-viewer'
    }

    It 'reports an invalid selector' {
        Get-KubePod -l 'app in' -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiBadRequest,KubeInject.Cmdlets.Pods.GetKubePodCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'reports that the server is unreachable' {
        $listener = Start-TestServer '{"gitVersion": "v1.34.1"}'
        $config = New-Kubeconfig "$TestDrive/gone.config" "http://127.0.0.1:$($listener.Port)"
        $connection = Connect-KubeCluster -KubeConfig $config
        $null = Connect-KubeCluster admin
        $listener.Dispose()
        Get-KubePod orders, web -Connection $connection -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed | Should -HaveCount 2
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeConnectionUnreachable,KubeInject.Cmdlets.Pods.GetKubePodCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'ConnectionError'
        $failed[0].TargetObject | Should -Be orders
    }

    It 'rejects an empty name' {
        { Get-KubePod '' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'rejects a namespace together with -AllNamespaces' {
        { Get-KubePod -n default -A } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}

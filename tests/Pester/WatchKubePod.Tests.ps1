BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $connection = Connect-KubeCluster admin
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Watch-KubePod' {
    It 'starts with the existing pods' {
        $events = Watch-KubePod -Namespace (New-TestNamespace orders, web) -First 2
        $events.Type | Should -Be Added, Added
        $events.Pod.Name | Should -Be orders, web
    }

    It 'reports added, modified and deleted pods' {
        $namespace = New-TestNamespace orders
        $watch = Start-InRunspace { Watch-KubePod -n $args[1] -Connection $args[0] } $connection, $namespace
        try {
            $watch.Next().Type | Should -Be Added
            $null = kubectl label pod orders new=label --namespace $namespace
            $modified = $watch.Next()
            $modified.Type, $modified.Pod.Labels['new'] | Should -Be Modified, label
            $null = New-Manifest web | kubectl create --namespace $namespace --validate=false --filename -
            $added = $watch.Next()
            $added.Type, $added.Pod.Name | Should -Be Added, web
            $null = kubectl delete pod orders --namespace $namespace
            do { $last = $watch.Next() } while ($last.Type -eq 'Modified') # which says that it is about to end
            $last.Type, $last.Pod.Name | Should -Be Deleted, orders
        }
        finally { $watch.Dispose() }
    }

    It 'filters by <Name>' -ForEach @(
        @{ Name = 'name'; Parameter = @{ Name = 'web' } }
        @{ Name = 'wildcard'; Parameter = @{ Name = 'nothing', 'W*' } }
        @{ Name = 'label'; Parameter = @{ LabelSelector = 'app=web' } }
        @{ Name = 'field'; Parameter = @{ FieldSelector = 'metadata.name!=orders' } }
    ) {
        (Watch-KubePod -n (New-TestNamespace orders, web) -First 1 @Parameter).Pod.Name | Should -Be web
    }

    It 'watches all namespaces' {
        $namespaces = (New-TestNamespace watched), (New-TestNamespace watched)
        (Watch-KubePod watched -AllNamespaces -First 2).Pod.Namespace | Sort-Object | Should -Be ($namespaces | Sort-Object)
    }

    It 'ends after -TimeoutSec, without an error' {
        $events = Watch-KubePod -n (New-TestNamespace orders) -TimeoutSec 1 -ErrorVariable failed
        $events.Pod.Name | Should -Be orders
        $failed | Should -BeNullOrEmpty
    }

    It 'ends when the pipeline stops' {
        (Watch-KubePod -n (New-TestNamespace orders, web) | Select-Object -First 1).Pod.Name | Should -Be orders
    }

    It 'shows the columns of kubectl after the event' {
        $namespace = New-TestNamespace orders
        $shown = Watch-KubePod -n $namespace -First 1 | Out-String -Width 200
        $shown | Should -Match 'EVENT +NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE'
        $shown | Should -Match "ADDED +$namespace +orders +0/1 +Pending +0 +\d+m?s"
    }

    It 'reports a missing permission' {
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        $failure = { Watch-KubePod -n default -Connection $viewer } | Should -Throw -PassThru -ErrorId 'KubeApiForbidden,KubeInject.Cmdlets.Pods.WatchKubePodCommand'
        $failure.CategoryInfo.Category | Should -Be 'PermissionDenied'
        $failure.TargetObject | Should -Be default
    }

    It 'rejects a count and a time below 1' {
        { Watch-KubePod -First 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { Watch-KubePod -TimeoutSec 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
    $namespace = New-TestNamespace
    # A label that no other test uses, because the webhook acts in the whole cluster.
    $common = @{ Namespace = $namespace; InjectorLabel = 'installation-tests'; FailurePolicy = 'Ignore' }
    $source = @{ Setting = @{ KUBEINJECT_SOURCE = 'vault' } }
}

AfterAll {
    $null = Uninstall-KubeInject $namespace -Confirm:$false
    Disconnect-KubeCluster
}

Describe 'Install-KubeInject' {
    It 'requires a source, unless -Force is specified' {
        { Install-KubeInject kubeinject:1 @common -NoWait } | Should -Throw -ErrorId 'InstallationRefused,*' -ExceptionType ([KubeInject.Installation.InstallationException])
        (Install-KubeInject kubeinject:1 @common -NoWait -Force).Result | Should -Contain Created
    }

    It 'creates the specified number of pods' {
        $null = Install-KubeInject kubeinject:1 @common @source -NoWait -ReplicaCount 3
        kubectl get deployment kubeinject --namespace $namespace --output 'jsonpath={.spec.replicas}' | Should -Be 3
        { Install-KubeInject kubeinject:1 @common @source -NoWait -ReplicaCount 0 } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'overwrites a field of another tool only with -Force' {
        $null = kubectl scale deployment kubeinject --namespace $namespace --replicas 5 2>&1
        $null = kubectl annotate deployment kubeinject --namespace $namespace --field-manager other kubeinject.io/note=theirs
        $null = kubectl set image deployment kubeinject --namespace $namespace kubeinject=other:2
        { Install-KubeInject kubeinject:1 @common @source -NoWait } | Should -Throw -ErrorId 'InstallationRefused,*'
        kubectl get deployment kubeinject --namespace $namespace --output 'jsonpath={..image}' | Should -Be other:2

        $changed = Install-KubeInject kubeinject:1 @common @source -NoWait -Force | Where-Object Result -EQ Changed
        "$($changed.Object)" | Should -Be "$namespace/deployment/kubeinject"
        kubectl get deployment kubeinject --namespace $namespace --output 'jsonpath={..image}' | Should -Be kubeinject:1
    }

    It 'installs, and reports after -TimeoutSec that the pods are not ready' {
        # No controller manager creates the pods.
        { Install-KubeInject kubeinject:2 @common @source -TimeoutSec 1 -OutVariable script:installed } | Should -Throw -ErrorId 'RolloutTimedOut,*'
        $installed.Count | Should -Be 10
        $status = Get-KubeInjectStatus $namespace
        $status.Image | Should -Be kubeinject:2
        $status.IsReady | Should -BeFalse
    }
}

Describe 'Uninstall-KubeInject' {
    It 'deletes everything but the namespace, and warns about lease records that remain' {
        $null = kubectl create secret generic record --namespace $namespace --type kubeinject.io/lease 2>&1
        $results = Uninstall-KubeInject $namespace -Confirm:$false -WarningVariable warnings -WarningAction SilentlyContinue
        $results[0].Object.Kind | Should -Be MutatingWebhookConfiguration
        ($results | Where-Object Result -EQ Kept).Object.Kind | Should -Be Namespace
        "$warnings" | Should -BeLike "The namespace $namespace has 1 lease record.*"
        Uninstall-KubeInject $namespace -Confirm:$false -WarningAction SilentlyContinue | Where-Object Result -EQ Deleted | Should -BeNullOrEmpty
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # Has a variable without a role: one error, KI003.
    $broken = New-Manifest -Annotation @{ 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD' }
    $sound = New-Manifest -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD' }
}

Describe 'Test-PodInjectionAnnotation with documents' -Tag NoCluster {
    It 'returns nothing without findings' {
        $sound | Test-PodInjectionAnnotation | Should -BeNullOrEmpty
    }

    It 'returns findings with file and line' {
        $path = Join-Path $TestDrive broken.yaml
        Set-Content $path $broken
        $found = Test-PodInjectionAnnotation $path
        $found.Code | Should -Be KI003
        $found.Severity | Should -Be Error
        $found.File | Should -Be $path
        $found.Line | Should -BeGreaterThan 0
        $found.Object.Name | Should -Be orders
        "$($found.HelpUri)" | Should -BeLike '*findings.md#ki003'
    }

    It 'accepts objects of kubectl' {
        $object = New-Manifest -AsJson -Annotation @{ 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD' } | ConvertFrom-Json
        ($object | Test-PodInjectionAnnotation).Code | Should -Be KI003
    }

    It 'returns one verdict for each object with -PassThru' {
        ($sound | Test-PodInjectionAnnotation -PassThru).Verdict | Should -Be 'will be injected: 1 database, 2 variables in 1 container'
        ($broken | Test-PodInjectionAnnotation -PassThru).Verdict | Should -BeLike 'will not be injected: *'
        (New-Manifest -Label @{ app = 'a' } -Annotation @{} | Test-PodInjectionAnnotation -PassThru).Verdict | Should -Be 'requests no credentials'
    }

    It 'returns an explanation with -Explain, displayed as text' {
        $story = $broken | Test-PodInjectionAnnotation -Explain
        $story.Remedy | Should -BeLike 'Add *'
        $text = $story | Out-String -Width 300
        $text | Should -BeLike '*1. What is requested*4. What fails*First: *(KI003)*5. What to do*'
        $text.Trim() | Should -Be "$story"
    }

    It 'indents the rest of a long line of -Explain like the texts of the steps' {
        $lines = ($broken | Test-PodInjectionAnnotation -Explain | Out-String -Width 40).Trim() -split '\r?\n'
        $lines.Count | Should -BeGreaterThan 20
        $lines | Where-Object { $_ } | Select-Object -Skip 1 | Should -Match '^(\d\. |   )'
    }

    It 'excludes the specified codes' {
        $information = New-Manifest -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'U'; 'orders.env-key-dbpassword' = 'P'; 'mode' = 'uri' }
        ($information | Test-PodInjectionAnnotation).Severity | Should -Contain Information
        $information | Test-PodInjectionAnnotation -MinimumSeverity Warning | Should -BeNullOrEmpty
        $information | Test-PodInjectionAnnotation -ExcludeCode KI0* | Should -BeNullOrEmpty
    }

    It 'rejects contradictory parameters' {
        { $sound | Test-PodInjectionAnnotation -PassThru -Explain } | Should -Throw -ErrorId 'PassThruAndExplain,*'
    }

    It 'requires a connection for objects in a cluster' {
        { Test-PodInjectionAnnotation } | Should -Throw -ErrorId 'NotConnected,*'
        { $sound | Test-PodInjectionAnnotation -Cluster } | Should -Throw -ErrorId 'NotConnected,*'
    }

    It 'displays findings as a table, and the suggestion in a list' {
        $found = $broken | Test-PodInjectionAnnotation
        $found | Out-String -Width 200 | Should -Match 'Severity\s+Code\s+Object\s+Key\s+Message'
        $found | Format-List | Out-String -Width 200 | Should -Match 'Suggestion\s*: '
    }
}

Describe 'Test-PodInjectionAnnotation with a cluster' {
    BeforeAll {
        $null = Connect-KubeCluster admin
        $namespace = New-TestNamespace $sound, (New-Manifest other -Label @{ app = 'other' } -Annotation @{})
        $null = kubectl create serviceaccount default --namespace $namespace
    }

    AfterAll { Disconnect-KubeCluster }

    It 'reports that no injector processes a pod' {
        (Test-PodInjectionAnnotation -Namespace $namespace).Code | Should -Contain KI101
        (Get-KubePod orders -Namespace $namespace | Test-PodInjectionAnnotation).Code | Should -Contain KI101
        (Test-PodInjectionAnnotation -Workload pod/orders -Namespace $namespace).Code | Should -Contain KI101
    }

    It 'selects pods by name, wildcard and label' {
        (Test-PodInjectionAnnotation -n $namespace -PassThru).Object.Name | Should -Be orders, other
        (Test-PodInjectionAnnotation -n $namespace -Name orders -PassThru).Object.Name | Should -Be orders
        (Test-PodInjectionAnnotation -n $namespace -Name o*r -PassThru).Object.Name | Should -Be other
        (Test-PodInjectionAnnotation -n $namespace -LabelSelector app=other -PassThru).Object.Name | Should -Be other
    }

    It 'checks manifests against the cluster with -Cluster' {
        $manifest = New-Manifest new -Namespace $namespace -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD' }
        $manifest | Test-PodInjectionAnnotation | Should -BeNullOrEmpty
        $diagnosis = $manifest | Test-PodInjectionAnnotation -Cluster -PassThru
        $diagnosis.FirstFailed.Step | Should -Be Actor
        $diagnosis.Verdict | Should -BeLike 'will not be injected: Nothing in the cluster acts on the annotations automatically*'
        $manifest | Test-PodInjectionAnnotation -Cluster -ExcludeCode KI101 | Should -BeNullOrEmpty
    }

    It 'explains a workload' {
        New-Manifest web -Namespace $namespace -Kind Deployment | kubectl create --validate=false --filename - | Out-Null
        $story = Test-PodInjectionAnnotation -Workload deployment/web -Namespace $namespace -Explain
        "$($story.Object)" | Should -Be "$namespace/deployment/web"
        "$story" | Should -BeLike '*2. What injects the credentials*FAILED: No injector*First: *(KI101)*'
        $story.Remedy | Should -BeLike '*Invoke-CredentialInjection*'
    }

    It 'reports a missing workload, and an invalid name' {
        { Test-PodInjectionAnnotation -Workload deployment/gone -Namespace $namespace } | Should -Throw -ErrorId 'KubeApiNotFound,*'
        { Test-PodInjectionAnnotation -Workload gone } | Should -Throw -ErrorId 'WorkloadInvalid,*'
    }
}

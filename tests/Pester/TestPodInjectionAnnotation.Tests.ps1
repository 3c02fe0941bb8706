BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $linux = Get-Requirement Linux
}

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
        Disconnect-KubeCluster
        { Test-PodInjectionAnnotation } | Should -Throw -ErrorId 'NotConnected,*'
        { $sound | Test-PodInjectionAnnotation -Cluster } | Should -Throw -ErrorId 'NotConnected,*'
    }

    It 'displays findings grouped by object, with file and line first' {
        $path = Join-Path $TestDrive orders.yaml
        Set-Content $path "$broken`n---`n$broken"
        $text = Test-PodInjectionAnnotation $path | Out-String -Width 500
        $first, $second = Test-PodInjectionAnnotation $path
        [regex]::Matches($text, '(?m)^ *Object: pod/orders\r?$').Count | Should -Be 1
        foreach ($one in $first, $second) { $text | Should -BeLike "*$([System.Environment]::NewLine)$($one.Location): Error KI003*    $($one.Message)*    $($one.Suggestion)*" }
    }

    It 'wraps findings and explanations at words in a terminal of <Columns> columns in <Language>' @linux -ForEach @(
        @{ Columns = 80; Language = 'C.UTF-8' }
        @{ Columns = 120; Language = 'C.UTF-8' }
        @{ Columns = 80; Language = 'en_US.UTF-8' }
    ) {
        Set-Content $TestDrive/o.yaml $broken
        Set-Content $TestDrive/show.ps1 "Set-Location '$TestDrive'; Import-Module '$(Get-ModulePath)'; Test-PodInjectionAnnotation o.yaml | Out-Default; Test-PodInjectionAnnotation o.yaml -Explain | Out-Default"
        $shell = (Split-Path ([Environment]::ProcessPath) -LeafBase) -eq 'dotnet' ? "'$([Environment]::ProcessPath)' '$(Join-Path $PSHOME pwsh.dll)'" : "'$([Environment]::ProcessPath)'"
        $text = (script --quiet --return --command "stty cols $Columns rows 40; LC_ALL=$Language $shell -NoProfile -File '$TestDrive/show.ps1'" /dev/null) -replace "`e\[[\d;?]*[a-z]", '' -replace '\r'
        $finding = $broken | Test-PodInjectionAnnotation
        $text | Where-Object Length -GT $Columns | Should -BeNullOrEmpty
        $words = $text.Trim() -join ' ' -split '\s+'
        foreach ($word in "$($finding.Message) $($finding.Suggestion)" -split ' ') { $words | Should -Contain $word }
        @($text -match '^ {4}\S').Count | Should -BeGreaterThan 1
        @($text -match '^5\. What to do$').Count | Should -Be 1
    }

    It 'displays findings as a table, and the suggestion in a list' {
        $found = $broken | Test-PodInjectionAnnotation
        $found | Format-Table | Out-String -Width 200 | Should -Match 'Severity\s+Code\s+Object\s+Key\s+Message'
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

    It 'reports a fact of the cluster once, after the findings of the pods' {
        $several = New-TestNamespace $broken, $sound.Replace('name: "orders"', 'name: "second"'), $sound.Replace('name: "orders"', 'name: "third"')
        $null = kubectl create serviceaccount default --namespace $several
        $found = Test-PodInjectionAnnotation -Namespace $several -MinimumSeverity Warning
        $found.Code | Should -Be KI003, KI101
        $found[-1].Message | Should -BeLike '*This also applies to 2 other objects.'
    }

    It 'reports annotations of a workload once for all its pods, and for a workload without pods' {
        $own = New-TestNamespace
        foreach ($name in 'web', 'idle') {
            New-Manifest $name -Namespace $own -Kind Deployment -Annotation @{} | kubectl create --validate=false --filename - | Out-Null
            kubectl annotate deployment $name --namespace $own db-creds-injector.numberly.io/orders.role=orders-rw | Out-Null
        }
        $uid = kubectl get deployment web --namespace $own --output 'jsonpath={.metadata.uid}'
        foreach ($name in 'web-0', 'web-1') {
            $pod = New-Manifest $name -Namespace $own -Annotation @{} -AsJson | ConvertFrom-Json -AsHashtable
            $pod.metadata.ownerReferences = @(@{ apiVersion = 'apps/v1'; kind = 'Deployment'; name = 'web'; uid = $uid; controller = $true })
            ConvertTo-Json $pod -Depth 20 | kubectl create --filename - | Out-Null
        }
        $found = Test-PodInjectionAnnotation -Namespace $own
        $found.Code | Should -Be KI012, KI012
        $found.ForEach{ "$($_.Object)" } | Should -Be "$own/deployment/web", "$own/deployment/idle"
        (Test-PodInjectionAnnotation -Namespace $own -PassThru).Object.Name | Should -Be web-0, web-1, idle
        (Test-PodInjectionAnnotation -Name web-0 -Namespace $own -Explain).Remedy | Should -BeLike 'Move the annotations to spec.template.metadata.annotations.'
        Test-PodInjectionAnnotation -Namespace $own -LabelSelector none=such | Should -BeNullOrEmpty
    }

    It 'selects pods by name, wildcard and label' {
        (Test-PodInjectionAnnotation -n $namespace -PassThru).Object.Name | Should -Be orders, other
        (Test-PodInjectionAnnotation -n $namespace -Name orders -PassThru).Object.Name | Should -Be orders
        (Test-PodInjectionAnnotation -n $namespace -Name o*r -PassThru).Object.Name | Should -Be other
        (Test-PodInjectionAnnotation -n $namespace -LabelSelector app=other -PassThru).Object.Name | Should -Be other
    }

    It 'selects pods and workloads of several namespaces, also with wildcards' {
        $second = New-TestNamespace $sound
        (Test-PodInjectionAnnotation -n $namespace, $second -PassThru).Object.ForEach{ "$_" } | Should -Be "$namespace/pod/orders", "$namespace/pod/other", "$second/pod/orders"
        (Test-PodInjectionAnnotation -n "$namespace*", "$second*" -Name orders -PassThru).Object.Namespace | Should -Be $namespace, $second
        (Test-PodInjectionAnnotation -n $namespace, $second -Name o*s -PassThru).Object.Namespace | Should -Be $namespace, $second
        (Test-PodInjectionAnnotation -n $namespace, $second -Workload pod/orders -PassThru).Object.Namespace | Should -Be $namespace, $second
        (Test-PodInjectionAnnotation -n "$second*" pod/orders -PassThru).Object.Namespace | Should -Be $second
        (Test-PodInjectionAnnotation -n $namespace, $second -Name "$second/pod/orders" -PassThru).Object.Namespace | Should -Be $second
        { Test-PodInjectionAnnotation -n $namespace, $second -Name default/pod/orders } | Should -Throw '*is in the namespace default*' -ErrorId 'NameInvalid,*'
        { Test-PodInjectionAnnotation -n $namespace, $second -Workload default/pod/orders } | Should -Throw '*is in the namespace default*' -ErrorId 'WorkloadInvalid,*'
    }

    It 'understands names as kubectl and this module print them: <_>' -ForEach 'orders', 'pod/orders', 'pods/orders', 'NAMESPACE/pod/orders', 'NAMESPACE/pod/or*s' {
        (Test-PodInjectionAnnotation -Name $_.Replace('NAMESPACE', $namespace) -Namespace $namespace -PassThru).Object.Name | Should -Be orders
    }

    It 'rejects the name <_>, which would reach another endpoint' -ForEach 'orders/log', 'orders%2Flog', '..', 'deployment/orders' {
        { Test-PodInjectionAnnotation -Name $_ -Namespace $namespace } | Should -Throw -ErrorId 'NameInvalid,*'
    }

    It 'rejects a namespace that would reach another endpoint' {
        { Test-PodInjectionAnnotation -Name orders -Namespace "$namespace/pods" } | Should -Throw -ErrorId 'KubeApiBadRequest,*'
        { Get-KubePod orders -Namespace "$namespace/pods" } | Should -Throw -ErrorId 'KubeApiBadRequest,*'
    }

    It 'takes the name of a workload instead of a path, unless the path exists' {
        (Test-PodInjectionAnnotation pod/orders -Namespace $namespace -PassThru).Object.Kind | Should -Be Pod
        (Test-PodInjectionAnnotation "$namespace/pod/orders" -PassThru).Server | Should -Be (Get-KubeConnection).Server
        { Test-PodInjectionAnnotation deployment/none.yaml -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
        $null = New-Item -ItemType Directory $TestDrive/pod
        Set-Content $TestDrive/pod/orders $broken
        Push-Location $TestDrive
        try { (Test-PodInjectionAnnotation pod/orders).Code | Should -Be KI003 }
        finally { Pop-Location }
    }

    It 'checks manifests against the cluster with -Cluster' {
        $manifest = New-Manifest new -Namespace $namespace -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD' }
        $manifest | Test-PodInjectionAnnotation | Should -BeNullOrEmpty
        $diagnosis = $manifest | Test-PodInjectionAnnotation -Cluster -PassThru
        $diagnosis.FirstFailed | Should -BeNullOrEmpty
        $diagnosis.Verdict | Should -Be 'can be injected with KubeInject: 1 database, 2 variables in 1 container'
        $manifest | Test-PodInjectionAnnotation -Cluster -ExcludeCode KI101 | Should -BeNullOrEmpty
    }

    It 'explains a workload' {
        New-Manifest web -Namespace $namespace -Kind Deployment | kubectl create --validate=false --filename - | Out-Null
        $story = Test-PodInjectionAnnotation -Workload deployment/web -Namespace $namespace -Explain
        "$($story.Object)" | Should -Be "$namespace/deployment/web"
        "$story" | Should -BeLike '*can be injected with KubeInject*2. What injects the credentials*warning: No injector*4. What fails*Nothing.*'
        $story.Remedy | Should -BeLike '*Invoke-CredentialInjection*'
    }

    It 'reports a missing workload, and an invalid name' {
        { Test-PodInjectionAnnotation -Workload deployment/gone -Namespace $namespace } | Should -Throw -ErrorId 'KubeApiNotFound,*'
        { Test-PodInjectionAnnotation -Workload gone } | Should -Throw -ErrorId 'WorkloadInvalid,*'
    }
}

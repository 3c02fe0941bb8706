# What a user of kubectl and PowerShell expects at the prompt.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # The requests of a command, as -Verbose writes them.
    function Get-Request([scriptblock] $Command) {
        $VerbosePreference = 'Continue'
        @(& $Command 4>&1 2>$null).Where{ $_ -is [System.Management.Automation.VerboseRecord] }.ForEach{ "$_" }
    }

    $null = Connect-KubeCluster admin
    $secret = "---`
apiVersion: v1`
kind: Secret`
metadata: {name: orders}`
type: Opaque`
stringData: {username: orders}`
"
    $first = New-TestNamespace ((New-Manifest) + $secret), (New-Manifest web)
    $second = New-TestNamespace ((New-Manifest) + $secret)
    $empty = New-TestNamespace
    $missing = "missing-$([guid]::NewGuid())"
    $null = Connect-KubeCluster admin -Namespace $empty
}

AfterAll { Disconnect-KubeCluster }

Describe '-Namespace with several namespaces' {
    It 'gets the objects of each namespace: <_>' -ForEach 'Get-KubePod', 'Get-KubePod -MetadataOnly', 'Get-KubePod o*', 'Get-KubePod orders', 'Get-KubeSecret o*', 'Get-PodInjectionAnnotation', 'Get-PodInjectionAnnotation -Detailed', 'Get-PodInjectionAnnotation -Consistent' {
        $found = Invoke-Expression "$_ -Namespace `$first, `$second" | Where-Object Name -EQ orders
        $found.Namespace | Should -Be $first, $second
        $pattern = @("$($first.Substring(0, 11))*", "$($second.Substring(0, 11))*")
        $found = Invoke-Expression "$_ -Namespace `$pattern" | Where-Object Name -EQ orders
        $found.Namespace | Should -Be $first, $second
    }

    It 'reports no missing name for a namespace that a wildcard selects' {
        (Get-KubePod web -Namespace test-*).Namespace | Should -Contain $first
        { Get-KubePod web -Namespace $first, $second } | Should -Throw -ErrorId 'KubeApiNotFound,*'
    }

    It 'accepts a name with one of the namespaces' {
        (Get-KubePod "$second/pod/orders" -Namespace $first, $second).Namespace | Should -Be $second
        { Get-KubePod "$empty/pod/orders" -Namespace $first, $second } | Should -Throw "*is in the namespace $empty*" -ErrorId 'NameInvalid,*'
    }

    It 'gets the namespaces of piped objects' {
        ([pscustomobject]@{ Name = 'orders'; Namespace = $first }, [pscustomobject]@{ Name = 'orders'; Namespace = $second } | Get-KubePod).Namespace | Should -Be $first, $second
    }

    It 'needs the permission to list namespaces for a wildcard' {
        $viewer = Connect-KubeCluster viewer -NotDefault
        { Get-KubePod -Namespace test-* -Connection $viewer } | Should -Throw '*namespaces*' -ErrorId 'KubeApiForbidden,*'
    }

    It 'selects leases by several namespaces' {
        $source = New-CredentialSource -Local -LeasePath $TestDrive/leases
        $null = Invoke-CredentialInjection -Workload pod/orders -Namespace $first -Recreate -Force -CredentialSource $source -WarningAction Ignore
        $null = Invoke-CredentialInjection -Workload pod/orders -Namespace $second -Recreate -Force -CredentialSource $source -WarningAction Ignore
        (Get-CredentialLease $source -Namespace $first, $second).Namespace | Sort-Object | Should -Be ($first, $second | Sort-Object)
        (Get-CredentialLease $source -Namespace test-*) | Should -HaveCount 2
        Get-CredentialLease $source -Namespace $empty, kube-* | Should -BeNullOrEmpty
    }
}

Describe 'A namespace that does not exist' {
    It 'is an error: <_>' -ForEach 'Get-KubePod', 'Get-KubePod -MetadataOnly', 'Get-KubePod o*', 'Get-KubeSecret', 'Get-PodInjectionAnnotation', 'Get-PodInjectionAnnotation -Detailed', 'Test-PodInjectionAnnotation' {
        $line = "$_ -Namespace $missing"
        { Invoke-Expression $line } | Should -Throw "*namespaces *$missing* not found*" -ErrorId 'KubeApiNotFound,*'
        $requests = Get-Request { Invoke-Expression "$line -ErrorAction Ignore" }
        @($requests -match "/namespaces/$missing ").Count | Should -Be 1 -Because "$requests"
    }

    It 'is an error if it is the namespace of the connection' {
        $connection = Connect-KubeCluster admin -Namespace $missing -NotDefault
        { Get-KubePod -Connection $connection } | Should -Throw "*$missing* not found*"
    }

    It 'needs no request if the list has objects, and no error if the namespace is empty' {
        Get-Request { Get-KubePod -Namespace $first } | Should -Not -Match "/namespaces/$first "
        Get-KubePod nothing* -Namespace $first | Should -BeNullOrEmpty
        Get-KubePod -Namespace $empty | Should -BeNullOrEmpty
        Get-PodInjectionAnnotation -Namespace $empty | Should -BeNullOrEmpty
    }

    It 'is not reported without the permission to read it' {
        $null = "apiVersion: rbac.authorization.k8s.io/v1`
kind: Role`
metadata: {name: lister}`
rules: [{apiGroups: [''], resources: [pods], verbs: [list]}]`
---`
apiVersion: rbac.authorization.k8s.io/v1`
kind: RoleBinding`
metadata: {name: lister}`
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: lister}`
subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: prompt-lister}]" |
            kubectl apply --namespace $empty --filename -
        $lister = Connect-KubeCluster admin -ImpersonateUser prompt-lister -NotDefault
        Get-KubePod -Namespace $empty -Connection $lister | Should -BeNullOrEmpty
    }
}

Describe 'JSON and CSV of a pod' {
    It 'have its labels and annotations once' {
        $pod = [KubeInject.Kubernetes.Objects.Pod]::Parse('{"metadata": {"name": "a", "labels": {"app": "orders-label"}, "annotations": {"note": "orders-note"}}}')
        ([regex]::Matches(($pod | ConvertTo-Json -Depth 4 -WarningAction Ignore), 'orders-(label|note)')).Count | Should -Be 2
        ($pod | ConvertTo-Csv)[0] | Should -Not -Match 'Template|Metadata'
    }
}

Describe 'Ages and remaining times' {
    It 'are time spans, and views show them like kubectl' {
        $pods = Get-KubePod -Namespace $first, $second
        $pods.Age + (Get-KubePod -MetadataOnly -Namespace $first).Age + (Get-KubeSecret -Namespace $first).Age | Should -BeOfType timespan
        $parsed = '2020', '2024' | ForEach-Object { [KubeInject.Kubernetes.Objects.Pod]::Parse("{`"metadata`": {`"name`": `"of-$_`", `"creationTimestamp`": `"$_-01-01T00:00:00Z`"}}") }
        ($parsed | Sort-Object Age).Name | Should -Be of-2024, of-2020
        $pods | Out-String -Width 200 | Should -Match '(?m) \d+[sm]\d*s?\s*$'
        [KubeInject.Kubernetes.Objects.Pod]::Parse('{"metadata": {"name": "a"}}') | Out-String -Width 200 | Should -Match '<unknown>'
        $record = [KubeInject.Credentials.LeaseRecord]@{
            Uuid = [guid]::NewGuid(); Source = 'local'; Role = 'a'; Database = 'b'; Owner = [KubeInject.Kubernetes.Objects.ObjectReference]::new('Pod', 'c', 'd'); ServiceAccountName = 'e'
            IsComplete = $true; ExpiresAt = [DateTimeOffset]::UtcNow.AddHours(-2.5)
        }
        $lease = [KubeInject.Leases.CredentialLease]::Create((New-CredentialSource -Local), $record, 'Expired')
        [int] $lease.ExpiresIn.TotalMinutes | Should -Be -150
        $lease | Out-String -Width 200 | Should -Match '150m ago'
        $token = [KubeInject.Cmdlets.Secrets.KubeServiceAccountToken]@{ Token = 'x'; ExpiresAt = [DateTimeOffset]::UtcNow.AddMinutes(59.5) }
        $token.ExpiresIn | Should -BeOfType timespan
        $token | Out-String -Width 200 | Should -Match ' 59m '
    }
}

Describe 'The test of several pods of one ServiceAccount' {
    It 'reads the ServiceAccount once' {
        $namespace = New-TestNamespace (New-Manifest one), (New-Manifest two), (New-Manifest three)
        $requests = Get-Request { Test-PodInjectionAnnotation -Namespace $namespace }
        @($requests -match '/serviceaccounts/').Count | Should -Be 1
        @($requests -match 'involvedObject.name').Count | Should -Be 3 -Because 'only the events belong to one pod'
    }
}

Describe 'The requests of all namespaces' {
    It 'are sorted by namespace and name' {
        $found = Get-PodInjectionAnnotation -AllNamespaces
        $names = [string[]] $found.ForEach{ "$($_.Namespace)`t$($_.Name)" }
        $sorted = [string[]] $names.Clone()
        [array]::Sort($sorted, [StringComparer]::Ordinal)
        $names | Should -Be $sorted
    }
}

Describe 'A plan that is declined at the prompt' {
    It 'is not returned, but a plan of -WhatIf is: <_>' -ForEach @(
        'Get-Content -Raw $args[1] | Invoke-CredentialInjection -CredentialSource $source'
        'Set-PodInjectionAnnotation $args[1] -Database two -Role b -EnvUsername U -EnvPassword P'
        'Invoke-CredentialInjection -Workload deployment/orders -CredentialSource $source -Namespace $args[2]'
        'Set-PodInjectionAnnotation -Workload deployment/orders -Namespace $args[2] -Database two -Role b -EnvUsername U -EnvPassword P'
    ) {
        $path = Join-Path $TestDrive declined.yaml
        Set-Content $path (New-Manifest)
        $namespace = New-TestNamespace (New-Manifest -Kind Deployment)
        $start = "Import-Module `$args[0]; `$null = Connect-KubeCluster admin; `$source = New-CredentialSource -Local -LeasePath '$TestDrive/declined'`
"
        $declined = Invoke-WithAnswer n ([scriptblock]::Create("$start@($_ -Confirm).Count; Test-Path '$TestDrive/declined'")) $path, $namespace
        $declined[-2, -1] | Should -Be 0, False -Because "$declined"
        $planned = Invoke-WithAnswer n ([scriptblock]::Create("$start@($_ -WhatIf).Status")) $path, $namespace
        $planned[-1] | Should -Be Planned
    }
}

Describe 'A path from the pipeline' {
    BeforeAll {
        $folder = New-Item -ItemType Directory $TestDrive/files/sub
        Set-Content $folder/orders.yaml (New-Manifest orders)
        Set-Content $folder/web.yml (New-Manifest web)
        Set-Content $TestDrive/files/manifest (New-Manifest plain)
        Push-Location $TestDrive/files
    }

    AfterAll { Pop-Location }

    It 'is read as the file' {
        ('sub/orders.yaml', 'sub/web.yml', 'manifest', (Join-Path $folder web.yml) | Get-PodInjectionAnnotation).Name | Should -Be orders, web, plain, web
        $finding = 'sub/orders.yaml' | Test-PodInjectionAnnotation | Select-Object -First 1
        "$($finding.Location)" | Should -Match 'orders\.yaml'
    }

    It 'is an error with its name if the file does not exist, and the next paths are read' {
        $found = 'sub/gone.yaml', 'sub/web.yml' | Get-PodInjectionAnnotation -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Name | Should -Be web
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -BeLike 'PathNotFound,*'
        "$($failed[0])" | Should -BeLike '*gone.yaml*'
    }

    It 'is text within a manifest, also line by line and from Get-Content' {
        Set-Content TestDrive:/files/key.yaml 'x: 1'
        $text = (New-Manifest -Annotation @{ 'orders.role' = 'orders-rw' }) + "data:`
  list: |`
    key.yaml`
key.yaml: key.yaml`
"
        ($text -split "`
" | Get-PodInjectionAnnotation).Name | Should -Be orders
        Set-Content lines.txt ("# key.yaml`
" + $text)
        (Get-Content lines.txt | Get-PodInjectionAnnotation).Name | Should -Be orders
        Set-Content single.txt 'key.yaml'
        Get-Content single.txt | Get-PodInjectionAnnotation -ErrorAction SilentlyContinue -ErrorVariable failed | Should -BeNullOrEmpty
        $failed.ForEach{ "$_" } | Should -Not -Match 'no file'
    }
}

Describe 'Completion of -Role' {
    It 'suggests the roles of the manifests in the command line, without a connection' {
        Set-Content $TestDrive/roles.yaml (New-Manifest -Annotation @{ 'orders.role' = 'orders-rw'; 'reports.role' = 'reports-ro' })
        Disconnect-KubeCluster
        try {
            $line = "Set-PodInjectionAnnotation $TestDrive/roles.yaml -Database new -Role "
            (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be orders-rw, reports-ro
        }
        finally { $null = Connect-KubeCluster admin -Namespace $empty }
    }
}

Describe 'An incomplete object, as a test creates it' {
    It 'is an error that names the missing members: <Name>' -ForEach @(
        @{ Name = 'a pod like one of Get-KubePod'; Value = [pscustomobject]@{ Name = 'orders-1'; Namespace = 'shop' }; Members = 'apiVersion and no kind' }
        @{ Name = 'a pod without kind'; Value = [pscustomobject]@{ apiVersion = 'v1'; metadata = @{ name = 'orders-1' } }; Members = 'kind' }
        @{ Name = 'a hashtable without metadata'; Value = @{ apiVersion = 'v1'; kind = 'Pod' }; Members = 'metadata' }
        @{ Name = 'a pod with null metadata'; Value = [pscustomobject]@{ apiVersion = 'v1'; kind = 'Pod'; metadata = $null; spec = $null }; Members = 'metadata' }
    ) {
        $source = New-CredentialSource -Local -LeasePath $TestDrive/incomplete
        foreach ($command in { $Value | Get-PodInjectionAnnotation }, { $Value | Test-PodInjectionAnnotation }, { $Value | Invoke-CredentialInjection -CredentialSource $source }) {
            $command | Should -Throw "*has no $Members." -ErrorId 'InputIncomplete,*'
        }
    }

    It 'is an error if it is metadata without a name' {
        { [KubeInject.Kubernetes.Objects.ObjectMetadata]::new() | Get-PodInjectionAnnotation } | Should -Throw '*no Kind or no Name*' -ErrorId 'InputIncomplete,*'
    }

    It 'requests nothing if its labels and annotations are null' {
        $metadata = [KubeInject.Kubernetes.Objects.ObjectMetadata]@{ Kind = 'Pod'; Name = 'orders-1'; Labels = $null; Annotations = $null }
        ($metadata | Get-PodInjectionAnnotation).Databases | Should -BeNullOrEmpty
        [pscustomobject]@{ apiVersion = 'v1'; kind = 'Pod'; metadata = @{ name = 'orders-1'; labels = $null; annotations = $null }; spec = @{ containers = $null } } |
            Test-PodInjectionAnnotation | Should -BeNullOrEmpty
    }
}

BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $unixUser = Get-Requirement UnixUser
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'The output of Get-PodInjectionAnnotation' {
    It 'is the request of a pod' {
        $injection = New-Manifest -Name orders -Namespace shop -Annotation @{
            'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'PGUSER,DB_USER'; 'orders.env-key-dbpassword' = 'PGPASSWORD'
            'stock.role' = 'stock-ro'; 'stock.mode' = 'uri'; 'stock.template' = 'postgres://@db:5432/stock'; 'stock.env-key-uri' = 'STOCK_URL'
        } | Get-PodInjectionAnnotation
        $injection.Kind, $injection.Namespace, $injection.Name | Should -Be Pod, shop, orders
        $injection.State | Should -Be Pending
        $injection.HasErrors | Should -BeFalse
        $injection.Databases.Name | Should -Be orders, stock
        $injection.Databases.Role | Should -Be orders-rw, stock-ro
        $injection.Databases.Mode | Should -Be Classic, Uri
        $injection.Databases[0].UsernameVariables | Should -Be PGUSER, DB_USER
        $injection.Databases[0].PasswordVariables | Should -Be PGPASSWORD
        $injection.Databases[1].UriVariables | Should -Be STOCK_URL
    }

    It 'is the request of the pod template of a workload' {
        $injection = New-Manifest -Kind Deployment | Get-PodInjectionAnnotation
        $injection.Kind, $injection.State | Should -Be Deployment, Pending
    }

    It 'is nothing for a pod without annotations' {
        (New-Manifest -Annotation @{} -Label @{} | Get-PodInjectionAnnotation).State | Should -Be None
    }

    It 'is nothing for an object without a pod' {
        "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: settings}`n" | Get-PodInjectionAnnotation | Should -BeNullOrEmpty
    }

    It 'contains findings with location and suggestion' {
        $path = Join-Path $TestDrive findings.yaml
        New-Manifest -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.mod' = 'uri' } | Set-Content -NoNewline -LiteralPath $path
        $finding = (Get-PodInjectionAnnotation $path).Findings | Where-Object Code -EQ KI002
        $finding.Severity | Should -Be Warning
        $finding.Key | Should -Be 'db-creds-injector.numberly.io/orders.mod'
        "$($finding.Location)" | Should -Match ([regex]::Escape($path) + ':\d+:\d+$')
        "$finding" | Should -Match 'mode'
    }

    It 'is shown as a table' {
        New-Manifest -Namespace shop | Get-PodInjectionAnnotation | Out-String | Should -Match '(?s)Namespace +Kind +Name +State +Databases +Findings.*shop +Pod +orders +Pending +orders'
    }
}

Describe 'The input of Get-PodInjectionAnnotation' {
    It 'can be the cluster' {
        $namespace = New-TestNamespace (New-Manifest orders), web
        $injections = Get-PodInjectionAnnotation -Namespace $namespace -Consistent
        $injections.Name | Should -Be orders, web
        $injections.State | Should -Be Pending, None
        (Get-PodInjectionAnnotation -AllNamespaces -Consistent).Namespace | Should -Contain $namespace
        (Get-PodInjectionAnnotation -n $namespace -LabelSelector app=web -Consistent).Name | Should -Be web
    }

    It 'can be the cache of the API server, with the same result' {
        $namespace = New-TestNamespace ((New-Manifest orders) -replace '(\s+)("?image"?:.*)', '$1$2$1"env": [{"name": "DBUSER", "value": "x"}]'), web

        # If a newer resource version is requested, the server waits until its cache has it.
        $version = kubectl get pods -n $namespace -o jsonpath='{.metadata.resourceVersion}'
        $null = kubectl get --raw "/api/v1/namespaces/$namespace/pods?resourceVersion=$version"
        $remembered, $stored, $whole = (Get-PodInjectionAnnotation -n $namespace), (Get-PodInjectionAnnotation -n $namespace -Consistent), (Get-PodInjectionAnnotation -n $namespace -Detailed)
        $remembered | Sort-Object Name | ForEach-Object ToString | Should -Be ($stored | ForEach-Object ToString)
        $stored.Name | Should -Be orders, web
        $remembered.Databases | ForEach-Object ToString | Should -Be ($whole.Databases | ForEach-Object ToString)

        # Only full pods contain containers.
        $remembered.Findings.Code | Should -Not -Contain KI011
        $whole.Findings.Code | Should -Contain KI011
    }

    It 'includes the workloads whose annotations have no effect' {
        $namespace = New-TestNamespace (New-Manifest web)
        New-Manifest shop -Namespace $namespace -Kind Deployment -Annotation @{} | kubectl create --validate=false --filename - | Out-Null
        kubectl annotate deployment shop --namespace $namespace db-creds-injector.numberly.io/orders.role=orders-rw | Out-Null
        foreach ($found in (Get-PodInjectionAnnotation -n $namespace -Consistent), (Get-PodInjectionAnnotation -n $namespace -Detailed),
            @(Get-PodInjectionAnnotation -A -Consistent | Where-Object Namespace -EQ $namespace)) {
            $found.ForEach{ "$($_.Kind) $($_.Name) $($_.Findings.Where{ $_.Code -eq 'KI012' }.Count)" } | Should -Be 'Pod web 0', 'Deployment shop 1'
        }
        (Get-PodInjectionAnnotation -n $namespace -Consistent -LabelSelector '!none').Kind | Should -Be Pod
        Get-PodInjectionAnnotation -n $namespace -Consistent -Dialect VaultAgent | Should -BeNullOrEmpty
    }

    It 'includes the pods for a user who can only list pods, with one warning about the workloads' {
        $namespace = New-TestNamespace (New-Manifest web)
        kubectl create role pods --verb list --resource pods --namespace $namespace | Out-Null
        kubectl create rolebinding pods --role pods --user kubeinject-viewer --namespace $namespace | Out-Null
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        (Get-PodInjectionAnnotation -n $namespace -Connection $viewer -WarningVariable warnings -WarningAction SilentlyContinue).Name | Should -Be web
        $warnings | Should -HaveCount 1
        "$warnings" | Should -BeLike "Annotations in the metadata of some workloads were not checked. The permission to list deployments.apps in the namespace $namespace is missing.*"
    }

    It 'can be pod metadata from Get-KubePod' {
        $namespace = New-TestNamespace (New-Manifest orders), web
        $metadata = Get-KubePod -n $namespace -MetadataOnly
        $metadata.Name | Should -Be orders, web
        (Get-KubePod orders -n $namespace -MetadataOnly).Uid | Should -Be $metadata[0].Uid
        (Get-KubePod o* -n $namespace -MetadataOnly | Get-PodInjectionAnnotation).Databases.Role | Should -Be orders-rw
        $metadata | Out-String | Should -Match '(?s)NAMESPACE +NAME +AGE +LABELS.*orders +\d+s +.*vault-db-injector=true'
    }

    It 'can be the cluster of another connection' {
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        $namespace = New-TestNamespace
        Get-PodInjectionAnnotation -n $namespace -Connection $viewer -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiForbidden,KubeInject.Cmdlets.Annotations.GetPodInjectionAnnotationCommand'
        $failed[0].CategoryInfo.Category | Should -Be PermissionDenied
        $failed[0].TargetObject | Should -Be $namespace
    }

    It 'can be a pod that has no name yet' {
        $pod = [KubeInject.Kubernetes.Objects.Pod]::Parse((New-Manifest orders -AsJson).Replace('"name": "orders"', '"generateName": "orders-"'))
        $pod.Name | Should -BeNullOrEmpty
        ($pod | Get-PodInjectionAnnotation).Name | Should -Be orders-*
        ($pod | Test-PodInjectionAnnotation -PassThru).Object.Name | Should -Be orders-*
    }

    It 'can be pods from Get-KubePod' {
        $namespace = New-TestNamespace (New-Manifest orders), web
        (Get-KubePod -n $namespace | Get-PodInjectionAnnotation).Databases.Role | Should -Be orders-rw
    }

    It 'can be objects from kubectl' {
        $namespace = New-TestNamespace (New-Manifest orders), web
        (kubectl get pods -n $namespace -o json | ConvertFrom-Json | Get-PodInjectionAnnotation).Name | Should -Be orders, web
        (kubectl get pod orders -n $namespace -o json | ConvertFrom-Json | Get-PodInjectionAnnotation).Name | Should -Be orders
        ((kubectl get pods -n $namespace -o json | ConvertFrom-Json).items | Get-PodInjectionAnnotation).Name | Should -Be orders, web
        (kubectl get pod orders -n $namespace -o json | Out-String | ConvertFrom-Json -AsHashtable | Get-PodInjectionAnnotation).Name | Should -Be orders
    }

    It 'can be <_> from kubectl' -ForEach 'yaml', 'json' {
        $namespace = New-TestNamespace (New-Manifest orders), web
        (kubectl get pods -n $namespace -o $_ | Get-PodInjectionAnnotation).Name | Should -Be orders, web
        (kubectl get pod orders -n $namespace -o $_ | Get-PodInjectionAnnotation).Databases.Role | Should -Be orders-rw
        (kubectl get pods -n $namespace -o $_ | Out-String | Get-PodInjectionAnnotation).Name | Should -Be orders, web
    }

    It 'needs no connection unless it comes from a cluster' {
        $null = Disconnect-KubeCluster
        try { (New-Manifest | Get-PodInjectionAnnotation).Name | Should -Be orders }
        finally { $null = Connect-KubeCluster admin }
    }
}

Describe 'The files that Get-PodInjectionAnnotation reads' {
    BeforeEach {
        $folder = (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName
        New-Manifest orders | Set-Content -NoNewline $folder/a.yaml
        New-Manifest web -AsJson | Set-Content $folder/b.json
        New-Manifest stock | Set-Content $folder/c.yml
        Set-Content $folder/notes.txt 'no manifest: ['
        New-Item -ItemType Directory $folder/below
        New-Manifest below | Set-Content $folder/below/d.yaml
    }

    It 'can be specified by path' {
        (Get-PodInjectionAnnotation -Path $folder/b.json, $folder/a.yaml).Name | Should -Be web, orders
    }

    It 'can be specified by position' {
        (Get-PodInjectionAnnotation $folder/a.yaml).Name | Should -Be orders
    }

    It 'can be specified by wildcard' {
        (Get-PodInjectionAnnotation $folder/*.y*ml).Name | Should -Be orders, stock
        (Get-PodInjectionAnnotation "$folder/[ab].*").Name | Should -Be orders, web
    }

    It 'are relative to the location of PowerShell' {
        Push-Location $folder
        try { (Get-PodInjectionAnnotation a.yaml, ./below/*).Name | Should -Be orders, below }
        finally { Pop-Location }
    }

    It 'can be on PowerShell drives' {
        New-Manifest drive | Set-Content TestDrive:/drive.yaml
        (Get-PodInjectionAnnotation TestDrive:/drive.yaml).Name | Should -Be drive
        (Get-PodInjectionAnnotation TestDrive:/driv?.yaml).Name | Should -Be drive
    }

    It 'can be the manifests of a folder' {
        (Get-PodInjectionAnnotation $folder).Name | Should -Be orders, web, stock
    }

    It 'can be in subfolders with -Recurse' {
        (Get-PodInjectionAnnotation $folder -Recurse).Name | Should -Be orders, web, below, stock
        (Get-Item $folder | Get-PodInjectionAnnotation -Recurse).Name | Should -Be orders, web, below, stock
    }

    It 'are not expanded with -LiteralPath' {
        New-Manifest brackets | Set-Content -LiteralPath "$folder/[ab].yaml"
        (Get-PodInjectionAnnotation -LiteralPath "$folder/[ab].yaml").Name | Should -Be brackets
        (Get-PodInjectionAnnotation -PSPath "$folder/[ab].yaml").Name | Should -Be brackets
        (Get-Item -LiteralPath "$folder/[ab].yaml" | Get-PodInjectionAnnotation).Name | Should -Be brackets
    }

    It 'can have brackets, which tab completion escapes' {
        $null = New-Item -ItemType Directory "$folder/b[1]"
        New-Manifest brackets | Set-Content -LiteralPath "$folder/b[1]/[ab].yaml"
        (Get-PodInjectionAnnotation "$folder/b``[1``]/``[ab``].yaml").Name | Should -Be brackets
        (Get-PodInjectionAnnotation "$folder/b``[1``]/*.yaml").Name | Should -Be brackets
        (Get-PodInjectionAnnotation "$folder/b``[1``]").Name | Should -Be brackets
        (Get-Item "$folder/b``[1``]/``[ab``].yaml" | Get-PodInjectionAnnotation).Name | Should -Be brackets
        (Get-Item "$folder/b``[1``]" | Get-PodInjectionAnnotation).Name | Should -Be brackets
        Push-Location -LiteralPath "$folder/b[1]"
        try { (Get-PodInjectionAnnotation './`[ab`].yaml').Name | Should -Be brackets } finally { Pop-Location }
        { Get-PodInjectionAnnotation "$folder/b[1]/[ab].yaml" -ErrorAction Stop } | Should -Throw '*specify it with -LiteralPath.'
        { Get-PodInjectionAnnotation "$folder/b[2].yaml" -ErrorAction Stop } | Should -Throw "No file or folder matches '$folder/b``[2``].yaml'."
    }

    It 'can come from Get-Item and Get-ChildItem' {
        (Get-Item $folder/a.yaml | Get-PodInjectionAnnotation).Name | Should -Be orders
        (Get-ChildItem $folder -File -Filter *.y*ml | Get-PodInjectionAnnotation).Name | Should -Be orders, stock
        (Get-Item $folder | Get-PodInjectionAnnotation).Name | Should -Be orders, web, stock
    }

    It 'can come from objects with the property <_>' -ForEach 'Path', 'LiteralPath', 'FullName', 'PSPath' {
        ([pscustomobject]@{ $_ = "$folder/a.yaml" } | Get-PodInjectionAnnotation).Name | Should -Be orders
    }

    It 'can come from Select-String' {
        (Select-String orders-rw $folder/*.yaml -List | Get-PodInjectionAnnotation).Name | Should -Be orders
    }

    It 'can come as lines' {
        (Get-Content $folder/a.yaml | Get-PodInjectionAnnotation).Name | Should -Be orders
        (Get-Content $folder/a.yaml, $folder/b.json, $folder/c.yml | Get-PodInjectionAnnotation).Name | Should -Be orders, web, stock
    }

    It 'can come as text' {
        (Get-Content -Raw $folder/a.yaml | Get-PodInjectionAnnotation).Name | Should -Be orders
        (Get-Content -Raw $folder/a.yaml, $folder/b.json, $folder/c.yml | Get-PodInjectionAnnotation).Name | Should -Be orders, web, stock
        (Get-PodInjectionAnnotation -InputObject (Get-Content -Raw $folder/a.yaml)).Name | Should -Be orders
    }

    It 'can contain several documents' {
        Set-Content $folder/all.yaml ((New-Manifest orders) + "---`n`n" + (New-Manifest web))
        (Get-PodInjectionAnnotation $folder/all.yaml).Name | Should -Be orders, web
        (Get-Content $folder/all.yaml | Get-PodInjectionAnnotation).Name | Should -Be orders, web
    }
}

Describe 'The errors of Get-PodInjectionAnnotation' {
    It 'reports a missing path, and reads the others' {
        New-Manifest orders | Set-Content TestDrive:/orders.yaml
        foreach ($missing in 'TestDrive:/missing.yaml', 'TestDrive:/missing*.yaml', 'TestDrive:/missing/*.yaml', 'nodrive:/orders.yaml') {
            $found = Get-PodInjectionAnnotation $missing, TestDrive:/orders.yaml -ErrorAction SilentlyContinue -ErrorVariable failed
            $found.Name | Should -Be orders
            $failed | Should -HaveCount 1
            $failed[0].FullyQualifiedErrorId | Should -Be 'PathNotFound,KubeInject.Cmdlets.Annotations.GetPodInjectionAnnotationCommand'
            $failed[0].CategoryInfo.Category | Should -Be ObjectNotFound
            $failed[0].TargetObject | Should -Be $missing
        }
    }

    It 'reports where a manifest is invalid, and reads the others' {
        $path = Join-Path $TestDrive broken.yaml
        Set-Content $path "kind: Pod`nmetadata:`n  name: [orders"
        New-Manifest orders | Set-Content TestDrive:/orders.yaml
        $found = Get-PodInjectionAnnotation $path, TestDrive:/orders.yaml -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Name | Should -Be orders
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'ManifestInvalid,KubeInject.Cmdlets.Annotations.GetPodInjectionAnnotationCommand'
        $failed[0].CategoryInfo.Category | Should -Be ParserError
        $failed[0].TargetObject | Should -Be $path
        $failed[0].Exception.Message | Should -Match ('^' + [regex]::Escape($path) + ':[34]:\d+: ')
    }

    It 'reports where text is invalid' {
        { 'kind: Pod', 'metadata: [' | Get-PodInjectionAnnotation } | Should -Throw -ErrorId 'ManifestInvalid,*' -ExpectedMessage '<input>:?:*'
    }

    It 'reports an object that is not a manifest, and reads the rest' -ForEach @(
        @{ Value = 1 }
        @{ Value = Get-Date }
        @{ Value = [pscustomobject]@{ Size = 1 } }
    ) {
        $found = $Value, (New-Manifest orders) | Get-PodInjectionAnnotation -ErrorAction SilentlyContinue -ErrorVariable failed
        $found.Name | Should -Be orders
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'InputNotAManifest,KubeInject.Cmdlets.Annotations.GetPodInjectionAnnotationCommand'
        $failed[0].CategoryInfo.Category | Should -Be InvalidType
        $failed[0].TargetObject | Should -Be $Value
        $failed[0].Exception.Message | Should -Match $Value.GetType().Name
    }

    It 'reports an unreadable file' @unixUser {
        New-Manifest orders | Set-Content TestDrive:/secret.yaml
        chmod 000 (Join-Path $TestDrive secret.yaml)
        { Get-PodInjectionAnnotation TestDrive:/secret.yaml } | Should -Throw -ErrorId 'PathAccessDenied,*'
    }
}

Describe 'The dialects that Get-PodInjectionAnnotation reads' {
    BeforeAll {
        $agent = @(
            'apiVersion: v1', 'kind: Pod', 'metadata:', '  name: agent', '  annotations:', '    vault.hashicorp.com/agent-inject: "true"'
            '    vault.hashicorp.com/role: shop', '    vault.hashicorp.com/agent-inject-secret-orders: database/creds/orders-rw'
        ) -join "`n"
        $bank = @(
            'apiVersion: v1', 'kind: Pod', 'metadata:', '  name: bank', 'spec:', '  containers:', '    - name: app', '      env:'
            '        - {name: PGUSER, value: "vault:database/creds/orders-rw#username"}'
            '        - {name: PGPASSWORD, value: "vault:database/creds/orders-rw#password"}'
        ) -join "`n"
    }

    It 'are all dialects, with one object each' {
        $both = $agent + "`n    db-creds-injector.numberly.io/stock.role: stock-ro`n"
        $found = $both, $agent, $bank, (New-Manifest web -Annotation @{} -Label @{}) | Get-PodInjectionAnnotation
        $found.Name | Should -Be agent, agent, agent, bank, web
        $found.Dialect | Should -Be VaultDbInjector, VaultAgent, VaultAgent, BankVaults, VaultDbInjector
        $found[1].Databases.Role | Should -Be orders-rw
        $found[3].Databases[0].PasswordVariables | Should -Be PGPASSWORD
    }

    It 'can be selected' {
        ($agent, $bank, (New-Manifest) | Get-PodInjectionAnnotation -Dialect VaultAgent).Name | Should -Be agent
        ($agent, $bank | Get-PodInjectionAnnotation -Dialect bankvaults, VaultAgent).Name | Should -Be agent, bank
        $agent | Get-PodInjectionAnnotation -Dialect VaultDbInjector | Should -BeNullOrEmpty
    }

    It 'include those of pods in the cluster' {
        $namespace = New-TestNamespace (New-Manifest orders)
        (Get-PodInjectionAnnotation -n $namespace -Dialect VaultDbInjector -Consistent).Name | Should -Be orders
        Get-PodInjectionAnnotation -n $namespace -Dialect VaultAgent -Consistent | Should -BeNullOrEmpty
        Get-KubePod -n $namespace | Get-PodInjectionAnnotation -Dialect VaultAgent | Should -BeNullOrEmpty
    }

    It 'are completed' {
        $line = 'Get-PodInjectionAnnotation -Dialect '
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be BankVaults, VaultAgent, VaultDbInjector
    }

    It 'are displayed' {
        $agent | Get-PodInjectionAnnotation | Out-String | Should -Match 'VaultAgent'
        "$($agent | Get-PodInjectionAnnotation)" | Should -Match 'VaultAgent'
    }
}

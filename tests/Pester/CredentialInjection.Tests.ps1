BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $unix = Get-Requirement Unix
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # Every test has a separate folder for its files and its leases.
    function New-TestFolder { (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))).FullName }
    function Get-Lease($Folder) { if (Test-Path $Folder/leases) { Get-ChildItem $Folder/leases -Filter *.json | Get-Content -Raw | ConvertFrom-Json } }
}

Describe 'Invoke-CredentialInjection' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
    }

    It 'reports the result of each pod' {
        New-Manifest orders -Namespace shop | Set-Content $folder/orders.yaml
        $result = Invoke-CredentialInjection $folder/orders.yaml -CredentialSource $source
        "$($result.Object)" | Should -Be shop/pod/orders
        $result.Status | Should -Be Injected
        $result.Databases.Name, $result.Databases.Role | Should -Be orders, orders-rw
        $result.Databases.Variables | Should -Be DBUSER, DBPASSWORD
        $result.Databases.Username | Should -Match '^local-orders-rw-'
        $result.Containers | Should -Be app
        "$($result.Location)" | Should -Match ([regex]::Escape("$folder/orders.yaml") + ':1:1$')
        $result | Out-String -Width 300 | Should -Match '(?s)Status +Object +Databases +Variables +Containers +Location.*Injected +shop/pod/orders +orders +DBUSER, DBPASSWORD +app'
    }

    It 'records a lease for each database' {
        $result = New-Manifest -Annotation @{ 'orders.role' = 'orders-rw'; 'stock.role' = 'stock-ro'; 'stock.env-key-dbuser' = 'STOCKUSER'; 'stock.env-key-dbpassword' = 'STOCKPASSWORD' } |
            Invoke-CredentialInjection -CredentialSource $source
        $leases = Get-Lease $folder | Sort-Object Role
        $leases.Role | Should -Be orders-rw, stock-ro
        $leases.IsComplete | Should -Be $true, $true
        $leases.Uuid | Should -Be $result.Databases.Uuid
    }

    It 'reports injected pods, and issues nothing for them' {
        $injected = New-Manifest | Invoke-CredentialInjection -CredentialSource $source -AsManifest
        $again = $injected | Invoke-CredentialInjection -CredentialSource $source
        $again.Status | Should -Be AlreadyInjected
        $injected | Invoke-CredentialInjection -CredentialSource $source -AsManifest | Should -BeExactly $injected
        Get-Lease $folder | Should -HaveCount 1
    }

    It 'skips pods that request nothing' {
        $manifest = New-Manifest -Annotation @{} -Label @{}
        ($manifest | Invoke-CredentialInjection -CredentialSource $source).Status | Should -Be NotRequested
        $manifest | Invoke-CredentialInjection -CredentialSource $source -AsManifest | Should -BeExactly $manifest
        Get-Lease $folder | Should -BeNullOrEmpty
    }

    It 'warns once that credentials are random' {
        $null = (New-Manifest orders), (New-Manifest web) | Invoke-CredentialInjection -CredentialSource $source -WarningVariable warned
        @($warned) -match 'are random' | Should -HaveCount 1
    }

    It 'warns about findings' {
        $null = New-Manifest -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.mod' = 'uri' } | Invoke-CredentialInjection -CredentialSource $source -WarningVariable warned
        @($warned) -match 'KI002' | Should -HaveCount 1
    }

    It 'does not ask for confirmation with -Confirm:$false' {
        $ConfirmPreference = 'Low'
        (New-Manifest | Invoke-CredentialInjection -CredentialSource $source -Confirm:$false).Status | Should -Be Injected
    }
}

Describe 'The input of Invoke-CredentialInjection' {
    BeforeAll {
        $null = Connect-KubeCluster admin
        $namespace = New-TestNamespace (New-Manifest orders), (New-Manifest web)
    }

    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
    }

    AfterAll {
        Disconnect-KubeCluster
    }

    It 'can be <Form>' -ForEach @(
        @{ Form = 'pods'; Get = { Get-KubePod -n $namespace } }
        @{ Form = 'a list from kubectl'; Get = { kubectl get pods -n $namespace -o json | ConvertFrom-Json } }
        @{ Form = 'objects from kubectl'; Get = { (kubectl get pods -n $namespace -o json | ConvertFrom-Json).items } }
        @{ Form = 'lines of YAML from kubectl'; Get = { kubectl get pods -n $namespace -o yaml } }
        @{ Form = 'lines of JSON from kubectl'; Get = { kubectl get pods -n $namespace -o json } }
        @{ Form = 'YAML from kubectl'; Get = { kubectl get pods -n $namespace -o yaml | Out-String } }
        @{ Form = 'JSON from kubectl'; Get = { kubectl get pods -n $namespace -o json | Out-String } }
        @{ Form = 'text'; Get = { New-Manifest orders; New-Manifest web } }
    ) {
        $results = & $Get | Invoke-CredentialInjection -CredentialSource $source
        "$($results.Status)" | Should -Be 'Injected Injected'
        $results.Object.Name | Should -Be orders, web
        @(Get-Lease $folder).Role | Should -Be orders-rw, orders-rw
    }

    It 'keeps every field of an object from kubectl' {
        $pod = kubectl get pod orders -n $namespace -o json | Out-String
        $injected = $pod | ConvertFrom-Json -DateKind String | Invoke-CredentialInjection -CredentialSource $source -AsManifest | ConvertFrom-Json -AsHashtable
        $before = $pod | ConvertFrom-Json -AsHashtable
        $injected.spec.containers[0].Remove('env')
        $injected.metadata.annotations.Remove('db-creds-injector.numberly.io/uuid')
        ConvertTo-Json $injected -Depth 50 | Should -BeExactly (ConvertTo-Json $before -Depth 50)
    }

    It 'can be files and folders' {
        New-Manifest orders | Set-Content $folder/a.yaml
        New-Manifest web -AsJson | Set-Content $folder/b.json
        $null = New-Item -ItemType Directory $folder/below
        New-Manifest below | Set-Content $folder/below/c.yml
        New-Manifest brackets | Set-Content -LiteralPath "$folder/below/[a].yaml"
        (Invoke-CredentialInjection $folder/*.* -CredentialSource $source).Object.Name | Should -Be orders, web
        (Invoke-CredentialInjection $folder -Recurse -CredentialSource $source).Object.Name | Should -Be orders, web, brackets, below
        (Invoke-CredentialInjection -LiteralPath "$folder/below/[a].yaml" -CredentialSource $source).Object.Name | Should -Be brackets
        (Get-ChildItem $folder -File | Invoke-CredentialInjection -CredentialSource $source).Object.Name | Should -Be orders, web
        ([pscustomobject]@{ Path = "$folder/a.yaml" } | Invoke-CredentialInjection -CredentialSource $source).Object.Name | Should -Be orders
    }

    It 'can be written to a folder with brackets, which tab completion escapes' {
        $null = New-Item -ItemType Directory "$folder/out[1]"
        New-Manifest orders | Set-Content "$folder/a.yaml"
        $null = Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -OutputDirectory "$folder/out``[1``]"
        Test-Path -LiteralPath "$folder/out[1]/a.yaml" | Should -BeTrue
    }
}

Describe 'Invoke-CredentialInjection -AsManifest' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
    }

    It 'writes a manifest that kubectl applies' {
        $namespace = New-TestNamespace
        New-Manifest orders | Set-Content $folder/orders.yaml
        $null = Invoke-CredentialInjection $folder/orders.yaml -CredentialSource $source -AsManifest | kubectl apply -n $namespace -f -
        $pod = Get-TestPod orders $namespace
        $lease = Get-Lease $folder
        Get-EnvironmentValue $pod DBUSER | Should -Be $lease.Username
        Get-EnvironmentValue $pod DBPASSWORD | Should -Match '^\w{24}$'
        $pod.metadata.annotations['db-creds-injector.numberly.io/uuid'] | Should -Be $lease.Uuid
    }

    It 'writes connection URIs' {
        $namespace = New-TestNamespace
        $null = New-Manifest orders -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.mode' = 'uri'; 'orders.env-key-uri' = 'DB_URL'; 'orders.template' = 'postgres://@db:5432/orders?sslmode=require' } |
            Invoke-CredentialInjection -CredentialSource $source -AsManifest | kubectl apply -n $namespace -f -
        $uri = [uri](Get-EnvironmentValue (Get-TestPod orders $namespace) DB_URL)
        $uri.UserInfo | Should -Match "^$((Get-Lease $folder).Username):\w{24}$"
        "$($uri.Scheme)://@$($uri.Authority)$($uri.PathAndQuery)" | Should -Be 'postgres://@db:5432/orders?sslmode=require'
    }

    It 'writes workloads' {
        $namespace = New-TestNamespace
        $null = New-Manifest orders -Kind Deployment | Invoke-CredentialInjection -CredentialSource $source -AsManifest | kubectl apply -n $namespace -f -
        kubectl get deployment orders -n $namespace -o 'jsonpath={.spec.template.spec.containers[0].env[*].name}' | Should -Be 'DBUSER DBPASSWORD'
    }

    It 'writes several files for one kubectl apply: <_>' -ForEach 'a.yaml b.json c.yaml', 'a.json b.yaml c.json', 'a.json b.json', 'a.yaml b.yaml' {
        $namespace = New-TestNamespace
        $files = $_ -split ' '
        foreach ($file in $files) { New-Manifest $file[0] -AsJson:($file -like '*.json') | Set-Content -NoNewline $folder/$file }
        $names = $files.ForEach{ "$($_[0])" }
        Invoke-CredentialInjection $folder -CredentialSource $source -AsManifest | kubectl apply -n $namespace -f - |
            Should -Be $names.ForEach{ "pod/$_ created" }
        foreach ($name in $names) { Get-EnvironmentValue (Get-TestPod $name $namespace) DBPASSWORD | Should -Match '^\w{24}$' }
    }

    It 'writes files from a pipeline for one kubectl apply' {
        $namespace = New-TestNamespace
        New-Manifest web -AsJson | Set-Content $folder/a.json
        New-Manifest orders | Set-Content $folder/b.yaml
        Get-ChildItem $folder/?.* | Invoke-CredentialInjection -CredentialSource $source -AsManifest | kubectl apply -n $namespace -f - |
            Should -Be 'pod/web created', 'pod/orders created'
    }

    It 'writes JSON as JSON' {
        $manifest = New-Manifest orders -AsJson | Invoke-CredentialInjection -CredentialSource $source -AsManifest | ConvertFrom-Json -AsHashtable
        Get-EnvironmentValue $manifest DBPASSWORD | Should -Match '^\w{24}$'
        New-Manifest orders -AsJson | Set-Content $folder/a.json
        { Invoke-CredentialInjection $folder/a.json -CredentialSource $source -AsManifest | ConvertFrom-Json } | Should -Not -Throw
    }

    It 'changes no other character' {
        $manifest = (New-Manifest orders) -replace 'spec:', "`n# the container`nspec:  # all of it"
        $injected = $manifest | Invoke-CredentialInjection -CredentialSource $source -AsManifest
        $added = [regex]'(?m)^ +db-creds-injector\.numberly\.io/uuid: .*\n|^ +env:\n(^ +(- )?(name|value): .*\n)+'
        $added.Replace($injected, '') | Should -BeExactly $manifest.Replace("`r", '')
    }

    It 'keeps the lease of a returned manifest if the pipeline stops' {
        New-Manifest a | Set-Content $folder/a.yaml
        New-Manifest b | Set-Content $folder/b.yaml
        $manifest = Invoke-CredentialInjection $folder -CredentialSource $source -AsManifest | Select-Object -First 1
        $lease = Get-Lease $folder
        $lease | Should -HaveCount 1
        $manifest | Should -Match $lease.Uuid
    }

    It 'writes nothing for a pod that fails' {
        $written = (New-Manifest orders), (New-Manifest broken -Annotation @{ 'orders.mode' = 'uri' }) |
            Invoke-CredentialInjection -CredentialSource $source -AsManifest -ErrorAction SilentlyContinue
        $written | Should -HaveCount 1
        $written | Should -Not -Match broken
    }
}

Describe 'Invoke-CredentialInjection -OutputDirectory' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
    }

    It 'writes each manifest with its file name' {
        New-Manifest orders | Set-Content $folder/a.yaml
        New-Manifest web -AsJson | Set-Content $folder/b.json
        $before = Get-Content -Raw $folder/a.yaml
        $results = Invoke-CredentialInjection $folder -CredentialSource $source -OutputDirectory $folder/out
        "$($results.Status)" | Should -Be 'Injected Injected'
        (Get-ChildItem $folder/out).Name | Should -Be a.yaml, b.json
        Get-Content -Raw $folder/out/a.yaml | Should -Match 'DBPASSWORD'
        Get-Content -Raw $folder/out/b.json | ConvertFrom-Json | ForEach-Object { $_.spec.containers[0].env.name } | Should -Be DBUSER, DBPASSWORD
        Get-Content -Raw $folder/a.yaml | Should -BeExactly $before
    }

    It 'keeps subfolders' {
        $null = New-Item -ItemType Directory $folder/in/below
        New-Manifest orders | Set-Content $folder/in/below/a.yaml
        $null = Invoke-CredentialInjection $folder/in -Recurse -CredentialSource $source -OutputDirectory $folder/out
        "$folder/out/below/a.yaml" | Should -Exist
    }

    It 'is relative to the location of PowerShell' {
        New-Manifest orders | Set-Content $folder/a.yaml
        Push-Location $folder
        try { $null = Invoke-CredentialInjection a.yaml -CredentialSource $source -OutputDirectory out }
        finally { Pop-Location }
        "$folder/out/a.yaml" | Should -Exist
    }

    It 'writes files that only the owner can read' @unix {
        New-Manifest orders | Set-Content $folder/a.yaml
        $null = Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -OutputDirectory $folder/out
        (Get-Item $folder/out/a.yaml).UnixMode | Should -Be '-rw-------'
    }

    It 'reports that text has no file name' {
        New-Manifest orders | Invoke-CredentialInjection -CredentialSource $source -OutputDirectory $folder/out -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'ManifestFailed,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        Get-Lease $folder | Should -BeNullOrEmpty
    }
}

Describe 'Invoke-CredentialInjection -InPlace' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
    }

    It 'writes a manifest to its file' {
        New-Manifest orders | Set-Content $folder/a.yaml
        (Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -InPlace).Status | Should -Be Injected
        Get-Content -Raw $folder/a.yaml | Should -Match (Get-Lease $folder).Username
        (Get-ChildItem $folder -Force -File).Name | Should -Be a.yaml
    }

    It 'keeps the permissions of the file' @unix {
        New-Manifest orders | Set-Content $folder/a.yaml
        chmod 640 $folder/a.yaml
        $null = Get-Item $folder/a.yaml | Invoke-CredentialInjection -CredentialSource $source -InPlace
        (Get-Item $folder/a.yaml).UnixMode | Should -Be '-rw-r-----'
    }

    It 'changes nothing the second time' {
        New-Manifest orders | Set-Content $folder/a.yaml
        $null = Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -InPlace
        $before = Get-Item $folder/a.yaml
        $content = Get-Content -Raw $before
        (Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -InPlace).Status | Should -Be AlreadyInjected
        Get-Content -Raw $folder/a.yaml | Should -BeExactly $content
        (Get-Item $folder/a.yaml).LastWriteTimeUtc | Should -Be $before.LastWriteTimeUtc
    }

    It 'leaves a pod that fails unchanged' {
        $broken = New-Manifest broken -Annotation @{ 'orders.mode' = 'uri' }
        Set-Content -NoNewline $folder/a.yaml -Value ($broken + "---`n" + (New-Manifest orders))
        $results = Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -InPlace -ErrorAction SilentlyContinue
        $results.Status | Should -Be Failed, Injected
        (Get-Content -Raw $folder/a.yaml).StartsWith($broken) | Should -BeTrue
    }
}

Describe 'Invoke-CredentialInjection -WhatIf' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
        New-Manifest orders | Set-Content $folder/a.yaml
        $before = Get-Content -Raw $folder/a.yaml
    }

    It 'issues, records and writes nothing: <Name>' -ForEach @(
        @{ Name = 'results'; Option = @{} }
        @{ Name = '-AsManifest'; Option = @{ AsManifest = $true } }
        @{ Name = '-InPlace'; Option = @{ InPlace = $true } }
        @{ Name = '-OutputDirectory'; Option = @{ OutputDirectory = 'out' } }
    ) {
        Push-Location $folder
        try { $results = Get-Item a.yaml | Invoke-CredentialInjection -CredentialSource $source @Option -WhatIf }
        finally { Pop-Location }
        $Option.ContainsKey('AsManifest') ? $results : ($results.Status -ne 'Planned') | Should -Not -BeTrue
        (Get-ChildItem $folder -Force).Name | Should -Be a.yaml
        Get-Content -Raw $folder/a.yaml | Should -BeExactly $before
    }

    It 'writes no file for manifests that request nothing' {
        New-Manifest -Annotation @{} -Label @{} | Set-Content $folder/a.yaml
        Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -AsManifest -WhatIf | Should -BeNullOrEmpty
        (Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -OutputDirectory $folder/out -WhatIf).Status | Should -Be NotRequested
        "$folder/out" | Should -Not -Exist
    }

    It 'reports the planned actions' {
        $result = Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -WhatIf
        $result.Databases.Variables | Should -Be DBUSER, DBPASSWORD
        $result.Databases.Username | Should -BeNullOrEmpty
        $result.Manifest | Should -BeNullOrEmpty
    }

    It 'uses one line per manifest' {
        $shown = Invoke-InNewProcess {
            Import-Module $args[0]
            $null = Invoke-CredentialInjection $args[1] -CredentialSource (New-CredentialSource -Local -LeasePath $args[2]) -WhatIf -WarningAction Ignore
        } "$folder/a.yaml", "$folder/leases"
        $shown | Should -Be "What if: Performing the operation `"Inject credentials for orders (role orders-rw) as DBUSER, DBPASSWORD into app`" on target `"$folder/a.yaml: pod/orders`"."
    }
}

Describe 'The errors of Invoke-CredentialInjection' {
    BeforeEach {
        $folder = New-TestFolder
        $source = New-CredentialSource -Local -LeasePath $folder/leases
    }

    It 'requires a credential source' {
        $failure = { New-Manifest | Invoke-CredentialInjection } |
            Should -Throw -PassThru -ErrorId 'CredentialSourceMissing,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failure.CategoryInfo.Category | Should -Be InvalidArgument
        $failure.Exception.Message | Should -Match 'New-CredentialSource'
    }

    It 'accepts only one kind of output' {
        $failure = { New-Manifest | Invoke-CredentialInjection -CredentialSource $source -AsManifest -InPlace } |
            Should -Throw -PassThru -ErrorId 'SeveralOutputs,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failure.CategoryInfo.Category | Should -Be InvalidArgument
    }

    It 'reports a missing path, and injects the others' {
        New-Manifest orders | Set-Content $folder/a.yaml
        $result = Invoke-CredentialInjection $folder/missing.yaml, $folder/a.yaml -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Injected
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'PathNotFound,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].CategoryInfo.Category | Should -Be ObjectNotFound
        $failed[0].TargetObject | Should -Be "$folder/missing.yaml"
    }

    It 'reports where a manifest is invalid, and injects the others' {
        New-Manifest a | Set-Content $folder/a.yaml
        Set-Content $folder/b.yaml "kind: Pod`nmetadata:`n  name: [orders"
        New-Manifest c | Set-Content $folder/c.yaml
        $results = Invoke-CredentialInjection $folder -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $results.Object.Name | Should -Be a, c
        "$($results.Status)" | Should -Be 'Injected Injected'
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'ManifestFailed,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].CategoryInfo.Category | Should -Be InvalidData
        $failed[0].TargetObject | Should -Be "$folder/b.yaml"
        $failed[0].Exception.Message | Should -Match ('^' + [regex]::Escape("$folder/b.yaml") + ':[34]:\d+: ')
    }

    It 'reports a pod that cannot be injected, and injects the others' {
        New-Manifest a -Annotation @{ 'orders.env-key-dbuser' = 'PGUSER' } | Set-Content $folder/a.yaml
        New-Manifest b | Set-Content $folder/b.yaml
        $results = Invoke-CredentialInjection $folder -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        "$($results.Status)" | Should -Be 'Failed Injected'
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'InjectionFailed,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].CategoryInfo.Category | Should -Be InvalidData
        $failed[0].TargetObject | Should -Be $results[0]
        $failed[0].Exception.Message | Should -Match ([regex]::Escape("$folder/a.yaml") + ':\d+:\d+: pod/a: KI003')
        @(Get-Lease $folder) | Should -HaveCount 1
    }

    It 'reports objects that are not manifests, and injects the rest' {
        $results = 1, (New-Manifest orders) | Invoke-CredentialInjection -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $results.Status | Should -Be Injected
        $failed[0].FullyQualifiedErrorId | Should -Be 'InputNotAManifest,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].CategoryInfo.Category | Should -Be InvalidType
    }

    It 'issues nothing if leases cannot be recorded' {
        Set-Content $folder/leases 'a file, and no folder'
        $result = New-Manifest orders | Invoke-CredentialInjection -CredentialSource $source -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'InjectionFailed,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
    }

    It 'keeps no lease if the output cannot be written' {
        New-Manifest orders | Set-Content $folder/a.yaml
        Set-Content $folder/out 'a file, and no folder'
        Invoke-CredentialInjection $folder/a.yaml -CredentialSource $source -OutputDirectory $folder/out -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'ManifestFailed,KubeInject.Cmdlets.Injection.InvokeCredentialInjectionCommand'
        $failed[0].TargetObject | Should -Be "$folder/a.yaml"
        Get-Lease $folder | Should -BeNullOrEmpty
    }
}

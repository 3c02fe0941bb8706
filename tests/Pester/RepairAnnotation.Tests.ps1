BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $prefix = 'db-creds-injector.numberly.io/'
    function New-File([string] $Text = (New-Manifest), [string] $Name = 'orders.yaml') {
        $file = Join-Path (New-Item -ItemType Directory (Join-Path $TestDrive ([guid]::NewGuid()))) $Name
        [IO.File]::WriteAllText($file, $Text)
        $file
    }
}

Describe 'Set-PodInjectionAnnotation' -Tag NoCluster {
    It 'writes annotations and label to a file, and a second call changes nothing' {
        $file = New-File (New-Manifest -Label @{ app = 'x' } -Annotation @{})
        $result = Set-PodInjectionAnnotation $file -Database orders -Role orders-rw -Template 'postgres://db:5432/orders' -EnvUri DATABASE_URL, OTHER_URL
        $result.Status | Should -Be Changed
        $result.File | Should -Be $file
        $result | Out-String -Width 300 | Should -Match 'Changed +pod/orders +Set vault-db-injector\.'
        $database = (Get-PodInjectionAnnotation $file).Databases
        $database.Role, $database.Mode, $database.Template | Should -Be 'orders-rw', 'Uri', 'postgres://db:5432/orders'
        $database.UriVariables | Should -Be DATABASE_URL, OTHER_URL
        Get-Content -Raw $file | Should -Match 'vault-db-injector: "true"'
        $before = Get-FileHash $file
        (Set-PodInjectionAnnotation $file -Database orders -Role orders-rw -Template 'postgres://db:5432/orders' -EnvUri DATABASE_URL, OTHER_URL).Status | Should -Be Unchanged
        (Get-FileHash $file).Hash | Should -Be $before.Hash
    }

    It 'returns text for text' {
        $text = New-Manifest -Annotation @{} | Set-PodInjectionAnnotation -Database orders -Role rw -EnvUsername U -EnvPassword P
        $text | Should -BeOfType string
        ($text | Get-PodInjectionAnnotation).Databases.UsernameVariables | Should -Be U
    }

    It 'rejects an invalid result, and writes nothing' {
        $file = New-File
        $before = Get-FileHash $file
        $result = Set-PodInjectionAnnotation $file -Database users -Mode Uri -Role rw -ErrorAction SilentlyContinue -ErrorVariable failed
        $result.Status | Should -Be Failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'AnnotationFailed,KubeInject.Cmdlets.Annotations.SetPodInjectionAnnotationCommand'
        "$($failed[0])" | Should -Match 'KI00[67]'
        (Get-FileHash $file).Hash | Should -Be $before.Hash
    }

    It 'accepts a database or a dialect' {
        { New-Manifest | Set-PodInjectionAnnotation -Role x } | Should -Throw -ErrorId 'DatabaseOrDialect,KubeInject.Cmdlets.Annotations.SetPodInjectionAnnotationCommand'
        { New-Manifest | Set-PodInjectionAnnotation -Role x -FromDialect VaultAgent } | Should -Throw -ErrorId 'DatabaseOrDialect,*'
    }

    It 'converts the request of a pod to <Dialect>, and reports what it kept' -ForEach @(
        @{
            Dialect = 'VaultAgent'; Left = "*Secret 'config'*the Vault Agent injector is still required*"; Url = 'postgres://db:5432/orders'
            Annotation = @"
    vault.hashicorp.com/agent-inject: "true"
    vault.hashicorp.com/role: orders
    vault.hashicorp.com/agent-inject-secret-orders: databases/creds/orders-rw
    vault.hashicorp.com/agent-inject-template-orders: |
      {{ with secret "databases/creds/orders-rw" }}export DATABASE_URL="postgres://{{ .Data.username }}:{{ .Data.password }}@db:5432/orders"{{ end }}
    vault.hashicorp.com/agent-inject-secret-config: secret/data/config
"@
        }
        @{
            Dialect = 'BankVaults'; Left = $null; Url = $null
            Annotation = @"
    vault.security.banzaicloud.io/vault-role: orders
"@
        }
    ) {
        $text = @"
apiVersion: v1
kind: Pod
metadata:
  name: orders
  annotations:
$Annotation
spec:
  containers:
    - name: app
      image: example/app:1
      env:
        - name: PGUSER
          value: vault:databases/creds/orders-rw#username
        - name: PGPASSWORD
          value: vault:databases/creds/orders-rw#password
"@
        $result = $text | Set-PodInjectionAnnotation -FromDialect $Dialect -WarningVariable left
        $ours = $result | Get-PodInjectionAnnotation -Dialect VaultDbInjector
        $ours.Databases.Role | Should -Be orders-rw
        $ours.Databases.Template | Should -Be $Url
        if ($Dialect -eq 'BankVaults') { $ours.Databases.UsernameVariables, $ours.Databases.PasswordVariables | Should -Be PGUSER, PGPASSWORD }
        $ours.HasErrors | Should -BeFalse
        if ($Left) { "$left" | Should -BeLike $Left }
    }

    It 'shows no password in its diff' {
        $file = New-File
        $shown = Set-PodInjectionAnnotation $file -Database orders -Template 'postgres://me:hunter2@db/orders' -EnvUri U -Verbose 4>&1 | Out-String -Width 500
        $shown | Should -Not -Match hunter2
        $shown | Should -Match ([regex]::Escape('postgres://****@db/orders'))
    }
}

Describe 'Remove-PodInjectionAnnotation' -Tag NoCluster {
    It 'removes one database, then the last one together with the label' {
        $file = New-File (New-Manifest -Annotation @{ 'orders.role' = 'a'; 'users.role' = 'b'; cluster = 'pg' })
        (Remove-PodInjectionAnnotation $file -Database users).Status | Should -Be Changed
        (Get-PodInjectionAnnotation $file).Databases.Name | Should -Be orders
        Get-Content -Raw $file | Should -Match vault-db-injector
        $null = Remove-PodInjectionAnnotation $file -Database orders
        Get-Content -Raw $file | Should -Not -Match 'vault-db-injector|numberly|annotations|labels'
        (Remove-PodInjectionAnnotation $file).Status | Should -Be Unchanged
    }
}

Describe 'Repair-PodInjectionAnnotation' -Tag NoCluster {
    It 'fixes a file in place, and with -WhatIf shows the diff and writes nothing' {
        $file = New-File (New-Manifest -Label @{ app = 'x' })
        $before = Get-FileHash $file
        $shown = Invoke-InNewProcess {
            param($module, $file)
            Import-Module $module
            Repair-PodInjectionAnnotation $file -WhatIf | Format-List Status
        } $file | Out-String
        $shown | Should -Match 'What if: .*KI013'
        $shown | Should -Match '(?m)^@@ -\d+,0 \+\d+ @@\r?$'
        $shown | Should -Match '(?m)^\+.*vault-db-injector: "true"'
        $shown | Should -Match 'Planned'
        (Get-FileHash $file).Hash | Should -Be $before.Hash
        (Repair-PodInjectionAnnotation $file).Changes -join " " | Should -Match KI013
        (Get-PodInjectionAnnotation $file).Findings | Where-Object Code -EQ KI013 | Should -BeNullOrEmpty
        (Repair-PodInjectionAnnotation $file).Status | Should -Be Unchanged
    }

    It 'fixes only findings with the specified codes' {
        $file = New-File (New-Manifest -Label @{ app = 'x' })
        (Repair-PodInjectionAnnotation $file -Code KI999).Status | Should -Be Unchanged
        (Repair-PodInjectionAnnotation $file -Code ki013).Status | Should -Be Changed
    }

    It 'accepts findings, and changes each file once' {
        $files = (New-File (New-Manifest -Label @{ app = 'x' })), (New-File (New-Manifest -Label @{ app = 'x' }))
        $results = $files.ForEach{ (Get-PodInjectionAnnotation $_).Findings } | Where-Object Fix | Repair-PodInjectionAnnotation
        $results.File | Should -Be $files
        $results.Status | Should -Be Changed, Changed
    }

    It 'rejects a finding of text' {
        $null = New-Manifest -Label @{ app = 'x' } | Get-PodInjectionAnnotation | ForEach-Object Findings | Where-Object Fix |
            Repair-PodInjectionAnnotation -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'FindingOfNoFile,KubeInject.Cmdlets.Annotations.RepairPodInjectionAnnotationCommand'
    }
}

Describe 'The label and the default mount path of the injector' -Tag NoCluster {
    AfterEach { $env:KUBEINJECT_INJECTOR_LABEL = $env:KUBEINJECT_DEFAULT_MOUNT = $null }

    It 'are parameters' {
        $text = New-Manifest -Label @{ 'inject-a' = 'true' }
        ($text | Get-PodInjectionAnnotation -InjectorLabel inject-a -DefaultMount /pg/).Databases.Mount | Should -Be pg
        ($text | Get-PodInjectionAnnotation -InjectorLabel inject-a).Findings.Code | Should -Not -Contain KI013
        ($text | Test-PodInjectionAnnotation -InjectorLabel other-label | Where-Object Code -EQ KI013).Key | Should -Be other-label
        $text | Repair-PodInjectionAnnotation -InjectorLabel other-label | Should -Match 'other-label: "true"'
        $text | Set-PodInjectionAnnotation -Database orders -Role ro -InjectorLabel other-label | Should -Match 'other-label: "true"'
        $text | Remove-PodInjectionAnnotation -InjectorLabel inject-a | Should -Not -Match inject-a
    }

    It 'are variables' {
        $env:KUBEINJECT_INJECTOR_LABEL, $env:KUBEINJECT_DEFAULT_MOUNT = 'inject-a', 'pg'
        $injection = New-Manifest -Label @{ 'inject-a' = 'true' } | Get-PodInjectionAnnotation
        $injection.Databases.Mount | Should -Be pg
        $injection.Findings.Code | Should -Not -Contain KI013
        New-Manifest -Label @{ app = 'x' } | Repair-PodInjectionAnnotation | Should -Match 'inject-a: "true"'
    }

    It 'are checked' {
        { New-Manifest | Test-PodInjectionAnnotation -InjectorLabel 'a b' } | Should -Throw "-InjectorLabel: 'a b' is not a valid label key.*" -ErrorId 'InjectorSettingInvalid,*'
        { New-Manifest | Get-PodInjectionAnnotation -DefaultMount / } | Should -Throw '-DefaultMount: The mount path is empty.*' -ErrorId 'InjectorSettingInvalid,*'
        $env:KUBEINJECT_INJECTOR_LABEL = '-'
        { New-Manifest | Get-PodInjectionAnnotation } | Should -Throw "KUBEINJECT_INJECTOR_LABEL: '-'*" -ErrorId 'InjectorSettingInvalid,*'
    }
}

Describe 'Pod templates of workloads' {
    BeforeAll {
        $null = Connect-KubeCluster admin
        $namespace = New-TestNamespace
        function Get-Object([string] $Name) { kubectl get $Name -n $namespace -o json | Out-String | ConvertFrom-Json -AsHashtable }
    }
    AfterAll { Disconnect-KubeCluster }

    It 'are set, repaired and cleared' {
        $null = New-Manifest web -Kind Deployment -Label @{ app = 'web' } -Annotation @{} | kubectl create -n $namespace -f -
        $before = Get-Object deployment/web
        (Set-PodInjectionAnnotation -Workload deployment/web -n $namespace -Database orders -Role rw -WhatIf).Status | Should -Be Planned
        (Get-Object deployment/web).metadata.resourceVersion | Should -Be $before.metadata.resourceVersion

        $set = Set-PodInjectionAnnotation -Workload deployment/web -n $namespace -Database orders -Role rw
        $set.Status, $set.Location | Should -Be Changed, $null
        $set.Diff | Should -Match 'orders.role'
        $template = (Get-Object deployment/web).spec.template
        $template.metadata.labels.'vault-db-injector' | Should -Be true
        $template.metadata.labels.app | Should -Be web
        $template.metadata.annotations["${prefix}orders.role"] | Should -Be rw

        $null = kubectl patch deployment web -n $namespace --type json -p '[{"op":"replace","path":"/spec/template/metadata/labels/vault-db-injector","value":"yes"}]'
        (Repair-PodInjectionAnnotation -Workload deployment/web -n $namespace).Changes -join " " | Should -Match KI014
        (Get-Object deployment/web).spec.template.metadata.labels.'vault-db-injector' | Should -Be true

        (Remove-PodInjectionAnnotation -Workload deployment/web -n $namespace).Status | Should -Be Changed
        $after = Get-Object deployment/web
        $after.spec.template.metadata.Keys | Should -Not -Contain annotations
        $after.spec.template.metadata.labels.Keys | Should -Be app
        ConvertTo-Json $after.spec.template.spec -Depth 20 | Should -Be (ConvertTo-Json $before.spec.template.spec -Depth 20)
    }

    It 'get the annotations of the workload' {
        $null = New-Manifest moved -Kind Deployment -Label @{ app = 'moved'; 'vault-db-injector' = 'true' } -Annotation @{} | kubectl create -n $namespace -f -
        $null = kubectl annotate deployment moved -n $namespace "${prefix}orders.role=rw"
        (Repair-PodInjectionAnnotation -Workload deployment/moved -n $namespace).Status | Should -Be Changed
        $after = Get-Object deployment/moved
        $after.spec.template.metadata.annotations["${prefix}orders.role"] | Should -Be rw
        $after.metadata['annotations']?.Keys | Should -Not -Contain "${prefix}orders.role"
    }

    It 'get the label of the injector that is installed in the cluster' {
        $webhook = @{
            apiVersion = 'admissionregistration.k8s.io/v1'; kind = 'MutatingWebhookConfiguration'; metadata = @{ name = 'vault-db-injector-dev' }
            webhooks = @(@{
                    name = 'dev.example.org'; admissionReviewVersions = @('v1'); sideEffects = 'None'; failurePolicy = 'Ignore'; timeoutSeconds = 1
                    clientConfig = @{ url = 'https://127.0.0.1:1/' }
                    objectSelector = @{ matchLabels = @{ 'vault-db-injector-dev' = 'true' } }
                    rules = @(@{ operations = @('CREATE'); apiGroups = @(''); apiVersions = @('v1'); resources = @('pods') })
                })
        }
        $null = ConvertTo-Json $webhook -Depth 20 | kubectl create -f -
        try {
            $null = New-Manifest dev -Kind Deployment -Label @{ app = 'dev' } | kubectl create -n $namespace -f -
            (Repair-PodInjectionAnnotation -Workload deployment/dev -n $namespace -WhatIf).Changes -join ' ' | Should -Match "'vault-db-injector-dev'"
            $null = Set-PodInjectionAnnotation -Workload deployment/dev -n $namespace -Database orders -Role rw
            (Get-Object deployment/dev).spec.template.metadata.labels.Keys | Sort-Object | Should -Be app, vault-db-injector-dev
            $explained = Test-PodInjectionAnnotation -Workload deployment/dev -n $namespace -Explain
            "$explained" | Should -Match "selects pods by the label 'vault-db-injector-dev'"
            (Repair-PodInjectionAnnotation -Workload deployment/dev -n $namespace -InjectorLabel inject-a -WhatIf).Changes | Should -BeNullOrEmpty
        }
        finally { $null = kubectl delete mutatingwebhookconfiguration vault-db-injector-dev }
    }

    It 'are required for injection: a changed pod is reported' {
        $null = New-Manifest shell -Label @{ app = 'shell' } | kubectl create -n $namespace -f -
        $result = Repair-PodInjectionAnnotation -Workload pod/shell -n $namespace -WarningVariable warned
        $result.Status | Should -Be Changed
        "$warned" | Should -Match 'no injector processes it again'
        (Get-Object pod/shell).metadata.labels.'vault-db-injector' | Should -Be true
    }
}

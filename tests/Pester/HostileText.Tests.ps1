# What the module prints about hostile manifests and kubeconfigs: no control characters and no workflow commands.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    # In JSON: ESC, BEL, CSI, a line with a workflow command, a change of direction, and other invisible characters.
    $hostile = 'a\n::error file=x::planted\r\u001b[2J\u0007\u009b31m\u202eb\u2028c\u200bd##[error]e'
    $annotations = 'db-creds-injector.numberly.io'
    $file = Join-Path $TestDrive hostile.json
    Set-Content $file @"
{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "$hostile", "namespace": "$hostile", "annotations": {"$annotations/$hostile": "$hostile"}},
 "spec": {"template": {
   "metadata": {"labels": {"$hostile": "$hostile", "app": "x"}, "annotations": {
     "$annotations/$hostile.role": "$hostile", "$annotations/$hostile.mode": "$hostile", "$annotations/$hostile.env-key-dbuser": "$hostile",
     "$annotations/pg.role": "rw", "$annotations/$hostile": "$hostile"}},
   "spec": {"containers": [{"name": "$hostile", "image": "app", "env": [{"name": "$hostile"}]}]}}}}
"@
    $sound = Join-Path $TestDrive sound.json
    Set-Content $sound @"
{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "$hostile", "namespace": "$hostile", "annotations": {"$annotations/pg.role": "rw"}}, "spec": {"containers": [{"name": "$hostile", "image": "app"}]}}
"@
    $context = $hostile -replace '\\[nr]' # names in a kubeconfig have one line
    $kubeconfig = Join-Path $TestDrive config
    Set-Content $kubeconfig @"
{"apiVersion": "v1", "kind": "Config", "contexts": [{"name": "$context", "context": {"cluster": "$context", "user": "$context", "namespace": "$context"}}], "clusters": [{"name": "$context", "cluster": {"server": "https://127.0.0.1:1"}}], "users": [{"name": "$context", "user": {"token": "x"}}]}
"@
    $named = Join-Path $TestDrive "`e[2J`u{202e}.yaml"
    Set-Content -LiteralPath $named 'a: ['

    # In a separate process without colors, because colors are escape sequences.
    function Show([string] $Command) {
        Invoke-InNewProcess {
            param($module, $command, $file, $sound, $kubeconfig, $named, $leases)
            $PSStyle.OutputRendering = 'PlainText'
            Import-Module $module
            $source = New-CredentialSource -Local -LeasePath $leases
            $null = $source, $file, $sound, $kubeconfig, $named
            $output = @(& ([scriptblock]::Create($command)) *>&1)

            # First formatted output, then all other output as the host prints it, then errors as a script prints them.
            $isFormatted = { $_.GetType().FullName -like '*.Internal.Format.*' }
            $output.Where($isFormatted) | Out-String -Width 120
            $output.Where{ -not (& $isFormatted) } | Out-String -Width 120
            $output.Where{ $_ -is [System.Management.Automation.ErrorRecord] }.ForEach{ "$_"; "$($_.CategoryInfo)" }
        } $Command, $file, $sound, $kubeconfig, $named, (Join-Path $TestDrive leases) 2>&1 | Out-String
    }
}

Describe 'Hostile names and texts' -Tag NoCluster {
    It 'are escaped: <_>' -ForEach @(
        'Get-PodInjectionAnnotation $file'
        'Get-PodInjectionAnnotation $file | Format-List'
        '(Get-PodInjectionAnnotation $file).Databases'
        '(Get-PodInjectionAnnotation $file).Findings'
        'Test-PodInjectionAnnotation $file'
        'Test-PodInjectionAnnotation $file | Format-Table'
        'Test-PodInjectionAnnotation $file -PassThru'
        'Test-PodInjectionAnnotation $file -PassThru | Format-List'
        '(Test-PodInjectionAnnotation $file -PassThru).Steps'
        'Test-PodInjectionAnnotation $file -Explain'
        'Test-PodInjectionAnnotation $file -Explain | Format-Table'
        'Invoke-CredentialInjection $file -CredentialSource $source -Verbose'
        'Invoke-CredentialInjection $sound -CredentialSource $source -WhatIf'
        'Invoke-CredentialInjection $sound -CredentialSource $source'
        'Invoke-CredentialInjection $sound -CredentialSource $source | Format-List'
        '(Invoke-CredentialInjection $sound -CredentialSource $source).Databases'
        '(Invoke-CredentialInjection $sound -CredentialSource $source).Databases | Format-List'
        '(Get-PodInjectionAnnotation $file).Databases | Format-List'
        '(Test-PodInjectionAnnotation $file -PassThru).Steps | Format-List'
        'Set-PodInjectionAnnotation $sound -Database pg -Role other -OutputDirectory $leases | Format-List'
        'Set-PodInjectionAnnotation $file -Database pg -Role other -WhatIf'
        'Set-PodInjectionAnnotation $sound -Database pg -Role "$([char] 27)[2J" -WhatIf -Verbose'
        'Repair-PodInjectionAnnotation $file -WhatIf'
        'Repair-PodInjectionAnnotation $sound -WhatIf | Format-List'
        'Remove-PodInjectionAnnotation $file -WhatIf'
        '$null = Invoke-CredentialInjection $sound -CredentialSource $source; Get-CredentialLease $source -WarningAction SilentlyContinue'
        'Get-CredentialLease $source -WarningAction SilentlyContinue | Format-List'
        'Get-CredentialLease $source -WarningAction SilentlyContinue | Revoke-CredentialLease -WhatIf'
        'Get-KubeContext -KubeConfig $kubeconfig'
        'Get-KubeContext -KubeConfig $kubeconfig | Format-List'
        'Get-KubeContext -KubeConfig $kubeconfig | Test-KubeConnection'
        'Get-KubeContext "$([char] 27)c" -KubeConfig $kubeconfig'
        'Connect-KubeCluster -KubeConfig $named'
        'Get-PodInjectionAnnotation -LiteralPath $named'
        'Get-PodInjectionAnnotation "$([char] 27)[2J`n::error::x.yaml"'
    ) {
        $shown = Show $_
        $shown | Should -Not -BeNullOrEmpty
        $shown -replace '\r?\n' | Should -Not -Match '[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]'
        $shown | Should -Not -Match '(?m)^\s*::[-a-zA-Z]+(?:::|\s)|##\['
    }

    It 'keep their original values in properties' {
        (Get-PodInjectionAnnotation $file).Name | Should -BeExactly (ConvertFrom-Json "`"$hostile`"")
        (Get-KubeContext -KubeConfig $kubeconfig).Name | Should -BeExactly (ConvertFrom-Json "`"$context`"")
    }

    It 'are not offered for completion' {
        $line = "Connect-KubeCluster -KubeConfig '$kubeconfig' -Context "
        @((TabExpansion2 $line $line.Length).CompletionMatches) -match '[\p{Cc}\p{Cf}]' | Should -BeNullOrEmpty
    }
}

Describe 'Every view' -Tag NoCluster {
    It 'escapes each text: <_>' -ForEach (Get-ChildItem $PSScriptRoot/../../module/*.Format.ps1xml).Name {
        [xml] $views = Get-Content -Raw $PSScriptRoot/../../module/$_
        $assembly = (Get-Command Get-KubePod).OutputType[0].Type.Assembly
        foreach ($view in $views.Configuration.ViewDefinitions.View) {
            $name = $view.ViewSelectedBy.TypeName
            $type = $assembly.GetType($name) ?? (Get-Command Get-KubePod).ImplementingType.Assembly.GetType($name)
            foreach ($property in $view.SelectNodes('.//PropertyName')) {
                $of = $type.GetProperty($property.InnerText)
                $of | Should -Not -BeNullOrEmpty -Because "$name has $($property.InnerText)"
                $is = [Nullable]::GetUnderlyingType($of.PropertyType) ?? $of.PropertyType
                ($is.IsValueType -or $is.Name -eq 'Uri' -or "$name.$($property.InnerText)" -in $own) | Should -BeTrue -Because "$name.$($property.InnerText) is a text: use [KubeInject.Cmdlets.Views.ViewText]::Of"
            }
        }
    }

    BeforeAll {
        # Texts of the engine, which need no escaping.
        $own = 'KubeInject.Annotations.Finding.Code', 'KubeInject.Diagnosis.Explanation.Lines', 'KubeInject.Kubernetes.Connection.KubeConnection.AuthenticationKind', 'KubeInject.Kubernetes.Connection.ConnectionReport.AuthenticationKind',
            'KubeInject.Kubernetes.Objects.Pod.Ready', 'KubeInject.Kubernetes.Objects.Pod.RestartSummary'
    }
}

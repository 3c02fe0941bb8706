# Every cmdlet with every feature. Each cell runs or inspects the cmdlet; a cmdlet without a row fails.
# FeatureTable.psm1 describes the rows.

BeforeDiscovery {
    Import-Module $PSScriptRoot/FeatureTable.psm1, $PSScriptRoot/Requirement.psm1
    $job = Get-Requirement StartJob
    $rows = Get-FeatureRow
    $cells = foreach ($name in $rows.Keys) { @{ Name = $name; Row = $rows[$name] } }
    $exported = (Import-PowerShellDataFile $PSScriptRoot/../../KubeInject.psd1).CmdletsToExport
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/FeatureTable.psm1, $PSScriptRoot/../../out/KubeInject

    $rotated = New-Manifest rotated -Kind Deployment -Annotation @{ 'orders.role' = 'orders-rw' } |
        Invoke-CredentialInjection -CredentialSource (New-CredentialSource -Local -LeasePath $TestDrive/rotated) -AsManifest
    $namespace = New-TestNamespace (New-Manifest invoice), (New-Manifest invoice -Kind Deployment), $rotated, @"
apiVersion: v1
kind: Secret
metadata: {name: invoice}
type: kubernetes.io/basic-auth
stringData: {username: orders, password: canary-of-the-table}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: teller}
"@
    $fixture = @{
        Module = Get-ModulePath; Namespace = $namespace; Folder = "$TestDrive"; Server = Get-ClusterText server; TokenFile = Get-ClusterFile admin.token
        ClusterUid = Get-ClusterUid; Manifest = New-Manifest -Namespace $namespace; Misspelled = New-Manifest -Annotation @{ 'orders.rol' = 'rw'; 'orders.env-key-dbuser' = 'U'; 'orders.env-key-dbpassword' = 'P' }
    }
    $fixture.Manifest = New-Manifest

    # The output of a script in another process, as text.
    function Invoke-Table([string] $Script) {
        $file = New-Item "$TestDrive/$([guid]::NewGuid()).ps1" -Value $Script
        $given = New-Item "$TestDrive/$([guid]::NewGuid()).clixml"
        $fixture | Export-Clixml $given
        Invoke-PowerShell -NoProfile -NonInteractive -Command "& '$file' (Import-Clixml '$given')"
    }

    # The displayed output of a row, from objects that might be deserialized.
    function Show-Output($Name, $Results) {
        $result = $Results | Where-Object Name -EQ $Name
        if (-not $result) { return 'it did not run' }
        if ($result.Error) { return "$($result.Error.Id): $($result.Error.Message)" }
        ($result.Output | ForEach-Object (Get-FeatureRow)[$Name].Is) -join ', '
    }

    # The same if only text is returned: the script also runs the display expression of the row.
    $show = [scriptblock]::Create("`$is = @{ $((Get-FeatureRow).GetEnumerator().ForEach{ "'$($_.Key)' = { $($_.Value.Is) }" } -join "`n") }
        [pscustomobject]@{ Name = `$_.Name; Shown = if (`$_.Error) { `"`$(`$_.Error.Id): `$(`$_.Error.Message)`" } else { (`$_.Output | ForEach-Object `$is[`$_.Name]) -join ', ' } } | ConvertTo-Json -Compress")
    function Show-Text($Name, $Lines) { ($Lines -match '^\{' | ConvertFrom-Json | Where-Object Name -EQ $Name).Shown }

    function Invoke-InCulture([string] $Culture) {
        $setup = [scriptblock]::Create("`$cultures = [cultureinfo]; foreach (`$property in 'CurrentCulture', 'CurrentUICulture', 'DefaultThreadCurrentCulture', 'DefaultThreadCurrentUICulture') { `$cultures::`$property = [cultureinfo]::new('$Culture') }")
        Invoke-Table (Get-FeatureScript Do -Setup $setup -Finish $show)
    }
}

AfterAll {
    $null = Connect-KubeCluster admin
    $null = Uninstall-KubeInject $namespace -Confirm:$false
    Disconnect-KubeCluster
}

Describe 'The table of features' {
    It 'has a row for each cmdlet that the module exports' { (Get-FeatureRow).Keys | Sort-Object | Should -Be ($exported | Sort-Object) } -ForEach @(@{ exported = $exported })
}

Describe 'In strict mode' {
    BeforeAll { $lines = Invoke-Table (Get-FeatureScript Do -Finish $show) }
    It '<Name> returns the expected output' -ForEach $cells { Show-Text $Name $lines | Should -Be $Row.Shows }
}

Describe 'In the culture <_>' -ForEach 'de-DE', 'tr-TR' {
    BeforeAll { $lines = Invoke-InCulture $_ }
    It '<Name> returns the expected output' -ForEach $cells { Show-Text $Name $lines | Should -Be $Row.Shows }
}

Describe 'In ForEach-Object -Parallel' {
    BeforeAll {
        # Three concurrent runspaces, each with the module and a separate connection.
        $script = Get-FeatureScript Do
        $runs = 1..3 | ForEach-Object -Parallel { , @(& ([scriptblock]::Create($using:script)) $using:fixture) }
    }
    It '<Name> returns the expected output in each runspace' -ForEach $cells { $runs.ForEach{ Show-Output $Name $_ } | Should -Be $Row.Shows, $Row.Shows, $Row.Shows }
}

Describe 'In a job' @job {
    BeforeAll { $results = Start-Job ([scriptblock]::Create((Get-FeatureScript Do))) -ArgumentList $fixture | Receive-Job -Wait -AutoRemoveJob }
    It '<Name> returns output that can be read in the session' -ForEach $cells { Show-Output $Name $results | Should -Be $Row.Shows }
}

Describe 'In a thread job' {
    BeforeAll { $results = Start-ThreadJob ([scriptblock]::Create((Get-FeatureScript Do))) -ArgumentList $fixture | Receive-Job -Wait -AutoRemoveJob }
    It '<Name> returns the expected output' -ForEach $cells { Show-Output $Name $results | Should -Be $Row.Shows }
}

Describe 'In a remote session' @job {
    BeforeAll {
        $runspace = [runspacefactory]::CreateOutOfProcessRunspace($null)
        $runspace.Open()
        $shell = [powershell]::Create().AddScript((Get-FeatureScript Do)).AddArgument($fixture)
        $shell.Runspace = $runspace
        $results = $shell.Invoke()
        $shell.Dispose()
        $runspace.Dispose()
    }
    It '<Name> returns output that can be read in the session' -ForEach $cells { Show-Output $Name $results | Should -Be $Row.Shows }
}

Describe 'With -WhatIf' {
    BeforeAll {
        $source = Get-FeatureScript WhatIf -Setup { $WhatIfPreference = $true } -Finish { "== $($_.Name) $($_.Error)" }
        $script = $source.Replace('$result = [ordered]', 'Write-Host "=== $name"; $result = [ordered]')
        # Preparation is not part of the tested operation.
        $script = $script.Replace('New-Item -ItemType Directory', 'New-Item -WhatIf:$false -ItemType Directory').Replace('Set-Content ', 'Set-Content -WhatIf:$false ')
        $before = kubectl get deployments -n $namespace -o json | Out-String
        $reported = (Invoke-Table $script) -join "`n"
        $after = kubectl get deployments -n $namespace -o json | Out-String
    }

    It '<Name> reports the action, the target and the number' -ForEach $cells.Where{ $_.Row.ContainsKey('WhatIf') } {
        $said = [regex]::Match($reported, "(?s)=== $Name\n(.*?)(?==== |\z)").Groups[1].Value
        $said | Should -Not -Match "== $Name .+"
        foreach ($pattern in $Row.Tells) {
            $expected = $pattern.Replace('<namespace>', $namespace).Replace('<server>', [regex]::Escape((Get-ClusterText server).TrimEnd('/')) + '/?').Replace('<folder>', [regex]::Escape("$TestDrive"))
            $said | Should -Match "(?m)^What if: .*$expected"
        }
    }

    It 'nothing is changed' { $after | Should -BeExactly $before }

    It '<Name> has -WhatIf and -Confirm if it changes anything, and asks for confirmation only before an irreversible change' -ForEach $cells {
        $command = Get-Command $Name -Module KubeInject
        $isChanging = $command.Verb -notin 'Get', 'Test', 'Watch', 'Connect', 'Disconnect', 'New'
        $command.Parameters.ContainsKey('WhatIf') | Should -Be $isChanging
        $command.Parameters.ContainsKey('Confirm') | Should -Be $isChanging
        $Row.ContainsKey('WhatIf') | Should -Be $isChanging
        $impact = $command.ImplementingType.GetCustomAttributes([System.Management.Automation.CmdletAttribute], $false).ConfirmImpact
        $impact -eq 'High' | Should -Be ($Name -in 'Revoke-CredentialLease', 'Remove-KubeSecret', 'Uninstall-KubeInject')
    }
}

Describe 'In case of an error' {
    BeforeAll { $lines = Invoke-Table (Get-FeatureScript Fails -Finish { $_.Error | Select-Object *, @{ Name = 'Name'; Expression = { $name } } | ConvertTo-Json -Compress }) }
    It '<Name> reports it in one line, with a documented ID and a remedy' -ForEach $cells.Where{ $_.Row.ContainsKey('Fails') } {
        $failure = $lines -match '^\{' | ConvertFrom-Json | Where-Object Name -EQ $Name
        $failure.Id | Should -BeLike "$($Row.Id),KubeInject.Cmdlets.*"
        $failure.Message | Should -Match '\A[^\r\n]{10,}\z'
        $failure.Action | Should -Match '\A[^\r\n]{10,}\z'
        Get-Content -Raw $PSScriptRoot/../../docs/errors.md | Should -Match ([regex]::Escape("| ``$($Row.Id)`` |"))
    }
}

Describe 'At the prompt' {
    It '<Name> has help: a description, each parameter, and three complete examples' -ForEach $cells {
        $help = Get-Help $Name -Full
        "$($help.Synopsis)".Trim() | Should -Not -BeNullOrEmpty
        "$($help.Synopsis)".Trim() | Should -Not -BeLike "$Name *" -Because 'PowerShell generates this text if there is no help'
        ($help.description | Out-String).Trim().Length | Should -BeGreaterThan 40
        $help | Out-String | Should -Not -Match '\{\{ *Fill'
        $common = [System.Management.Automation.Cmdlet]::CommonParameters + [System.Management.Automation.Cmdlet]::OptionalCommonParameters
        $parameters = (Get-Command $Name -Module KubeInject).Parameters.Keys | Where-Object { $_ -notin $common }
        foreach ($parameter in $parameters) { ((Get-Help $Name -Parameter $parameter).description | Out-String).Trim() | Should -Not -BeNullOrEmpty -Because "-$parameter has to be explained" }
        # HelpExamples.Tests.ps1 runs them.
        $examples = @($help.examples.example)
        $examples.Count | Should -BeGreaterOrEqual 3
        foreach ($example in $examples) {
            $errors = $null
            $null = [System.Management.Automation.Language.Parser]::ParseInput($example.code, [ref]$null, [ref]$errors)
            $errors | Should -BeNullOrEmpty
        }
    }

    It '<Name> has a view for its output' -ForEach $cells {
        $foreign = 'System.String', 'System.Void', 'System.IO.FileInfo', 'System.Management.Automation.PSCredential', 'System.Security.Cryptography.X509Certificates.X509Certificate2'
        foreach ($type in (Get-Command $Name -Module KubeInject).OutputType.ForEach('Type') | Where-Object { $_.FullName -notin $foreign }) {
            Get-FormatData $type.FullName | Should -Not -BeNullOrEmpty -Because "$type is shown"
        }
    }

    It '<Name> completes objects of the cluster, the kubeconfig or the session' -ForEach $cells {
        $command = Get-Command $Name -Module KubeInject
        $completed = 'Namespace', 'LeaseNamespace', 'Context', 'Workload', 'Database', 'Code', 'ExcludeCode', 'ServiceAccount', 'CredentialSource', 'Connection'
        if ($command.Verb -in 'Get', 'Test', 'Watch') { $completed += 'Name', 'Pod', 'Uuid' }
        foreach ($parameter in $command.Parameters.Values.Where{ $_.Name -in $completed }) {
            $parameter.Attributes.Where{ $_ -is [ArgumentCompleter] } | Should -Not -BeNullOrEmpty -Because "-$($parameter.Name) names something that there is"
        }
    }
}

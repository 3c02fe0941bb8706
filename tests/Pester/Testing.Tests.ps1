# The runbook, the tests and the command of docs/testing.md, unchanged, in a separate PowerShell.
BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/Guide.psm1
    $pester = (Get-Module Pester).Path
    $files = @{}
    $commands = @(foreach ($block in Get-GuideBlock testing.md) {
            if ($block.Script -match '^# (?<name>\S+\.ps1)\n') { $files[$Matches.name] = $block.Script } else { $block.Script }
        })

    # Runs the command of the page on its files, in which a text can be replaced, and returns the output.
    function Invoke-Page([string] $File, [string] $Text, [string] $Replacement) {
        $folder = "$(New-Item -ItemType Directory "$TestDrive/$(New-Guid)")"
        foreach ($name in $files.Keys) {
            $content = $files[$name]
            if ($name -eq $File) {
                $content.Contains($Text) | Should -BeTrue -Because "$File contains the text to replace"
                $content = $content.Replace($Text, $Replacement)
            }
            Set-Content "$folder/$name" $content
        }
        Invoke-InNewProcess -Argument $pester, $folder, "$commands" -Script {
            param($module, $pester, $folder, $command)
            $env:PSModulePath = "$(Split-Path $module)$([System.IO.Path]::PathSeparator)$env:PSModulePath"
            $PSStyle.OutputRendering = 'PlainText'
            Import-Module $pester
            Set-Location $folder
            . ([scriptblock]::Create($command)) *>&1
        } | Out-String
    }
}

Describe 'The page about tests of runbooks' -Tag NoCluster {
    It 'has a runbook, tests, and a command that runs them' {
        $files.Keys | Sort-Object | Should -Be Manifests.Tests.ps1, Objects.Tests.ps1, Update-ExpiringCredential.ps1, Update-ExpiringCredential.Tests.ps1
        $commands | Should -HaveCount 1
    }

    It 'has tests that pass' {
        Invoke-Page | Should -Match 'Tests Passed: 11,\s+Failed: 0,'
    }

    It 'has a test that fails if the runbook <Fault>' -ForEach @(
        @{ Fault = 'rotates what has no owner'; Text = '$_.State -ne ''Orphaned'' -and '; Replacement = '' }
        @{ Fault = 'rotates a workload twice'; Text = ' -Unique'; Replacement = '' }
        @{ Fault = 'ignores the time'; Text = '-lt [DateTimeOffset]'; Replacement = '-gt [DateTimeOffset]' }
    ) {
        Invoke-Page Update-ExpiringCredential.ps1 $Text $Replacement | Should -Match 'Failed: [1-9]'
    }

    It 'says why <_> does not work' -ForEach 'InModuleScope KubeInject { 1 }', 'Mock -ModuleName KubeInject Get-KubePod { 1 }' {
        Import-Module (Get-ModulePath)
        $command = [scriptblock]::Create($_)
        $command | Should -Throw
    }
}

BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $analyzer = Get-Requirement PSScriptAnalyzer
    $root = (Resolve-Path $PSScriptRoot/../..).Path
    $scripts = Get-ChildItem $root/build.ps1, $root/build/*.ps1, $root/bench/*.ps1, $PSScriptRoot/Run.ps1 | ForEach-Object { @{ Name = $_.Name; Path = $_.FullName } }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1
    $root = (Resolve-Path $PSScriptRoot/../..).Path
}

Describe 'The scripts of the repository' -Tag NoCluster {
    It 'have no PSScriptAnalyzer warnings' @analyzer {
        & $root/build/Invoke-Analysis.ps1 -Module (Get-ModulePath) | ForEach-Object { "$($_.File):$($_.Line) $($_.Rule): $($_.Message)" } | Should -BeNullOrEmpty
    }

    It '<Name> has help with a synopsis, each parameter, and an example' -ForEach $scripts {
        $help = Get-Help $Path -Full
        $help.Synopsis.Trim() | Should -Match '^[A-Z].+\.$'
        $help.examples.example | Should -Not -BeNullOrEmpty
        foreach ($name in (Get-Command $Path).Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters }) {
            (Get-Help $Path -Parameter $name).description.Text | Should -Match '\w' -Because "-$name needs a description"
        }
    }
}

Describe 'build.ps1' -Tag NoCluster {
    It 'explains each task' {
        $help = Get-Help $root/build.ps1 -Full
        $tasks = (Get-Command $root/build.ps1).Parameters['Task'].Attributes.Where{ $_ -is [ValidateSet] }.ValidValues
        $tasks | Should -Be Build, Demo, Test, Help, Analyze, Pack, Clean
        foreach ($task in $tasks) { "$($help.description.Text)" | Should -Match "(?m)^${task}: \w" }
    }

    It 'reports in one line that <Module>, which <Task> requires, is not installed' -ForEach @(
        @{ Task = 'Help'; Module = 'Microsoft.PowerShell.PlatyPS' }
        @{ Task = 'Analyze'; Module = 'PSScriptAnalyzer' }
    ) {
        Mock Get-Module { }
        & $root/build.ps1 $Task | Should -Be "Skipped $Task, because $Module is not installed. To install it, run: Install-PSResource $Module"
    }

    It 'rejects an unknown task, and lists the tasks' {
        { & $root/build.ps1 -Task Publish } | Should -Throw '*"Build,Demo,Test,Help,Analyze,Pack,Clean"*'
    }
}

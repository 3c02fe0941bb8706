<#
.SYNOPSIS
Runs the Pester suite against the built module and a cluster, or the part that needs no cluster.
.DESCRIPTION
Needs out/KubeInject (see build.ps1), kubectl, and a cluster for the time of the run (see tests/rig). Pester is the version
that tests/KubeInject.IntegrationTests names, from the folder where NuGet keeps packages; what is installed is not used.
Exits with 1 if a test fails, and with 2 if something that the suite needs is missing.
.PARAMETER Name
The files to run, by the name before .Tests.ps1. Wildcards are allowed. The default is all.
.PARAMETER WithoutCluster
Runs only the tests that have the tag NoCluster. They run on every system.
.EXAMPLE
tests/rig/with-cluster.sh dotnet pwsh -NoProfile -File tests/Pester/Run.ps1

Runs all files with the PowerShell of .config/dotnet-tools.json.
.EXAMPLE
tests/rig/with-cluster.sh dotnet pwsh -NoProfile -File tests/Pester/Run.ps1 Help Module

Runs Help.Tests.ps1 and Module.Tests.ps1.
.EXAMPLE
dotnet pwsh -NoProfile -File tests/Pester/Run.ps1 -WithoutCluster

Runs what needs no cluster.
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0, ValueFromRemainingArguments)]
    [SupportsWildcards()]
    [string[]] $Name = '*',

    [switch] $WithoutCluster
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/Requirement.psm1

[xml] $project = Get-Content -Raw $PSScriptRoot/../KubeInject.IntegrationTests/KubeInject.IntegrationTests.csproj
$version = $project.SelectSingleNode("//PackageDownload[@Include='Pester']").Version.Trim('[', ']')
$pester = Join-Path (Get-PackageFolder) pester $version tools Pester.psd1
$files = Get-ChildItem $PSScriptRoot -Filter *.Tests.ps1 | Where-Object { $file = $_; $Name.Where{ $file.Name -like "$_.Tests.ps1" } }

$missing =
    if (-not (Test-Path $PSScriptRoot/../../out/KubeInject/KubeInject.psd1)) { 'The module is not built. Run ./build.ps1 first.' }
    elseif (-not ($WithoutCluster -or $env:KUBEINJECT_TEST_CLUSTER)) { 'KUBEINJECT_TEST_CLUSTER names no cluster. Run tests/rig/with-cluster.sh dotnet pwsh -NoProfile -File tests/Pester/Run.ps1, or specify -WithoutCluster.' }
    elseif (-not (Test-Path $pester)) { "There is no Pester $version in '$(Get-PackageFolder)'. Run dotnet restore KubeInject.sln first." }
    elseif (-not $files) { "No file in '$PSScriptRoot' is named '$($Name -join "' or '")'." }
if ($missing) {
    [Console]::Error.WriteLine($missing)
    exit 2
}

Import-Module $pester
$configuration = New-PesterConfiguration
$configuration.Run.Path = $files.FullName
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
if ($WithoutCluster) { $configuration.Filter.Tag = 'NoCluster' }
if ([Console]::IsOutputRedirected) {
    $PSStyle.OutputRendering = 'PlainText'
    $configuration.Output.RenderMode = 'Plaintext'
}

$result = Invoke-Pester -Configuration $configuration

# Each skipped test and the reason, to explain the count below.
$result.Skipped | ForEach-Object { "Skipped: $(Get-TestName $_). $(Get-SkipReason $_)" }

# The tests that failed, after those that were skipped, so that the end of the output has them.
$result.Failed | ForEach-Object { "Failed: $(Get-TestName $_). $($_.ErrorRecord)" }

# A file with a syntax error has no tests that could fail.
$failed = [Math]::Max($result.FailedCount, $result.FailedContainersCount)
"Pester: $($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount + $result.InconclusiveCount) skipped"
exit ($failed -gt 0 ? 1 : 0)

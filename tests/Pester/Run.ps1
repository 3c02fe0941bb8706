<#
.SYNOPSIS
Runs the Pester suite against the built module and a cluster.
.DESCRIPTION
Needs Pester 5, out/KubeInject (see build.ps1), kubectl, and a cluster for the time of the run (see tests/rig).
Exits with 1 where a test fails, with 2 where something that the suite needs is missing.
.EXAMPLE
tests/rig/with-cluster.sh pwsh -NoProfile -File tests/Pester/Run.ps1
#>
[CmdletBinding()]
param()

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$missing =
    if (-not (Test-Path $PSScriptRoot/../../out/KubeInject/KubeInject.psd1)) { 'The module is not built. Run ./build.ps1 first.' }
    elseif (-not $env:KUBEINJECT_TEST_CLUSTER) { 'KUBEINJECT_TEST_CLUSTER names no cluster. Run tests/rig/with-cluster.sh pwsh -NoProfile -File tests/Pester/Run.ps1.' }
    elseif (-not (Get-Module -ListAvailable Pester | Where-Object { $_.Version.Major -eq 5 })) { 'Pester 5 is not installed. Run Install-Module Pester -MaximumVersion 5.99 first.' }
if ($missing) {
    [Console]::Error.WriteLine($missing)
    exit 2
}

Import-Module Pester -MinimumVersion 5.0 -MaximumVersion 5.99
$configuration = New-PesterConfiguration
$configuration.Run.Path = $PSScriptRoot
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
if ([Console]::IsOutputRedirected) {
    $PSStyle.OutputRendering = 'PlainText'
    $configuration.Output.RenderMode = 'Plaintext'
}

$result = Invoke-Pester -Configuration $configuration

# A file that cannot even be read has no tests that could fail.
$failed = [Math]::Max($result.FailedCount, $result.FailedContainersCount)
"Pester: $($result.PassedCount) passed, $failed failed, $($result.SkippedCount + $result.NotRunCount + $result.InconclusiveCount) skipped"
exit ($failed -gt 0 ? 1 : 0)

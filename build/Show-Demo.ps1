<#
.SYNOPSIS
Demonstrates the module with the manifests in examples.
.DESCRIPTION
Runs some commands of the module, and prints each command before its output: which credentials a pod requests, why another
pod gets none, and a manifest with test credentials. At the end, it suggests further commands. It requires no cluster, and
writes only the lease records of the test credentials, to out/leases.

./build.ps1 Demo runs this script in a new PowerShell process, because a session cannot unload a module.
.PARAMETER Module
The folder of the built module.
.EXAMPLE
./build.ps1 Demo

Builds the module and runs the demo.
#>
[CmdletBinding()]
param([string] $Module = "$PSScriptRoot/../out/KubeInject")

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
# PowerShell only wraps lines between words in cultures of languages that it supports.
[cultureinfo]::GetCultures('AllCultures') | Where-Object Name -EQ en-US | ForEach-Object { [cultureinfo]::CurrentCulture = $_ }
# Out-String keeps colors only with Ansi.
$PSStyle.OutputRendering = [Console]::IsOutputRedirected ? 'PlainText' : 'Ansi'
$width = [Console]::IsOutputRedirected ? 80 : $Host.UI.RawUI.WindowSize.Width

$steps = @(
    @{
        Heading  = 'Which credentials does this pod request?'
        Commands = 'Get-Content ./examples/pod.yaml', '(Get-PodInjectionAnnotation ./examples/pod.yaml).Databases'
    }
    @{
        Heading  = 'Why does this pod get no credentials?'
        Commands = 'Test-PodInjectionAnnotation ./examples/broken/orders.yaml -Explain'
    }
    @{
        Heading  = 'Inject credentials into a manifest'
        Commands = @(
            '$source = New-CredentialSource -Local -LeasePath ./out/leases'
            "Get-Item ./examples/pod.yaml |`n    Invoke-CredentialInjection -CredentialSource `$source -AsManifest"
        )
    }
)

# The command that started this PowerShell: "dotnet pwsh" for a local tool, otherwise "pwsh".
$shell = (Split-Path ([Environment]::ProcessPath) -LeafBase) -eq 'dotnet' -and $PSHOME -notmatch '[\\/]\.store[\\/]' ? 'dotnet pwsh' : 'pwsh'

Import-Module $Module
Push-Location $PSScriptRoot/..
try {
    foreach ($step in $steps) {
        "`n$($PSStyle.Bold)$($step.Heading)$($PSStyle.Reset)"
        foreach ($command in $step.Commands) {
            "`nPS> $($command.Replace("`n", "`n>> "))"
            $shown = (. ([scriptblock]::Create($command)) | Out-String -Width $width).Trim("`r", "`n")
            if ($shown) { "`n$shown" }
        }
    }
}
finally { Pop-Location }
@"

$($PSStyle.Bold)Try it yourself$($PSStyle.Reset)

    $shell -NoLogo
    Import-Module ./out/KubeInject
    Repair-PodInjectionAnnotation ./examples/broken/orders.yaml -WhatIf
    Get-Help Invoke-CredentialInjection -Examples

To use your own cluster or a test cluster, see docs/getting-started.md.
"@

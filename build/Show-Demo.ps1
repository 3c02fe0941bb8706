<#
.SYNOPSIS
Shows what the module does, on the manifests in examples.
.DESCRIPTION
Runs a few commands of the module, and prints each before its output: which credentials a pod requests, why another pod gets
none, and a manifest with made-up credentials. Ends with commands to type next. It needs no cluster, and writes nothing but
records of the made-up credentials, into out/leases.

./build.ps1 Demo runs it in another PowerShell, because a session keeps the module that it has loaded.
.PARAMETER Module
The built module.
.EXAMPLE
./build.ps1 Demo

Builds the module and shows it.
#>
[CmdletBinding()]
param([string] $Module = "$PSScriptRoot/../out/KubeInject")

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
# PowerShell breaks long lines between words only in cultures of languages that it knows.
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

# Started as "dotnet pwsh" or, with an executable of its own or as a global tool, as "pwsh".
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

With a cluster of yours, or one for trying out: docs/getting-started.md
"@

<#
.SYNOPSIS
Builds the module into out/KubeInject, ready for Import-Module.
.DESCRIPTION
Needs the .NET SDK. The same as: dotnet publish src/KubeInject.Cmdlets
.EXAMPLE
./build.ps1
Import-Module ./out/KubeInject
#>
[CmdletBinding()]
param(
    # How to compile: Release, or Debug for stepping through.
    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
)

$ErrorActionPreference = 'Stop'
dotnet publish "$PSScriptRoot/src/KubeInject.Cmdlets" --configuration $Configuration
if ($LASTEXITCODE -ne 0) { throw "The build failed with exit code $LASTEXITCODE; its output above says why." }

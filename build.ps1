<#
.SYNOPSIS
Builds, tries out, tests and packs the module.
.DESCRIPTION
Without a task it builds the module into out/KubeInject, ready for Import-Module. Several tasks run in the order in which
they are given; the first that fails ends it.

Build: compiles the module into out/KubeInject.

Demo: builds the module, and shows on the manifests in examples what it does. It needs no cluster and changes nothing.

Test: runs ./test.sh, which builds everything and runs all suites beside a cluster of its own. Needs bash;
CONTRIBUTING.md, "Build and test", says what else.

Help: brings docs/cmdlets, docs/about and module/en-US up to date with the module. Needs Microsoft.PowerShell.PlatyPS 1.0.

Analyze: runs PSScriptAnalyzer over all PowerShell of the repository, and fails if it finds something. Needs PSScriptAnalyzer.

If the module that Help or Analyze needs is not installed, a line says so, and the next task runs.

Pack: builds the module, and makes out/KubeInject.<version>.nupkg of it, as the PowerShell Gallery takes it.

Clean: removes out, and what compiling left in the folders bin and obj.

Needs the .NET SDK 10.
.PARAMETER Task
What to do: one or more of Build, Demo, Test, Help, Analyze, Pack and Clean.
.PARAMETER Configuration
How to compile: Release, or Debug for stepping through.
.EXAMPLE
./build.ps1
Import-Module ./out/KubeInject

Builds the module and imports it.
.EXAMPLE
dotnet tool restore && dotnet pwsh -NoProfile -File build.ps1 Demo

From any shell, without an installed PowerShell: .config/dotnet-tools.json names the one that the first command brings.
.EXAMPLE
./build.ps1 -Task Clean, Analyze, Test, Pack

All that there is to do before a release: a fresh start, the checks, and the package.
.EXAMPLE
./build.ps1 -Task Pack
Publish-PSResource -NupkgPath ./out/KubeInject.0.1.0.nupkg -Repository PSGallery -ApiKey $key

Packs the module and publishes it.
.EXAMPLE
./build.ps1 -Configuration Debug

Builds a module to step through in a debugger.
.EXAMPLE
dotnet pwsh -NoProfile -File build.ps1 Build Help

From another shell: tasks are separated by spaces.
.LINK
https://github.com/kubeinject/kubeinject
#>
[CmdletBinding()]
param(
    [Parameter(Position = 0, ValueFromRemainingArguments)]
    [ValidateSet('Build', 'Demo', 'Test', 'Help', 'Analyze', 'Pack', 'Clean')]
    [string[]] $Task = 'Build',

    [ValidateSet('Release', 'Debug')]
    [string] $Configuration = 'Release'
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$output = Join-Path $PSScriptRoot out
$module = Join-Path $output KubeInject

# Starts another PowerShell of the kind that runs this script: with its own executable, or a .NET tool, which dotnet runs.
function Invoke-PowerShell([string[]] $Argument) {
    $program = [Environment]::ProcessPath
    $first = @(if ((Split-Path $program -LeafBase) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })
    Invoke-Program $program ($first + $Argument)
}

# Runs a program, whose failure is that of the task. With -Quiet, its output is shown only if it fails.
function Invoke-Program([string] $Program, [string[]] $Argument, [switch] $Quiet) {
    if ($Quiet) { $said = & $Program @Argument 2>&1 } else { & $Program @Argument }
    if ($LASTEXITCODE -ne 0 -and $Quiet) { $said | Out-Host }
    if ($LASTEXITCODE -ne 0) { throw "'$([System.IO.Path]::GetFileNameWithoutExtension($Program)) $Argument' ended with exit code $LASTEXITCODE; its output above says why." }
}

# The module of these sources, compiled at most once.
$isBuilt = $false
function Build-Module([string] $Configuration, [switch] $Quiet) {
    if ($isBuilt) { return }
    Invoke-Program dotnet 'publish', "$PSScriptRoot/src/KubeInject.Cmdlets", '--configuration', $Configuration -Quiet:$Quiet
    $script:isBuilt = $true
}

# Says that a module is not installed, without which a task cannot run; nothing if it is.
function Get-MissingModule([string] $Task, [string] $Name) {
    if (-not (Get-Module -ListAvailable $Name)) { "Not run: $Task, because $Name is not installed. Install-PSResource $Name installs it." }
}

switch ($Task) {
    Build { Build-Module $Configuration }
    Demo {
        'Building the module into out/KubeInject. The first time takes about a minute.'
        Build-Module $Configuration -Quiet
        # In another PowerShell, because a session keeps the module that it has loaded.
        Invoke-PowerShell '-NoProfile', '-File', "$PSScriptRoot/build/Show-Demo.ps1", '-Module', $module
    }
    Test { Invoke-Program bash "$PSScriptRoot/test.sh" }
    Help {
        if ($missing = Get-MissingModule $_ Microsoft.PowerShell.PlatyPS) { $missing; continue }
        Build-Module $Configuration
        # In another PowerShell, because a session keeps the module that it has loaded.
        Invoke-PowerShell '-NoProfile', '-File', "$PSScriptRoot/build/Update-Help.ps1", '-Module', $module
    }
    Analyze {
        if ($missing = Get-MissingModule $_ PSScriptAnalyzer) { $missing; continue }
        Build-Module $Configuration
        $found = @(& "$PSScriptRoot/build/Invoke-Analysis.ps1" -Module $module)
        $found | Format-Table -Wrap File, Line, Rule, Message | Out-Host
        if ($found) { throw "PSScriptAnalyzer has found $($found.Count) faults; they are listed above." }
        'PSScriptAnalyzer has found nothing.'
    }
    Pack {
        Build-Module $Configuration
        & "$PSScriptRoot/build/New-ModulePackage.ps1" -Module $module -Destination $output
    }
    Clean {
        Remove-Item $output -Recurse -Force -ErrorAction Ignore
        foreach ($project in Get-ChildItem $PSScriptRoot/build, $PSScriptRoot/src, $PSScriptRoot/tests, $PSScriptRoot/bench -Recurse -Filter *.csproj) {
            Remove-Item "$($project.Directory)/bin", "$($project.Directory)/obj" -Recurse -Force -ErrorAction Ignore
        }
        $isBuilt = $false
    }
}

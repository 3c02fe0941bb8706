<#
.SYNOPSIS
Builds, demonstrates, tests and packs the module.
.DESCRIPTION
Without a task, the script builds the module to out/KubeInject, from where you can import it. Tasks run in the specified order.
The script stops at the first task that fails.

Build: compiles the module to out/KubeInject.

Demo: builds the module, and demonstrates it with the manifests in examples. It requires no cluster and changes nothing.

Test: runs ./test.sh, which builds everything and runs all test suites with a temporary cluster. Requires bash. For the other
requirements, see "Build and test" in CONTRIBUTING.md.

Help: updates docs/cmdlets, docs/about and module/en-US from the module. Requires Microsoft.PowerShell.PlatyPS 1.0.

Analyze: runs PSScriptAnalyzer on all PowerShell code of the repository, and fails if there are findings. Requires
PSScriptAnalyzer.

If the module that Help or Analyze requires is not installed, the script prints a message and runs the next task.

Pack: builds the module, and creates the package out/KubeInject.<version>.nupkg for the PowerShell Gallery.

Clean: removes the folder out, and all bin and obj folders.

Requires the .NET SDK 10.
.PARAMETER Task
One or more of Build, Demo, Test, Help, Analyze, Pack and Clean.
.PARAMETER Configuration
The build configuration: Release (default), or Debug for a debugger.
.EXAMPLE
./build.ps1
Import-Module ./out/KubeInject

Builds the module and imports it.
.EXAMPLE
dotnet tool restore && dotnet pwsh -NoProfile -File build.ps1 Demo

Runs the demo from any shell. PowerShell need not be installed: the first command restores it from .config/dotnet-tools.json.
.EXAMPLE
./build.ps1 -Task Clean, Analyze, Test, Pack

Prepares a release: removes old files, analyzes and tests the code, and creates the package.
.EXAMPLE
./build.ps1 -Task Pack
Publish-PSResource -NupkgPath ./out/KubeInject.0.1.0.nupkg -Repository PSGallery -ApiKey $key

Packs the module and publishes it.
.EXAMPLE
./build.ps1 -Configuration Debug

Builds the module for a debugger.
.EXAMPLE
dotnet pwsh -NoProfile -File build.ps1 Build Help

Runs two tasks from another shell, where tasks are separated by spaces.
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

# Starts a new process of the PowerShell that runs this script, which is an executable or a .NET tool.
function Invoke-PowerShell([string[]] $Argument) {
    $program = [Environment]::ProcessPath
    $first = @(if ((Split-Path $program -LeafBase) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })
    Invoke-Program $program ($first + $Argument)
}

# Runs a program, and throws if it fails. With -Quiet, the output is only shown if the program fails.
function Invoke-Program([string] $Program, [string[]] $Argument, [switch] $Quiet) {
    if ($Quiet) { $log = & $Program @Argument 2>&1 } else { & $Program @Argument }
    if ($LASTEXITCODE -ne 0 -and $Quiet) { $log | Out-Host }
    if ($LASTEXITCODE -ne 0) { throw "'$([System.IO.Path]::GetFileNameWithoutExtension($Program)) $Argument' failed with exit code $LASTEXITCODE. See its output above." }
}

# Compiles the module, at most once.
$isBuilt = $false
function Build-Module([string] $Configuration, [switch] $Quiet) {
    if ($isBuilt) { return }
    Invoke-Program dotnet 'publish', "$PSScriptRoot/src/KubeInject.Cmdlets", '--configuration', $Configuration -Quiet:$Quiet
    $script:isBuilt = $true
}

# Returns a message if the module that a task requires is not installed.
function Get-MissingModule([string] $Task, [string] $Name) {
    if (-not (Get-Module -ListAvailable $Name)) { "Skipped $Task, because $Name is not installed. To install it, run: Install-PSResource $Name" }
}

switch ($Task) {
    Build { Build-Module $Configuration }
    Demo {
        'Building the module to out/KubeInject. The first build takes about a minute.'
        Build-Module $Configuration -Quiet
        # In a new process, because a session cannot unload a module.
        Invoke-PowerShell '-NoProfile', '-File', "$PSScriptRoot/build/Show-Demo.ps1", '-Module', $module
    }
    Test { Invoke-Program bash "$PSScriptRoot/test.sh" }
    Help {
        if ($missing = Get-MissingModule $_ Microsoft.PowerShell.PlatyPS) { $missing; continue }
        Build-Module $Configuration
        # In a new process, because a session cannot unload a module.
        Invoke-PowerShell '-NoProfile', '-File', "$PSScriptRoot/build/Update-Help.ps1", '-Module', $module
    }
    Analyze {
        if ($missing = Get-MissingModule $_ PSScriptAnalyzer) { $missing; continue }
        Build-Module $Configuration
        $found = @(& "$PSScriptRoot/build/Invoke-Analysis.ps1" -Module $module)
        $found | Format-Table -Wrap File, Line, Rule, Message | Out-Host
        if ($found) { throw "PSScriptAnalyzer reported $($found.Count) findings. They are listed above." }
        'PSScriptAnalyzer reported no findings.'
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

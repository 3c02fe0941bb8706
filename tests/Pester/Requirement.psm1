# Requirements of some tests that are not on every machine.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/TestHelp.psm1

# Each function returns one line with the reason to skip the tests that require it; nothing if it is available.
$requirements = @{
    Browser          = { if (-not (Get-Browser)) { 'There is no chromium and no google-chrome on the PATH.' } }
    Linux            = { if (-not $IsLinux) { 'This is not Linux.' } }
    PlatyPS          = { Get-MissingModule Microsoft.PowerShell.PlatyPS }
    PSResourceGet    = { Get-MissingModule Microsoft.PowerShell.PSResourceGet }
    PSScriptAnalyzer = { Get-MissingModule PSScriptAnalyzer }
    SecretManagement = { Get-MissingModule Microsoft.PowerShell.SecretManagement }
    StartJob         = {
        try { $null = Start-Job { } | Receive-Job -Wait -AutoRemoveJob }
        catch { "Start-Job does not work in this PowerShell. $($_.Exception.Message.Split("`n")[0].Trim())" }
    }
    Unix             = { if ($IsWindows) { 'This is Windows.' } }
    UnixUser         = { if ($IsWindows) { 'This is Windows.' } elseif ((id -u) -eq 0) { 'The tests run as root, who may read every file.' } }
}
$reasons = @{}

function Get-MissingModule([string] $Name) { if (-not (Get-Module -ListAvailable $Name)) { "The module $Name is not installed." } }

# The parameters of a Describe or an It with a requirement: if it is missing, they skip it, and keep the reason in a tag.
function Get-Requirement([string] $Name) {
    if (-not $reasons.ContainsKey($Name)) { $reasons[$Name] = & $requirements[$Name] }
    if ($reasons[$Name]) { @{ Skip = $true; Tag = "Skipped: $($reasons[$Name])" } } else { @{} }
}

# A test in Pester's result and the blocks around it, from the inside out.
function Get-Lineage($Test) {
    $Test
    for ($block = $Test.Block; -not $block.IsRoot; $block = $block.Parent) { $block }
}

# The reason why a test was skipped, from Get-Requirement.
function Get-SkipReason($Test) { @((Get-Lineage $Test).Tag) -match '^Skipped: ' -replace '^Skipped: ' | Select-Object -First 1 }

# The names of a test and the blocks around it, with their data, which Pester fills in only if the test runs.
function Get-TestName($Test) {
    $lineage = @(Get-Lineage $Test)
    $names = @($lineage.Name)
    [array]::Reverse($names)
    $name = $names -join ': '
    foreach ($data in $lineage.Data) {
        if ($data -is [System.Collections.IDictionary]) { foreach ($key in $data.Keys) { $name = $name.Replace("<$key>", $data[$key]) } }
        elseif ($null -ne $data) { $name = $name.Replace('<_>', $data) }
    }
    $name
}

Export-ModuleMember -Function Get-Requirement, Get-SkipReason, Get-TestName

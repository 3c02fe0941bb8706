<#
.SYNOPSIS
Runs PSScriptAnalyzer over all PowerShell of the repository, and writes what it finds.
.DESCRIPTION
Looks at the *.ps1, *.psm1 and *.psd1 files, and at the scripts in *.ps1xml files. To each apply the settings of the nearest
PSScriptAnalyzerSettings.psd1, in its folder or above. Each object names File, Line, Rule, Severity and Message. Nothing is
written where there is nothing to say.

Needs PSScriptAnalyzer, and the built module (see build.ps1): its manifest is looked at there, beside what it names.
.PARAMETER Module
The folder of the built module.
.EXAMPLE
build/Invoke-Analysis.ps1 | Group-Object Rule

Counts what is found by rule.
#>
[CmdletBinding()]
param([string] $Module = "$PSScriptRoot/../out/KubeInject")

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path "$PSScriptRoot/..").Path

# The nearest settings of a file.
function Get-SettingsPath([string] $Path) {
    for ($folder = Split-Path $Path; $folder.Length -ge $root.Length; $folder = Split-Path $folder) {
        $settings = Join-Path $folder PSScriptAnalyzerSettings.psd1
        if (Test-Path $settings) { return $settings }
    }
}

# What is found in a file, or in the script that it holds.
function Find-Fault([string] $Path, [string] $Script) {
    $what = $Script ? @{ ScriptDefinition = $Script } : @{ Path = $Path }
    foreach ($record in Invoke-ScriptAnalyzer @what -Settings (Get-SettingsPath $Path)) {
        [pscustomobject]@{
            File     = [System.IO.Path]::GetRelativePath($root, $Path)
            Line     = $record.Extent ? $record.Line : 1
            Rule     = $record.RuleName
            Severity = $record.Severity
            Message  = $record.Message
        }
    }
}

# Not the manifest itself, because what it names lies elsewhere.
$manifest = Join-Path $root KubeInject.psd1
$files = Get-ChildItem $root -File -Recurse -Include *.ps1, *.psm1, *.psd1, *.ps1xml |
    Where-Object { $_.FullName -ne $manifest -and [System.IO.Path]::GetRelativePath($root, $_.FullName) -notmatch '(^|[\\/])(bin|obj|out|TestResults)[\\/]' }

foreach ($file in $files) {
    if ($file.Extension -ne '.ps1xml') {
        Find-Fault $file.FullName
        continue
    }
    # Its scripts as one, each on its own lines.
    $document = [System.Xml.Linq.XDocument]::Load($file.FullName, [System.Xml.Linq.LoadOptions]'PreserveWhitespace, SetLineInfo')
    $script = ''
    foreach ($element in $document.Descendants() | Where-Object { $_.Name.LocalName -in 'ScriptBlock', 'Script', 'GetScriptBlock', 'SetScriptBlock' }) {
        $script += "`n" * [Math]::Max(0, $element.LineNumber - $script.Split("`n").Count) + "& {$($element.Value)};"
    }
    if ($script) { Find-Fault $file.FullName -Script $script }
}
Find-Fault (Join-Path (Resolve-Path $Module) KubeInject.psd1)

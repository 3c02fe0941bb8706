<#
.SYNOPSIS
Runs PSScriptAnalyzer on all PowerShell code of the repository.
.DESCRIPTION
Analyzes the *.ps1, *.psm1 and *.psd1 files, and the scripts in *.ps1xml files. The settings of a file are in the nearest
PSScriptAnalyzerSettings.psd1, in the folder of the file or above. Returns an object with File, Line, Rule, Severity and
Message for each finding.

Requires PSScriptAnalyzer and the built module (see build.ps1). The module manifest is analyzed in the built module, next to
the files that it refers to.
.PARAMETER Module
The folder of the built module.
.EXAMPLE
build/Invoke-Analysis.ps1 | Group-Object Rule

Counts the findings of each rule.
#>
[CmdletBinding()]
param([string] $Module = "$PSScriptRoot/../out/KubeInject")

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$root = (Resolve-Path "$PSScriptRoot/..").Path

# Returns the path of the nearest settings for a file.
function Get-SettingsPath([string] $Path) {
    for ($folder = Split-Path $Path; $folder.Length -ge $root.Length; $folder = Split-Path $folder) {
        $settings = Join-Path $folder PSScriptAnalyzerSettings.psd1
        if (Test-Path $settings) { return $settings }
    }
}

# Returns the findings in a file, or in the script that was extracted from it.
function Get-AnalysisFinding([string] $Path, [string] $Script) {
    $source = $Script ? @{ ScriptDefinition = $Script } : @{ Path = $Path }
    foreach ($record in Invoke-ScriptAnalyzer @source -Settings (Get-SettingsPath $Path)) {
        [pscustomobject]@{
            File     = [System.IO.Path]::GetRelativePath($root, $Path)
            Line     = $record.Extent ? $record.Line : 1
            Rule     = $record.RuleName
            Severity = $record.Severity
            Message  = $record.Message
        }
    }
}

# Without the module manifest, because the files that it refers to are only in the built module.
$manifest = Join-Path $root KubeInject.psd1
$files = Get-ChildItem $root -File -Recurse -Include *.ps1, *.psm1, *.psd1, *.ps1xml |
    Where-Object { $_.FullName -ne $manifest -and [System.IO.Path]::GetRelativePath($root, $_.FullName) -notmatch '(^|[\\/])(bin|obj|out|TestResults)[\\/]' }

foreach ($file in $files) {
    if ($file.Extension -ne '.ps1xml') {
        Get-AnalysisFinding $file.FullName
        continue
    }
    # Combines all scripts of the file in one text, and keeps their line numbers.
    $document = [System.Xml.Linq.XDocument]::Load($file.FullName, [System.Xml.Linq.LoadOptions]'PreserveWhitespace, SetLineInfo')
    $script = ''
    foreach ($element in $document.Descendants() | Where-Object { $_.Name.LocalName -in 'ScriptBlock', 'Script', 'GetScriptBlock', 'SetScriptBlock' }) {
        $script += "`n" * [Math]::Max(0, $element.LineNumber - $script.Split("`n").Count) + "& {$($element.Value)};"
    }
    if ($script) { Get-AnalysisFinding $file.FullName -Script $script }
}
Get-AnalysisFinding (Join-Path (Resolve-Path $Module) KubeInject.psd1)

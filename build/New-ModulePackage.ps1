<#
.SYNOPSIS
Makes the package of the built module that the PowerShell Gallery takes.
.DESCRIPTION
The package, <name>.<version>.nupkg, holds the module's files as they are, and says of itself what the module's manifest
says, what commands there are, and what CHANGELOG.md tells of this version. The same files make the same package, byte for
byte. Needs the .NET SDK 10. Returns the file.
.PARAMETER Module
The folder of the built module.
.PARAMETER Destination
The folder for the package. One of the same name in it is replaced.
.EXAMPLE
build/New-ModulePackage.ps1

Packs out/KubeInject into out.
#>
[CmdletBinding()]
param(
    [string] $Module = "$PSScriptRoot/../out/KubeInject",
    [string] $Destination = "$PSScriptRoot/../out"
)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

$folder = (Resolve-Path $Module).Path
$manifest = Import-PowerShellDataFile "$folder/KubeInject.psd1"
$data = $manifest.PrivateData.PSData
$version = $data['Prerelease'] ? "$($manifest.ModuleVersion)-$($data['Prerelease'])" : $manifest.ModuleVersion

$changelog = (Get-Content -Raw "$PSScriptRoot/../CHANGELOG.md").ReplaceLineEndings("`n")
if ($changelog -notmatch "(?ms)^## \[$([regex]::Escape($version))\][^\n]*\n(?<notes>.*?)(?=^## |^\[[^\]]+\]: |\z)") {
    throw "CHANGELOG.md has no section '## [$version]'. Write what this version brings, then pack it."
}
$releaseNotes = $Matches.notes.Trim()

# What the gallery finds modules and commands by.
$cmdlets = @($manifest.CmdletsToExport)
$functions = @($manifest.FunctionsToExport)
$tags = @('PSModule') + $data.Tags +
    ($cmdlets ? @('PSIncludes_Cmdlet') + $cmdlets.ForEach{ "PSCmdlet_$_" } : @()) +
    ($functions ? @('PSIncludes_Function') + $functions.ForEach{ "PSFunction_$_" } : @()) +
    ($cmdlets + $functions).ForEach{ "PSCommand_$_" }

$metadata = [ordered]@{
    id                       = 'KubeInject'
    version                  = $version
    authors                  = $manifest.Author
    owners                   = $manifest.CompanyName
    requireLicenseAcceptance = 'false'
    licenseUrl               = $data.LicenseUri
    projectUrl               = $data.ProjectUri
    iconUrl                  = $data.IconUri
    icon                     = 'icon.png'
    description              = $manifest.Description
    releaseNotes             = $releaseNotes
    copyright                = $manifest.Copyright
    tags                     = $tags -join ' '
}
$elements = $metadata.Keys.ForEach{ "<$_>$([Security.SecurityElement]::Escape($metadata[$_]))</$_>" }

$relationships = @'
<?xml version="1.0" encoding="utf-8"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
  <Relationship Type="http://schemas.microsoft.com/packaging/2010/07/manifest" Target="/KubeInject.nuspec" Id="manifest" />
  <Relationship Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="/package/services/metadata/core-properties/nuget.psmdcp" Id="properties" />
</Relationships>
'@
$properties = @"
<?xml version="1.0" encoding="utf-8"?>
<coreProperties xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://schemas.openxmlformats.org/package/2006/metadata/core-properties">
  <dc:creator>$([Security.SecurityElement]::Escape($metadata.authors))</dc:creator>
  <dc:description>$([Security.SecurityElement]::Escape($metadata.description))</dc:description>
  <dc:identifier>$($metadata.id)</dc:identifier>
  <version>$version</version>
  <keywords>$([Security.SecurityElement]::Escape($metadata.tags))</keywords>
</coreProperties>
"@

# Everyone may read a file, and its owner may write it.
$readable = 0x81A4 -shl 16

$work = (New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid()))).FullName
try {
    $specification = Join-Path $work KubeInject.nuspec
    Set-Content $specification @"
<package>
  <metadata>$elements</metadata>
  <files><file src="$([Security.SecurityElement]::Escape("$folder/**"))" target="" /></files>
</package>
"@
    # Its warnings are about packages for projects: assemblies outside lib, what galleries other than this one want.
    $said = dotnet pack $specification --output $work 2>&1
    if ($LASTEXITCODE -ne 0) { throw "'dotnet pack' ended with exit code ${LASTEXITCODE}:`n$($said -join "`n")" }
    $made = Get-Item "$work/KubeInject.$version.nupkg"

    # Replace all that depends on the machine or on the version of NuGet: the order and the times of the entries, the core
    # properties, whose file name some versions choose at random, and the relationships, which refer to that file.
    $package = Join-Path $work package.nupkg
    $from = [System.IO.Compression.ZipFile]::OpenRead($made.FullName)
    $to = [System.IO.Compression.ZipFile]::Open($package, 'Create')
    try {
        $entries = [System.Collections.Generic.SortedDictionary[string, object]]::new([StringComparer]::Ordinal)
        foreach ($entry in $from.Entries) { $entries[$entry.FullName -replace '[^/]+\.psmdcp$', 'nuget.psmdcp'] = $entry }
        foreach ($name in $entries.Keys) {
            $text = switch -Wildcard ($name) {
                '_rels/.rels' { $relationships }
                '*.psmdcp' { $properties }
            }
            $copy = $to.CreateEntry($name)
            $copy.LastWriteTime = [DateTimeOffset]::new(2000, 1, 1, 0, 0, 0, [timespan]::Zero)
            $copy.ExternalAttributes = $readable
            $source = $text ? [System.IO.MemoryStream]::new([System.Text.Encoding]::UTF8.GetBytes($text.ReplaceLineEndings("`n"))) : $entries[$name].Open()
            $target = $copy.Open()
            try { $source.CopyTo($target) }
            finally { $source.Dispose(); $target.Dispose() }
        }
    }
    finally { $to.Dispose(); $from.Dispose() }

    $null = New-Item -ItemType Directory -Force $Destination
    Move-Item $package (Join-Path $Destination $made.Name) -Force
    Get-Item (Join-Path $Destination $made.Name)
}
finally { Remove-Item -Recurse $work }

<#
.SYNOPSIS
Creates the package of the built module for the PowerShell Gallery.
.DESCRIPTION
The package, <name>.<version>.nupkg, contains the unchanged files of the module. Its metadata comes from the module manifest,
and its release notes from the section of this version in CHANGELOG.md. The same files always create the same package, byte
for byte. Requires the .NET SDK 10. Returns the file.
.PARAMETER Module
The folder of the built module.
.PARAMETER Destination
The folder of the package. A package with the same name is replaced.
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
    throw "CHANGELOG.md has no section '## [$version]'. Add the section with the changes of this version, and then run the command again."
}
$releaseNotes = $Matches.notes.Trim()

# The tags that the gallery uses to search for modules and commands.
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

# File permissions 0644: everyone can read, and the owner can write.
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
    # The output is only shown on failure. The warnings are about library packages, for example about assemblies outside lib.
    $log = dotnet pack $specification --output $work 2>&1
    if ($LASTEXITCODE -ne 0) { throw "'dotnet pack' failed with exit code ${LASTEXITCODE}:`n$($log -join "`n")" }
    $packed = Get-Item "$work/KubeInject.$version.nupkg"

    # Replace everything that depends on the machine or on the version of NuGet: the order and times of the entries, the core
    # properties (some versions choose a random file name), and the relationships, which refer to that file name.
    $package = Join-Path $work package.nupkg
    $from = [System.IO.Compression.ZipFile]::OpenRead($packed.FullName)
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
    Move-Item $package (Join-Path $Destination $packed.Name) -Force
    Get-Item (Join-Path $Destination $packed.Name)
}
finally { Remove-Item -Recurse $work }

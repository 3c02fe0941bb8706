BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $resourceGet = Get-Requirement PSResourceGet
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1
    $root = (Resolve-Path $PSScriptRoot/../..).Path
    $manifest = Import-PowerShellDataFile "$(Get-ModulePath)/KubeInject.psd1"
    $version = $manifest.ModuleVersion

    $package = & $root/build/New-ModulePackage.ps1 -Module (Get-ModulePath) -Destination $TestDrive/package
    $folder = "$TestDrive/unpacked"
    Expand-Archive -LiteralPath $package $folder
    [xml]$specification = Get-Content -Raw -LiteralPath $folder/KubeInject.nuspec
    $metadata = $specification.package.metadata

    # Entries that NuGet adds and does not install.
    function Test-PackageFile([string] $Path) { $Path -match '^(_rels/|package/|\[Content_Types\]\.xml$|KubeInject\.nuspec$)' }

    function Get-RelativePath([string] $Folder) {
        Get-ChildItem -LiteralPath $Folder -File -Recurse -Force | ForEach-Object { [System.IO.Path]::GetRelativePath((Resolve-Path $Folder).Path, $_.FullName).Replace('\', '/') }
    }

    # Runs a script in a PowerShell with an empty HOME, which finds modules only there and in one folder.
    function Invoke-InEmptyHome([string] $ModulePath, [scriptblock] $Script, [string[]] $Argument = @()) {
        $userHome = (New-Item -ItemType Directory "$TestDrive/home-$([guid]::NewGuid())").FullName
        $names = 'HOME', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'KUBECONFIG', 'PSModulePath'
        $before = @{}
        foreach ($name in $names) { $before[$name] = [Environment]::GetEnvironmentVariable($name) }
        try {
            foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $null) }
            $env:HOME = $env:USERPROFILE = $env:APPDATA = $env:LOCALAPPDATA = $userHome
            $env:PSModulePath = $ModulePath
            # Without it, NuGet writes its settings below the working directory.
            if (-not $IsWindows) { $null = New-Item -ItemType Directory $userHome/.config }
            Invoke-InNewProcess $Script $Argument
        }
        finally { foreach ($name in $names) { [Environment]::SetEnvironmentVariable($name, $before[$name]) } }
    }

    # The first commands of a user after the installation; the arguments are those of Invoke-InNewProcess.
    $firstSteps = {
        $ErrorActionPreference = 'Stop'
        Import-Module KubeInject
        $module = Get-Module KubeInject
        [ordered]@{
            ModuleBase = $module.ModuleBase
            Version    = "$($module.Version)"
            Commands   = @($module.ExportedCommands.Keys | Sort-Object)
            State      = "$((Get-Item $args[1] | Get-PodInjectionAnnotation).State)"
            View       = New-CredentialSource -Local | Out-String
            Injected   = "$((Get-Item $args[1] | Invoke-CredentialInjection -CredentialSource (New-CredentialSource -Local) -WarningAction Ignore).Status)"
        } | ConvertTo-Json
    }

    function Assert-FirstStep($Result, [string] $ModuleBase) {
        $Result.ModuleBase | Should -Be $ModuleBase
        $Result.Version | Should -Be $version
        $Result.Commands | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        $Result.State | Should -Be Pending
        $Result.View | Should -Match local
        $Result.Injected | Should -Be Injected
    }
}

Describe 'The package' -Tag NoCluster {
    It 'is named after the module and the version of its assemblies' {
        $package.Name | Should -Be "KubeInject.$version.nupkg"
        ([xml](Get-Content -Raw $root/Directory.Build.props)).SelectSingleNode('//Version').InnerText | Should -Be $version
    }

    It 'is small: the module has less than 5 MB without KubernetesClient, and the package less than 6 MB' {
        (Get-ChildItem $folder -File -Recurse -Exclude KubernetesClient.dll | Measure-Object Length -Sum).Sum | Should -BeLessThan 5MB
        (Get-Item $package).Length | Should -BeLessThan 6MB
    }

    It 'has the metadata of the module manifest' {
        $data = $manifest.PrivateData.PSData
        $metadata.id | Should -Be KubeInject
        $metadata.version | Should -Be $version
        $metadata.authors | Should -Be $manifest.Author
        $metadata.owners | Should -Be $manifest.CompanyName
        $metadata.description | Should -Be $manifest.Description
        $metadata.copyright | Should -Be $manifest.Copyright
        $metadata.licenseUrl | Should -Be $data.LicenseUri
        $metadata.projectUrl | Should -Be $data.ProjectUri
        $metadata.iconUrl | Should -Be $data.IconUri
        $metadata.requireLicenseAcceptance | Should -Be false
    }

    It 'has the release notes of its version in CHANGELOG.md' {
        $metadata.releaseNotes.Length | Should -BeGreaterThan 100
        (Get-Content -Raw $root/CHANGELOG.md).ReplaceLineEndings("`n") | Should -BeLike "*## ``[$version``]*$([WildcardPattern]::Escape($metadata.releaseNotes.ReplaceLineEndings("`n")))*"
        $metadata.releaseNotes | Should -Not -Match '(?m)^## '
    }

    It 'has tags for search, and the name of each command as a tag' {
        $tags = $metadata.tags -split ' '
        $tags[0] | Should -Be PSModule
        $manifest.PrivateData.PSData.Tags + 'PSIncludes_Cmdlet' | Should -BeIn $tags
        foreach ($cmdlet in $manifest.CmdletsToExport) { "PSCmdlet_$cmdlet", "PSCommand_$cmdlet" | Should -BeIn $tags }
        $tags | Select-Object -Unique | Should -HaveCount $tags.Count
    }

    It 'has an icon with 128 x 128 pixels' {
        $bytes = [System.IO.File]::ReadAllBytes((Resolve-Path "$folder/$($metadata.icon)"))
        $bytes[16..23] | Should -Be 0, 0, 0, 128, 0, 0, 0, 128
    }

    It 'contains exactly the files of the module' {
        # The assemblies in lib are ours, and those whose licenses THIRD-PARTY-NOTICES.txt contains.
        $libraries = [regex]::Matches((Get-Content -Raw $root/THIRD-PARTY-NOTICES.txt), '(?m)^# (?<name>\S+) \S+\r?$').ForEach{ $_.Groups['name'].Value }
        $expected = @('KubeInject.psd1', 'KubeInject.Cmdlets.dll', 'LICENSE', 'THIRD-PARTY-NOTICES.txt', 'lib/KubeInject.dll', 'lib/KubeInject.Client.dll', 'lib/KubeInject.ClientTypes.dll') +
            $libraries.ForEach{ "lib/$_.dll" } + (Get-RelativePath $root/module | Where-Object { $_ -notin 'icon.svg', 'PSScriptAnalyzerSettings.psd1' })
        Get-RelativePath $folder | Where-Object { -not (Test-PackageFile $_) } | Sort-Object | Should -Be ($expected | Sort-Object)
    }

    It 'contains the files that NuGet requires' {
        Get-RelativePath $folder | Where-Object { Test-PackageFile $_ } | Sort-Object |
            Should -Be ('[Content_Types].xml', '_rels/.rels', 'KubeInject.nuspec', 'package/services/metadata/core-properties/nuget.psmdcp' | Sort-Object)
    }

    It 'is reproducible: the same files make the same bytes' {
        $copy = "$TestDrive/copy"
        Copy-Item -Recurse (Get-ModulePath) $copy
        Get-ChildItem $copy -File -Recurse | ForEach-Object { $_.LastWriteTimeUtc = [datetime]::new(2024, 2, 29) }
        $again = & $root/build/New-ModulePackage.ps1 -Module $copy -Destination $TestDrive/again
        (Get-FileHash -LiteralPath $again).Hash | Should -Be (Get-FileHash -LiteralPath $package).Hash
    }

    It 'is reproducible whatever the names and order of the entries that NuGet adds' {
        function dotnet {
            & (Get-Command dotnet -CommandType Application)[0] @args
            $path = (Get-Item "$($args[$args.IndexOf('--output') + 1])/*.nupkg").FullName
            $unpacked = "$TestDrive/other-nuget"
            Expand-Archive -LiteralPath $path $unpacked
            $properties = "$unpacked/package/services/metadata/core-properties"
            Get-Item $properties/*.psmdcp | Rename-Item -NewName 5f0c4d7a9e0b4a0c8a3a4d3f7b1e2c6d.psmdcp
            $relationships = Get-Content -Raw -LiteralPath $unpacked/_rels/.rels
            $relationships.Replace('nuget.psmdcp', '5f0c4d7a9e0b4a0c8a3a4d3f7b1e2c6d.psmdcp') | Set-Content -LiteralPath $unpacked/_rels/.rels
            Remove-Item $path
            $archive = [System.IO.Compression.ZipFile]::Open($path, 'Create')
            foreach ($name in Get-RelativePath $unpacked | Sort-Object -Descending) {
                $null = [System.IO.Compression.ZipFileExtensions]::CreateEntryFromFile($archive, "$unpacked/$name", $name)
            }
            $archive.Dispose()
            $global:LASTEXITCODE = 0
        }

        $other = & $root/build/New-ModulePackage.ps1 -Module (Get-ModulePath) -Destination $TestDrive/other
        "$TestDrive/other-nuget" | Should -Exist
        (Get-FileHash -LiteralPath $other).Hash | Should -Be (Get-FileHash -LiteralPath $package).Hash
    }

    It 'is not created for a version that CHANGELOG.md lacks' {
        $copy = "$TestDrive/unknown"
        Copy-Item -Recurse (Get-ModulePath) $copy
        (Get-Content -Raw $copy/KubeInject.psd1).Replace("'$version'", "'0.0.77'") | Set-Content $copy/KubeInject.psd1
        { & $root/build/New-ModulePackage.ps1 -Module $copy -Destination $TestDrive/none } | Should -Throw "CHANGELOG.md has no section '## ``[0.0.77``]'*"
        "$TestDrive/none" | Should -Not -Exist
    }

    It 'has the prerelease label in its version' {
        $copy = "$TestDrive/preview"
        Copy-Item -Recurse (Get-ModulePath) $copy
        (Get-Content -Raw $copy/KubeInject.psd1).Replace('PSData = @{', "PSData = @{ Prerelease = 'preview1'") | Set-Content $copy/KubeInject.psd1
        { & $root/build/New-ModulePackage.ps1 -Module $copy -Destination $TestDrive/none } | Should -Throw "*$version-preview1*"
    }
}

Describe 'The installed package' -Tag NoCluster {
    BeforeAll {
        # The result of Install-PSResource: <module path>/KubeInject/<version>, without NuGet's own files.
        $modules = "$TestDrive/modules"
        $installed = (New-Item -ItemType Directory "$modules/KubeInject/$version").FullName
        Copy-Item -Recurse -Path $folder/* -Destination $installed
        Remove-Item -Recurse -Force -LiteralPath $installed/_rels, $installed/package, "$installed/[Content_Types].xml", $installed/KubeInject.nuspec
    }

    It 'has a valid manifest' {
        $found = Test-ModuleManifest $installed/KubeInject.psd1 -WarningVariable warned -ErrorVariable failed
        $found.Version | Should -Be $version
        $found.ExportedCmdlets.Keys | Sort-Object | Should -Be ($manifest.CmdletsToExport | Sort-Object)
        @($warned) + @($failed) | Should -BeNullOrEmpty
    }

    It 'can be imported by name and works for a user with an empty home folder' {
        $result = Invoke-InEmptyHome $modules -Script $firstSteps -Argument $root/examples/orders.yaml | ConvertFrom-Json
        Assert-FirstStep $result $installed
    }
}

Describe 'PSResourceGet' @resourceGet {
    BeforeAll {
        $repository = (New-Item -ItemType Directory $TestDrive/repository).FullName
        $comparison = (New-Item -ItemType Directory $TestDrive/comparison).FullName
        $modules = Split-Path (Split-Path (Get-Module -ListAvailable Microsoft.PowerShell.PSResourceGet)[0].ModuleBase)
    }

    It 'publishes the package, finds and installs it, and the module works' {
        $result = Invoke-InEmptyHome $modules -Script ([scriptblock]::Create(@'
            $ErrorActionPreference = 'Stop'
            $module, $manifest, $repository, $package = $args
            Register-PSResourceRepository Local $repository -Trusted
            Publish-PSResource -NupkgPath $package -Repository Local
            $found = Find-PSResource KubeInject -Repository Local
            Install-PSResource KubeInject -Repository Local
            $installed = Get-InstalledPSResource KubeInject
            "$($found.Name) $($found.Version) $($found.Author) $($found.Type)"
            Join-Path $installed.InstalledLocation KubeInject $installed.Version
'@ + "`n& {$firstSteps} @args")) -Argument "$root/examples/orders.yaml", $repository, $package.FullName
        $result[0] | Should -Be "KubeInject $version $($manifest.Author) Module"
        Assert-FirstStep ($result | Select-Object -Skip 2 | ConvertFrom-Json) $result[1]
    }

    It 'would write the same metadata as the package' {
        $null = Invoke-InEmptyHome $modules -Script {
            $ErrorActionPreference = 'Stop'
            Register-PSResourceRepository Local $args[1] -Trusted
            Publish-PSResource -Path $args[0] -Repository Local
        } -Argument $comparison
        Expand-Archive -LiteralPath $comparison/KubeInject.$version.nupkg $comparison/unpacked
        $theirs = ([xml](Get-Content -Raw -LiteralPath $comparison/unpacked/KubeInject.nuspec)).package.metadata.ChildNodes
        # Ours also contains the release notes instead of their location, and each command.
        foreach ($element in $theirs | Where-Object Name -NotIn releaseNotes, tags) { $metadata.($element.Name) | Should -Be $element.InnerText -Because $element.Name }
        ($theirs | Where-Object Name -EQ tags).InnerText -split ' ' | Should -BeIn ($metadata.tags -split ' ')
        $files = Get-RelativePath $comparison/unpacked | Where-Object { -not (Test-PackageFile $_) } | Sort-Object
        $files | Should -Be (Get-RelativePath $folder | Where-Object { -not (Test-PackageFile $_) } | Sort-Object)
    }
}

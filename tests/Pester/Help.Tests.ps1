BeforeDiscovery {
    $commands = (Import-PowerShellDataFile $PSScriptRoot/../../KubeInject.psd1).CmdletsToExport
    Import-Module $PSScriptRoot/Requirement.psm1
    $platyPS = Get-Requirement PlatyPS
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
}

Describe 'Get-Help' -Tag NoCluster {
    It 'describes <_> and each of its parameters' -ForEach $commands {
        $help = Get-Help $_ -Full
        $help.Synopsis | Should -Not -BeLike "$_ *"
        $help.description.Text | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 3
        $common = [System.Management.Automation.Cmdlet]::CommonParameters
        foreach ($name in (Get-Command $_).Parameters.Keys | Where-Object { $_ -notin $common }) {
            (Get-Help $_ -Parameter $name).description.Text | Should -Not -BeNullOrEmpty
        }
    }

    It 'has the topics of the module' {
        (Get-Help about_KubeInject*).Name | Sort-Object | Should -Be about_KubeInject, about_KubeInject_Annotations, about_KubeInject_Client, about_KubeInject_Connections, about_KubeInject_CredentialSources, about_KubeInject_Leases
        Get-Help about_KubeInject | Out-String | Should -Match 'Provides Kubernetes pods with database credentials'
    }

    It 'shows an example with its code' {
        Get-Help Connect-KubeCluster -Examples | Out-String -Width 120 | Should -Match '(?s)Example 1: .+\n +Connect-KubeCluster\s'
    }
}

Describe 'The help in docs' @platyPS {
    BeforeAll {
        $copy = "$TestDrive/copy"
        foreach ($folder in 'build', 'docs/cmdlets', 'docs/about', 'module') {
            $null = New-Item -ItemType Directory -Force (Split-Path "$copy/$folder")
            Copy-Item -Recurse "$PSScriptRoot/../../$folder" "$copy/$folder"
        }
        Copy-Item -Recurse (Get-ModulePath) "$copy/out"
    }

    It 'has the format of PlatyPS' {
        Test-MarkdownCommandHelp "$copy/docs/cmdlets/*.md" | Should -Be @(@($true) * (Get-ChildItem "$copy/docs/cmdlets/*.md").Count)
    }

    It 'is up to date: build/Update-Help.ps1 changes nothing' {
        Invoke-PowerShell -NoProfile -NonInteractive -File "$copy/build/Update-Help.ps1" -Module "$copy/out"
        $LASTEXITCODE | Should -Be 0
        foreach ($file in Get-ChildItem -File -Recurse "$copy/docs", "$copy/module") {
            $original = "$PSScriptRoot/../../$($file.FullName.Substring($file.FullName.IndexOf('/copy/') + 6))"
            (Get-FileHash $file).Hash | Should -Be (Get-FileHash $original).Hash -Because "of $original"
        }
    }
}

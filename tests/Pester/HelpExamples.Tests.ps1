# Runs every example of Get-Help, as it is written, in the cluster that the examples describe.
BeforeDiscovery {
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $cmdlets = Get-Command -Module KubeInject -CommandType Cmdlet | Sort-Object Name | ForEach-Object {
        $name = $_.Name
        $examples = foreach ($example in (Get-Help $name).examples.example) {
            @{ Cmdlet = $name; Title = $example.title.Trim('-', ' '); Code = $example.code }
        }
        @{ Cmdlet = $name; Examples = $examples }
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/HelpTestCluster.psm1, $PSScriptRoot/../../out/KubeInject
    $shop = Open-Shop "$TestDrive/shop"
}

AfterAll { Close-Shop $shop }

Describe 'The examples of <Cmdlet>' -ForEach $cmdlets {
    It '<Title>' -ForEach $Examples {
        $run = Invoke-ShopExample $shop $Cmdlet $Code
        $run.Errors | Should -BeNullOrEmpty
        if ($run.MustWrite) { $run.Output | Should -Not -BeNullOrEmpty }
    }
}

# The commands of docs/troubleshooting.md, unchanged, in a cluster without problems: each returns output or nothing, and
# none reports an error.
BeforeDiscovery {
    Import-Module $PSScriptRoot/Guide.psm1
    $blocks = Get-GuideBlock troubleshooting.md
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/Guide.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
    $source = New-CredentialSource -Local -LeasePath $TestDrive/leases
    $namespace = New-TestNamespace orders
    $null = kubectl create serviceaccount default -n $namespace
    $null = New-Manifest orders -Kind Deployment | kubectl create -n $namespace -f -
    $null = Invoke-CredentialInjection -Workload deployment/orders -n $namespace -CredentialSource $source
    Set-Content $TestDrive/orders.yaml (New-Manifest orders)
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'The page for troubleshooting' {
    It 'has a command that runs: <Heading>' -ForEach $blocks.ForEach{ @{ Heading = $_.Heading; Script = $_.Script } } {
        $PSNativeCommandUseErrorActionPreference = $true
        $here = $Script -replace '\bshop\b', $namespace -replace '\./orders\.yaml', "$TestDrive/orders.yaml" -replace '\./out/KubeInject', (Get-ModulePath)
        { . ([scriptblock]::Create($here)) *>&1 | Out-String } | Should -Not -Throw
    }
}

@{
    RootModule           = 'KubeInject.Extension.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '6f0c2f0e-3f0b-4c25-9b44-0d1f2a7c9e15'
    Author               = 'KubeInject contributors'
    CompanyName          = 'KubeInject'
    Copyright            = '(c) KubeInject contributors. Apache License 2.0.'
    Description          = 'Makes the Secrets of a Kubernetes namespace a vault of Microsoft.PowerShell.SecretManagement.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    FunctionsToExport    = @('Get-Secret', 'Get-SecretInfo', 'Remove-Secret', 'Set-Secret', 'Set-SecretInfo', 'Test-SecretVault')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
}

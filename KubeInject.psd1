@{
    RootModule           = 'KubeInject.Cmdlets.dll'
    ModuleVersion        = '0.1.0'
    GUID                 = '0f9f4d0e-5f3f-4c8e-9c55-2b8f5d3c7a41'
    Author               = 'KubeInject contributors'
    CompanyName          = 'KubeInject'
    Copyright            = '(c) KubeInject contributors. Apache License 2.0.'
    Description          = 'Injects short-lived database credentials from Vault, OpenBao, PostgreSQL, Secrets or scripts into Kubernetes pods, based on their annotations, and renews, rotates and revokes the credentials.'
    PowerShellVersion    = '7.4'
    CompatiblePSEditions = @('Core')
    NestedModules        = @('KubeInject.Extension/KubeInject.Extension.psm1') # the extension for SecretManagement; the file loads faster than its manifest
    FormatsToProcess     = @('KubeInject.Connections.Format.ps1xml', 'KubeInject.Pods.Format.ps1xml', 'KubeInject.Annotations.Format.ps1xml', 'KubeInject.Leases.Format.ps1xml')
    TypesToProcess       = @('KubeInject.Types.ps1xml')
    FunctionsToExport    = @()
    CmdletsToExport      = @(
        'Connect-KubeCluster'
        'Disconnect-KubeCluster'
        'Export-PodInjectionReport'
        'Get-CredentialLease'
        'Get-CredentialSource'
        'Get-KubeCertificateAuthority'
        'Get-KubeConnection'
        'Get-KubeContext'
        'Get-KubeInjectStatus'
        'Get-KubePod'
        'Get-KubeSecret'
        'Get-KubeServiceAccountToken'
        'Get-PodInjectionAnnotation'
        'Install-KubeInject'
        'Invoke-CredentialInjection'
        'Invoke-CredentialRotation'
        'New-CredentialSource'
        'Remove-KubeSecret'
        'Remove-PodInjectionAnnotation'
        'Repair-PodInjectionAnnotation'
        'Revoke-CredentialLease'
        'Set-KubeSecret'
        'Set-PodInjectionAnnotation'
        'Sync-CredentialLease'
        'Test-KubeConnection'
        'Test-PodInjectionAnnotation'
        'Uninstall-KubeInject'
        'Update-CredentialLease'
        'Watch-KubePod'
    )
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags       = @('Kubernetes', 'Vault', 'OpenBao', 'Credentials', 'Secrets', 'SecretManagement', 'Database', 'PSEdition_Core', 'Windows', 'Linux', 'MacOS')
            LicenseUri = 'https://www.apache.org/licenses/LICENSE-2.0'
            ProjectUri = 'https://github.com/kubeinject/kubeinject'
            IconUri    = 'https://raw.githubusercontent.com/kubeinject/kubeinject/main/module/icon.png'
            ReleaseNotes = 'https://github.com/kubeinject/kubeinject/blob/main/CHANGELOG.md'
        }
    }
}

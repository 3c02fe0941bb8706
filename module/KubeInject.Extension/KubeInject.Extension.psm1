# The vault extension for SecretManagement, which uses the Secrets of a namespace as a vault. See docs/secretmanagement.md.
# SecretManagement requires a nested module with this name, and functions with these names and parameters. It imports the
# module into a separate runspace. The functions write errors and do not throw, because SecretManagement wraps exceptions and
# hides their message.
#
# Every import of KubeInject reads this file, so it is as small as possible. Parameter types and [CmdletBinding()] would slow
# down the import, and are in KubeInject.Vault.psm1. Unlock-SecretVault and Unregister-SecretVault are not necessary, because
# the vault has no password and no state.

function Get-Secret {
    param($Name, $VaultName, $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Get-VaultSecret @PSBoundParameters @args
}

function Get-SecretInfo {
    param($Filter, $VaultName, $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Get-VaultSecretInfo @PSBoundParameters @args
}

function Set-Secret {
    param($Name, $Secret, $VaultName, $AdditionalParameters, $Metadata)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Set-VaultSecret @PSBoundParameters @args
}

function Set-SecretInfo {
    param($Name, $Metadata, $VaultName, $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Set-VaultSecretInfo @PSBoundParameters @args
}

function Remove-Secret {
    param($Name, $VaultName, $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Remove-VaultSecret @PSBoundParameters @args
}

function Test-SecretVault {
    param($VaultName, $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Test-Vault @PSBoundParameters @args
}

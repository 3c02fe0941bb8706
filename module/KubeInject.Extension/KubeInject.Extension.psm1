# What SecretManagement calls, so that the Secrets of a namespace are a vault: see docs/secretmanagement.md. It looks for
# functions of these names and parameters in a module of this name below ours, imports the module into a runspace of its
# own, and shows what they write; an exception it would wrap in one that hides the reason, so they throw none.
#
# This is read whenever KubeInject is imported, by whoever never heard of vaults, too: so it holds no more than it must. The
# types of the parameters stand in KubeInject.Vault.psm1; here, and with [CmdletBinding()], they would make each import slower.
# There is neither Unlock-SecretVault nor Unregister-SecretVault, for there is no password, and nothing to clean up.

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

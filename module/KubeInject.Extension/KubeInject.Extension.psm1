# What SecretManagement calls, so that the Secrets of a namespace are a vault: see docs/secretmanagement.md. It looks for
# functions of these names and parameters in a module of this name below ours, imports the module into a runspace of its
# own, and shows what they write; an exception it would wrap in one that hides the reason, so they throw none.
#
# This is read whenever KubeInject is imported, by whoever never heard of vaults, too: so it holds no more than it must.
# There is neither Unlock-SecretVault nor Unregister-SecretVault, for there is no password, and nothing to clean up.

function Get-Secret {
    [CmdletBinding()]
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Get-VaultSecret @PSBoundParameters
}

function Get-SecretInfo {
    [CmdletBinding()]
    param([string] $Filter, [string] $VaultName, [hashtable] $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Get-VaultSecretInfo @PSBoundParameters
}

function Set-Secret {
    [CmdletBinding()]
    param([string] $Name, [object] $Secret, [string] $VaultName, [hashtable] $AdditionalParameters, [hashtable] $Metadata)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Set-VaultSecret @PSBoundParameters
}

function Set-SecretInfo {
    [CmdletBinding()]
    param([string] $Name, [hashtable] $Metadata, [string] $VaultName, [hashtable] $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Set-VaultSecretInfo @PSBoundParameters
}

function Remove-Secret {
    [CmdletBinding()]
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Remove-VaultSecret @PSBoundParameters
}

function Test-SecretVault {
    [CmdletBinding()]
    param([string] $VaultName, [hashtable] $AdditionalParameters)
    Import-Module $PSScriptRoot/KubeInject.Vault.psm1 -Verbose:$false
    Test-Vault @PSBoundParameters
}

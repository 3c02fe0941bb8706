# The work of KubeInject.Extension, loaded by its first call.
#
# Nothing is kept between calls: each connects by the parameters that the vault was registered with, and disconnects.
Set-StrictMode -Version Latest

# The key of a Secret that is one value: what Set-Secret writes for a name without a key.
$singleKey = 'value'

# What Register-SecretVault takes as -VaultParameters. No Token and no Credential: the registry is a readable file.
$settings = 'KubeConfig', 'Context', 'Namespace', 'Server', 'TokenFile', 'ClientCertificate', 'ClientKey', 'CertificateAuthority',
    'InCluster', 'ServiceAccountPath', 'ImpersonateUser', 'ImpersonateUid', 'TlsServerName', 'ProxyUri', 'SkipCertificateCheck', 'TimeoutSec'

function Get-VaultSecret {
    [CmdletBinding()]
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)

    Use-Vault $PSCmdlet $AdditionalParameters {
        $secretName, $key = $Name -split '/', 2
        $secret = Find-Secret $secretName
        if ($null -eq $secret) { return }
        if ($null -ne $key) {
            if ($secret.Data.ContainsKey($key)) { Get-Value $secret $key }
            return
        }
        switch (Get-Shape $secret) {
            Hashtable {
                $table = [hashtable]::new([StringComparer]::Ordinal)
                foreach ($each in $secret.Data.Keys) { $table[$each] = Get-Value $secret $each }
                $table
            }
            PSCredential { [pscredential]::new((ConvertTo-Text $secret.Data['username']), $secret.Data['password']) }
            default { Get-Value $secret $singleKey }
        }
    }
}

# Whole Secrets; keys of them where the filter has a slash: 'orders-db/*'.
function Get-VaultSecretInfo {
    [CmdletBinding()]
    param([string] $Filter, [string] $VaultName, [hashtable] $AdditionalParameters)

    Use-Vault $PSCmdlet $AdditionalParameters {
        $namePattern, $keyPattern = ($Filter ? $Filter : '*') -split '/', 2
        $secrets = [WildcardPattern]::ContainsWildcardCharacters($namePattern) ? (KubeInject\Get-KubeSecret $namePattern @common) : (Find-Secret $namePattern)
        foreach ($secret in $secrets) {
            $metadata = @{}
            foreach ($note in $secret.Metadata.GetEnumerator()) { $metadata[$note.Key] = $note.Value }
            if ($null -eq $keyPattern) {
                [Microsoft.PowerShell.SecretManagement.SecretInformation]::new($secret.Name, (Get-Shape $secret), $VaultName, $metadata)
                continue
            }
            foreach ($key in $secret.Data.Keys | Where-Object { $_ -like $keyPattern } | Sort-Object) {
                $type = $secret.Base64Keys -ccontains $key ? 'ByteArray' : 'SecureString'
                [Microsoft.PowerShell.SecretManagement.SecretInformation]::new("$($secret.Name)/$key", $type, $VaultName, $metadata)
            }
        }
    }
}

function Set-VaultSecret {
    [CmdletBinding()]
    param([string] $Name, [object] $Secret, [string] $VaultName, [hashtable] $AdditionalParameters, [hashtable] $Metadata)

    Use-Vault $PSCmdlet $AdditionalParameters {
        $secretName, $key = $Name -split '/', 2
        $isTable = $Secret -is [System.Collections.IDictionary]
        $isCredential = $Secret -is [pscredential]
        $hasMetadata = $null -ne $Metadata -and $Metadata.Count # SecretManagement gives an empty one for none
        if ($null -ne $key) {
            if ($isTable -or $isCredential) { throw (New-Refusal $Name "'$Name' is one key of a Secret, and takes one value. Set '$secretName' to a Hashtable or PSCredential.") }
            if ($hasMetadata) { throw (New-KeyMetadataRefusal $Name $secretName) }
            KubeInject\Set-KubeSecret $secretName @{ $key = $Secret } @common
            return
        }

        # A table is merged into whatever there is. One value, or a credential, is all there is: beside other keys,
        # Get-Secret would return a table of them.
        if (-not $isTable) {
            $there = Find-Secret $secretName
            $shapes = $isCredential ? @('PSCredential') : @('SecureString', 'ByteArray')
            if ($there -and $there.Data.Count -and (Get-Shape $there) -notin $shapes -and -not ($isCredential -and $there.Type -eq 'kubernetes.io/basic-auth')) {
                throw (New-Refusal $Name "$there holds the keys $(($there.Data.Keys | Sort-Object) -join ', '). Set one of them, as '$secretName/$(@($there.Data.Keys | Sort-Object)[0])', or give a Hashtable, or remove the Secret first.")
            }
        }
        $what = $isCredential ? @{ Credential = $Secret } : @{ Data = $isTable ? $Secret : @{ $singleKey = $Secret } }
        if ($hasMetadata) { $what.Metadata = $Metadata }
        KubeInject\Set-KubeSecret $secretName @what @common
    }
}

# Adds and replaces: what is not named stays, what is $null goes.
function Set-VaultSecretInfo {
    [CmdletBinding()]
    param([string] $Name, [hashtable] $Metadata, [string] $VaultName, [hashtable] $AdditionalParameters)

    Use-Vault $PSCmdlet $AdditionalParameters {
        $secretName, $key = $Name -split '/', 2
        if ($null -ne $key) { throw (New-KeyMetadataRefusal $Name $secretName) }
        KubeInject\Set-KubeSecret $secretName -Metadata $Metadata -NoCreate @common
    }
}

function Remove-VaultSecret {
    [CmdletBinding()]
    param([string] $Name, [string] $VaultName, [hashtable] $AdditionalParameters)

    Use-Vault $PSCmdlet $AdditionalParameters {
        $secretName, $key = $Name -split '/', 2
        $what = $null -eq $key ? @{} : @{ Key = $key }
        KubeInject\Remove-KubeSecret $secretName @what @common -Confirm:$false
    }
}

# Whether there is a connection, and the right to list, without which wildcards find nothing.
function Test-Vault {
    [CmdletBinding()]
    param([string] $VaultName, [hashtable] $AdditionalParameters)

    $works = Use-Vault $PSCmdlet $AdditionalParameters {
        $null = KubeInject\Get-KubeSecret -FieldSelector 'type=kubeinject.io/none' @common
        $true
    }
    $works -eq $true
}

# Connects, runs a script, whose calls find in $common how, and disconnects. What fails is written for the caller.
function Use-Vault([System.Management.Automation.PSCmdlet] $Caller, [hashtable] $AdditionalParameters, [scriptblock] $Script) {
    $common = @{ ErrorAction = 'Stop'; Verbose = $null -ne $AdditionalParameters -and $AdditionalParameters['Verbose'] -eq $true }
    try {
        $connect = Get-Setting $AdditionalParameters
        $common.Connection = KubeInject\Connect-KubeCluster -NotDefault @connect @common
        & $Script
    }
    catch { $Caller.WriteError($_) }
    finally {
        if ($common.ContainsKey('Connection')) { KubeInject\Disconnect-KubeCluster $common.Connection }
    }
}

function Get-Setting([hashtable] $AdditionalParameters) {
    $found = @{}
    foreach ($name in @($AdditionalParameters.Keys) -ne 'Verbose') {
        $value = $AdditionalParameters[$name]
        if ($name -in 'Token', 'Credential') {
            throw (New-Refusal $name "The vault parameter $name would be kept readable in a file. Register the vault with TokenFile, with a client certificate, or with a context of the kubeconfig.")
        }
        if ($name -notin $settings) { throw (New-Refusal $name "There is no vault parameter $name. There are $($settings -join ', ').") }
        if ($value -isnot [string] -and $value -isnot [ValueType]) { throw (New-Refusal $name "The vault parameter $name takes one text, number or truth value: SecretManagement keeps no lists of them.") }
        $found[$name] = $value
    }
    $found
}

# One Secret by its name; nothing where there is none, as SecretManagement expects it, nor can be.
function Find-Secret([string] $Name) {
    if ($Name -cnotmatch '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$') { return }
    try { KubeInject\Get-KubeSecret $Name @common }
    catch { if ($_.FullyQualifiedErrorId -notlike 'KubeApiNotFound,*') { throw } }
}

# What a Secret is to SecretManagement, by what it holds, so that those made by others are read alike.
function Get-Shape($Secret) {
    $data = $Secret.Data
    if ($data.Count -eq 1 -and $data.ContainsKey($singleKey)) { return $Secret.Base64Keys.Count ? 'ByteArray' : 'SecureString' }
    $hasBoth = $data.ContainsKey('username') -and $data.ContainsKey('password') -and -not ($Secret.Base64Keys | Where-Object { $_ -cin 'username', 'password' })
    if ($hasBoth -and $data['username'].Length -and ($data.Count -eq 2 -or $Secret.Type -eq 'kubernetes.io/basic-auth')) { return 'PSCredential' }
    'Hashtable'
}

function Get-Value($Secret, [string] $Key) {
    $value = $Secret.Data[$Key]
    if ($Secret.Base64Keys -cnotcontains $Key) { return $value }
    , [Convert]::FromBase64String((ConvertTo-Text $value)) # as one array, not byte by byte
}

# ConvertFrom-SecureString takes no empty one.
function ConvertTo-Text([securestring] $Value) { [System.Net.NetworkCredential]::new('', $Value).Password }

function New-Refusal([string] $Name, [string] $Message) {
    [System.Management.Automation.ErrorRecord]::new([InvalidOperationException]::new($Message), 'KubeVaultRefused', 'InvalidArgument', $Name)
}

function New-KeyMetadataRefusal([string] $Name, [string] $SecretName) {
    New-Refusal $Name "'$Name' is one key, and metadata belongs to the whole Secret. Use Set-SecretInfo '$SecretName'."
}

Export-ModuleMember -Function Get-VaultSecret, Get-VaultSecretInfo, Set-VaultSecret, Set-VaultSecretInfo, Remove-VaultSecret, Test-Vault

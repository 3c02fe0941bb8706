# The implementation of KubeInject.Extension. The first call of one of its functions loads this module.
#
# Each call connects with the registered vault parameters, and disconnects at the end. No state is kept between calls.
Set-StrictMode -Version Latest

# The key that Set-Secret writes if the name contains no key and the secret is a single value.
$singleKey = 'value'

# The supported vault parameters. Token and Credential are not supported, because the vault registry is a plain-text file.
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
        switch (Get-SecretType $secret) {
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

# Returns Secrets, or their keys if the filter contains a slash, for example 'orders-db/*'.
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
                [Microsoft.PowerShell.SecretManagement.SecretInformation]::new($secret.Name, (Get-SecretType $secret), $VaultName, $metadata)
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
        $hasMetadata = $null -ne $Metadata -and $Metadata.Count # SecretManagement passes an empty table if no metadata is specified
        if ($null -ne $key) {
            if ($isTable -or $isCredential) { throw (New-Refusal $Name "'$Name' is a key of a Secret, which can have only a single value. Set '$secretName' to the Hashtable or PSCredential.") }
            if ($hasMetadata) { throw (New-KeyMetadataRefusal $Name $secretName) }
            KubeInject\Set-KubeSecret $secretName @{ $key = $Secret } @common
            return
        }

        # A Hashtable is merged into the existing Secret. A single value or a credential must be the only content, because with
        # other keys Get-Secret would return a Hashtable.
        if (-not $isTable) {
            $existing = Find-Secret $secretName
            $types = $isCredential ? @('PSCredential') : @('SecureString', 'ByteArray')
            if ($existing -and $existing.Data.Count -and (Get-SecretType $existing) -notin $types -and -not ($isCredential -and $existing.Type -eq 'kubernetes.io/basic-auth')) {
                throw (New-Refusal $Name "$existing contains the keys $(($existing.Data.Keys | Sort-Object) -join ', '). Set one key, for example '$secretName/$(@($existing.Data.Keys | Sort-Object)[0])', specify a Hashtable, or remove the Secret first.")
            }
        }
        $content = $isCredential ? @{ Credential = $Secret } : @{ Data = $isTable ? $Secret : @{ $singleKey = $Secret } }
        if ($hasMetadata) { $content.Metadata = $Metadata }
        KubeInject\Set-KubeSecret $secretName @content @common
    }
}

# Adds and replaces metadata. Keeps keys that are not specified, and removes keys with the value $null.
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
        $keyParameter = $null -eq $key ? @{} : @{ Key = $key }
        KubeInject\Remove-KubeSecret $secretName @keyParameter @common -Confirm:$false
    }
}

# Returns whether the connection works and the user can list Secrets, which wildcards require.
function Test-Vault {
    [CmdletBinding()]
    param([string] $VaultName, [hashtable] $AdditionalParameters)

    $works = Use-Vault $PSCmdlet $AdditionalParameters {
        $null = KubeInject\Get-KubeSecret -FieldSelector 'type=kubeinject.io/none' @common
        $true
    }
    $works -eq $true
}

# Connects, runs a script, and disconnects. The script passes $common to the cmdlets that it calls. Errors are written for the caller.
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
            throw (New-Refusal $name "The vault parameter $name is not supported, because SecretManagement stores it in a plain-text file. Register the vault with TokenFile, a client certificate, or a context of the kubeconfig.")
        }
        if ($name -notin $settings) { throw (New-Refusal $name "There is no vault parameter $name. Valid parameters are $($settings -join ', ').") }
        if ($value -isnot [string] -and $value -isnot [ValueType]) { throw (New-Refusal $name "The vault parameter $name must be a single string, number or Boolean, because SecretManagement does not store lists.") }
        $found[$name] = $value
    }
    $found
}

# Returns a Secret by name, and nothing if it does not exist or the name is not valid, as SecretManagement requires.
function Find-Secret([string] $Name) {
    if ($Name -cnotmatch '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$') { return }
    try { KubeInject\Get-KubeSecret $Name @common }
    catch { if ($_.FullyQualifiedErrorId -notlike 'KubeApiNotFound,*') { throw } }
}

# Returns the SecretManagement type of a Secret. Depends only on the content, so that Secrets of other tools are supported, too.
function Get-SecretType($Secret) {
    $data = $Secret.Data
    if ($data.Count -eq 1 -and $data.ContainsKey($singleKey)) { return $Secret.Base64Keys.Count ? 'ByteArray' : 'SecureString' }
    $hasBoth = $data.ContainsKey('username') -and $data.ContainsKey('password') -and -not ($Secret.Base64Keys | Where-Object { $_ -cin 'username', 'password' })
    if ($hasBoth -and $data['username'].Length -and ($data.Count -eq 2 -or $Secret.Type -eq 'kubernetes.io/basic-auth')) { return 'PSCredential' }
    'Hashtable'
}

function Get-Value($Secret, [string] $Key) {
    $value = $Secret.Data[$Key]
    if ($Secret.Base64Keys -cnotcontains $Key) { return $value }
    , [Convert]::FromBase64String((ConvertTo-Text $value)) # the comma returns one array instead of single bytes
}

# ConvertFrom-SecureString does not accept an empty SecureString.
function ConvertTo-Text([securestring] $Value) { [System.Net.NetworkCredential]::new('', $Value).Password }

function New-Refusal([string] $Name, [string] $Message) {
    [System.Management.Automation.ErrorRecord]::new([InvalidOperationException]::new($Message), 'KubeVaultRefused', 'InvalidArgument', $Name)
}

function New-KeyMetadataRefusal([string] $Name, [string] $SecretName) {
    New-Refusal $Name "'$Name' is a key of a Secret, but only Secrets have metadata. Run Set-SecretInfo for '$SecretName'."
}

Export-ModuleMember -Function Get-VaultSecret, Get-VaultSecretInfo, Set-VaultSecret, Set-VaultSecretInfo, Remove-VaultSecret, Test-Vault

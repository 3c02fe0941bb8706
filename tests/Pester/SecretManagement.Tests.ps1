BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $secretManagement = Get-Requirement SecretManagement
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
    $namespace = New-TestNamespace
    $parameters = @{ KubeConfig = Get-ClusterFile kubeconfig; Context = 'admin'; Namespace = $namespace }
    $canary = 'canary-of-a-password-in-a-vault'
    $secure = ConvertTo-SecureString -AsPlainText $canary

    function Get-Live([string] $Name) { kubectl get secret $Name --namespace $namespace --output json | Out-String | ConvertFrom-Json -AsHashtable }
    function ConvertFrom-Secure([securestring] $Value) { [System.Net.NetworkCredential]::new('', $Value).Password }

    $registry = (New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid()))).FullName
    if (Get-Module -ListAvailable Microsoft.PowerShell.SecretManagement) {
        # SecretManagement reads its list of vaults below HOME only once, when it is loaded.
        $userHome = $env:HOME
        $env:HOME = $registry
        try {
            Import-Module Microsoft.PowerShell.SecretManagement
            $null = Get-SecretVault
        }
        finally { $env:HOME = $userHome }
    }
    elseif (-not ('Microsoft.PowerShell.SecretManagement.SecretInformation' -as [type])) {
        Add-Type @'
namespace Microsoft.PowerShell.SecretManagement
{
    public enum SecretType { Unknown, ByteArray, String, SecureString, PSCredential, Hashtable }

    public sealed class SecretInformation
    {
        public SecretInformation(string name, SecretType type, string vaultName, System.Collections.Hashtable metadata)
        {
            Name = name;
            Type = type;
            VaultName = vaultName;
            Metadata = metadata;
        }

        public string Name { get; }
        public SecretType Type { get; }
        public string VaultName { get; }
        public System.Collections.Hashtable Metadata { get; }
    }
}
'@
    }
}

AfterAll {
    Disconnect-KubeCluster
    Remove-Item -Recurse -Force $registry
}

Describe 'The extension when SecretManagement calls it' {
    BeforeAll {
        # Calls the function of the extension in our module by its full name, with the parameters of the registration.
        # In its runspace errors are written; here they are thrown for the tests.
        function Invoke-Extension([string] $Command, [hashtable] $With = @{}, [hashtable] $Additional = $parameters, [string] $OnError = 'Stop') {
            & (Get-Module KubeInject) "KubeInject.Extension\$Command" @With -ErrorAction $OnError -VaultName cluster -AdditionalParameters ($Additional + @{ Verbose = $false })
        }
        function Set-Vault([string] $Name, $Secret, [hashtable] $Metadata = @{}) { Invoke-Extension Set-Secret @{ Name = $Name; Secret = $Secret; Metadata = $Metadata } }
        function Get-Vault([string] $Name) { Invoke-Extension Get-Secret @{ Name = $Name } }
        function Find-Vault([string] $Filter) { Invoke-Extension Get-SecretInfo @{ Filter = $Filter } }
    }

    It 'has the functions and parameters that SecretManagement requires' {
        $extension = Import-Module (Join-Path (Get-ModulePath) KubeInject.Extension) -PassThru -Scope Local -Function @()
        $extension.ExportedCommands.Keys | Sort-Object | Should -Be Get-Secret, Get-SecretInfo, Remove-Secret, Set-Secret, Set-SecretInfo, Test-SecretVault
        $wanted = @{
            'Get-Secret' = 'Name', 'VaultName', 'AdditionalParameters'; 'Get-SecretInfo' = 'Filter', 'VaultName', 'AdditionalParameters'
            'Set-Secret' = 'Name', 'Secret', 'VaultName', 'AdditionalParameters', 'Metadata'; 'Set-SecretInfo' = 'Name', 'Metadata', 'VaultName', 'AdditionalParameters'
            'Remove-Secret' = 'Name', 'VaultName', 'AdditionalParameters'; 'Test-SecretVault' = 'VaultName', 'AdditionalParameters'
        }
        foreach ($command in $wanted.Keys) {
            $parameters = $extension.ExportedCommands[$command].Parameters.Keys | Where-Object { $_ -notin [System.Management.Automation.Cmdlet]::CommonParameters }
            $parameters | Should -Be $wanted[$command] -Because $command
        }
    }

    It 'is not visible after an import of the module' {
        (Get-Command -Module KubeInject, KubeInject.Extension).Name | Should -Not -Contain Get-Secret
        (Get-Module KubeInject).NestedModules.Name | Should -Contain KubeInject.Extension
    }

    It 'returns <What> unchanged' -ForEach @(
        @{ What = 'a string, as a SecureString'; Given = { $canary }; Type = 'SecureString'; Read = { ConvertFrom-Secure $args[0] }; Wanted = { $canary } }
        @{ What = 'a SecureString'; Given = { $secure }; Type = 'SecureString'; Read = { ConvertFrom-Secure $args[0] }; Wanted = { $canary } }
        @{ What = 'an empty string'; Given = { '' }; Type = 'SecureString'; Read = { ConvertFrom-Secure $args[0] }; Wanted = { '' } }
        @{ What = 'bytes'; Given = { , [byte[]](255, 0, 7) }; Type = 'ByteArray'; Read = { $args[0] -join ' ' }; Wanted = { '255 0 7' } }
        @{ What = 'no bytes'; Given = { , [byte[]]@() }; Type = 'ByteArray'; Read = { "$($args[0].GetType().Name) $($args[0].Count)" }; Wanted = { 'Byte[] 0' } }
        @{ What = 'bytes that are valid text'; Given = { , [byte[]](65, 66) }; Type = 'ByteArray'; Read = { $args[0] -join ' ' }; Wanted = { '65 66' } }
        @{ What = 'a credential'; Given = { [pscredential]::new('orders-rw', $secure) }; Type = 'PSCredential'; Read = { $args[0].UserName + ' ' + (ConvertFrom-Secure $args[0].Password) }; Wanted = { "orders-rw $canary" } }
        @{ What = 'a table'; Given = { @{ user = 'a'; key = $secure; bytes = [byte[]](255, 1) } }; Type = 'Hashtable'; Read = { "$(ConvertFrom-Secure $args[0]['key']) $(ConvertFrom-Secure $args[0]['user']) $($args[0]['bytes'])" }; Wanted = { "$canary a 255 1" } }
    ) {
        $given = & $Given
        $name = "back-$([guid]::NewGuid().ToString('n'))"
        Set-Vault $name $given | Should -BeNullOrEmpty
        $back = Get-Vault $name
        & $Read $back | Should -BeExactly (& $Wanted)
        $info = Find-Vault $name
        $info.Name, "$($info.Type)", $info.VaultName | Should -Be $name, $Type, cluster
    }

    It 'stores a credential as a Secret of the type kubernetes.io/basic-auth, and other values as Opaque, managed by kubeinject' {
        Set-Vault type-login ([pscredential]::new('a', $secure))
        Set-Vault type-plain $secure
        (Get-Live type-login).type, (Get-Live type-plain).type | Should -Be 'kubernetes.io/basic-auth', Opaque
        (Get-Live type-plain).metadata.labels['app.kubernetes.io/managed-by'] | Should -Be kubeinject
    }

    It 'reads Secrets of other tools: with the keys username and password as a credential, otherwise as a hashtable' {
        $null = kubectl create secret generic theirs --namespace $namespace --from-literal username=app --from-literal "password=$canary"
        $null = kubectl create secret generic theirs-more --namespace $namespace --from-literal username=app --from-literal "password=$canary" --from-literal host=db
        Get-Vault theirs | Should -BeOfType pscredential
        Get-Vault theirs-more | Should -BeOfType hashtable
        ConvertFrom-Secure (Get-Vault theirs-more)['host'] | Should -Be db
    }

    It 'reads and writes one key, and keeps the others' {
        Set-Vault one @{ password = 'was'; host = 'db' }
        Set-Vault one/password $secure
        Set-Vault one/port 5432
        ConvertFrom-Secure (Get-Vault one/password) | Should -Be $canary
        ConvertFrom-Secure (Get-Vault one/port) | Should -Be 5432
        (Get-Live one).data.Keys | Sort-Object | Should -Be host, password, port
        Set-Vault one @{ host = 'other' }
        ConvertFrom-Secure (Get-Vault one/password) | Should -Be $canary
        Invoke-Extension Remove-Secret @{ Name = 'one/host' }
        (Get-Live one).data.Keys | Sort-Object | Should -Be password, port
    }

    It 'creates a missing Secret for a key' {
        Set-Vault fresh/password $secure
        (Get-Live fresh).data.Keys | Should -Be password
    }

    It 'returns nothing and no error for <Name>, which is missing' -ForEach @(
        @{ Name = 'nowhere' }, @{ Name = 'one/nothing' }, @{ Name = 'nowhere/a' }, @{ Name = 'No Name' }, @{ Name = '..' }, @{ Name = '*' }, @{ Name = 'a/b/c' }
    ) {
        Get-Vault $Name | Should -BeNullOrEmpty
    }

    It 'finds Secrets by wildcard, and keys if the filter contains a slash' {
        Set-Vault find-a @{ x = '1'; y = [byte[]](255, 1) }
        Set-Vault find-b 'text'
        (Find-Vault find-*).Name | Sort-Object | Should -Be find-a, find-b
        (Find-Vault FIND-*).Name | Sort-Object | Should -Be find-a, find-b
        $keys = Find-Vault find-*/*
        $keys.Name | Sort-Object | Should -Be find-a/x, find-a/y, find-b/value
        ($keys | Where-Object Name -EQ find-a/y).Type | Should -Be ByteArray
        (Find-Vault find-a/x).Name | Should -Be find-a/x
        (Find-Vault '').Name | Should -Contain find-b
        Find-Vault nowhere | Should -BeNullOrEmpty
        Find-Vault nowhere* | Should -BeNullOrEmpty
    }

    It 'stores metadata as annotations, and merges it' {
        Set-Vault noted 'x' @{ Owner = 'team-a' }
        Invoke-Extension Set-SecretInfo @{ Name = 'noted'; Metadata = @{ Days = 30 } }
        $metadata = (Find-Vault noted).Metadata
        $metadata['Owner'], $metadata['Days'] | Should -Be team-a, '30'
        (Get-Live noted).metadata.annotations['metadata.kubeinject.io/Owner'] | Should -Be team-a
        Set-Vault noted 'y'
        (Find-Vault noted).Metadata['Owner'] | Should -Be team-a
        { Invoke-Extension Set-SecretInfo @{ Name = 'noted/value'; Metadata = @{ a = 1 } } } | Should -Throw -ErrorId 'KubeVaultRefused,*'
        { Invoke-Extension Set-SecretInfo @{ Name = 'nowhere'; Metadata = @{ a = 1 } } } | Should -Throw -ErrorId 'KubeApiNotFound,*'
    }

    It 'removes Secrets, and reports missing ones' {
        Set-Vault gone 'x'
        Invoke-Extension Remove-Secret @{ Name = 'gone' }
        Find-Vault gone | Should -BeNullOrEmpty
        { Invoke-Extension Remove-Secret @{ Name = 'gone' } } | Should -Throw -ErrorId 'KubeApiNotFound,*'
    }

    It 'rejects <What>, and changes nothing' -ForEach @(
        @{ What = 'one value for a Secret of several keys'; Name = 'several'; Given = { $secure }; Id = 'KubeVaultRefused' }
        @{ What = 'a credential for a Secret of other keys'; Name = 'several'; Given = { [pscredential]::new('a', $secure) }; Id = 'KubeVaultRefused' }
        @{ What = 'a hashtable for one key'; Name = 'several/a'; Given = { @{ b = 'x' } }; Id = 'KubeVaultRefused' }
        @{ What = 'a credential in a hashtable'; Name = 'several'; Given = { @{ b = [pscredential]::new('a', $secure) } }; Id = 'SecretValueInvalid' }
        @{ What = 'an invalid name'; Name = 'No Name'; Given = { $secure }; Id = 'SecretInvalidName' }
        @{ What = 'an invalid key'; Name = 'several/'; Given = { $secure }; Id = 'SecretInvalidName' }
    ) {
        Set-KubeSecret several @{ a = '1'; c = '2' } -n $namespace
        $failed = { Set-Vault $Name (& $Given) } | Should -Throw -ErrorId "$Id,*" -PassThru
        Test-Spelling "$failed" $canary | Should -BeFalse
        (Get-KubeSecret several -n $namespace -AsPlainText).Data.Values | Sort-Object | Should -Be '1', '2'
    }

    It 'does not change objects of other tools' {
        $null = @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = 'chart'; labels = @{ 'app.kubernetes.io/managed-by' = 'Helm' } } } | ConvertTo-Json | kubectl create --namespace $namespace --filename -
        { Set-Vault chart/a $secure } | Should -Throw '*managed by Helm*' -ErrorId 'SecretOwned,*'
        { Invoke-Extension Remove-Secret @{ Name = 'chart' } } | Should -Throw -ErrorId 'SecretOwned,*'
    }

    It 'connects with its parameters, and keeps the connection of the session' {
        $before = Get-KubeConnection
        Set-Vault alone 'x'
        Get-KubeConnection | Should -Be $before
        $token = @{ Server = Get-ClusterText server; TokenFile = Get-ClusterFile admin.token; CertificateAuthority = Get-ClusterFile ca.crt; Namespace = $namespace }
        ConvertFrom-Secure (Invoke-Extension Get-Secret @{ Name = 'alone' } $token) | Should -Be x
    }

    It 'reports a missing permission' {
        $viewer = $parameters + @{}
        $viewer.Context = 'viewer'
        { Invoke-Extension Get-Secret @{ Name = 'alone' } $viewer } | Should -Throw '*cannot get resource "secrets"*' -ErrorId 'KubeApiForbidden,*'
        { Invoke-Extension Get-SecretInfo @{ Filter = '*' } $viewer } | Should -Throw '*cannot list resource "secrets"*' -ErrorId 'KubeApiForbidden,*'
    }

    It 'tests its connection and its permissions' {
        Invoke-Extension Test-SecretVault | Should -BeTrue
        foreach ($case in @{ Context = 'viewer' }, @{ Context = 'none' }, @{ Contxt = 'admin' }, @{ Token = 'x' }, @{ Namespace = @('a', 'b') }) {
            $changed = @{ KubeConfig = Get-ClusterFile kubeconfig } + $case
            $said = Invoke-Extension Test-SecretVault @{} $changed Continue 2>&1
            $said | Where-Object { $_ -is [bool] } | Should -Be $false -Because ($case | Out-String)
            @($said | Where-Object { $_ -is [System.Management.Automation.ErrorRecord] }) | Should -HaveCount 1
        }
    }

    It 'reports each request without values in verbose mode' {
        $reported = & (Get-Module KubeInject) 'KubeInject.Extension\Set-Secret' -Name reported -Secret $secure -VaultName cluster -AdditionalParameters ($parameters + @{ Verbose = $true }) -Metadata @{} 4>&1 | Out-String
        $reported | Should -Match 'POST'
        Test-Spelling $reported $canary | Should -BeFalse
    }
}

Describe 'The vault in SecretManagement' @secretManagement {
    BeforeAll {
        $vault = "kube-$([guid]::NewGuid().ToString('n'))"
        Register-SecretVault -Name $vault -ModuleName (Get-ModulePath) -VaultParameters $parameters -DefaultVault
    }

    AfterAll {
        Unregister-SecretVault $vault
    }

    It 'can be registered and works' {
        (Get-SecretVault $vault).ModuleName | Should -Be KubeInject
        Test-SecretVault $vault | Should -BeTrue
    }

    It 'returns the stored values' {
        Set-Secret real-text $canary -Vault $vault
        Get-Secret real-text -Vault $vault -AsPlainText | Should -Be $canary
        Get-Secret real-text -Vault $vault | Should -BeOfType securestring
        Set-Secret real-bytes ([byte[]](255, 0, 7)) -Vault $vault
        (Get-Secret real-bytes -Vault $vault) -join ' ' | Should -Be '255 0 7'
        Set-Secret real-login ([pscredential]::new('orders-rw', $secure)) -Vault $vault
        (Get-Secret real-login -Vault $vault).GetNetworkCredential().Password | Should -Be $canary
        Set-Secret real-table @{ a = '1'; b = $secure } -Vault $vault
        (Get-Secret real-table -Vault $vault -AsPlainText)['a', 'b'] | Should -Be '1', $canary
        Get-Secret real-table/b -AsPlainText | Should -Be $canary
    }

    It 'lists its content with metadata' {
        Set-Secret real-noted 'x' -Vault $vault -Metadata @{ Owner = 'team-a' }
        Set-SecretInfo real-noted -Vault $vault -Metadata @{ Days = 30 }
        $info = Get-SecretInfo real-no* -Vault $vault
        $info.Name, "$($info.Type)", $info.VaultName | Should -Be real-noted, SecureString, $vault
        $info.Metadata['Owner'], $info.Metadata['Days'] | Should -Be team-a, '30'
        (Get-SecretInfo real-noted/* -Vault $vault).Name | Should -Be real-noted/value
        Get-SecretInfo real-noted -Vault $vault | Get-Secret -AsPlainText | Should -Be x
    }

    It 'overwrites nothing with -NoClobber' {
        Set-Secret real-once 'first' -Vault $vault
        { Set-Secret real-once 'second' -Vault $vault -NoClobber } | Should -Throw
        Get-Secret real-once -Vault $vault -AsPlainText | Should -Be first
    }

    It 'removes Secrets' {
        Set-Secret real-gone 'x' -Vault $vault
        Remove-Secret real-gone -Vault $vault
        { Get-Secret real-gone -Vault $vault } | Should -Throw -ErrorId 'GetSecretNotFound,*'
    }

    It 'reports why it does not work: <Why>' -ForEach @(
        @{ Why = 'a permission is missing'; Change = @{ Context = 'viewer' }; Said = '*cannot get resource "secrets"*' }
        @{ Why = 'there is no such context'; Change = @{ Context = 'none' }; Said = "*'none'*" }
        @{ Why = 'a parameter is misspelled'; Change = @{ Contxt = 'admin' }; Said = '*no vault parameter Contxt*' }
    ) {
        $broken = "$vault-broken"
        $changed = @{ KubeConfig = Get-ClusterFile kubeconfig } + $Change
        Register-SecretVault -Name $broken -ModuleName (Get-ModulePath) -VaultParameters $changed -AllowClobber
        try {
            Get-Secret any -Vault $broken -ErrorVariable failed -ErrorAction SilentlyContinue
            "$($failed[0])" | Should -BeLike $Said
        }
        finally { Unregister-SecretVault $broken }
    }

    It 'keeps the connection of the session, and shows no value in verbose output' {
        $before = Get-KubeConnection
        $reported = Set-Secret real-reported $secure -Vault $vault -Verbose 4>&1 | Out-String
        $reported | Should -Match 'secrets/real-reported'
        Test-Spelling $reported $canary | Should -BeFalse
        Get-KubeConnection | Should -Be $before
    }
}

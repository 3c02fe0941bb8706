BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin

    function New-Secret([string] $Namespace, [string] $Name, [System.Collections.IDictionary] $Data, [string] $Type = 'Opaque', [string] $App = $Name) {
        $metadata = @{ name = $Name; labels = @{ app = $App } }
        $null = @{ apiVersion = 'v1'; kind = 'Secret'; metadata = $metadata; type = $Type; stringData = $Data } | ConvertTo-Json -Depth 5 |
            kubectl apply --namespace $Namespace --filename -
    }

    $canary = 'canary-of-a-password-in-a-secret'
    $namespace = New-TestNamespace
    New-Secret $namespace orders @{ username = 'orders-rw'; password = $canary } 'kubernetes.io/basic-auth'
    New-Secret $namespace orders-keys @{ key = $canary; other = 'päss' } -App orders
    New-Secret $namespace web @{ token = $canary }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Get-KubeSecret' {
    It 'gets a Secret by name with values as SecureStrings' {
        $secret = Get-KubeSecret orders-keys -Namespace $namespace
        $secret.Name, $secret.Namespace, $secret.Type | Should -Be orders-keys, $namespace, Opaque
        $secret.Labels['app'] | Should -Be orders
        $secret.Data.Keys | Sort-Object | Should -Be key, other
        $secret.Data['key'] | Should -BeOfType securestring
        ConvertFrom-SecureString -AsPlainText $secret.Data['key'] | Should -Be $canary
        ConvertFrom-SecureString -AsPlainText $secret.Data['other'] | Should -Be 'päss'
    }

    It 'gets every Secret of the namespace without a name' {
        (Get-KubeSecret -n $namespace).Name | Should -Be orders, orders-keys, web
    }

    It 'finds Secrets by wildcard' {
        (Get-KubeSecret ORDERS*, w?b -n $namespace).Name | Should -Be orders, orders-keys, web
        Get-KubeSecret nothing* -n $namespace | Should -BeNullOrEmpty
    }

    It 'reads all namespaces' {
        (Get-KubeSecret web -AllNamespaces).Namespace | Should -Contain $namespace
        (Get-KubeSecret orders-k* -A).Namespace | Should -Contain $namespace
    }

    It 'filters by label and by field' {
        (Get-KubeSecret -n $namespace -LabelSelector app=orders).Name | Should -Be orders, orders-keys
        (Get-KubeSecret -n $namespace -FieldSelector type=Opaque).Name | Should -Be orders-keys, web
        Get-KubeSecret web -n $namespace -l app=orders | Should -BeNullOrEmpty
    }

    It 'accepts names and namespaces from the pipeline' {
        ('web', 'orders' | Get-KubeSecret -n $namespace).Name | Should -Be web, orders
        (Get-KubeSecret web -n $namespace | Get-KubeSecret).Name | Should -Be web
    }

    It 'reads from another connection' {
        Disconnect-KubeCluster
        try {
            $connection = Connect-KubeCluster admin
            $null = Connect-KubeCluster viewer
            (Get-KubeSecret web -n $namespace -Connection $connection).Name | Should -Be web
        }
        finally { $null = Connect-KubeCluster admin }
    }

    It 'returns values as strings on demand' {
        $secret = Get-KubeSecret orders-keys -n $namespace -AsPlainText
        $secret.Data['key'], $secret.Data['other'] | Should -Be $canary, 'päss'
    }

    It 'returns values that are not text in base64, and reports it' {
        $null = @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = 'store' }; data = @{ store = '/v8='; text = 'dGV4dA==' } } | ConvertTo-Json |
            kubectl create --namespace $namespace --filename -
        try {
            $secret = Get-KubeSecret store -n $namespace -AsPlainText
            $secret.Base64Keys | Should -Be store
            $secret.Data['store'], $secret.Data['text'] | Should -Be '/v8=', 'text'
        }
        finally { $null = kubectl delete secret store --namespace $namespace }
    }

    It 'shows namespace, name, type and keys' {
        $shown = Get-KubeSecret orders -n $namespace | Out-String -Width 200
        $shown | Should -Match 'NAMESPACE +NAME +TYPE +DATA +AGE +KEYS'
        $shown | Should -Match "$namespace +orders +kubernetes.io/basic-auth +2 +\d+m?s +password, username"
    }

    It 'shows no value in <Name>' -ForEach @(
        @{ Name = 'a string'; Show = { "$secret $($secret.Data)" } }
        @{ Name = 'a table'; Show = { $secret | Format-Table * -Force | Out-String -Width 1000 } }
        @{ Name = 'Format-List *'; Show = { $secret | Format-List * -Force | Out-String -Width 1000 } }
        @{ Name = 'Format-Custom'; Show = { $secret | Format-Custom * -Depth 5 | Out-String -Width 1000 } }
        @{ Name = 'ConvertTo-Json'; Show = { $secret | ConvertTo-Json -Depth 9 } }
        @{ Name = 'ConvertTo-Csv'; Show = { $secret | ConvertTo-Csv | Out-String } }
        @{ Name = 'ConvertTo-Xml'; Show = { ($secret | ConvertTo-Xml -Depth 9).OuterXml } }
        @{ Name = 'Export-Clixml'; Show = { $secret | Export-Clixml -Depth 9 $TestDrive/secret.xml; Get-Content -Raw $TestDrive/secret.xml } }
        @{ Name = 'Export-Clixml of an object that holds it'; Show = { @{ list = @($secret) } | Export-Clixml -Depth 9 $TestDrive/secret.xml; Get-Content -Raw $TestDrive/secret.xml } }
        @{ Name = 'verbose output'; Show = { Get-KubeSecret orders* -n $namespace -Verbose 4>&1 | Out-String -Width 1000 } }
    ) {
        $secret = Get-KubeSecret orders, orders-keys -n $namespace
        $shown = (& $Show) -join "`n"
        $shown | Should -Not -BeNullOrEmpty
        Test-Spelling $shown $canary | Should -BeFalse
    }

    It 'is exported by Export-Clixml without values, including strings' {
        Get-KubeSecret orders-keys -n $namespace -AsPlainText | Export-Clixml $TestDrive/plain.xml
        $read = Import-Clixml $TestDrive/plain.xml
        $read.Namespace, $read.Name, $read.Type, $read.Labels.app | Should -Be $namespace, orders-keys, Opaque, orders
        "$($read.CreationTimestamp)" | Should -Be "$((Get-KubeSecret orders-keys -n $namespace).CreationTimestamp)"
        $read.PSObject.Properties.Name | Should -Not -Contain Data
        Test-Spelling (Get-Content -Raw $TestDrive/plain.xml) $canary | Should -BeFalse
    }
}

Describe 'Get-KubeSecret -AsCredential' {
    It 'returns username and password of a basic-auth Secret' {
        $credential = Get-KubeSecret orders -n $namespace -AsCredential
        $credential | Should -BeOfType pscredential
        $credential.UserName | Should -Be orders-rw
        $credential.GetNetworkCredential().Password | Should -Be $canary
    }

    It 'returns only Secrets of the type from a list' {
        (Get-KubeSecret -n $namespace -AsCredential).UserName | Should -Be orders-rw
        (Get-KubeSecret * -n $namespace -AsCredential).UserName | Should -Be orders-rw
    }

    It 'returns the credential of an Opaque Secret, also from a list' {
        $other = New-TestNamespace
        New-Secret $other opaque @{ username = 'reader'; password = $canary } Opaque
        New-Secret $other keys @{ certificate = 'x' } Opaque
        $credential = Get-KubeSecret opaque -n $other -AsCredential
        $credential.UserName | Should -Be reader
        $credential.GetNetworkCredential().Password | Should -Be $canary
        (Get-KubeSecret -n $other -AsCredential).UserName | Should -Be reader
        (Get-KubeSecret o* -n $other -AsCredential).UserName | Should -Be reader
        { Get-KubeSecret keys -n $other -AsCredential } | Should -Throw '*the key username*' -ErrorId 'SecretNotACredential,*'
    }

    It 'reports that a named Secret has another type' {
        Get-KubeSecret web -n $namespace -AsCredential -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'SecretNotACredential,KubeInject.Cmdlets.Secrets.GetKubeSecretCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'InvalidType'
        $failed[0].TargetObject | Should -Be web
    }

    It 'returns an empty password if the Secret has none' {
        New-Secret $namespace unprotected @{ username = 'reader' } 'kubernetes.io/basic-auth'
        try { (Get-KubeSecret unprotected -n $namespace -AsCredential).GetNetworkCredential().Password | Should -BeNullOrEmpty }
        finally { $null = kubectl delete secret unprotected --namespace $namespace }
    }

    It 'shows no plain text' {
        { Get-KubeSecret orders -n $namespace -AsCredential -AsPlainText } | Should -Throw -ErrorId 'CredentialAsPlainText,*'
    }
}

Describe 'The errors of Get-KubeSecret' {
    It 'reports a missing Secret, and gets the others' {
        (Get-KubeSecret missing, web -n $namespace -ErrorAction SilentlyContinue -ErrorVariable failed).Name | Should -Be web
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiNotFound,KubeInject.Cmdlets.Secrets.GetKubeSecretCommand'
        $failed[0].TargetObject | Should -Be missing
    }

    It 'reports a missing permission' {
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        Get-KubeSecret -n $namespace -Connection $viewer -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiForbidden,KubeInject.Cmdlets.Secrets.GetKubeSecretCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'PermissionDenied'
    }
}

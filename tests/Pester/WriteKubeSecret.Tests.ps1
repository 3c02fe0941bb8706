BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin
    $namespace = New-TestNamespace
    $canary = 'canary-of-a-password-that-is-written'
    $secure = ConvertTo-SecureString -AsPlainText $canary

    function Get-Live([string] $Name) { kubectl get secret $Name --namespace $namespace --output json | Out-String | ConvertFrom-Json -AsHashtable }
    function New-Live([string] $Name, [System.Collections.IDictionary] $Metadata = @{}, [System.Collections.IDictionary] $Other = @{}) {
        $null = @{ apiVersion = 'v1'; kind = 'Secret'; metadata = $Metadata + @{ name = $Name }; stringData = @{ a = 'was' } } + $Other | ConvertTo-Json -Depth 6 |
            kubectl create --namespace $namespace --filename -
    }
    function ConvertFrom-Base64([string] $Text) { [Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($Text)) }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Set-KubeSecret' {
    It 'creates a Secret of SecureStrings, strings, numbers and bytes' {
        Set-KubeSecret kinds @{ secure = $secure; text = 'päss'; port = 5432; bytes = [byte[]](255, 0, 1) } -n $namespace | Should -BeNullOrEmpty
        $live = Get-Live kinds
        $live.type | Should -Be Opaque
        $live.metadata.labels['app.kubernetes.io/managed-by'] | Should -Be kubeinject
        ConvertFrom-Base64 $live.data.secure | Should -Be $canary
        ConvertFrom-Base64 $live.data.text | Should -Be 'päss'
        ConvertFrom-Base64 $live.data.port | Should -Be 5432
        $live.data.bytes | Should -Be '/wAB'
    }

    It 'keeps the keys, labels and annotations that it does not specify' {
        New-Live merged @{ labels = @{ app = 'orders' }; annotations = @{ note = 'theirs' } }
        $secret = Set-KubeSecret merged @{ b = 'new' } -n $namespace -PassThru
        $secret.Data.Keys | Sort-Object | Should -Be a, b
        $secret.Labels.Keys | Should -Be app
        (Get-Live merged).metadata.annotations.note | Should -Be theirs
    }

    It 'records which values were bytes, even if they are valid text' {
        $ascii = [byte[]](65, 66)
        (Set-KubeSecret remembered @{ a = $ascii; b = $ascii; c = 'text' } -n $namespace -PassThru).Base64Keys | Should -Be a, b
        (Set-KubeSecret remembered @{ a = 'text' } -n $namespace -PassThru).Base64Keys | Should -Be b
        Remove-KubeSecret remembered b -n $namespace -Confirm:$false
        (Get-KubeSecret remembered -n $namespace).Base64Keys | Should -BeNullOrEmpty
        (Get-Live remembered).metadata.Contains('annotations') | Should -BeFalse
    }

    It 'writes a credential' {
        Set-KubeSecret login -Credential ([pscredential]::new('orders-rw', $secure)) -n $namespace
        (Get-Live login).type | Should -Be kubernetes.io/basic-auth
        (Get-KubeSecret login -n $namespace -AsCredential).GetNetworkCredential().Password | Should -Be $canary
    }

    It 'creates a Secret of the specified type, and does not change a type' {
        Set-KubeSecret typed @{ a = 'x' } -Type example.com/own -n $namespace
        (Get-Live typed).type | Should -Be example.com/own
        Set-KubeSecret typed @{ a = 'y' } -n $namespace
        { Set-KubeSecret typed @{ a = 'z' } -Type Opaque -n $namespace } | Should -Throw -ErrorId 'SecretOtherType,*'
        (Get-KubeSecret typed -n $namespace -AsPlainText).Data['a'] | Should -Be y
    }

    It 'writes, merges and removes metadata' {
        Set-KubeSecret noted @{ a = 'x' } -Metadata @{ Owner = 'team-a'; Rotated = [datetime]::new(2026, 5, 1, 0, 0, 0, [System.DateTimeKind]::Utc); Days = 30 } -n $namespace
        Set-KubeSecret noted -Metadata @{ Owner = $null; Days = 31 } -n $namespace
        $noted = (Get-KubeSecret noted -n $namespace).Metadata
        $noted.Keys | Sort-Object | Should -Be Days, Rotated
        $noted['Days'], $noted['Rotated'] | Should -Be '31', '2026-05-01T00:00:00.0000000Z'
    }

    It 'overwrites nothing with -NoClobber, and creates nothing with -NoCreate' {
        New-Live there
        { Set-KubeSecret there @{ a = 'new' } -NoClobber -n $namespace } | Should -Throw -ErrorId 'SecretExists,*'
        { Set-KubeSecret nowhere @{ a = 'new' } -NoCreate -n $namespace } | Should -Throw -ErrorId 'KubeApiNotFound,*'
        ConvertFrom-Base64 (Get-Live there).data.a | Should -Be was
    }

    It 'does not change <What> without -Force, and says why' -ForEach @(
        @{ What = 'a Secret with an owner'; Name = 'owned'; Metadata = @{ ownerReferences = @(@{ apiVersion = 'v1'; kind = 'ConfigMap'; name = 'boss'; uid = 'x' }) }; Why = '*ConfigMap boss*' }
        @{ What = 'a Secret that Helm manages'; Name = 'chart'; Metadata = @{ labels = @{ 'app.kubernetes.io/managed-by' = 'Helm' } }; Why = '*managed by Helm*' }
        @{ What = 'a release of Helm'; Name = 'release'; Other = @{ type = 'helm.sh/release.v1' }; Why = '*release*' }
        @{ What = 'a bootstrap token'; Name = 'bootstrap'; Other = @{ type = 'bootstrap.kubernetes.io/token' }; Why = '*bootstrap token*' }
        @{ What = 'a record of a lease'; Name = 'record'; Other = @{ type = 'kubeinject.io/lease' }; Why = '*lease record*' }
        @{ What = 'the delivery Secret of a lease'; Name = 'delivery'; Metadata = @{ labels = @{ 'lease.kubeinject.io/1' = '' } }; Why = '*contains the credentials*' }
    ) {
        New-Live $Name ((Get-Variable Metadata -ValueOnly -ErrorAction Ignore) ?? @{}) ((Get-Variable Other -ValueOnly -ErrorAction Ignore) ?? @{})
        { Set-KubeSecret $Name @{ a = 'new' } -n $namespace } | Should -Throw $Why -ErrorId 'SecretOwned,KubeInject.Cmdlets.Secrets.SetKubeSecretCommand'
        { Remove-KubeSecret $Name -n $namespace -Confirm:$false } | Should -Throw $Why -ErrorId 'SecretOwned,KubeInject.Cmdlets.Secrets.RemoveKubeSecretCommand'
        ConvertFrom-Base64 (Get-Live $Name).data.a | Should -Be was
        Set-KubeSecret $Name @{ a = 'new' } -n $namespace -Force
        ConvertFrom-Base64 (Get-Live $Name).data.a | Should -Be new
        Remove-KubeSecret $Name -n $namespace -Force -Confirm:$false
        Get-KubeSecret "$Name*" -n $namespace | Should -BeNullOrEmpty
    }

    It 'changes only the metadata of an immutable Secret' {
        New-Live fixed -Other @{ immutable = $true }
        { Set-KubeSecret fixed @{ a = 'new' } -n $namespace -Force } | Should -Throw -ErrorId 'SecretImmutable,*'
        { Remove-KubeSecret fixed a -n $namespace -Confirm:$false } | Should -Throw -ErrorId 'SecretImmutable,*'
        (Set-KubeSecret fixed -Metadata @{ owner = 'a' } -n $namespace -PassThru).Metadata['owner'] | Should -Be a
    }

    It 'loses no concurrent write' {
        New-Live busy
        $module = Get-ModulePath
        1..12 | ForEach-Object -ThrottleLimit 4 -Parallel {
            Import-Module $using:module
            Set-KubeSecret busy @{ "k$_" = "$_" } -n $using:namespace -Connection (Connect-KubeCluster admin) -ErrorVariable failed -ErrorAction SilentlyContinue
            if ($failed -and $failed[0].FullyQualifiedErrorId -notlike 'SecretContended,*') { throw $failed[0] }
            if ($failed) { "k$_" }
        } | Set-Variable refused
        $kept = (Get-KubeSecret busy -n $namespace).Data.Keys
        foreach ($key in 1..12 | ForEach-Object { "k$_" }) { ($key -in $kept) | Should -Not -Be ($key -in $refused) -Because $key }
    }

    It 'changes nothing with -WhatIf, and lists the keys' {
        New-Live whatif
        $said = Invoke-InNewProcess {
            Import-Module $args[0]
            $null = Connect-KubeCluster admin
            Set-KubeSecret whatif @{ a = 'new'; b = 'canary' } -n $args[1] -WhatIf
            Set-KubeSecret whatif2 @{ a = 'canary' } -n $args[1] -WhatIf
            Remove-KubeSecret whatif -n $args[1] -WhatIf
        } $namespace | Out-String -Width 300
        $said | Should -Match "Add the key b, replace the key a.+$namespace/secret/whatif"
        $said | Should -Match "Create with the key a.+$namespace/secret/whatif2"
        $said | Should -Match 'Remove; workloads that use it lose its values'
        $said | Should -Not -Match canary
        (Get-Live whatif).data.Keys | Should -Be a
        Get-KubeSecret whatif2* -n $namespace | Should -BeNullOrEmpty
    }

    It 'rejects <Given> before any request' -ForEach @(
        @{ Given = 'nothing'; Call = { Set-KubeSecret bad -n $namespace }; Id = 'SecretNothingToSet' }
        @{ Given = 'an invalid name'; Call = { Set-KubeSecret '../pods' @{ a = 'x' } -n $namespace }; Id = 'SecretInvalidName' }
        @{ Given = 'an invalid key'; Call = { Set-KubeSecret bad @{ 'a b' = 'x' } -n $namespace }; Id = 'SecretInvalidName' }
        @{ Given = 'metadata that cannot be an annotation'; Call = { Set-KubeSecret bad @{ a = 'x' } -Metadata @{ 'a b' = 'x' } -n $namespace }; Id = 'SecretInvalidName' }
        @{ Given = 'an invalid value'; Call = { Set-KubeSecret bad @{ a = @{ b = 'canary' } } -n $namespace }; Id = 'SecretValueInvalid' }
        @{ Given = 'no value'; Call = { Set-KubeSecret bad @{ a = $null } -n $namespace }; Id = 'SecretValueInvalid' }
        @{ Given = 'a missing key to remove'; Call = { New-Live keyless; Remove-KubeSecret keyless b -n $namespace -Confirm:$false }; Id = 'SecretNoKey' }
    ) {
        $failed = { & $Call } | Should -Throw -ErrorId "$Id,*" -PassThru
        "$failed" | Should -Not -Match canary
        Get-KubeSecret bad* -n $namespace | Should -BeNullOrEmpty
    }

    It 'reports a missing permission' {
        $viewer = Connect-KubeCluster viewer -NotDefault
        { Set-KubeSecret any @{ a = $secure } -n $namespace -Connection $viewer } | Should -Throw '*cannot get resource "secrets"*' -ErrorId 'KubeApiForbidden,*'
    }

    It 'shows no value in verbose output and in its output' {
        $shown = Set-KubeSecret quiet @{ a = $secure; b = $canary } -n $namespace -PassThru -Verbose 4>&1 | ForEach-Object { "$_"; $_ | Format-List * -Force } | Out-String -Width 1000
        $shown | Should -Match 'POST'
        Test-Spelling $shown $canary | Should -BeFalse
    }
}

Describe 'Remove-KubeSecret' {
    It 'removes Secrets, also from the pipeline' {
        New-Live gone-a
        New-Live gone-b
        Get-KubeSecret gone-* -n $namespace | Remove-KubeSecret -Confirm:$false
        Get-KubeSecret gone-* -n $namespace | Should -BeNullOrEmpty
    }

    It 'removes keys, and keeps the others' {
        Set-KubeSecret partly @{ a = 'x'; b = 'y'; c = 'z' } -n $namespace
        Remove-KubeSecret partly a, b -n $namespace -Confirm:$false
        (Get-Live partly).data.Keys | Should -Be c
    }

    It 'reports a missing Secret' {
        { Remove-KubeSecret nowhere -n $namespace -Confirm:$false } | Should -Throw -ErrorId 'KubeApiNotFound,*'
    }

    It 'asks for confirmation' {
        (Get-Command Remove-KubeSecret).ImplementingType.CustomAttributes.NamedArguments.Where{ $_.MemberName -eq 'ConfirmImpact' }.TypedValue.Value | Should -Be ([int][System.Management.Automation.ConfirmImpact]::High)
    }
}

Describe 'Connect-KubeCluster -NotDefault' {
    It 'returns a connection, and keeps that of the session' {
        $before = Get-KubeConnection
        $other = Connect-KubeCluster certificate -NotDefault
        $other.Context | Should -Be certificate
        Get-KubeConnection | Should -Be $before
        Disconnect-KubeCluster $other
        Get-KubeConnection | Should -Be $before
    }
}

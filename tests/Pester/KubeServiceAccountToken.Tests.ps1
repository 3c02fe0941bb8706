BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin

    $namespace = New-TestNamespace @(
        "apiVersion: v1`nkind: ServiceAccount`nmetadata: {name: teller}`n"
        "apiVersion: v1`nkind: Pod`nmetadata: {name: counter}`nspec: {serviceAccountName: teller, containers: [{name: app, image: app}]}`n")

    # The user that the server identifies by a token.
    function Get-TokenUser([string] $Token, [string[]] $Audience = @()) {
        $review = @{ apiVersion = 'authentication.k8s.io/v1'; kind = 'TokenReview'; spec = @{ token = $Token; audiences = $Audience } } | ConvertTo-Json |
            kubectl create --output json --filename - | Out-String | ConvertFrom-Json -AsHashtable
        $review.status.user.username
    }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Get-KubeServiceAccountToken with a requested token' {
    It 'returns a token that the server accepts, as a SecureString' {
        $token = Get-KubeServiceAccountToken -ServiceAccount teller -Namespace $namespace
        $token.Token | Should -BeOfType securestring
        Get-TokenUser (ConvertFrom-SecureString -AsPlainText $token.Token) | Should -Be "system:serviceaccount:${namespace}:teller"
    }

    It 'returns the claims of the token' {
        $token = Get-KubeServiceAccountToken teller -n $namespace
        $token.Subject | Should -Be "system:serviceaccount:${namespace}:teller"
        $token.Issuer | Should -Be 'https://kubernetes.default.svc'
        $token.Audience | Should -Be 'https://kubernetes.default.svc'
        ($token.ExpiresAt - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeGreaterThan 59
    }

    It 'requests an audience and a duration' {
        $token = Get-KubeServiceAccountToken teller -n $namespace -Audience vault, api -ExpirationSeconds 600 -AsPlainText
        $token.Audience | Should -Be vault, api
        ($token.ExpiresAt - [DateTimeOffset]::UtcNow).TotalMinutes | Should -BeLessOrEqual 10
        Get-TokenUser $token.Token vault | Should -Be "system:serviceaccount:${namespace}:teller"
    }

    It 'returns a token that can open a connection' {
        $token = Get-KubeServiceAccountToken teller -n $namespace
        $admin = Get-KubeConnection
        try {
            $null = Connect-KubeCluster -Server (Get-ClusterText server) -Token $token.Token -CertificateAuthority (Get-ClusterFile ca.crt)
            { Get-KubePod -n $namespace } | Should -Throw -ErrorId 'KubeApiForbidden,*' -ExpectedMessage "*system:serviceaccount:${namespace}:teller*"
        }
        finally { Disconnect-KubeCluster; $null = Connect-KubeCluster admin; Disconnect-KubeCluster $admin }
    }

    It 'accepts the ServiceAccount of pods from the pipeline' {
        $token = Get-KubePod counter -n $namespace | Get-KubeServiceAccountToken -Audience vault
        $token.Subject | Should -Be "system:serviceaccount:${namespace}:teller"
        $token.Audience | Should -Be vault
    }

    It 'reports a missing ServiceAccount, and continues' {
        $accounts = [pscustomobject]@{ ServiceAccount = 'missing'; Namespace = $namespace }, [pscustomobject]@{ ServiceAccount = 'teller'; Namespace = $namespace }
        $token = $accounts | Get-KubeServiceAccountToken -ErrorAction SilentlyContinue -ErrorVariable failed
        $token.Subject | Should -BeLike '*:teller'
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiNotFound,KubeInject.Cmdlets.Secrets.GetKubeServiceAccountTokenCommand'
        $failed[0].TargetObject | Should -Be missing
    }

    It 'reports that the duration is too short' {
        { Get-KubeServiceAccountToken teller -n $namespace -ExpirationSeconds 5 } | Should -Throw -ErrorId 'KubeApiInvalid,*' -ExpectedMessage '*10 minutes*'
    }

    It 'reports a missing permission' {
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        { Get-KubeServiceAccountToken teller -n $namespace -Connection $viewer } | Should -Throw -ErrorId 'KubeApiForbidden,*'
    }

    It 'shows the claims, but not the token' {
        $token = Get-KubeServiceAccountToken teller -n $namespace
        $plain = ConvertFrom-SecureString -AsPlainText $token.Token
        $token | Out-String -Width 300 | Should -Match "Subject +ExpiresIn +Audience[\s\S]*system:serviceaccount:${namespace}:teller"
        $shown = "$token" + ($token | Format-List * -Force | Out-String -Width 3000) + ($token | Format-Custom -Depth 5 | Out-String) + ($token | ConvertTo-Json -Depth 5)
        Test-Spelling $shown $plain | Should -BeFalse
    }

    It 'is exported by Export-Clixml without the token' {
        $token = Get-KubeServiceAccountToken teller -n $namespace
        $token | Export-Clixml -Depth 9 $TestDrive/token.xml
        Test-Spelling (Get-Content -Raw $TestDrive/token.xml) (ConvertFrom-SecureString -AsPlainText $token.Token) | Should -BeFalse
        $read = Import-Clixml $TestDrive/token.xml
        $read.Subject, $read.Issuer, "$($read.Audience)", "$($read.ExpiresAt)" | Should -Be $token.Subject, $token.Issuer, "$($token.Audience)", "$($token.ExpiresAt)"
    }
}

Describe 'Get-KubeServiceAccountToken with the mounted token' {
    BeforeEach { $folder = (New-Item -ItemType Directory -Force TestDrive:/serviceaccount).FullName }

    It 'reads the token without a connection' {
        $plain = (Get-KubeServiceAccountToken teller -n $namespace -AsPlainText).Token
        Set-Content $folder/token $plain
        Disconnect-KubeCluster
        try {
            $token = Get-KubeServiceAccountToken -ServiceAccountPath TestDrive:/serviceaccount
            $token.Token | Should -BeOfType securestring
            $token.Subject | Should -Be "system:serviceaccount:${namespace}:teller"
            (Get-KubeServiceAccountToken -ServiceAccountPath $folder -AsPlainText).Token | Should -BeExactly $plain
        }
        finally { $null = Connect-KubeCluster admin }
    }

    It 'returns no claims for an opaque token' {
        Set-Content $folder/token opaque
        $token = Get-KubeServiceAccountToken -ServiceAccountPath $folder -AsPlainText
        $token.Token | Should -Be opaque
        $token.Subject, $token.Issuer, $token.ExpiresAt | Should -Be $null, $null, $null
        $token.Audience | Should -BeNullOrEmpty
    }

    It 'reports that there is no token' {
        Remove-Item -ErrorAction Ignore $folder/token
        { Get-KubeServiceAccountToken -ServiceAccountPath $folder } |
            Should -Throw -ErrorId 'KubeConfiguration,KubeInject.Cmdlets.Secrets.GetKubeServiceAccountTokenCommand' -ExpectedMessage "*$([System.IO.Path]::Combine($folder, 'token'))*"
        Set-Content $folder/token ''
        { Get-KubeServiceAccountToken -ServiceAccountPath $folder } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*empty*'
    }
}

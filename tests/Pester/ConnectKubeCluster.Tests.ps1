BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $server = @{ Server = Get-ClusterText server; CertificateAuthority = Get-ClusterFile ca.crt }
    $forbidden = 'User "kubeinject-viewer" cannot'

    function Get-Certificate([string] $Name) { [System.Security.Cryptography.X509Certificates.X509Certificate2]::CreateFromPemFile((Get-ClusterFile "$Name.crt"), (Get-ClusterFile "$Name.key")) }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Connect-KubeCluster -KubeConfig' {
    It 'merges several files, and the first file that sets a value wins' {
        $first = New-Kubeconfig "$TestDrive/first.config" (Get-ClusterText server) (Get-ClusterText viewer.token) shop
        $connection = Connect-KubeCluster -KubeConfig $first, (Get-ClusterFile kubeconfig)
        $connection.Context, $connection.Namespace | Should -Be test, shop
        (Connect-KubeCluster -KubeConfig $first, (Get-ClusterFile kubeconfig) admin).Context | Should -Be admin
    }

    It 'names a missing file' {
        { Connect-KubeCluster -KubeConfig (Get-ClusterFile kubeconfig), TestDrive:/missing } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*missing*'
    }
}

Describe 'Connect-KubeCluster -Server' {
    It 'accepts a token file, and reads it again' {
        Copy-Item (Get-ClusterFile admin.token) TestDrive:/token
        $connection = Connect-KubeCluster @server -TokenFile TestDrive:/token
        $connection.AuthenticationKind | Should -Be 'token file'
        { Get-KubePod } | Should -Not -Throw
        Copy-Item (Get-ClusterFile viewer.token) TestDrive:/token
        { Get-KubePod } | Should -Throw -ErrorId 'KubeApiForbidden,*' -ExpectedMessage "*$forbidden*"
    }

    It 'accepts a client certificate as PEM files: <_>' -ForEach 'admin-rsa', 'admin-ec' {
        $connection = Connect-KubeCluster @server -ClientCertificate (Get-ClusterFile "$_.crt") -ClientKey (Get-ClusterFile "$_.key")
        $connection.AuthenticationKind | Should -Be 'client certificate'
        { Get-KubePod } | Should -Not -Throw
    }

    It 'accepts a client certificate and its key in one file, relative to the location of PowerShell' {
        Set-Content TestDrive:/both.pem ((Get-Content -Raw (Get-ClusterFile admin-ec.crt)) + (Get-Content -Raw (Get-ClusterFile admin-ec.key)))
        Push-Location TestDrive:/
        try { (Connect-KubeCluster @server -ClientCertificate both.pem).AuthenticationKind | Should -Be 'client certificate' }
        finally { Pop-Location }
        { Get-KubePod } | Should -Not -Throw
    }

    It 'accepts a client certificate as <Name>' -ForEach @(
        @{ Name = 'an X509Certificate2'; Certificate = { Get-Certificate admin-ec } }
        @{ Name = 'an X509Certificate2 in a PSObject'; Certificate = { Get-Certificate admin-rsa | Write-Output } }
        @{ Name = 'a file from Get-Item'; Certificate = { Get-Item TestDrive:/item.pem } }
    ) {
        Set-Content TestDrive:/item.pem ((Get-Content -Raw (Get-ClusterFile admin-ec.crt)) + (Get-Content -Raw (Get-ClusterFile admin-ec.key)))
        $null = Connect-KubeCluster @server -ClientCertificate (& $Certificate)
        { Get-KubePod } | Should -Not -Throw
    }

    It 'reports an invalid client certificate: <Name>' -ForEach @(
        @{ Name = 'of another type'; Parameter = { @{ ClientCertificate = 17 } }; Message = '*Int32 is neither*' }
        @{ Name = 'missing'; Parameter = { @{ ClientCertificate = 'TestDrive:/missing.crt' } }; Message = '*missing.crt does not exist*' }
        @{ Name = 'with another''s key'; Parameter = { @{ ClientCertificate = Get-ClusterFile admin-ec.crt; ClientKey = Get-ClusterFile admin-rsa.key } }; Message = '*no matching RSA or ECDSA key*' }
        @{ Name = 'with a separate key, and a file'; Parameter = { @{ ClientCertificate = Get-Certificate admin-ec; ClientKey = Get-ClusterFile admin-ec.key } }; Message = '*contains its own key*' }
    ) {
        $parameter = & $Parameter
        { Connect-KubeCluster @server @parameter } | Should -Throw -ErrorId 'KubeConfiguration,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand' -ExpectedMessage $Message
    }

    It 'reports that the server does not support basic authentication, and suggests alternatives' {
        $null = Connect-KubeCluster admin
        $credential = [pscredential]::new('someuser', (ConvertTo-SecureString -AsPlainText 'canary-of-a-password'))
        $failed = { Connect-KubeCluster @server -Credential $credential } | Should -PassThru -Throw `
            -ErrorId 'KubeConnectionUnauthorized,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand' -ExpectedMessage '*system:anonymous*basic authentication*token, a client certificate or an exec plugin*'
        $failed.CategoryInfo.Category | Should -Be AuthenticationError
        $failed | Format-List * -Force | Out-String -Width 1000 | Should -Not -Match 'canary'
        (Get-KubeConnection).Context | Should -Be admin -Because 'a failed connection keeps the current one'
    }

    It 'accepts the CA as <Name>' -ForEach @(
        @{ Name = 'PEM text'; Authority = { Get-Content -Raw (Get-ClusterFile ca.crt) } }
        @{ Name = 'lines of PEM text'; Authority = { Get-Content (Get-ClusterFile ca.crt) } }
        @{ Name = 'several texts'; Authority = { (Get-Content -Raw (Get-ClusterFile other-ca.crt)), (Get-Content -Raw (Get-ClusterFile ca.crt)) } }
        @{ Name = 'several files'; Authority = { (Get-ClusterFile other-ca.crt), (Get-ClusterFile ca.crt) } }
        @{ Name = 'a file from Get-Item'; Authority = { Get-Item (Get-ClusterFile ca.crt) } }
        @{ Name = 'an X509Certificate2'; Authority = { [System.Security.Cryptography.X509Certificates.X509Certificate2]::new((Get-ClusterFile ca.crt)) } }
        @{ Name = 'all of these'; Authority = { (Get-ClusterFile other-ca.crt), [System.Security.Cryptography.X509Certificates.X509Certificate2]::new((Get-ClusterFile ca.crt)) } }
    ) {
        (Connect-KubeCluster -Server $server.Server -Token (Get-ClusterToken admin) -CertificateAuthority (& $Authority)).ChecksCertificate | Should -BeTrue
    }

    It 'reports an invalid CA' {
        { Connect-KubeCluster -Server $server.Server -Token (Get-ClusterToken admin) -CertificateAuthority 17 } |
            Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*Int32 is neither*'
    }

    It 'accepts a token as text, as kubectl writes it' {
        $null = kubectl create serviceaccount text-token --namespace default --dry-run=client -o yaml | kubectl apply -f -
        $text = kubectl create token text-token --namespace default
        (Connect-KubeCluster @server -Token $text).User | Should -Be system:serviceaccount:default:text-token
        (Connect-KubeCluster @server -Token " $text`n" -WarningAction Stop).User | Should -Be system:serviceaccount:default:text-token
    }

    It 'accepts a token from the pipeline: <Name>' -ForEach @(
        @{ Name = 'as text'; Token = { Get-ClusterText viewer.token } }
        @{ Name = 'as a SecureString'; Token = { Get-ClusterToken viewer } }
        @{ Name = 'as a property'; Token = { [pscustomobject]@{ Token = Get-ClusterToken viewer; Name = 'ignored'; Server = 'ignored' } } }
    ) {
        $connection = & $Token | Connect-KubeCluster @server -NotDefault -WarningAction Stop
        $connection.AuthenticationKind, $connection.User | Should -Be token, kubeinject-viewer
        (& $Token | Test-KubeConnection @server -WarningAction Stop).User | Should -Be kubeinject-viewer
    }

    It 'does not connect anonymously without the token of a command that failed' {
        { Connect-KubeCluster @server -Token $null } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
        { $null | Connect-KubeCluster @server -ErrorAction Stop } | Should -Throw
        { '' | Connect-KubeCluster @server -ErrorAction Stop } | Should -Throw
    }

    It 'does not treat other objects from the pipeline as tokens' {
        { 'admin' | Connect-KubeCluster @server -TokenFile (Get-ClusterFile admin.token) -ErrorAction Stop } | Should -Throw -ErrorId 'InputObjectNotBound,*'
        { Get-Date | Connect-KubeCluster @server -ErrorAction Stop } | Should -Throw -ErrorId 'InputObjectNotBound,*'
        (Get-KubeContext viewer | Connect-KubeCluster -NotDefault).Context | Should -Be viewer
    }

    It 'warns about a token that is typed' {
        $null = [scriptblock]::Create("param(`$server) Connect-KubeCluster @server -Token $(Get-ClusterText admin.token) -WarningVariable warned -WarningAction SilentlyContinue; `$global:KubeInjectTestWarning = `$warned").Invoke($server)
        try { "$KubeInjectTestWarning" | Should -BeLike '*-Token is typed*' }
        finally { Remove-Variable -Scope Global KubeInjectTestWarning }
    }

    It 'does not warn about a token whose text is part of another word of the command' {
        $token = ConvertTo-SecureString -AsPlainText e
        { Connect-KubeCluster @server -Token $token -WarningAction Stop } | Should -Throw -ErrorId 'KubeConnectionUnauthorized,*'
    }

    It 'connects without a credential, for example to kubectl proxy' {
        $proxy = [System.Diagnostics.Process]::Start([System.Diagnostics.ProcessStartInfo]@{
                FileName = (Get-Command kubectl -CommandType Application)[0].Source; Arguments = 'proxy --port=0'; RedirectStandardOutput = $true
            })
        try {
            $address = $proxy.StandardOutput.ReadLine() -replace '.* '
            $connection = Connect-KubeCluster -Server "http://$address" -Namespace kube-system
            $connection.AuthenticationKind | Should -Be none
            { Get-KubePod } | Should -Not -Throw
            (Test-KubeConnection -Server "http://$address").Reachable | Should -BeTrue
            $null = Connect-KubeCluster @server
            (Get-KubeConnection).User | Should -Be system:anonymous
        }
        finally {
            $proxy.Kill()
            $proxy.Dispose()
        }
    }

    It 'accepts only one kind of credential' {
        { Connect-KubeCluster @server -Token (Get-ClusterToken admin) -TokenFile (Get-ClusterFile admin.token) } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
    }
}

Describe 'Connect-KubeCluster with settings that override the context' {
    It 'sends requests as an impersonated user' {
        $null = Connect-KubeCluster admin -ImpersonateUser kubeinject-viewer
        { Get-KubePod } | Should -Throw -ErrorId 'KubeApiForbidden,*' -ExpectedMessage "*$forbidden*"
    }

    It 'shows the impersonated user' {
        $connection = Connect-KubeCluster admin -ImpersonateUser kubeinject-viewer
        $connection.ImpersonatedUser | Should -Be kubeinject-viewer
        Get-KubeConnection | Out-String -Width 200 | Should -Match ', as kubeinject-viewer'
        "$connection" | Should -BeLike '* as kubeinject-viewer (impersonated)'
        $report = Test-KubeConnection
        $report.ImpersonatedUser | Should -Be kubeinject-viewer
        $report | Out-String -Width 200 | Should -Match 'User +: kubeinject-viewer \(by \w+, impersonated\)'
        $plain = Connect-KubeCluster admin
        $plain.ImpersonatedUser | Should -BeNullOrEmpty
        "$plain $($plain | Out-String) $(Test-KubeConnection | Out-String)" | Should -Not -Match 'impersonated|, as '
    }

    It 'sends requests as an impersonated user with groups' {
        $null = Connect-KubeCluster admin -ImpersonateUser kubeinject-viewer -ImpersonateGroup system:masters, others
        { Get-KubePod } | Should -Not -Throw
    }

    It 'sends requests as an impersonated user with a UID' {
        $null = Connect-KubeCluster admin -ImpersonateUser kubeinject-viewer -ImpersonateUid 4711
        { Get-KubePod } | Should -Throw -ErrorId 'KubeApiForbidden,*' -ExpectedMessage "*$forbidden*"
    }

    It 'sends the UID, which servers before Kubernetes 1.22 ignore' {
        $listener = Start-TestServer
        $config = New-Kubeconfig "$TestDrive/uid.config" "http://127.0.0.1:$($listener.Port)"
        $running = Start-InRunspace { Connect-KubeCluster -KubeConfig $args[0] -ImpersonateUser someuser -ImpersonateUid 4711 } $config
        try {
            $accepted = $listener.AcceptTcpClientAsync()
            $accepted.Wait(30000) | Should -BeTrue
            $reader = [System.IO.StreamReader]::new($accepted.Result.GetStream())
            $head = while ($line = $reader.ReadLine()) { $line }
            $head | Should -Contain 'Impersonate-User: someuser'
            $head | Should -Contain 'Impersonate-Uid: 4711'
            $accepted.Result.Dispose()
        }
        finally {
            $running.Dispose()
            $listener.Dispose()
        }
    }

    It 'reports that groups and a UID require a user' {
        { Connect-KubeCluster admin -ImpersonateGroup system:masters } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*only together with a user*'
        { Connect-KubeCluster admin -ImpersonateUid 4711 } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*only together with a user*'
    }

    It 'checks the certificate for another server name' {
        (Connect-KubeCluster admin -TlsServerName kubernetes.default.svc).ChecksCertificate | Should -BeTrue
        { Connect-KubeCluster admin -TlsServerName another.test } | Should -Throw -ErrorId 'KubeConnectionWrongHostName,*' -ExpectedMessage '*another.test*'
    }

    It 'uses a proxy with <_>' -ForEach 'http', 'https', 'socks5' {
        $proxy = $_ -eq 'https' ? (Start-TestProxy (Get-Certificate server)) : (Start-TestProxy)
        try {
            $null = Connect-KubeCluster admin -ProxyUri "${_}://127.0.0.1:$($proxy.Port)"
            { Get-KubePod } | Should -Not -Throw
            $proxy.Targets | Select-Object -Unique | Should -Be ([uri]$server.Server).Authority
        }
        finally {
            Disconnect-KubeCluster
            $proxy.Dispose()
        }
    }

    It 'reports that no proxy listens at the address, and does not bypass the proxy' {
        $listener = Start-TestServer
        $listener.Dispose()
        { Connect-KubeCluster admin -ProxyUri "http://127.0.0.1:$($listener.Port)" } | Should -Throw -ErrorId 'KubeConnectionProxyFailed,*' -ExpectedMessage "*127.0.0.1:$($listener.Port)*"
    }

    It 'reports an invalid proxy address' {
        { Connect-KubeCluster admin -ProxyUri ftp://proxy.test } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*http, https or socks5*'
    }

    It 'waits for the specified time' {
        $listener = Start-TestServer
        try {
            $config = New-Kubeconfig "$TestDrive/silent.config" "http://127.0.0.1:$($listener.Port)"
            { Connect-KubeCluster -KubeConfig $config -TimeoutSec 1 } | Should -Throw -ErrorId 'KubeConnectionTimeout,*' -ExpectedMessage '*within 1 s*'
        }
        finally { $listener.Dispose() }
    }

    It 'ignores the CA of the kubeconfig with -SkipCertificateCheck, and warns' {
        $connection = Connect-KubeCluster admin -SkipCertificateCheck -WarningVariable warned -WarningAction SilentlyContinue
        $connection.ChecksCertificate | Should -BeFalse
        "$warned" | Should -Match 'is not checked'
    }

    It 'rejects a CA together with -SkipCertificateCheck' {
        { Connect-KubeCluster @server -Token (Get-ClusterToken admin) -SkipCertificateCheck -WarningAction SilentlyContinue } | Should -Throw -ErrorId 'KubeConfiguration,*'
    }
}

Describe 'Get-KubeContext' {
    It 'lists the contexts of the kubeconfig' {
        $contexts = Get-KubeContext
        $contexts.Name | Should -Be admin, viewer, certificate
        $contexts.IsCurrent | Should -Be $true, $false, $false
        $admin = $contexts[0]
        $admin.Cluster, $admin.Server, $admin.User, $admin.Namespace, $admin.File | Should -Be test, $server.Server, admin, default, (Get-ClusterFile kubeconfig)
    }

    It 'finds contexts by name and by wildcard' {
        (Get-KubeContext viewer).Name | Should -Be viewer
        (Get-KubeContext A*, c*).Name | Should -Be admin, certificate
        ('viewer', 'admin' | Get-KubeContext).Name | Should -Be viewer, admin
        Get-KubeContext nothing* | Should -BeNullOrEmpty
    }

    It 'merges several kubeconfigs' {
        $config = New-Kubeconfig "$TestDrive/more.config" https://elsewhere.test '' shop
        $contexts = Get-KubeContext -KubeConfig $config, (Get-ClusterFile kubeconfig)
        $contexts.Name | Should -Be test, admin, viewer, certificate
        $contexts[0].Server, $contexts[0].Namespace, $contexts[0].IsCurrent | Should -Be https://elsewhere.test, shop, $true
        $contexts[0].File, $contexts[1].File | Should -Be $config, (Get-ClusterFile kubeconfig)
    }

    It 'can be piped to Connect-KubeCluster, including the kubeconfig' {
        (Get-KubeContext viewer | Connect-KubeCluster).Context | Should -Be viewer
        $config = New-Kubeconfig "$TestDrive/piped.config" $server.Server (Get-ClusterText admin.token) shop
        $connection = Get-KubeContext -KubeConfig $config | Connect-KubeCluster
        $connection.Context, $connection.Namespace | Should -Be test, shop
    }

    It 'shows the current context' {
        Get-KubeContext | Out-String -Width 200 | Should -Match '(?s)CURRENT +NAME +CLUSTER +AUTHINFO +NAMESPACE +SERVER.*\* +admin +test +admin +default +https://127\.0\.0\.1:\d+\s+viewer'
    }

    It 'shows no secret' {
        $contexts = Get-KubeContext
        $shown = ($contexts | Format-List * -Force | Out-String) + (ConvertTo-Json $contexts -Depth 9) + "$contexts"
        $shown | Should -Not -Match "$(Get-ClusterText admin.token)|$(Get-ClusterText viewer.token)"
        $shown | Should -Not -Match 'PRIVATE KEY|LS0t'
    }

    It 'reports a missing context, and continues' {
        (Get-KubeContext nowhere, admin -ErrorAction SilentlyContinue -ErrorVariable failed).Name | Should -Be admin
        $failed | Should -HaveCount 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeContextNotFound,KubeInject.Cmdlets.Connections.GetKubeContextCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        $failed[0].TargetObject | Should -Be nowhere
    }

    It 'returns nothing without a kubeconfig' {
        $before = $env:KUBECONFIG
        try {
            $env:KUBECONFIG = "$TestDrive/missing"
            Get-KubeContext | Should -BeNullOrEmpty
        }
        finally { $env:KUBECONFIG = $before }
    }

    It 'reports where a kubeconfig is invalid' {
        Set-Content TestDrive:/broken "clusters:`n- name: [test"
        { Get-KubeContext -KubeConfig TestDrive:/broken } | Should -Throw -ErrorId 'KubeConfiguration,KubeInject.Cmdlets.Connections.GetKubeContextCommand' -ExpectedMessage '*broken*'
    }
}

Describe 'Get-KubeCertificateAuthority' {
    BeforeAll {
        $expected = [System.Security.Cryptography.X509Certificates.X509Certificate2]::new((Get-ClusterFile ca.crt)).Thumbprint
    }

    It 'returns what the connection trusts' {
        $null = Connect-KubeCluster admin
        $certificate = Get-KubeCertificateAuthority
        $certificate | Should -BeOfType System.Security.Cryptography.X509Certificates.X509Certificate2
        $certificate.Thumbprint | Should -Be $expected
    }

    It 'returns what another connection trusts, and what makes a connection again' {
        $connection = Connect-KubeCluster -Server $server.Server -Token (Get-ClusterToken admin) -CertificateAuthority (Get-ClusterFile ca.crt), (Get-ClusterFile other-ca.crt)
        Disconnect-KubeCluster
        $certificates = Get-KubeCertificateAuthority -Connection $connection
        $certificates.Thumbprint | Should -HaveCount 2
        $certificates.Thumbprint | Should -Contain $expected
        { Connect-KubeCluster -Server $server.Server -Token (Get-ClusterToken admin) -CertificateAuthority $certificates } | Should -Not -Throw
    }

    It 'returns copies' {
        $connection = Connect-KubeCluster admin
        (Get-KubeCertificateAuthority).Dispose()
        (Get-KubeCertificateAuthority -Connection $connection).Thumbprint | Should -Be $expected
    }

    It 'warns that nothing is checked' {
        $null = Connect-KubeCluster admin -SkipCertificateCheck -WarningAction SilentlyContinue
        Get-KubeCertificateAuthority -WarningVariable warned -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$warned" | Should -Match 'is not checked'
    }
}

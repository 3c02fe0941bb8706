BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $server = Get-ClusterText server
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Connect-KubeCluster' {
    BeforeEach { Disconnect-KubeCluster }

    It 'connects with the current context of the kubeconfig' {
        $connection = Connect-KubeCluster
        $connection.Context | Should -Be 'admin'
        $connection.Server | Should -Be "$server/"
        $connection.AuthenticationKind | Should -Be 'token'
        $connection.ServerVersion | Should -Match '^v1\.\d+'
        $connection.ChecksCertificate | Should -BeTrue
    }

    It 'accepts a context by position' {
        (Connect-KubeCluster viewer).Context | Should -Be 'viewer'
    }

    It 'accepts a context by property name' {
        ([pscustomobject]@{ Context = 'viewer' } | Connect-KubeCluster).Context | Should -Be 'viewer'
    }

    It 'opens a connection again with an existing one' {
        $old = Connect-KubeCluster viewer
        $new = $old | Connect-KubeCluster
        $new.Context | Should -Be 'viewer'
        $new | Should -Not -Be $old
    }

    It 'connects with a client certificate' {
        $connection = Connect-KubeCluster certificate
        $connection.AuthenticationKind | Should -Be 'client certificate'
        { Get-KubePod } | Should -Not -Throw
    }

    It 'connects with a server, a token and a CA' {
        $connection = Connect-KubeCluster -Server $server -Token (Get-ClusterToken admin) -CertificateAuthority (Get-ClusterFile ca.crt)
        $connection.Context | Should -BeNullOrEmpty
        { Get-KubePod } | Should -Not -Throw
    }

    It 'finds a kubeconfig and a certificate relative to the location of PowerShell' {
        Push-Location $env:KUBEINJECT_TEST_CLUSTER
        try {
            (Connect-KubeCluster -KubeConfig kubeconfig viewer).Context | Should -Be 'viewer'
            (Connect-KubeCluster -Server $server -Token (Get-ClusterToken admin) -CertificateAuthority ./ca.crt).ChecksCertificate | Should -BeTrue
        }
        finally { Pop-Location }
    }

    It 'replaces ~ in KUBECONFIG with the home folder' {
        $script = New-Item "$TestDrive/home.ps1" -Value 'Import-Module $args[0]; (Connect-KubeCluster).Context'
        $before = $env:KUBECONFIG, $env:HOME, $env:USERPROFILE
        try {
            $env:HOME = $env:USERPROFILE = $env:KUBEINJECT_TEST_CLUSTER
            $env:KUBECONFIG = '~/kubeconfig'
            Invoke-PowerShell -NoProfile -NonInteractive -File $script (Get-ModulePath) | Should -Be admin
        }
        finally { $env:KUBECONFIG, $env:HOME, $env:USERPROFILE = $before }
    }

    It 'finds a relative path in KUBECONFIG relative to the location of PowerShell' {
        $before = $env:KUBECONFIG
        Push-Location $env:KUBEINJECT_TEST_CLUSTER
        try {
            $env:KUBECONFIG = 'kubeconfig'
            (Connect-KubeCluster).Context | Should -Be 'admin'
        }
        finally {
            $env:KUBECONFIG = $before
            Pop-Location
        }
    }

    It 'connects with the ServiceAccount of its pod' {
        $folder = (New-Item -ItemType Directory TestDrive:/serviceaccount).FullName
        Copy-Item (Get-ClusterFile ca.crt) $folder/ca.crt
        Copy-Item (Get-ClusterFile admin.token) $folder/token
        Set-Content $folder/namespace shop
        try {
            $env:KUBERNETES_SERVICE_HOST, $env:KUBERNETES_SERVICE_PORT = ([uri]$server).Host, ([uri]$server).Port
            $connection = Connect-KubeCluster -InCluster -ServiceAccountPath TestDrive:/serviceaccount
            $connection.AuthenticationKind | Should -Be 'token file'
            $connection.Namespace | Should -Be 'shop'
        }
        finally { $env:KUBERNETES_SERVICE_HOST = $env:KUBERNETES_SERVICE_PORT = $null }
    }

    It 'uses the namespace of the context' {
        $config = New-Kubeconfig "$TestDrive/shop.config" $server (Get-ClusterText admin.token) shop
        (Connect-KubeCluster -KubeConfig $config).Namespace | Should -Be 'shop'
        (Connect-KubeCluster).Namespace | Should -Be 'default'
    }

    It 'replaces the namespace of the context by a specified one' {
        $config = New-Kubeconfig "$TestDrive/shop.config" $server (Get-ClusterText admin.token) shop
        (Connect-KubeCluster -KubeConfig $config -n stock).Namespace | Should -Be 'stock'
    }

    It 'warns if it does not verify the certificate' {
        $connection = Connect-KubeCluster -Server $server -Token (Get-ClusterToken admin) -SkipCertificateCheck -WarningVariable warned -WarningAction SilentlyContinue
        $connection.ChecksCertificate | Should -BeFalse
        "$warned" | Should -Match 'is not checked'
    }

    It 'reports each request with -Verbose' {
        $messages = Connect-KubeCluster -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$($messages[0])" | Should -Match '^GET /version 200 in \d+ ms$'
    }

    It 'shows no secret' {
        $connection = Connect-KubeCluster
        $shown = ($connection | Format-List * -Force | Out-String) + (ConvertTo-Json $connection) + "$connection"
        Export-Clixml -Depth 5 -InputObject $connection TestDrive:/connection.xml
        $shown + (Get-Content -Raw TestDrive:/connection.xml) | Should -Not -Match (Get-ClusterText admin.token)
    }

    It 'keeps the current connection if a new one fails' {
        $connection = Connect-KubeCluster
        { Connect-KubeCluster -Context nowhere } | Should -Throw
        Get-KubeConnection | Should -Be $connection
    }
}

Describe 'The errors of Connect-KubeCluster' {
    It 'reports that another CA signed the certificate' {
        $failure = { Connect-KubeCluster -Server $server -Token (Get-ClusterToken admin) -CertificateAuthority (Get-ClusterFile other-ca.crt) } |
            Should -Throw -PassThru -ErrorId 'KubeConnectionUntrustedCertificate,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        $failure.CategoryInfo.Category | Should -Be 'SecurityError'
        $failure.TargetObject | Should -Be "$server/"
    }

    It 'reports that no system CA signed the certificate' {
        $failure = { Connect-KubeCluster -Server $server -Token (Get-ClusterToken admin) } |
            Should -Throw -PassThru -ErrorId 'KubeConnectionUntrustedCertificate,*'
        $failure.CategoryInfo.Category | Should -Be 'SecurityError'
    }

    It 'reports that the token is rejected, without the token' {
        $token = ConvertTo-SecureString -AsPlainText 'not-the-token'
        $failure = { Connect-KubeCluster -Server $server -Token $token -CertificateAuthority (Get-ClusterFile ca.crt) } |
            Should -Throw -PassThru -ErrorId 'KubeConnectionUnauthorized,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        $failure.CategoryInfo.Category | Should -Be 'AuthenticationError'
        $failure.TargetObject | Should -Be "$server/"
        $failure | Format-List * -Force | Out-String | Should -Not -Match 'not-the-token'
    }

    It 'reports that no server listens' {
        $listener = Start-TestServer
        $listener.Dispose()
        $failure = { Connect-KubeCluster -Server "https://127.0.0.1:$($listener.Port)" -Token (Get-ClusterToken admin) } |
            Should -Throw -PassThru -ErrorId 'KubeConnectionUnreachable,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        $failure.CategoryInfo.Category | Should -Be 'ConnectionError'
        $failure.Exception.Message | Should -Match 'refused'
    }

    It 'reports that a host name cannot be resolved' {
        $failure = { Connect-KubeCluster -Server https://nowhere.invalid -Token (Get-ClusterToken admin) } |
            Should -Throw -PassThru -ErrorId 'KubeConnectionNameNotResolved,*'
        $failure.CategoryInfo.Category | Should -Be 'ConnectionError'
    }

    It 'reports that a server is not Kubernetes' {
        $listener = Start-TestServer '<html>It works!</html>'
        try {
            $config = New-Kubeconfig "$TestDrive/web.config" "http://127.0.0.1:$($listener.Port)"
            $failure = { Connect-KubeCluster -KubeConfig $config -Context test } |
                Should -Throw -PassThru -ErrorId 'KubeConnectionNotKubernetes,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
            $failure.CategoryInfo.Category | Should -Be 'ProtocolError'
            $failure.TargetObject | Should -Be 'test'
        }
        finally { $listener.Dispose() }
    }

    It 'reports that a server does not use TLS' {
        $listener = Start-TestServer 'no TLS here'
        try {
            $failure = { Connect-KubeCluster -Server "https://127.0.0.1:$($listener.Port)" -Token (Get-ClusterToken admin) } |
                Should -Throw -PassThru -ErrorId 'KubeConnectionTlsFailed,*'
            $failure.CategoryInfo.Category | Should -Be 'SecurityError'
        }
        finally { $listener.Dispose() }
    }

    It 'sends no token unencrypted' {
        $failure = { Connect-KubeCluster -Server http://127.0.0.1:1 -Token (Get-ClusterToken admin) } |
            Should -Throw -PassThru -ErrorId 'KubeConfiguration,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
    }

    It 'lists the existing contexts if a context is missing' {
        $failure = { Connect-KubeCluster nowhere } |
            Should -Throw -PassThru -ErrorId 'KubeConfiguration,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        $failure.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $failure.TargetObject | Should -Be 'nowhere'
        $failure.Exception.Message | Should -Match 'nowhere.*: admin, viewer, certificate'
    }

    It 'names a missing kubeconfig' {
        $failure = { Connect-KubeCluster -KubeConfig TestDrive:/missing } |
            Should -Throw -PassThru -ErrorId 'KubeConfiguration,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        $failure.Exception.Message | Should -Match ([regex]::Escape((Join-Path $TestDrive missing)))
    }

    It 'says which kubeconfig it searched for, and how to specify one' {
        $before = $env:KUBECONFIG
        try {
            $env:KUBECONFIG = Join-Path $TestDrive missing
            $failure = { Connect-KubeCluster } | Should -Throw -PassThru -ErrorId 'KubeConfigNotFound,KubeInject.Cmdlets.Connections.ConnectKubeClusterCommand'
        }
        finally { $env:KUBECONFIG = $before }
        "$failure" | Should -Be "No kubeconfig was found: KUBECONFIG names $(Join-Path $TestDrive missing), which does not exist. This process does not run in a pod either: KUBERNETES_SERVICE_HOST is not set."
        $failure.ErrorDetails.RecommendedAction | Should -BeLike '*specify it with -KubeConfig*'
    }

    It 'reports where a kubeconfig is invalid' {
        Set-Content TestDrive:/broken "clusters:`n- name: [test"
        { Connect-KubeCluster -KubeConfig TestDrive:/broken } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*broken*'
    }

    It 'reports that it does not run in a pod' {
        { Connect-KubeCluster -InCluster } | Should -Throw -ErrorId 'KubeConfiguration,*' -ExpectedMessage '*KUBERNETES_SERVICE_HOST*'
    }
}

Describe 'Several connections' {
    It 'can be open at the same time' {
        $admin = Connect-KubeCluster admin
        $viewer = Connect-KubeCluster viewer
        Get-KubePod -Connection $admin | Should -BeNullOrEmpty
        Get-KubePod -Connection $viewer -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'KubeApiForbidden,KubeInject.Cmdlets.Pods.GetKubePodCommand'
    }

    It 'make the last one the default of cmdlets' {
        $null = Connect-KubeCluster admin
        $viewer = Connect-KubeCluster viewer
        Get-KubeConnection | Should -Be $viewer
    }

    It 'belong to their runspaces' {
        $connection = Connect-KubeCluster admin
        $other = [powershell]::Create()
        try {
            $other.AddScript('Import-Module $args[0]; $null = Connect-KubeCluster viewer; (Get-KubeConnection).Context').AddArgument((Get-ModulePath)).Invoke() |
                Should -Be 'viewer'
        }
        finally { $other.Dispose() }
        Get-KubeConnection | Should -Be $connection
    }
}

Describe 'Get-KubeConnection' {
    BeforeEach { Disconnect-KubeCluster }

    It 'returns nothing without a connection' {
        Get-KubeConnection | Should -BeNullOrEmpty
    }

    It 'returns the connection of the session' {
        $connection = Connect-KubeCluster
        Get-KubeConnection | Should -Be $connection
    }

    It 'shows context, server, namespace, authentication and version' {
        Connect-KubeCluster | Out-String | Should -Match '(?s)Context\s+Namespace\s+Version\s+Authentication\s+Server.*admin\s+default\s+v1\.\S+\s+token\s+https://127\.0\.0\.1:\d+/'
    }
}

Describe 'Disconnect-KubeCluster' {
    It 'ends the connection of the session' {
        $connection = Connect-KubeCluster
        Disconnect-KubeCluster
        Get-KubeConnection | Should -BeNullOrEmpty
        Get-KubePod -Connection $connection -ErrorAction SilentlyContinue -ErrorVariable failed
        $failed[0].FullyQualifiedErrorId | Should -Be 'ConnectionEnded,KubeInject.Cmdlets.Pods.GetKubePodCommand'
        $failed[0].CategoryInfo.Category | Should -Be 'ConnectionError'
    }

    It 'ends only the connection that is piped to it' {
        $admin = Connect-KubeCluster admin
        $viewer = Connect-KubeCluster viewer
        $admin | Disconnect-KubeCluster
        Get-KubeConnection | Should -Be $viewer
        { Get-KubePod -Connection $admin } | Should -Throw -ErrorId 'ConnectionEnded,*'
    }

    It 'removes the connection of the session if it is piped to it' {
        Connect-KubeCluster | Disconnect-KubeCluster
        Get-KubeConnection | Should -BeNullOrEmpty
    }

    It 'does nothing without a connection' {
        { Disconnect-KubeCluster; Disconnect-KubeCluster } | Should -Not -Throw
    }
}

Describe 'Without a connection' {
    BeforeEach { Disconnect-KubeCluster }

    It '<_> says how to connect' -ForEach 'Get-KubeCertificateAuthority', 'Get-KubePod', 'Get-KubeSecret', 'Get-PodInjectionAnnotation', 'Watch-KubePod' {
        $failure = { & $_ } | Should -Throw -PassThru -ErrorId 'NotConnected,*'
        $failure.CategoryInfo.Category | Should -Be 'ConnectionError'
        $failure.Exception.Message | Should -Match 'Connect-KubeCluster'
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $server = Get-ClusterText server
    $knowsWhoAsks = [int](kubectl get --raw /version | ConvertFrom-Json).minor.TrimEnd('+') -ge 28

    function Get-Right($Report, [string] $Right) { $Report.Rights | Where-Object { "$($_.Verb) $($_.Resource)" -eq $Right } }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Test-KubeConnection' {
    BeforeEach { Disconnect-KubeCluster }

    It 'tests the connection of the session' {
        $null = Connect-KubeCluster viewer
        $report = Test-KubeConnection
        $report.Reachable | Should -BeTrue
        $report.Context, $report.Server, $report.AuthenticationKind | Should -Be viewer, "$server/", token
        $report.ServerVersion | Should -Match '^v1\.\d+'
        $report.Failure, $report.Message | Should -Be $null, $null
        $report.ChecksCertificate | Should -BeTrue
    }

    It 'tests a specified or piped connection' {
        $viewer = Connect-KubeCluster viewer
        $null = Connect-KubeCluster admin
        (Test-KubeConnection -Connection $viewer).Context | Should -Be viewer
        ($viewer | Test-KubeConnection).Context | Should -Be viewer
    }

    It 'reports a piped context that is not valid, and continues' {
        Set-Content TestDrive:/contexts "contexts: [{name: empty, context: {cluster: '', user: ''}}, {name: good, context: {cluster: c}}]`nclusters: [{name: c, cluster: {server: 'http://127.0.0.1:1'}}]"
        $reports = Get-KubeContext -KubeConfig TestDrive:/contexts | Test-KubeConnection
        $reports.Context | Should -Be empty, good
        $reports.Reachable | Should -Be $false, $false
        $reports[0].Message | Should -BeLike "The context 'empty' in *contexts does not name a cluster."
        { Test-KubeConnection -KubeConfig TestDrive:/contexts -Context empty } | Should -Throw -ErrorId 'KubeConfiguration,*'
    }

    It 'tests the default settings of Connect-KubeCluster without a connection' {
        (Test-KubeConnection).Context | Should -Be admin
        Get-KubeConnection | Should -BeNullOrEmpty
    }

    It 'accepts the parameters of Connect-KubeCluster' {
        (Test-KubeConnection viewer).Context | Should -Be viewer
        (Test-KubeConnection -Server $server -Token (Get-ClusterToken admin) -CertificateAuthority (Get-ClusterFile ca.crt)).Reachable | Should -BeTrue
    }

    It 'tests each context of the kubeconfig' {
        $reports = Get-KubeContext | Test-KubeConnection
        $reports.Context | Should -Be admin, viewer, certificate
        $reports.Reachable | Should -Be $true, $true, $true
    }

    It 'returns the user that the server reports for a token' {
        $admin = Test-KubeConnection admin
        $admin.User | Should -Be kubeinject-admin
        $admin.Groups | Should -Contain system:masters
        $admin.UserSource | Should -Be ($knowsWhoAsks ? 'SelfSubjectReview' : 'TokenReview')
        $viewer = Test-KubeConnection viewer
        $viewer.User | Should -Be kubeinject-viewer
        $viewer.UserSource | Should -Be ($knowsWhoAsks ? 'SelfSubjectReview' : 'Denial')
    }

    It 'returns the user of the client certificate if the server does not report one' {
        $report = Test-KubeConnection certificate
        $report.User | Should -Be kubeinject-admin
        $report.Groups | Should -Contain system:masters
        $report.UserSource | Should -Be ($knowsWhoAsks ? 'SelfSubjectReview' : 'ClientCertificate')
    }

    It 'returns the impersonated user' {
        $report = Test-KubeConnection admin -ImpersonateUser someuser -ImpersonateGroup some
        $report.User | Should -Be someuser
        $report.Groups | Should -Contain some
        (Get-Right $report 'list pods').Allowed | Should -BeFalse
    }

    It 'returns the certificates of the server and their remaining days' {
        $report = Test-KubeConnection admin
        $report.ServerCertificate.Subject | Should -Be 'CN=kube-apiserver', 'CN=kubeinject-test-ca'
        $report.ServerCertificate[0].Issuer | Should -Be 'CN=kubeinject-test-ca'
        $report.ServerCertificateDaysLeft | Should -Be 29
        $report.ClientCertificate, $report.ClientCertificateDaysLeft | Should -Be $null, $null
    }

    It 'returns the client certificate and its remaining days' {
        $report = Test-KubeConnection certificate
        $report.ClientCertificate.Subject | Should -Match 'CN=kubeinject-admin'
        $report.ClientCertificateDaysLeft | Should -Be 29
    }

    It 'checks each permission that the module needs' {
        $admin = Test-KubeConnection admin
        $admin.Rights.Allowed | Select-Object -Unique | Should -Be $true
        $admin.Rights.ForEach{ "$($_.Verb) $($_.Resource)" } |
            Should -Be 'get pods', 'list pods', 'watch pods', 'get secrets', 'list secrets', 'create serviceaccounts/token',
                'patch deployments.apps', 'patch statefulsets.apps', 'patch daemonsets.apps', 'patch cronjobs.batch', 'list namespaces'
        (Test-KubeConnection viewer).Rights.Allowed | Select-Object -Unique | Should -Be $false
    }

    It 'checks the permissions in the namespace' {
        $namespace = New-TestNamespace
        $null = kubectl create role reader --verb get,list --resource pods --namespace $namespace
        $null = kubectl create rolebinding reader --role reader --user kubeinject-viewer --namespace $namespace
        $report = Test-KubeConnection viewer -Namespace $namespace
        (Get-Right $report 'list pods').Allowed | Should -BeTrue
        (Get-Right $report 'list pods').Namespace | Should -Be $namespace
        (Get-Right $report 'watch pods').Allowed | Should -BeFalse
    }

    It 'is displayed as a list' {
        $shown = Test-KubeConnection certificate | Out-String -Width 120
        $shown | Should -Match "Server +: $server/"
        $shown | Should -Match 'Context +: certificate'
        $shown | Should -Match 'Reachable +: True'
        $shown | Should -Match 'ServerVersion +: v1\.'
        $shown | Should -Match 'User +: kubeinject-admin \(by \w+\)'
        $shown | Should -Match 'Groups +: .*system:masters'
        $shown | Should -Match 'ServerCertificate +: CN=kube-apiserver, 29 days left\s+CN=kubeinject-test-ca, 29 days left'
        $shown | Should -Match 'ClientCertificate +: .*CN=kubeinject-admin.*, 29 days left'
        $shown | Should -Match 'Rights +: get pods: allowed\s+list pods: allowed'
        $shown | Should -Not -Match 'Failure|Message'
    }

    It 'shows no secret' {
        $reports = Test-KubeConnection admin -Verbose 4>&1
        $shown = ($reports | Format-List * -Force | Out-String -Width 1000) + (ConvertTo-Json $reports[-1] -Depth 9) + "$reports"
        $shown | Should -Not -Match (Get-ClusterText admin.token)
    }

    It 'reports each request with -Verbose' {
        $messages = Test-KubeConnection admin -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$($messages[0])" | Should -Match '^GET /version 200 in \d+ ms$'
    }
}

Describe 'Test-KubeConnection without a working connection' {
    It 'reports that no server listens' {
        $listener = Start-TestServer
        $listener.Dispose()
        $report = Test-KubeConnection -Server "https://127.0.0.1:$($listener.Port)" -Token (Get-ClusterToken admin) -ErrorVariable failed
        $report.Reachable | Should -BeFalse
        $report.Failure | Should -Be Unreachable
        $report.Message | Should -Match 'refused'
        $report.ServerCertificate | Should -BeNullOrEmpty
        $report.Rights | Should -BeNullOrEmpty
        $failed | Should -BeNullOrEmpty
    }

    It 'reports that another CA signed the certificate, and shows it' {
        $report = Test-KubeConnection -Server $server -Token (Get-ClusterToken admin) -CertificateAuthority (Get-ClusterFile other-ca.crt)
        $report.Reachable, $report.Failure | Should -Be $false, UntrustedCertificate
        $report.ServerCertificate[0].Subject | Should -Be 'CN=kube-apiserver'
    }

    It 'reports that the certificate is for other names, and shows it' {
        $report = Test-KubeConnection admin -TlsServerName another.test
        $report.Reachable, $report.Failure | Should -Be $false, WrongHostName
        $report.ServerCertificateDaysLeft | Should -Be 29
    }

    It 'reports that the token is rejected' {
        $report = Test-KubeConnection -Server $server -Token (ConvertTo-SecureString -AsPlainText not-the-token) -CertificateAuthority (Get-ClusterFile ca.crt)
        $report.Reachable, $report.Failure | Should -Be $false, Unauthorized
        $report | Format-List * -Force | Out-String | Should -Not -Match 'not-the-token'
    }

    It 'reports that the server does not support basic authentication' {
        $credential = [pscredential]::new('someuser', (ConvertTo-SecureString -AsPlainText 'canary-of-a-password'))
        $report = Test-KubeConnection -Server $server -Credential $credential -CertificateAuthority (Get-ClusterFile ca.crt)
        $report.Reachable, $report.Failure, $report.User, $report.AuthenticationKind | Should -Be $false, Unauthorized, $null, basic
        $report | Format-List * -Force | Out-String | Should -Not -Match 'canary'
    }

    It 'reports that a server does not respond' {
        $listener = Start-TestServer
        try {
            $report = Test-KubeConnection -KubeConfig (New-Kubeconfig "$TestDrive/silent.config" "http://127.0.0.1:$($listener.Port)") -TimeoutSec 1
            $report.Reachable, $report.Failure | Should -Be $false, Timeout
        }
        finally { $listener.Dispose() }
    }

    It 'reports that a token would be sent unencrypted' {
        $report = Test-KubeConnection -Server http://127.0.0.1:1 -Token (Get-ClusterToken admin)
        $report.Reachable, $report.Failure | Should -Be $false, $null
        $report.Message | Should -Match 'plain text'
    }

    It 'reports that an open connection no longer works' {
        $listener = Start-TestServer '{"gitVersion": "v1.34.1"}'
        $connection = Connect-KubeCluster -KubeConfig (New-Kubeconfig "$TestDrive/gone.config" "http://127.0.0.1:$($listener.Port)")
        Disconnect-KubeCluster
        $listener.Dispose()
        (Test-KubeConnection -Connection $connection).Reachable | Should -BeFalse
    }

    It 'is displayed as a list' {
        $report = Test-KubeConnection admin -TlsServerName another.test | Out-String -Width 120
        $report | Should -Match 'Reachable +: False\s+Failure +: WrongHostName\s+Message +: The certificate'
        $report | Should -Not -Match 'Rights|ServerVersion'
    }

    It 'continues after a context with a missing reference' {
        $reports = 'nowhere', 'viewer' | ForEach-Object { [pscustomobject]@{ Context = $_ } } | Test-KubeConnection -ErrorAction SilentlyContinue -ErrorVariable failed
        $reports.Context | Should -Be nowhere, viewer
        $reports.Reachable | Should -Be $false, $true
        $failed | Should -BeNullOrEmpty
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    function Get-Completion([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches }

    function Complete([string] $Line) { @(Get-Completion $Line).ForEach('CompletionText') }

    # The results must not depend on how busy this machine is.
    $env:KUBEINJECT_COMPLETION_TIMEOUT_MS = 60000

    $annotation = @{
        'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD'
        'reports.role' = 'reports-ro'; 'reports.mode' = 'uri'; 'reports.template' = 'postgres://someuser:hunter2@db/reports'; 'reports.env-key-uri' = 'REPORTS_URL'; cluster = 'main'
    }
    $namespace = New-TestNamespace (New-Manifest orders -Annotation $annotation), web-1, web-2, (New-Manifest web -Kind Deployment -Annotation @{ 'web.role' = 'web-rw' })
    $other = New-TestNamespace elsewhere
    # Kubernetes 1.20 serves them in batch/v1beta1.
    $version = if ((kubectl get --raw /apis/batch/v1 | ConvertFrom-Json).resources.name -contains 'cronjobs') { 'v1' } else { 'v1beta1' }
    $cronJob = "apiVersion: batch/$version`nkind: CronJob`nmetadata: {name: webcrawl}`nspec: {schedule: '@daily', jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: a, image: a}]}}}}}"
    $null = $cronJob | kubectl create --namespace $namespace --validate=false --filename -
    $null = kubectl create --namespace $namespace secret generic web-secret --from-literal=password=hunter2
    $null = kubectl create --namespace $namespace serviceaccount web-account
    $null = kubectl create --namespace $namespace service clusterip web-db --tcp=5432
}

AfterAll {
    Disconnect-KubeCluster
    $env:KUBEINJECT_COMPLETION_TIMEOUT_MS = $null
}

Describe 'Tab completion of contexts' {
    It 'completes <_>' -ForEach 'Connect-KubeCluster -Context ', 'Connect-KubeCluster ', 'Get-KubeContext ', 'Test-KubeConnection -Context ' {
        Complete $_ | Should -Be admin, viewer, certificate
    }

    It 'shows the cluster, the user and the namespace of each context' {
        (Get-Completion 'Connect-KubeCluster adm').ToolTip | Should -BeLike "admin: $(Get-ClusterText server), *, namespace default"
        Complete 'Connect-KubeCluster -Server ' | Should -Be (Get-ClusterText server)
    }

    It 'continues the typed text' {
        Complete 'Connect-KubeCluster V' | Should -Be viewer
        Complete 'Connect-KubeCluster "cert' | Should -Be certificate
        Complete 'Connect-KubeCluster *' | Should -Be admin, viewer, certificate
    }

    It 'uses the kubeconfig of the command line, relative to the location of PowerShell' {
        $null = New-Kubeconfig "$TestDrive/other.config" https://elsewhere.test
        Push-Location TestDrive:/
        try { Complete 'Connect-KubeCluster -KubeConfig other.config -Context ' | Should -Be test }
        finally { Pop-Location }
    }

    It 'quotes names that need quotes' {
        (Get-Content -Raw (New-Kubeconfig "$TestDrive/quoted.config" https://elsewhere.test)) -replace 'name: test', 'name: "user@te''st (1)"' | Set-Content TestDrive:/quoted.config
        Complete "Connect-KubeCluster -KubeConfig $TestDrive/quoted.config -Context user" | Should -Be "'user@te''st (1)'"
    }

    It 'returns nothing and no error if the kubeconfig is <Name>' -ForEach @(
        @{ Name = 'broken'; Text = "clusters:`n- name: [test" }
        @{ Name = 'missing'; Text = $null }
    ) {
        Remove-Item -ErrorAction Ignore $TestDrive/bad.config
        if ($Text) { Set-Content $TestDrive/bad.config $Text }
        $Error.Clear()
        Complete "Connect-KubeCluster -KubeConfig $TestDrive/bad.config -Context no" | Should -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
    }
}

Describe 'Tab completion of namespaces' {
    It 'completes every -Namespace parameter of the module: <_>' -ForEach @(
        'Connect-KubeCluster', 'Get-KubePod', 'Get-KubeSecret', 'Get-KubeServiceAccountToken -ServiceAccount a', 'Get-PodInjectionAnnotation', 'Test-KubeConnection', 'Watch-KubePod'
    ) {
        $null = Connect-KubeCluster admin
        Complete "$_ -Namespace kube-" | Should -Be kube-node-lease, kube-public, kube-system
        Complete "$_ -n KUBE-S" | Should -Be kube-system
    }

    It 'exists for every -Namespace parameter' {
        $without = (Get-Command -Module KubeInject -ParameterName Namespace).Where{
            -not ($_.Parameters['Namespace'].Attributes | Where-Object { $_ -is [ArgumentCompleter] })
        }
        $without | Should -BeNullOrEmpty
    }

    It 'uses the connection of the command line' {
        $connection = Connect-KubeCluster admin
        Disconnect-KubeCluster
        $connection = Connect-KubeCluster -KubeConfig (Get-ClusterFile kubeconfig)
        $null = Connect-KubeCluster viewer
        $global:KubeInjectTestConnection = $connection
        try { Complete 'Get-KubePod -Connection $KubeInjectTestConnection -Namespace kube-s' | Should -Be kube-system }
        finally { Remove-Variable -Scope Global KubeInjectTestConnection }
    }

    It 'uses the context of the command line, connected or not' {
        Disconnect-KubeCluster
        Complete 'Connect-KubeCluster -Context certificate -Namespace kube-s' | Should -Be kube-system
        Complete 'Connect-KubeCluster -Namespace kube-s' | Should -Be kube-system
        Complete "Test-KubeConnection -KubeConfig $(Get-ClusterFile kubeconfig) -Namespace kube-s" | Should -Be kube-system
        $null = Connect-KubeCluster admin
        Complete 'Connect-KubeCluster -Context viewer -Namespace kube-s' | Should -BeNullOrEmpty
        Complete "Connect-KubeCluster -Server $(Get-ClusterText server) -Namespace kube-s" | Should -BeNullOrEmpty
    }
}

Describe 'Tab completion of objects in the cluster' {
    BeforeAll {
        $null = Connect-KubeCluster admin -Namespace $namespace
    }

    It 'completes <Line>' -ForEach @(
        @{ Line = 'Get-KubePod '; Expected = 'orders', 'web-1', 'web-2' }
        @{ Line = 'Get-KubePod orders, WEB'; Expected = 'web-1', 'web-2' }
        @{ Line = 'Get-KubePod *-2'; Expected = 'web-2' }
        @{ Line = 'Get-KubePod -LabelSelector app=web-1 -Name '; Expected = 'web-1' }
        @{ Line = 'Watch-KubePod o'; Expected = 'orders' }
        @{ Line = 'Test-PodInjectionAnnotation -Name o'; Expected = 'orders' }
        @{ Line = 'Get-KubeSecret web'; Expected = 'web-secret' }
        @{ Line = 'New-CredentialSource -KubeSecret web'; Expected = 'web-secret' }
        @{ Line = 'New-CredentialSource -PostgreSql a -ServerName web'; Expected = 'web-db.$namespace.svc' }
        @{ Line = 'Get-KubeServiceAccountToken web'; Expected = 'web-account' }
        @{ Line = 'Get-KubePod -LabelSelector '; Expected = 'vault-db-injector=', 'app=' }
        @{ Line = 'Get-PodInjectionAnnotation -l app=web'; Expected = 'app=web-1', 'app=web-2' }
        @{ Line = 'Test-PodInjectionAnnotation -l "app!=x,app=web-1'; Expected = "'app!=x,app=web-1'" }
        @{ Line = 'Get-KubePod -FieldSelector status.phase=R'; Expected = 'status.phase=Running' }
        @{ Line = 'Get-KubeSecret -FieldSelector type=k'; Expected = 'type=kubernetes.io/basic-auth', 'type=kubernetes.io/dockerconfigjson', 'type=kubernetes.io/tls' }
        @{ Line = 'Invoke-CredentialRotation '; Expected = 'deployment/web', 'cronjob/webcrawl' }
        @{ Line = 'Invoke-CredentialInjection -Workload webc'; Expected = 'cronjob/webcrawl' }
        @{ Line = 'Test-PodInjectionAnnotation -Workload deploy/'; Expected = 'deploy/web' }
        @{ Line = 'Repair-PodInjectionAnnotation -Workload pod/o'; Expected = 'pod/orders' }
        @{ Line = 'Set-PodInjectionAnnotation -Database '; Expected = 'orders', 'reports' }
        @{ Line = 'Remove-PodInjectionAnnotation -Workload deployment/web -Database '; Expected = 'web' }
        @{ Line = 'Set-PodInjectionAnnotation -Workload deployment/web -Role '; Expected = 'orders-rw', 'reports-ro' }
        @{ Line = 'New-CredentialSource -PostgreSql a -AllowedRole o'; Expected = 'orders-rw' }
        @{ Line = 'Set-PodInjectionAnnotation -Mount '; Expected = 'main' }
        @{ Line = 'Set-PodInjectionAnnotation -EnvUri '; Expected = 'REPORTS_URL' }
        @{ Line = 'Set-PodInjectionAnnotation -EnvUsername '; Expected = 'PGUSER' }
        @{ Line = 'Set-PodInjectionAnnotation -EnvPassword '; Expected = 'PGPASSWORD' }
    ) {
        Complete $Line | Should -Be $Expected.Replace('$namespace', $namespace)
    }

    It 'uses the namespace of the command line: <_>' -ForEach @(
        'Get-KubePod -n {0} ', 'Get-KubePod e -Namespace {0} -LabelSelector app', 'Watch-KubePod -n {0} -Name ', 'Test-PodInjectionAnnotation -Name e -n {0} -LabelSelector app='
    ) {
        Complete ($_ -f $other) | Should -BeIn elsewhere, 'app=', 'app=elsewhere'
    }

    It 'uses all namespaces if the command line specifies -AllNamespaces' {
        Complete 'Get-KubePod -AllNamespaces -Name elsew' | Should -Be elsewhere
        Complete 'Get-KubePod elsew' | Should -BeNullOrEmpty
    }

    It 'describes each object, and shows no secret' {
        (Get-Completion 'Get-KubePod ord').ToolTip | Should -BeLike "$namespace/pod/orders, * old"
        foreach ($line in 'Set-PodInjectionAnnotation -Database ', 'Set-PodInjectionAnnotation -EnvUri ', 'Get-KubeSecret ') {
            Get-Completion $line | Out-String | Should -Not -Match 'hunter2'
        }
    }

    It 'reads databases from the manifests of the command line, connected or not' {
        Set-Content $TestDrive/orders.yaml (New-Manifest -Annotation @{ 'one.role' = 'a'; 'two.role' = 'b' })
        Set-Content $TestDrive/broken.yaml 'metadata: ['
        Push-Location TestDrive:/
        Disconnect-KubeCluster
        try {
            Complete 'Set-PodInjectionAnnotation ./orders.yaml -Database ' | Should -Be one, two
            Complete 'Remove-PodInjectionAnnotation -Path *.yaml -Database t' | Should -Be two
            Complete 'Remove-PodInjectionAnnotation -LiteralPath orders.yaml -Database o' | Should -Be one
        }
        finally {
            Pop-Location
            $null = Connect-KubeCluster admin -Namespace $namespace
        }
    }
}

Describe 'Tab completion of objects in the session' {
    It 'completes the UUIDs of leases of the source in the command line' {
        $global:KubeInjectTestSource = New-CredentialSource -Local -LeasePath "$TestDrive/leases"
        try {
            $null = New-Manifest | Invoke-CredentialInjection -CredentialSource $KubeInjectTestSource -WarningAction SilentlyContinue
            $lease = Get-CredentialLease $KubeInjectTestSource -WarningAction SilentlyContinue
            foreach ($line in 'Get-CredentialLease $KubeInjectTestSource -Uuid ', 'Revoke-CredentialLease -CredentialSource $KubeInjectTestSource -Uuid ', 'Update-CredentialLease -CredentialSource $KubeInjectTestSource -Uuid ') {
                (Complete $line).Trim("'") | Should -Be $lease.Uuid
            }
            Complete 'Get-CredentialLease -Uuid ' | Should -BeNullOrEmpty
            $null = Connect-KubeCluster admin -Namespace $namespace
            Complete 'Get-CredentialLease $KubeInjectTestSource -Pod elsew' | Should -Be elsewhere
            Complete "Get-CredentialLease `$KubeInjectTestSource -Namespace $namespace -Workload " | Should -Be deployment/web, cronjob/webcrawl
        }
        finally { Remove-Variable -Scope Global KubeInjectTestSource }
    }

    It 'completes variables that contain a matching object' {
        $global:KubeInjectTestSource = New-CredentialSource -Local
        $global:KubeInjectTestConnection = Connect-KubeCluster admin
        try {
            Complete 'Sync-CredentialLease $KubeInjectTestS' | Should -Be '$KubeInjectTestSource'
            Complete 'Sync-CredentialLease ' | Should -Contain '$KubeInjectTestSource'
            Complete 'Get-KubePod -Connection ' | Should -Contain '$KubeInjectTestConnection'
            Complete 'Get-KubePod -Connection ' | Should -Not -Contain '$KubeInjectTestSource'
        }
        finally { Remove-Variable -Scope Global KubeInjectTestSource, KubeInjectTestConnection }
    }

    It 'completes codes of findings with their descriptions' {
        Complete 'Repair-PodInjectionAnnotation -Code ki00' | Should -Be (0..9).ForEach{ "KI00$_" }
        (Get-Completion 'Test-PodInjectionAnnotation -ExcludeCode KI003').ToolTip | Should -Match '^A database has no role.*\.$'
    }
}

Describe 'Tab completion of roles' {
    BeforeAll { $null = Connect-KubeCluster admin -Namespace $namespace }

    AfterEach { $null = New-CredentialSource -Local -LeasePath $TestDrive/leases -Default }

    It 'includes the roles of the default Vault source, before the requested roles' {
        $server = Start-TestServer '{"data": {"keys": ["stock-ro", "orders-rw"]}}'
        try {
            $null = New-CredentialSource -Vault "http://127.0.0.1:$($server.Port)" -Token (ConvertTo-SecureString -AsPlainText x) -Default
            Complete 'Set-PodInjectionAnnotation -Role ' | Should -Be orders-rw, stock-ro, reports-ro
        }
        finally { $server.Dispose() }
    }

    It 'includes only the requested roles, without an error, if Vault <Name>' -ForEach @(
        @{ Name = 'denies the list'; Status = '403 Forbidden' }
        @{ Name = 'has no database secrets engine'; Status = '404 Not Found' }
    ) {
        $server = Start-TestServer '{"errors": []}' -Status $Status
        try {
            $null = New-CredentialSource -Vault "http://127.0.0.1:$($server.Port)" -Token (ConvertTo-SecureString -AsPlainText x) -Default
            $Error.Clear()
            Complete 'Set-PodInjectionAnnotation -Role ' | Should -Be orders-rw, reports-ro
            $Error | Should -BeNullOrEmpty
        }
        finally { $server.Dispose() }
    }
}

Describe 'Tab completion without results' {
    It 'reports no error without a connection or a permission: <_>' -ForEach @(
        'Get-KubePod ', 'Get-KubePod -Namespace ', 'Get-KubePod -l ', 'Invoke-CredentialRotation dep', 'Set-PodInjectionAnnotation -Role ', 'Remove-PodInjectionAnnotation -Workload deployment/web -Database '
    ) {
        Disconnect-KubeCluster
        $Error.Clear()
        Complete $_ | Should -BeNullOrEmpty
        $null = Connect-KubeCluster viewer
        Complete $_ | Should -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
    }

    It 'reports no error for an invalid command line: <_>' -ForEach @(
        'Get-KubePod [', 'Get-KubePod -Connection (Get-Date) -Name ', 'Get-KubePod -n (Get-Date) -Name ', 'Get-KubePod -Connection 1 -Namespace ', 'Connect-KubeCluster -KubeConfig nodrive:/config -Context ', 'Connect-KubeCluster -KubeConfig / -Namespace '
        'Set-PodInjectionAnnotation -Path nodrive:/x, /does/not/exist* -Database ', 'Remove-PodInjectionAnnotation -Workload nonsense -Database ', 'Invoke-CredentialRotation a/b/c'
    ) {
        $null = Connect-KubeCluster admin -Namespace $namespace
        $Error.Clear()
        Complete $_ | Should -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
    }

    It 'reports no error if the server has changed' {
        $server = Start-TestServer '<html>'
        try {
            $Error.Clear()
            Complete "Connect-KubeCluster -KubeConfig $(New-Kubeconfig "$TestDrive/html.config" "http://127.0.0.1:$($server.Port)") -Namespace " | Should -BeNullOrEmpty
            $Error | Should -BeNullOrEmpty
        }
        finally { $server.Dispose() }
    }

    # The server never responds, so a result proves that completion did not wait for it.
    It 'does not wait for a server that does not respond' {
        $env:KUBEINJECT_COMPLETION_TIMEOUT_MS = $null
        $server = Start-TestServer '{"gitVersion": "v1.34.1"}' -SilentOn '/api/v1'
        $null = Connect-KubeCluster -KubeConfig (New-Kubeconfig "$TestDrive/silent.config" "http://127.0.0.1:$($server.Port)")
        try {
            foreach ($line in 'Get-KubePod -Namespace ', 'Get-KubePod ', "Connect-KubeCluster -KubeConfig $TestDrive/silent.config -Namespace ") {
                $Error.Clear()
                $time = [Diagnostics.Stopwatch]::StartNew()
                Complete $line | Should -BeNullOrEmpty
                $time.Elapsed.TotalSeconds | Should -BeLessThan 10
                $Error | Should -BeNullOrEmpty
            }
        }
        finally {
            $env:KUBEINJECT_COMPLETION_TIMEOUT_MS = 60000
            Disconnect-KubeCluster
            $server.Dispose()
        }
    }
}

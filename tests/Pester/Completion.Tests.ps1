BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    function Complete([string] $Line) { (TabExpansion2 $Line $Line.Length).CompletionMatches.ForEach('CompletionText') }
}

AfterAll {
    Disconnect-KubeCluster
}

Describe 'Tab completion of contexts' {
    It 'completes <_>' -ForEach 'Connect-KubeCluster -Context ', 'Connect-KubeCluster ', 'Get-KubeContext ', 'Test-KubeConnection -Context ' {
        Complete $_ | Should -Be admin, viewer, certificate
    }

    It 'goes on from what was typed' {
        Complete 'Connect-KubeCluster V' | Should -Be viewer
        Complete 'Connect-KubeCluster "cert' | Should -Be certificate
        Complete 'Connect-KubeCluster *' | Should -Be admin, viewer, certificate
    }

    It 'takes the kubeconfig of the line, relative to PowerShell''s location' {
        $null = New-Kubeconfig "$TestDrive/other.config" https://elsewhere.test
        Push-Location TestDrive:/
        try { Complete 'Connect-KubeCluster -KubeConfig other.config -Context ' | Should -Be test }
        finally { Pop-Location }
    }

    It 'quotes what has to be' {
        (Get-Content -Raw (New-Kubeconfig "$TestDrive/quoted.config" https://elsewhere.test)) -replace 'name: test', 'name: "user@te''st (1)"' | Set-Content TestDrive:/quoted.config
        Complete "Connect-KubeCluster -KubeConfig $TestDrive/quoted.config -Context user" | Should -Be "'user@te''st (1)'"
    }

    It 'offers nothing, and says nothing, where the kubeconfig is <Name>' -ForEach @(
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
    It 'completes every -Namespace of the module: <_>' -ForEach @(
        'Connect-KubeCluster', 'Get-KubePod', 'Get-KubeSecret', 'Get-KubeServiceAccountToken -ServiceAccount a', 'Get-PodInjectionAnnotation', 'Test-KubeConnection', 'Watch-KubePod'
    ) {
        $null = Connect-KubeCluster admin
        Complete "$_ -Namespace kube-" | Should -Be kube-node-lease, kube-public, kube-system
        Complete "$_ -n KUBE-S" | Should -Be kube-system
    }

    It 'is everywhere where there is a -Namespace' {
        $without = (Get-Command -Module KubeInject -ParameterName Namespace).Where{
            -not ($_.Parameters['Namespace'].Attributes | Where-Object { $_ -is [ArgumentCompleter] })
        }
        $without | Should -BeNullOrEmpty
    }

    It 'takes the connection of the line' {
        $connection = Connect-KubeCluster admin
        Disconnect-KubeCluster
        $connection = Connect-KubeCluster -KubeConfig (Get-ClusterFile kubeconfig)
        $null = Connect-KubeCluster viewer
        $global:KubeInjectTestConnection = $connection
        try { Complete 'Get-KubePod -Connection $KubeInjectTestConnection -Namespace kube-s' | Should -Be kube-system }
        finally { Remove-Variable -Scope Global KubeInjectTestConnection }
    }

    It 'offers nothing, and says nothing, where there is no connection, or no right' {
        Disconnect-KubeCluster
        $Error.Clear()
        Complete 'Get-KubePod -Namespace kube-' | Should -BeNullOrEmpty
        $null = Connect-KubeCluster viewer
        Complete 'Get-KubePod -Namespace kube-' | Should -BeNullOrEmpty
        $Error | Should -BeNullOrEmpty
    }

    It 'offers nothing, after two seconds, where the server does not answer' {
        $server = Start-TestServer '{"gitVersion": "v1.34.1"}' -SilentOn '/namespaces'
        $null = Connect-KubeCluster -KubeConfig (New-Kubeconfig "$TestDrive/silent.config" "http://127.0.0.1:$($server.Port)")
        try {
            $time = [Diagnostics.Stopwatch]::StartNew()
            Complete 'Get-KubePod -Namespace kube-' | Should -BeNullOrEmpty
            $time.Elapsed.TotalSeconds | Should -BeLessThan 10
        }
        finally {
            Disconnect-KubeCluster
            $server.Dispose()
        }
    }
}

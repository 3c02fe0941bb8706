BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject

    function Assert-QuickStop($Running) {
        $Running.Shell.InvocationStateInfo.State | Should -Be 'Running' -Because 'the command must be blocked before it is stopped'
        $time = [Diagnostics.Stopwatch]::StartNew()
        $Running.Shell.Stop()
        $time.Elapsed.TotalMilliseconds | Should -BeLessThan 500
        $Running.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $Running.Shell.Streams.Error | Should -BeNullOrEmpty
    }
}

Describe 'Ctrl+C' {
    It 'stops Connect-KubeCluster while a server does not respond over <_>' -ForEach 'http', 'https' {
        $server = Start-TestServer
        $config = New-Kubeconfig "$TestDrive/stuck.config" "${_}://127.0.0.1:$($server.Port)"
        $running = Start-InRunspace { Connect-KubeCluster -KubeConfig $args[0] } $config
        try {
            $accepted = $server.AcceptTcpClientAsync()
            $accepted.Wait(30000) | Should -BeTrue
            Assert-QuickStop $running
            $accepted.Result.Dispose()
        }
        finally {
            $running.Dispose()
            $server.Dispose()
        }
    }

    It 'stops <Name> while it waits for a list' -ForEach @(
        @{ Name = 'Get-KubePod'; Command = { Get-KubePod -Connection $args[0] } }
        @{ Name = 'Get-KubeSecret'; Command = { Get-KubeSecret -Connection $args[0] } }
        @{ Name = 'Watch-KubePod'; Command = { Watch-KubePod -Connection $args[0] } }
    ) {
        $server = Start-TestServer '{"gitVersion": "v1.34.1"}' -SilentOn '/namespaces/'
        $connection = Connect-KubeCluster -KubeConfig (New-Kubeconfig "$TestDrive/list.config" "http://127.0.0.1:$($server.Port)")
        $running = Start-InRunspace $Command $connection
        try {
            $server.Silent.Wait(30000) | Should -BeTrue
            Assert-QuickStop $running
        }
        finally {
            $running.Dispose()
            Disconnect-KubeCluster
            $server.Dispose()
        }
    }

    It 'stops Watch-KubePod while there are no events' {
        $connection = Connect-KubeCluster admin
        $running = Start-InRunspace { Watch-KubePod -n $args[1] -Connection $args[0] } $connection, (New-TestNamespace orders)
        try {
            $running.Next().Type | Should -Be Added
            Assert-QuickStop $running
        }
        finally {
            $running.Dispose()
            Disconnect-KubeCluster
        }
    }
}

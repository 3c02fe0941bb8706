# The PowerShell commands that need nothing but a cluster and manifests, unchanged: none reports an error.
BeforeDiscovery {
    Import-Module $PSScriptRoot/Guide.psm1
    $blocks = @(
        'reference.md', 'scripting.md', 'errors.md', 'sources.md' | ForEach-Object { Get-GuideBlock $_ }
        'beside-the-injector.md', 'in-cluster.md' | ForEach-Object { Get-GuideBlock $_ } | Where-Object Script -NotMatch 'Vault|Install-|kubectl patch'
    )
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $path = $env:PSModulePath
    $env:PSModulePath = "$(Split-Path (Get-ModulePath))$([System.IO.Path]::PathSeparator)$path"
    # Without a pod named orders, so that the commands catch an error.
    $namespace = New-TestNamespace
    $pay = New-TestNamespace
    $null = New-Manifest orders -Kind Deployment | kubectl create -n $namespace -f -
    $null = Connect-KubeCluster admin -Namespace $namespace
    $agent = @{ 'agent-inject' = 'true'; 'agent-inject-secret-orders' = 'database/creds/orders-rw'; 'role' = 'orders' }
    $null = New-Item -ItemType Directory $TestDrive/manifests
    Set-Content $TestDrive/orders.yaml (New-Manifest orders -Annotation $agent).Replace('db-creds-injector.numberly.io/', 'vault.hashicorp.com/')
    Set-Content $TestDrive/manifests/orders.yaml (New-Manifest orders -Label @{ app = 'orders' })
}

AfterAll {
    Disconnect-KubeCluster
    $env:PSModulePath = $path
    Remove-Item env:KUBEINJECT_INJECTOR_LABEL -ErrorAction Ignore
}

Describe 'A page' {
    It 'has commands that run: <Page>, line <Line>' -ForEach $blocks.ForEach{ @{ Page = $_.Page; Line = $_.Line; Script = $_.Script } } {
        # A prompt would wait for an answer.
        function Get-Credential { [pscredential]::new('admin', (ConvertTo-SecureString admin -AsPlainText)) }
        $here = $Script -replace '\bshop\b', $namespace -replace '\bpay\b', $pay
        # The other commands of this block would contact Vault.
        $here = $here -replace '-Vault \S+ -Default', '-Local -LeasePath ./leases -Default'
        Push-Location $TestDrive
        try {
            $commands = [scriptblock]::Create($here)
            {
                . $commands *>&1 | Out-String
                # A function of a page has the connection as its parameter.
                foreach ($function in $commands.Ast.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $false)) {
                    & $function.Name (Get-KubeConnection)
                }
            } | Should -Not -Throw
        }
        finally { Pop-Location }
    }
}

# The commands of all pages that have no separate test, unchanged, except for names of namespaces and addresses: none reports an
# error. Guide.psm1 selects the pages, and docs/contributing.md lists the commands that are not run.
BeforeDiscovery {
    Import-Module $PSScriptRoot/Guide.psm1, $PSScriptRoot/Requirement.psm1
    $pages = foreach ($page in Get-GuidePage | Where-Object { (Get-GuideTest $_) -eq 'Pages' }) {
        $blocks = @(Get-GuideBlock $page powershell, sh)
        if ($blocks) { @{ Page = $page; Blocks = $blocks } }
    }
    $secretManagement = Get-Requirement SecretManagement
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $WarningPreference = 'SilentlyContinue'
    $ConfirmPreference = 'None'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/TestVault.psm1, $PSScriptRoot/Guide.psm1, $PSScriptRoot/../../out/KubeInject
    $root = (Resolve-Path $PSScriptRoot/../..).Path
    $kept = @{}
    foreach ($name in 'PATH', 'PSModulePath', 'DOTNET_CLI_HOME', 'VAULT_ADDR', 'VAULT_TOKEN', 'BAO_ADDR', 'BAO_TOKEN', 'KUBEINJECT_INJECTOR_LABEL') { $kept[$name] = [Environment]::GetEnvironmentVariable($name) }
    $env:PSModulePath = "$(Split-Path (Get-ModulePath))$([System.IO.Path]::PathSeparator)$env:PSModulePath"
    $env:DOTNET_CLI_HOME = "$(New-Item -ItemType Directory $TestDrive/dotnet)"

    $vault = Start-TestVault
    $null = Connect-KubeCluster admin
    $reviewers = New-TestNamespace
    $null = kubectl create serviceaccount reviewer -n $reviewers
    $null = kubectl create clusterrolebinding $reviewers --clusterrole system:auth-delegator --serviceaccount "${reviewers}:reviewer"
    Initialize-TestVault $vault (Get-ClusterText server) (kubectl create token reviewer -n $reviewers)
    Add-TestVaultRole $vault orders-rw default '*'
    $env:VAULT_ADDR = $env:BAO_ADDR = $vault.Address
    $env:VAULT_TOKEN = $env:BAO_TOKEN = $vault.Token

    # The programs of the pages. An installation has a namespace and a label of this test, and no pods, because no kubelet runs.
    # "serve" ends when it is ready.
    $installed = "$reviewers-kubeinject"
    $bin = "$(New-Item -ItemType Directory $TestDrive/bin)"
    $program = $env:KUBEINJECT_TEST_PROGRAM ? "'$([System.IO.Path]::GetFullPath($env:KUBEINJECT_TEST_PROGRAM, $root))'" : "dotnet '$root/tests/KubeInject.IntegrationTests/bin/Release/net10.0/KubeInject.Injector.dll'"
    Set-Content $bin/program -Value "#!/bin/sh`nexec $program `"`$@`""
    Set-Content $bin/kubeinject -Value @'
#!/bin/bash
case $1 in
  install) exec program "$@" --no-wait --failure-policy Ignore --namespace "$PAGES_NAMESPACE" --injector-label "$PAGES_NAMESPACE" ;;
  status) program "$@" --namespace "$PAGES_NAMESPACE" 2>/dev/null; (($? == 1)) ;; # no pod is ready
  serve)
    program "$@" --listen 127.0.0.1:0 --health-listen "127.0.0.1:$PAGES_PORT" --lease-namespace "$PAGES_NAMESPACE" &
    until curl --silent --fail "http://127.0.0.1:$PAGES_PORT/readyz"; do kill -0 $! || exit; sleep 0.1; done
    kill -TERM $!
    wait $! ;;
  *) exec program "$@" ;;
esac
'@
    $null = New-Item -ItemType SymbolicLink $bin/vault -Target $vault.Program
    chmod +x $bin/program $bin/kubeinject
    $env:PATH = "${bin}:$env:PATH"
    $env:PAGES_NAMESPACE = $installed
    $env:PAGES_PORT = Get-FreePort

    # Runs a PowerShell block in the current scope.
    function Invoke-PowerShellBlock([string] $Script) {
        $PSDefaultParameterValues = @{
            'Install-KubeInject:NoWait' = $true; 'Install-KubeInject:FailurePolicy' = 'Ignore'; 'Install-KubeInject:InjectorLabel' = $installed
            '*-KubeInject*:Namespace' = $installed
        }
        $PSNativeCommandUseErrorActionPreference = $true
        # Prompts would wait for an answer.
        function Get-Credential { [pscredential]::new('admin', (ConvertTo-SecureString admin -AsPlainText)) }
        function Read-Host { ConvertTo-SecureString answer -AsPlainText }
        $commands = [scriptblock]::Create($Script)
        . $commands *>&1 | Out-String
        # A function of a page has the connection as its parameter.
        foreach ($function in $commands.Ast.FindAll({ $args[0] -is [System.Management.Automation.Language.FunctionDefinitionAst] }, $false)) {
            & $function.Name (Get-KubeConnection)
        }
    }

    # Runs a block in a PowerShell with an empty HOME, where SecretManagement keeps its vaults.
    function Invoke-VaultBlock([string] $Script) {
        $before = $env:HOME
        try {
            $env:HOME = "$(New-Item -ItemType Directory "$TestDrive/$(New-Guid)")"
            $output = Invoke-InNewProcess -Argument $Script -Script {
                param($module, $script)
                function Install-Module { }
                function Get-Credential($Name) { [pscredential]::new($Name, (ConvertTo-SecureString admin -AsPlainText)) }
                $ErrorActionPreference = 'Stop'
                . ([scriptblock]::Create($script)) *>&1 | Out-String
                'completed'
            } 2>&1 | Out-String
        }
        finally { $env:HOME = $before }
        if ($output -notmatch '(?m)^completed') { throw $output }
    }

    # Runs a block of a shell. Commands that find something wrong exit with 1.
    function Invoke-ShellBlock([string] $Script) {
        $output = bash -eo pipefail -c $Script 2>&1 | Out-String
        if ($LASTEXITCODE -gt ($Script -match '\b(check|explain)\b' ? 1 : 0)) { throw "The exit code is $LASTEXITCODE. $output" }
        if ($output -match '(?m)^error: ') { throw $output }
    }
}

AfterAll {
    Disconnect-KubeCluster
    Stop-TestVault $vault
    $null = kubectl delete clusterrolebinding $reviewers
    Remove-Item env:PAGES_*
    foreach ($name in $kept.Keys) { [Environment]::SetEnvironmentVariable($name, $kept[$name]) }
}

Describe 'docs/<Page>' -ForEach $pages {
    BeforeAll {
        # Without a pod named orders, so that the commands catch an error.
        $namespace = New-TestNamespace
        $pay = New-TestNamespace
        $null = kubectl create serviceaccount default -n $namespace
        $deployment = (New-Manifest orders -Kind Deployment -Namespace $namespace -Label ([ordered]@{ app = 'orders'; 'vault-db-injector' = 'true' })) -replace '(matchLabels:\n.*\n).*\n', '$1'
        $null = $deployment | kubectl apply -f -
        # The rollouts of the workload complete immediately.
        $null = kubectl patch deployment orders -n $namespace --subresource=status --type=merge -p '{"status":{"observedGeneration":99,"replicas":1,"readyReplicas":1,"updatedReplicas":1,"availableReplicas":1}}'
        $null = kubectl create secret generic orders-keys -n $namespace --from-literal api-key=x --from-literal other=y
        $null = Connect-KubeCluster admin -Namespace $namespace
        $source = New-CredentialSource -Vault $vault.Address

        $folder = "$(New-Item -ItemType Directory "$TestDrive/$(New-Guid)")"
        $null = New-Item -ItemType Directory $folder/manifests, $folder/deploy
        Set-Content $folder/manifests/orders.yaml (New-Manifest orders -Label @{ app = 'orders' })
        Set-Content $folder/deploy/orders.yaml (New-Manifest orders)
        $agent = @{ 'agent-inject' = 'true'; 'agent-inject-secret-orders' = 'database/creds/orders-rw'; 'role' = 'orders' }
        Set-Content $folder/orders.yaml ($Page -eq 'reference.md' ? (New-Manifest orders -Annotation $agent).Replace('db-creds-injector.numberly.io/', 'vault.hashicorp.com/') : $deployment)
    }

    AfterAll {
        $null = Uninstall-KubeInject $installed -Confirm:$false
        Disconnect-KubeCluster
    }

    foreach ($block in $Blocks) {
        $requirement = $block.Script -match 'Register-SecretVault' ? $secretManagement : @{}
        It 'has commands that run: line <Line>' -ForEach @{ Line = $block.Line; Language = $block.Language; Script = $block.Script } @requirement {
            $here = $Script -replace '\bshop\b', $namespace -replace '\bpay\b', $pay -replace 'https://vault\.example\.org:8200', $vault.Address
            # Commands that build the program run in the folder of the repository.
            Push-Location ($Script -match '^dotnet ' ? $root : $folder)
            try {
                if ($Language -eq 'sh') { Invoke-ShellBlock $here }
                elseif ($Script -match 'Register-SecretVault') { Invoke-VaultBlock $here }
                else { Invoke-PowerShellBlock $here }
            }
            finally { Pop-Location }
        }
    }
}

Describe 'The kustomization of docs/in-cluster.md' {
    It 'uses another certificate' {
        $folder = "$(New-Item -ItemType Directory "$TestDrive/$(New-Guid)")"
        Copy-Item -Recurse $root/deploy $folder/deploy
        Set-Content $folder/kustomization.yaml (Get-GuideBlock in-cluster.md yaml).Script
        $rendered = kubectl kustomize $folder | Out-String
        $LASTEXITCODE | Should -Be 0
        foreach ($text in 'cert-manager.io/inject-ca-from: kubeinject/kubeinject', '- /tls/tls.key', 'mountPath: /tls', 'secretName: kubeinject-cert') { $rendered.Contains($text) | Should -BeTrue -Because $text }
    }
}

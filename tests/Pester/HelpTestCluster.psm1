# The environment that the examples of the help describe: a cluster with its namespaces, a Vault, a database, files.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/TestVault.psm1

# Text of the examples and its replacement in the tests: server addresses, the pod that PowerShell runs in, and long times.
$standsFor = [ordered]@{
    'https://10.0.0.1:6443'                            = { $shop.Server }
    'https://vault.example.org:8200'                   = { $shop.Vault.Address }
    'postgresql://db:5432/orders'                      = { $shop.Database }
    ' -InCluster'                                      = { ' -InCluster -ServiceAccountPath ./serviceaccount' }
    '/var/run/secrets/kubernetes.io/serviceaccount'    = { './serviceaccount' }
    '-TimeoutSec 60'                                   = { '-TimeoutSec 1' }
}

# Examples of these cmdlets write nothing, unless they end in a command that does.
$silent = 'Disconnect-KubeCluster', 'Revoke-CredentialLease', 'Set-KubeSecret', 'Remove-KubeSecret'

# The answers to prompts in the examples.
$people = {
    function Get-Credential { $database }
    function Read-Host { $token }
}

# The initial state for the examples of a cmdlet, in addition to the connection: $source is the source of the example.
$before = @{
    'Connect-KubeCluster' = { Disconnect-KubeCluster }
    'Get-KubeContext'     = { Disconnect-KubeCluster }
    'Remove-KubeSecret'   = { foreach ($name in 'orders-db', 'payment') { Set-KubeSecret $name @{ 'api-key' = 'x'; other = 'y' } -Namespace shop } }
}
foreach ($cmdlet in 'Get-KubeInjectStatus', 'Uninstall-KubeInject') {
    $before[$cmdlet] = { $null = Install-KubeInject registry.example.org/kubeinject:0.1.0 -Setting @{ KUBEINJECT_SOURCE = 'vault' } -NoWait }
}
foreach ($cmdlet in 'Get-CredentialLease', 'Update-CredentialLease', 'Revoke-CredentialLease', 'Sync-CredentialLease', 'Invoke-CredentialRotation') {
    $before[$cmdlet] = { $null = Invoke-CredentialInjection -Workload deployment/orders -Namespace shop -CredentialSource $source -WarningAction Ignore }
}

$variables = 'HOME', 'PSModulePath', 'XDG_STATE_HOME', 'KUBECONFIG', 'KUBERNETES_SERVICE_HOST', 'KUBERNETES_SERVICE_PORT', 'VAULT_ADDR', 'VAULT_TOKEN'

function Open-Shop([string] $Folder) {
    $kept = @{}
    foreach ($name in $variables) { $kept[$name] = [System.Environment]::GetEnvironmentVariable($name) }
    $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
    $user, $password = $superuser.UserInfo -split ':'
    $shop = [pscustomobject]@{
        Folder = (New-Item -ItemType Directory $Folder).FullName
        Kept = $kept
        ApiServer = $null
        Server = $null
        Database = "postgresql://$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)"
        Credential = [pscredential]::new($user, (ConvertTo-SecureString -AsPlainText $password))
        Roles = "orders-rw", "payments-rw", "analytics-ro"
        Vault = $null
        Deployments = @{}
        Shell = kubectl create --dry-run=client --validate=false --output json --filename "$PSScriptRoot/shop/shell.yaml" | Out-String | ConvertFrom-Json
        Runs = 0
        Runspace = [runspacefactory]::CreateRunspace()
    }
    try {
        Start-ShopServer $shop
        foreach ($role in $shop.Roles) { $null = psql --no-psqlrc --quiet --command "create role `"$role`"" $env:KUBEINJECT_TEST_POSTGRES }
        New-ShopFile $shop
        $env:KUBECONFIG = "$($shop.Folder)/kubeconfig"
        $null = kubectl apply --validate=false --filename "$($shop.Folder)/files/cluster.yaml"
        $null = kubectl create secret tls shop-tls --cert (Get-ClusterFile admin-rsa.crt) --key (Get-ClusterFile admin-rsa.key)
        foreach ($file in 'token', 'serviceaccount/token') { Set-Content -NoNewline -Path "$($shop.Folder)/files/$file" -Value (New-ShopToken $shop shop orders) }
        Start-ShopVault $shop
        $shop
    }
    catch {
        Close-Shop $shop
        throw
    }
}

function Close-Shop($Shop) {
    $Shop.Runspace.Dispose()
    if ($Shop.Vault) { Stop-TestVault $Shop.Vault }
    if ($Shop.ApiServer) { $Shop.ApiServer.StandardInput.Close(); $Shop.ApiServer.WaitForExit() }
    foreach ($role in $Shop.Roles) {
        $members = psql --no-psqlrc --quiet --tuples-only --no-align --command "select m.rolname from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles r on r.oid = a.roleid where r.rolname = '$role'" $env:KUBEINJECT_TEST_POSTGRES
        foreach ($one in @($members) + $role | Where-Object { $_ }) { $null = psql --no-psqlrc --quiet --command "drop role `"$one`"" $env:KUBEINJECT_TEST_POSTGRES }
    }
    foreach ($name in $Shop.Kept.Keys) { [System.Environment]::SetEnvironmentVariable($name, $Shop.Kept[$name]) }
}

# A separate API server with separate objects, so that the examples do not affect other tests.
function Start-ShopServer($Shop) {
    $port = Get-FreePort
    $command = (Get-ClusterText kube-apiserver.command).Split("`n") -notmatch '^--(secure-port|etcd-prefix)='

    # Its standard input ends when the tests end for any reason, and ends the server.
    $start = [System.Diagnostics.ProcessStartInfo]::new('bash')
    foreach ($argument in @('-c', '"$@" & read -r; kill -KILL $!; wait $!', 'bash') + $command + "--secure-port=$port" + "--etcd-prefix=/shop-$([guid]::NewGuid())") { $start.ArgumentList.Add($argument) }
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    $Shop.ApiServer = [System.Diagnostics.Process]::Start($start)
    foreach ($stream in $Shop.ApiServer.StandardOutput, $Shop.ApiServer.StandardError) { $null = $stream.BaseStream.CopyToAsync([System.IO.Stream]::Null) }
    $Shop.Server = "https://127.0.0.1:$port"
    $deadline = [datetime]::UtcNow.AddSeconds(60)
    while ($true) {
        if ($Shop.ApiServer.HasExited) { throw 'The API server of the shop ended instead of starting.' }
        try { $null = Invoke-Shop $Shop GET /readyz; $null = Invoke-Shop $Shop GET /api/v1/namespaces/default; return }
        catch { if ([datetime]::UtcNow -gt $deadline) { throw } }
        Start-Sleep -Milliseconds 100
    }
}

function Invoke-Shop($Shop, [string] $Method, [string] $Path, $Body) {
    $json = $null -eq $Body ? $null : (ConvertTo-Json $Body -Depth 50)
    Invoke-RestMethod "$($Shop.Server)$Path" -Method $Method -SkipCertificateCheck -Authentication Bearer -Token (Get-ClusterToken admin) -Body $json -ContentType ($Method -eq 'PATCH' ? 'application/merge-patch+json' : 'application/json')
}

function New-ShopToken($Shop, [string] $Namespace, [string] $ServiceAccount) {
    (Invoke-Shop $Shop POST "/api/v1/namespaces/$Namespace/serviceaccounts/$ServiceAccount/token" @{ apiVersion = 'authentication.k8s.io/v1'; kind = 'TokenRequest'; spec = @{ audiences = @() } }).status.token
}

function Start-ShopVault($Shop) {
    $Shop.Vault = Start-TestVault
    Initialize-TestVault $Shop.Vault $Shop.Server (New-ShopToken $Shop vault reviewer)
    foreach ($role in $Shop.Roles) { Add-TestVaultRole $Shop.Vault $role orders, default shop -MemberOf $role }
}

# The files in the folder of the examples, and the objects in the cluster.
function New-ShopFile($Shop) {
    $files = (New-Item -ItemType Directory "$($Shop.Folder)/files").FullName
    Copy-Item "$PSScriptRoot/shop/*" $files -Recurse
    foreach ($file in 'ca.crt', 'admin-rsa.crt', 'admin-rsa.key') { Copy-Item (Get-ClusterFile $file) $files }
    Copy-Item (Get-ClusterFile admin-rsa.key) $files/orders.p12
    $null = New-Item -ItemType Directory $files/serviceaccount
    Copy-Item (Get-ClusterFile ca.crt) $files/serviceaccount/ca.crt
    Set-Content -NoNewline -Path $files/serviceaccount/namespace -Value shop
    $cluster = "{server: `"$($Shop.Server)`", certificate-authority: `"$(Get-ClusterFile ca.crt)`"}"
    Set-Content "$($Shop.Folder)/kubeconfig" @"
apiVersion: v1
kind: Config
current-context: test
clusters:
- {name: test, cluster: $cluster}
- {name: production, cluster: $cluster}
users:
- {name: me, user: {token: "$(Get-ClusterText admin.token)"}}
contexts:
- {name: test, context: {cluster: test, user: me, namespace: shop}}
- {name: production, context: {cluster: production, user: me, namespace: shop}}
"@
    Copy-Item "$($Shop.Folder)/kubeconfig" $files/team.kubeconfig
}

# The initial state: no credentials, no leases, and rollouts that complete immediately.
function Reset-Shop($Shop) {
    foreach ($namespace in 'kubeinject', 'shop') {
        foreach ($secret in (Invoke-Shop $Shop GET "/api/v1/namespaces/$namespace/secrets").items | Where-Object { $_.metadata.name -notin 'orders-rw-db', 'shop-tls' }) {
            $null = Invoke-Shop $Shop DELETE "/api/v1/namespaces/$namespace/secrets/$($secret.metadata.name)"
        }
    }
    foreach ($name in 'orders', 'payments') {
        $path = "/apis/apps/v1/namespaces/shop/deployments/$name"
        if (-not $Shop.Deployments.ContainsKey($name)) {
            $null = Invoke-Shop $Shop PATCH "$path/status" @{ status = @{ observedGeneration = 9999; replicas = 1; readyReplicas = 1; updatedReplicas = 1; availableReplicas = 1 } }
            $object = Invoke-Shop $Shop GET $path
            foreach ($field in 'resourceVersion', 'uid', 'managedFields') { $object.metadata.PSObject.Properties.Remove($field) }
            $Shop.Deployments[$name] = $object
        }
        $null = Invoke-Shop $Shop PUT $path $Shop.Deployments[$name]
    }
    $null = Invoke-Shop $Shop DELETE /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations
    try { $null = Invoke-Shop $Shop DELETE /api/v1/namespaces/shop/pods/shell }
    catch { if ($_.Exception.StatusCode -ne 'NotFound') { throw } }
    $null = Invoke-Shop $Shop POST /api/v1/namespaces/shop/pods $Shop.Shell
}

# Runs an example in a new session, and returns its output.
function Invoke-ShopExample($Shop, [string] $Cmdlet, [string] $Code) {
    Reset-Shop $Shop
    $Shop.Runs++
    $folder = "$($Shop.Folder)/$($Shop.Runs)"
    Copy-Item -Recurse "$($Shop.Folder)/files" $folder
    $env:HOME = $folder
    $env:XDG_STATE_HOME = "$folder/state"
    $env:KUBECONFIG = "$($Shop.Folder)/kubeconfig"
    $env:KUBERNETES_SERVICE_HOST, $env:KUBERNETES_SERVICE_PORT = ([uri]$Shop.Server).Host, ([uri]$Shop.Server).Port
    $env:PSModulePath = (Split-Path (Get-ModulePath)), $Shop.Kept.PSModulePath -join [System.IO.Path]::PathSeparator
    $env:VAULT_ADDR, $env:VAULT_TOKEN = $Shop.Vault.Address, $Shop.Vault.Token
    foreach ($text in $standsFor.Keys | Where-Object { $Code.Contains($_) }) { $Code = $Code.Replace($text, (& $standsFor[$text])) }

    $start = {
        param($module, $folder)
        Import-Module $module
        Set-Location $folder
        $ConfirmPreference = 'None'
        $null = Connect-KubeCluster test
    }
    $shell = [powershell]::Create()
    if ($Shop.Runspace.RunspaceStateInfo.State -eq 'BeforeOpen') { $Shop.Runspace.Open() }
    $Shop.Runspace.ResetRunspaceState()
    $shell.Runspace = $Shop.Runspace
    try {
        $answers = @{ database = $Shop.Credential; token = Get-ClusterToken admin }
        foreach ($name in $answers.Keys) { $shell.Runspace.SessionStateProxy.SetVariable($name, $answers[$name]) }
        $steps = @("$start".Trim(), "$people", ($Code -split "`n" -match '^\$source = ' | Select-Object -First 1), "$(if ($before.ContainsKey($Cmdlet)) { $before[$Cmdlet] })")
        $null = $shell.AddScript(". {$($steps[0])} '$(Get-ModulePath)' '$folder'", $false).AddStatement().AddScript($steps[1], $false).AddStatement()
        if ($before.ContainsKey($Cmdlet)) { $null = $shell.AddScript("$($steps[2])", $false).AddStatement().AddScript($steps[3], $false).AddStatement() }
        $null = $shell.Invoke()
        if ($shell.Streams.Error.Count) { throw "The example cannot be prepared: $($shell.Streams.Error)" }
        $shell.Commands.Clear()
        $null = $shell.AddScript($Code, $false)
        $failed = @()
        $output = @()
        try { $output = $shell.Invoke() }
        catch { $failed = @($_.Exception.InnerException ? $_.Exception.InnerException.Message : $_.Exception.Message) }
        [pscustomobject]@{
            Errors = @($failed) + @($shell.Streams.Error.ForEach{ "$_" })
            Output = @($output) + @($shell.Streams.Information)
            MustWrite = $Cmdlet -notin $silent -and $Code -notmatch '(?m)^\$null = [^\n]*\z|-WhatIf|^\$\w+ = [^\n]*\z'
        }
    }
    finally { $shell.Dispose() }
}

Export-ModuleMember -Function Open-Shop, Close-Shop, Invoke-ShopExample

<#
.SYNOPSIS
Measures one Sync-CredentialLease of many leases, compared with the same number of plain HTTP calls to the same server.

.DESCRIPTION
Half of the leases have a live owner and are renewed, the other half have none and are revoked. The comparison sends the
one necessary call for each lease with the same concurrency: for Vault a renewal or a revocation of the lease; for
PostgreSQL, whose records are Secrets, the API server applies or deletes a record, while psql alters or drops a role.
Every round has new leases; sweep and comparison alternate. Vault is measured if KUBEINJECT_TEST_VAULT is set or Vault is
on the PATH.

.PARAMETER Count
The number of leases.

.PARAMETER Round
The number of rounds; medians are printed.

.PARAMETER ThrottleLimit
The number of concurrent calls.

.EXAMPLE
tests/rig/with-cluster.sh dotnet pwsh -NoProfile -File bench/Measure-LeaseSweep.ps1
#>
param([int] $Count = 1000, [int] $Round = 3, [int] $ThrottleLimit = 16)

Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
Import-Module "$PSScriptRoot/../out/KubeInject"

Add-Type -TypeDefinition @'
using System;
using System.Diagnostics;
using System.Net.Http;
using System.Text;
using System.Threading;
using System.Threading.Tasks;

public static class PlainCalls
{
    // Sends one request to each address with a concurrency limit, and returns the total seconds.
    public static double Send(string[] methods, string[] addresses, string[] bodies, string contentType, string header, string value, int concurrency)
    {
        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (a, b, c, d) => true } });
        client.DefaultRequestHeaders.Add(header, value);
        var watch = Stopwatch.StartNew();
        Parallel.ForEachAsync(System.Linq.Enumerable.Range(0, addresses.Length), new ParallelOptions { MaxDegreeOfParallelism = concurrency }, async (index, token) =>
        {
            using var request = new HttpRequestMessage(new HttpMethod(methods[index]), addresses[index]) { Version = new Version(2, 0), VersionPolicy = HttpVersionPolicy.RequestVersionOrLower };
            request.Content = new StringContent(bodies[index], Encoding.UTF8, contentType);
            using var response = await client.SendAsync(request, token);
            await response.Content.ReadAsByteArrayAsync(token);
            response.EnsureSuccessStatusCode();
        }).GetAwaiter().GetResult();
        return watch.Elapsed.TotalSeconds;
    }
}
'@

# A Deployment that requests this number of databases.
function Format-Deployment([string] $Name, [int] $Databases) {
    $prefix = 'db-creds-injector.numberly.io'
    $annotations = foreach ($number in 1..$Databases) {
        "        $prefix/d$number.role: sweep"
        "        $prefix/d$number.env-key-dbuser: U$number"
        "        $prefix/d$number.env-key-dbpassword: P$number"
    }
    @"
apiVersion: apps/v1
kind: Deployment
metadata: {name: $Name, namespace: sweep}
spec:
  selector: {matchLabels: {app: $Name}}
  template:
    metadata:
      labels: {app: $Name, vault-db-injector: "true"}
      annotations:
$($annotations -join "`n")
    spec:
      containers:
      - {name: app, image: registry.example/app:1}
"@
}

# Issues all leases, half of them to a Deployment of the cluster; returns the seconds of one sweep.
function Measure-Sweep($Source, [string] $Name) {
    $half = [int]($Count / 2)
    Format-Deployment $Name $half | Invoke-CredentialInjection -CredentialSource $Source -AsManifest | kubectl create --namespace sweep --filename - | Out-Null
    $null = Format-Deployment gone ($Count - $half) | Invoke-CredentialInjection -CredentialSource $Source
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $summary = Sync-CredentialLease $Source -GracePeriod 0 -ThrottleLimit $ThrottleLimit
    $seconds = $watch.Elapsed.TotalSeconds
    if ($summary.Renewed -ne $half -or $summary.Revoked -ne $Count - $half) { throw "Not all leases were swept: $($summary | Out-String)" }
    $seconds
}

# Restores the initial state for the next round.
function Clear-Owner($Source, [string] $Name) {
    kubectl delete deployment $Name --namespace sweep | Out-Null
    $null = Sync-CredentialLease $Source -GracePeriod 0
}

# Creates one role for each lease.
function Add-PlainRole([string] $Name) {
    1..$Count | ForEach-Object { "CREATE ROLE ${Name}_$_ LOGIN;" } | psql --quiet $env:KUBEINJECT_TEST_POSTGRES
}

# Runs one statement for each role, with the concurrency of a sweep.
function Invoke-PlainStatement([string] $Name) {
    foreach ($session in 1..$ThrottleLimit) {
        $file = Join-Path $folder "$session.sql"
        $session..$Count | Where-Object { ($_ - $session) % $ThrottleLimit -eq 0 } |
            ForEach-Object { $_ % 2 ? "ALTER ROLE ${Name}_$_ VALID UNTIL '2100-01-01';" : "DROP ROLE ${Name}_$_;" } | Set-Content $file
    }
    1..$ThrottleLimit | ForEach-Object { Start-Process psql -PassThru -ArgumentList --quiet, --file, (Join-Path $folder "$_.sql"), $env:KUBEINJECT_TEST_POSTGRES }
}

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int][Math]::Floor($Values.Count / 2)] }

function Write-Row([string] $Name, [double[]] $Sweeps, [double[]] $Plain) {
    $sweep, $calls = (Get-Median $Sweeps), (Get-Median $Plain)
    '{0,-38} sweep {1,6:n2} s, {2} plain calls {3,6:n2} s, ratio {4:n2}' -f $Name, $sweep, $Count, $calls, ($sweep / $calls)
}

$null = Connect-KubeCluster admin
foreach ($namespace in 'sweep', 'kubeinject') { kubectl create namespace $namespace | Out-Null }
psql --quiet --command 'CREATE ROLE sweep NOLOGIN' $env:KUBEINJECT_TEST_POSTGRES

$folder = New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid()))
$server = (Get-Content -Raw "$env:KUBEINJECT_TEST_CLUSTER/server").Trim()
$token = (Get-Content -Raw "$env:KUBEINJECT_TEST_CLUSTER/admin.token").Trim()
$source = New-CredentialSource -PostgreSql $env:KUBEINJECT_TEST_POSTGRES
$sweeps, $plain = @(), @()
foreach ($number in 1..$Round) {
    $sweeps += Measure-Sweep $source "owner$number"
    $names = 1..$Count | ForEach-Object { "plain-$number-$_" }
    $record = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes('{"Uuid":"' + ('x' * 500) + '"}'))
    $bodies = $names | ForEach-Object { "{`"apiVersion`":`"v1`",`"kind`":`"Secret`",`"metadata`":{`"name`":`"$_`"},`"data`":{`"lease.json`":`"$record`"}}" }
    $addresses = $names | ForEach-Object { "$server/api/v1/namespaces/sweep/secrets/${_}?fieldManager=bench&force=true" }
    $null = [PlainCalls]::Send(@('PATCH') * $Count, $addresses, $bodies, 'application/apply-patch+yaml', 'Authorization', "Bearer $token", $ThrottleLimit)
    Add-PlainRole "plain$number"
    $methods = 1..$Count | ForEach-Object { $_ % 2 ? 'PATCH' : 'DELETE' }
    $changed = 0..($Count - 1) | ForEach-Object { $_ % 2 ? '' : $bodies[$_].Replace($record, $record.Replace('eHh4', 'eXl5')) }
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $statements = Invoke-PlainStatement "plain$number"
    $null = [PlainCalls]::Send($methods, $addresses, $changed, 'application/apply-patch+yaml', 'Authorization', "Bearer $token", $ThrottleLimit)
    $statements | Wait-Process
    $plain += $watch.Elapsed.TotalSeconds
    Clear-Owner $source "owner$number"
}
Remove-Item $folder -Recurse
Write-Row 'postgresql, records in the cluster' -Sweeps $sweeps -Plain $plain

$vault = $env:KUBEINJECT_TEST_VAULT ? $env:KUBEINJECT_TEST_VAULT : (Get-Command vault, bao -CommandType Application -ErrorAction Ignore | Select-Object -First 1)?.Source
if (-not $vault) { 'Not measured: Vault, because there is no vault or bao on the PATH.'; return }

$port = Get-Random -Minimum 20000 -Maximum 30000
$rootToken = [guid]::NewGuid().ToString()
$logs = (New-TemporaryFile), (New-TemporaryFile)
$process = Start-Process $vault -PassThru -RedirectStandardOutput $logs[0] -RedirectStandardError $logs[1] -ArgumentList server, -dev, -dev-no-store-token, "-dev-root-token-id=$rootToken", "-dev-listen-address=127.0.0.1:$port"
try {
    $address = "http://127.0.0.1:$port"
    $headers = @{ 'X-Vault-Token' = $rootToken }
    while (-not $process.HasExited) { try { $null = Invoke-RestMethod "$address/v1/sys/health" -TimeoutSec 1; break } catch [System.Net.Http.HttpRequestException] { Start-Sleep -Milliseconds 100 } }
    function Write-Vault([string] $Path, $Body) { $null = Invoke-RestMethod "$address/v1/$Path" -Method Post -Headers $headers -Body (ConvertTo-Json $Body) }
    $postgres = [uri]$env:KUBEINJECT_TEST_POSTGRES
    $user, $password = $postgres.UserInfo.Split(':', 2)
    Write-Vault sys/auth/kubernetes @{ type = 'kubernetes' }
    Write-Vault auth/kubernetes/config @{ kubernetes_host = $server; kubernetes_ca_cert = Get-Content -Raw "$env:KUBEINJECT_TEST_CLUSTER/ca.crt" }
    Write-Vault auth/kubernetes/role/sweep @{ bound_service_account_names = '*'; bound_service_account_namespaces = '*'; token_policies = 'sweep' }
    Write-Vault sys/mounts/databases @{ type = 'database' }
    Write-Vault sys/mounts/vault-db-injector @{ type = 'kv'; options = @{ version = '2' } }
    Write-Vault databases/config/pg @{
        plugin_name = 'postgresql-database-plugin'; allowed_roles = '*'; username = $user; password = [uri]::UnescapeDataString("$password")
        connection_url = "postgresql://{{username}}:{{password}}@127.0.0.1:$($postgres.Port)/postgres?sslmode=disable"; max_open_connections = $ThrottleLimit
    }
    Write-Vault databases/roles/sweep @{
        db_name = 'pg'; default_ttl = '1h'; max_ttl = '24h'
        creation_statements = 'CREATE ROLE "{{name}}" LOGIN PASSWORD ''{{password}}'' VALID UNTIL ''{{expiration}}'''
    }
    $null = Invoke-RestMethod "$address/v1/sys/policies/acl/sweep" -Method Put -Headers $headers -Body (ConvertTo-Json @{ policy = 'path "databases/creds/sweep" { capabilities = ["read"] }' })
    $source = New-CredentialSource -Vault $address -Token ([System.Net.NetworkCredential]::new('', $rootToken).SecurePassword)
    $sweeps, $plain = @(), @()
    foreach ($number in 1..$Round) {
        $leases = 1..$Count | ForEach-Object { (Invoke-RestMethod "$address/v1/databases/creds/sweep" -Headers $headers).lease_id }
        $sweeps += Measure-Sweep $source "vault$number"
        $bodies = $leases | ForEach-Object { ConvertTo-Json @{ lease_id = $_ } }
        $addresses = 1..$Count | ForEach-Object { "$address/v1/sys/leases/$($_ % 2 ? 'renew' : 'revoke')" }
        $plain += [PlainCalls]::Send(@('POST') * $Count, $addresses, $bodies, 'application/json', 'X-Vault-Token', $rootToken, $ThrottleLimit)
        Clear-Owner $source "vault$number"
    }
    Write-Row 'vault, records in its KV engine' -Sweeps $sweeps -Plain $plain
}
finally {
    Stop-Process -Id $process.Id
    Remove-Item $logs
}

<#
.SYNOPSIS
Measures one Sync-CredentialLease of many leases, compared with the same number of plain HTTP calls to the same server.

.DESCRIPTION
Half of the leases have a live owner and are renewed, the other half have none and are revoked. The comparison sends the
one necessary call for each lease with the same concurrency: for Vault a renewal or a revocation of the lease; for
PostgreSQL, whose records are Secrets, the API server applies or deletes a record, while psql alters or drops a role.
Every round has new leases; sweep and comparison alternate. Vault is measured if KUBEINJECT_TEST_VAULT is set or Vault is
on the PATH.

For PostgreSQL, each round also runs two sweeps of leases that need nothing, except that 1 % of the leases of the first sweep
have no owner. The script prints their times, the CPU time of this process, for how
many leases they ask the source, and the requests to the API server.

.PARAMETER Count
The numbers of leases to measure, one after the other.

.PARAMETER Round
The number of rounds; medians are printed.

.PARAMETER ThrottleLimit
The number of concurrent calls.

.PARAMETER DatabaseCount
The number of databases that each workload requests, from 1 to 100. Workloads usually request one or two, so that a sweep reads many
small objects. With the default, 100, it reads few large objects, which are created faster.

.EXAMPLE
tests/rig/with-cluster.sh dotnet pwsh -NoProfile -File bench/Measure-LeaseSweep.ps1

.EXAMPLE
tests/rig/with-cluster.sh dotnet pwsh -NoProfile -Command "bench/Measure-LeaseSweep.ps1 -Count 100, 1000, 10000 -Round 1"

.EXAMPLE
tests/rig/with-cluster.sh dotnet pwsh -NoProfile -File bench/Measure-LeaseSweep.ps1 -DatabaseCount 1
#>
param([int[]] $Count = 1000, [int] $Round = 3, [int] $ThrottleLimit = 16, [ValidateRange(1, 100)] [int] $DatabaseCount = 100)

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

# The manifest of a Deployment, or of a pod with the same template.
function Format-Object([string] $Name, [int] $Databases, [string] $Kind) {
    $text = Format-Deployment $Name $Databases
    if ($Kind -eq 'Deployment') { return $text }
    $template = ($text -split "`n" | Select-Object -Skip 6 | ForEach-Object { $_ -replace '^    ' }) -join "`n"
    "apiVersion: v1`nkind: Pod`n" + ($template -replace '^metadata:', "metadata:`n  name: $Name`n  namespace: sweep")
}

# Manifests of up to 100 leases, with this number of leases in total. The annotations of an object have a limited size.
function Format-Workload([string] $Name, [int] $Leases, [string] $Kind) {
    for ($first = 0; $first -lt $Leases; $first += 100) {
        $end = [Math]::Min($first + 100, $Leases)
        $objects = for ($next = $first; $next -lt $end; $next += $DatabaseCount) { Format-Object "$Name-$next" ([Math]::Min($DatabaseCount, $end - $next)) $Kind }
        $objects -join "`n---`n"
    }
}

# Issues leases to workloads of the cluster.
function Add-Owner($Source, [string] $Name, [int] $Leases, [string] $Kind = 'Deployment') {
    foreach ($text in Format-Workload $Name $Leases $Kind) {
        $text | Invoke-CredentialInjection -CredentialSource $Source -AsManifest | kubectl create --validate=false --filename - | Out-Null
    }
}

# Issues leases without an owner.
function Add-Orphan($Source, [int] $Leases) {
    foreach ($text in Format-Workload gone $Leases Deployment) { $null = $text | Invoke-CredentialInjection -CredentialSource $Source }
}

# Runs one sweep; returns its seconds and the CPU seconds of this process.
function Measure-Sweep($Source, [int] $Renewed, [int] $Revoked) {
    $process = [System.Diagnostics.Process]::GetCurrentProcess()
    $cpu = $process.TotalProcessorTime
    $watch = [System.Diagnostics.Stopwatch]::StartNew()
    $summary = Sync-CredentialLease $Source -GracePeriod 0 -ThrottleLimit $ThrottleLimit
    $seconds = $watch.Elapsed.TotalSeconds
    $process.Refresh()
    if ($summary.Renewed -ne $Renewed -or $summary.Revoked -ne $Revoked) { throw "Not all leases were swept: $($summary | Out-String)" }
    [pscustomobject]@{ Seconds = $seconds; Cpu = ($process.TotalProcessorTime - $cpu).TotalSeconds; Kept = $summary.Kept }
}

# Deletes the owners of the leases and the leases, for the next round.
function Clear-Owner($Source) {
    kubectl delete deployments,pods --all --namespace sweep --grace-period=0 --force 2>$null | Out-Null
    $null = Sync-CredentialLease $Source -GracePeriod 0
}

# The requests to the API server for the objects of a sweep.
function Get-ApiRequest {
    $resources = 'secrets|pods|cronjobs|deployments|statefulsets|daemonsets|replicationcontrollers|jobs|podtemplates|controllerrevisions|replicasets'
    $lines = kubectl get --raw /metrics | Select-String -Pattern "^apiserver_request_total\{.*resource=`"($resources)`".*verb=`"(LIST|GET|PATCH|APPLY|DELETE)`".* (\S+)$"
    ($lines | ForEach-Object { [double]$_.Matches[0].Groups[3].Value } | Measure-Object -Sum).Sum
}

# Measures two sweeps of leases that need nothing: one with 1 % of leases without an owner, which it revokes, and one after it.
# Each lease for which a sweep asks the source fails in a sweep whose source cannot be reached.
function Measure-IdleSweep($Source, [int] $Leases) {
    $orphans = [Math]::Max(1, [int]($Leases / 100))
    Add-Owner $Source idle ($Leases - $orphans) Pod
    Add-Orphan $Source $orphans
    $unreachable = New-CredentialSource -PostgreSql 'postgresql://127.0.0.1:1/postgres?user=none' -ServerName bench
    foreach ($revoked in $orphans, 0) {
        $asked = (Sync-CredentialLease $unreachable -GracePeriod 0 -ErrorAction SilentlyContinue -WarningAction Ignore).Failed
        $requests = Get-ApiRequest
        $sweep = Measure-Sweep $Source -Renewed 0 -Revoked $revoked
        $requests = (Get-ApiRequest) - $requests
        '{0} leases in use, {1} without an owner: sweep {2:n2} s, CPU {3:n2} s, asks the source for {4} leases, {5} requests to the API server' -f $sweep.Kept, $revoked, $sweep.Seconds, $sweep.Cpu, $asked, $requests
    }

    Clear-Owner $Source
}

# Creates one role for each lease.
function Add-PlainRole([string] $Name, [int] $Leases) {
    1..$Leases | ForEach-Object { "CREATE ROLE ${Name}_$_ LOGIN;" } | psql --quiet $env:KUBEINJECT_TEST_POSTGRES
}

# Runs one statement for each role, with the concurrency of a sweep.
function Invoke-PlainStatement([string] $Name, [int] $Leases) {
    foreach ($session in 1..$ThrottleLimit) {
        $file = Join-Path $folder "$session.sql"
        $session..$Leases | Where-Object { ($_ - $session) % $ThrottleLimit -eq 0 } |
            ForEach-Object { $_ % 2 ? "ALTER ROLE ${Name}_$_ VALID UNTIL '2100-01-01';" : "DROP ROLE ${Name}_$_;" } | Set-Content $file
    }
    1..$ThrottleLimit | ForEach-Object { Start-Process psql -PassThru -ArgumentList --quiet, --file, (Join-Path $folder "$_.sql"), $env:KUBEINJECT_TEST_POSTGRES }
}

function Get-Median([double[]] $Values) { ($Values | Sort-Object)[[int][Math]::Floor($Values.Count / 2)] }

function Write-Row([string] $Name, [int] $Leases, $Sweeps, [double[]] $Plain) {
    $sweep, $cpu, $calls = (Get-Median $Sweeps.Seconds), (Get-Median $Sweeps.Cpu), (Get-Median $Plain)
    '{0}: sweep of {1} leases {2:n2} s, CPU {3:n2} s, {1} plain calls {4:n2} s, ratio {5:n2}' -f $Name, $Leases, $sweep, $cpu, $calls, ($sweep / $calls)
}

$null = Connect-KubeCluster admin
foreach ($namespace in 'sweep', 'kubeinject') { kubectl create namespace $namespace | Out-Null }
psql --quiet --command 'CREATE ROLE sweep NOLOGIN' $env:KUBEINJECT_TEST_POSTGRES

$folder = New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid()))
$server = (Get-Content -Raw "$env:KUBEINJECT_TEST_CLUSTER/server").Trim()
$token = (Get-Content -Raw "$env:KUBEINJECT_TEST_CLUSTER/admin.token").Trim()
$source = New-CredentialSource -PostgreSql $env:KUBEINJECT_TEST_POSTGRES -ServerName bench
$expiring = New-CredentialSource -PostgreSql $env:KUBEINJECT_TEST_POSTGRES -ServerName bench -TimeToLive 00:00:01 # due for renewal
foreach ($leases in $Count) {
    $sweeps, $plain, $idle = @(), @(), @()
    $half = [int]($leases / 2)
    foreach ($number in 1..$Round) {
        Add-Owner $expiring owner $half
        Add-Orphan $source ($leases - $half)
        $sweeps += Measure-Sweep $source -Renewed $half -Revoked ($leases - $half)
        Clear-Owner $source

        $name = "plain_${leases}_$number"
        $names = 1..$leases | ForEach-Object { "plain-$leases-$number-$_" }
        $record = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes('{"Uuid":"' + ('x' * 500) + '"}'))
        $bodies = $names | ForEach-Object { "{`"apiVersion`":`"v1`",`"kind`":`"Secret`",`"metadata`":{`"name`":`"$_`"},`"data`":{`"lease.json`":`"$record`"}}" }
        $addresses = $names | ForEach-Object { "$server/api/v1/namespaces/sweep/secrets/${_}?fieldManager=bench&force=true" }
        $null = [PlainCalls]::Send(@('PATCH') * $leases, $addresses, $bodies, 'application/apply-patch+yaml', 'Authorization', "Bearer $token", $ThrottleLimit)
        Add-PlainRole $name $leases
        $methods = 1..$leases | ForEach-Object { $_ % 2 ? 'PATCH' : 'DELETE' }
        $changed = 0..($leases - 1) | ForEach-Object { $_ % 2 ? '' : $bodies[$_].Replace($record, $record.Replace('eHh4', 'eXl5')) }
        $watch = [System.Diagnostics.Stopwatch]::StartNew()
        $statements = Invoke-PlainStatement $name $leases
        $null = [PlainCalls]::Send($methods, $addresses, $changed, 'application/apply-patch+yaml', 'Authorization', "Bearer $token", $ThrottleLimit)
        $statements | Wait-Process
        $plain += $watch.Elapsed.TotalSeconds

        $idle += Measure-IdleSweep $source $leases
    }
    Write-Row 'postgresql, records in the cluster' $leases -Sweeps $sweeps -Plain $plain
    $idle
}
Remove-Item $folder -Recurse

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
    $lifetime = [Math]::Max(60, [int](($Count | Measure-Object -Maximum).Maximum / 10))
    Write-Vault databases/roles/sweep @{
        db_name = 'pg'; default_ttl = "${lifetime}s"; max_ttl = '24h'
        creation_statements = 'CREATE ROLE "{{name}}" LOGIN PASSWORD ''{{password}}'' VALID UNTIL ''{{expiration}}'''
    }
    $null = Invoke-RestMethod "$address/v1/sys/policies/acl/sweep" -Method Put -Headers $headers -Body (ConvertTo-Json @{ policy = 'path "databases/creds/sweep" { capabilities = ["read"] }' })
    $source = New-CredentialSource -Vault $address -Token ([System.Net.NetworkCredential]::new('', $rootToken).SecurePassword)
    foreach ($leases in $Count) {
        $sweeps, $plain = @(), @()
        $half = [int]($leases / 2)
        foreach ($number in 1..$Round) {
            $ids = 1..$leases | ForEach-Object { (Invoke-RestMethod "$address/v1/databases/creds/sweep" -Headers $headers).lease_id }
            Add-Owner $source owner $half
            Add-Orphan $source ($leases - $half)
            Start-Sleep -Seconds ($lifetime / 3 + 1) # until the leases are due for renewal
            $sweeps += Measure-Sweep $source -Renewed $half -Revoked ($leases - $half)
            $bodies = $ids | ForEach-Object { ConvertTo-Json @{ lease_id = $_ } }
            $addresses = 1..$leases | ForEach-Object { "$address/v1/sys/leases/$($_ % 2 ? 'renew' : 'revoke')" }
            $plain += [PlainCalls]::Send(@('POST') * $leases, $addresses, $bodies, 'application/json', 'X-Vault-Token', $rootToken, $ThrottleLimit)
            Clear-Owner $source
        }
        Write-Row 'vault, records in its KV engine' $leases -Sweeps $sweeps -Plain $plain
    }
}
finally {
    Stop-Process -Id $process.Id
    Remove-Item $logs
}

# A Vault for tests: a real Vault or OpenBao in dev mode, or the fake of the integration tests.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/TestHelp.psm1

# Starts a Vault on a separate loopback port with a root token: the fake one if no real one is installed.
function Start-TestVault([string] $Token = [guid]::NewGuid().ToString('n')) {
    $program = Get-VaultProgram
    $listening = if ($program) { "127.0.0.1:$(Get-FreePort)" }
    $start = [System.Diagnostics.ProcessStartInfo]::new($program ? $program : 'dotnet')
    $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    if ($program) {
        $start.Arguments = 'server -dev -dev-no-store-token'
        # The token is on no command line.
        foreach ($name in 'VAULT', 'BAO') {
            $start.Environment["${name}_DEV_ROOT_TOKEN_ID"] = $Token
            $start.Environment["${name}_DEV_LISTEN_ADDRESS"] = $listening
        }
        $start.Environment['HOME'] = [System.IO.Path]::GetTempPath()
    }
    else {
        $start.ArgumentList.Add((Resolve-Path "$PSScriptRoot/../KubeInject.IntegrationTests/bin/Release/net10.0/KubeInject.IntegrationTests.dll").Path)
        $start.ArgumentList.Add('vault')
    }
    $process = [System.Diagnostics.Process]::Start($start)
    if (-not $program) { $process.StandardInput.WriteLine($Token) }
    do {
        $line = $process.StandardOutput.ReadLine()
        if ($null -eq $line) { throw 'Vault ended instead of starting.' }
        if ($line -match '^http://(?<listening>.+?)/?$') { $listening = $Matches.listening }
    } until ($line -match '^Root Token:|^http://')
    foreach ($stream in $process.StandardOutput, $process.StandardError) { $null = $stream.BaseStream.CopyToAsync([System.IO.Stream]::Null) }
    [pscustomobject]@{ Program = $program ? $program : "$PSScriptRoot/fake-vault.sh"; Listening = $listening; Address = "http://$listening"; Token = $Token; Process = $process }
}

function Stop-TestVault($Vault) {
    $Vault.Process.Kill()
    $Vault.Process.WaitForExit()
}

# Sends a request as root.
function Invoke-TestVault($Vault, [string] $Path, $Body, [string] $Method = 'Post') {
    Invoke-RestMethod "$($Vault.Address)/v1/$Path" -Method $Method -Headers @{ 'X-Vault-Token' = $Vault.Token } -Body ($null -eq $Body ? $null : (ConvertTo-Json $Body -Depth 5)) -ContentType application/json
}

# Configures the auth methods, the engine for the records, and the database engine with the PostgreSQL of the rig. The token of a
# reviewer is for a ServiceAccount of the cluster.
function Initialize-TestVault($Vault, [string] $Server, [string] $Reviewer, [string] $LeaseMount = 'vault-db-injector') {
    $superuser = [uri]$env:KUBEINJECT_TEST_POSTGRES
    $user, $password = $superuser.UserInfo -split ':'
    foreach ($method in 'kubernetes', 'approle') { $null = Invoke-TestVault $Vault "sys/auth/$method" @{ type = $method } }
    $null = Invoke-TestVault $Vault sys/mounts/databases @{ type = 'database' }
    $null = Invoke-TestVault $Vault "sys/mounts/$LeaseMount" @{ type = 'kv'; options = @{ version = '2' } }
    $null = Invoke-TestVault $Vault auth/kubernetes/config @{ kubernetes_host = $Server; kubernetes_ca_cert = Get-ClusterText ca.crt; token_reviewer_jwt = $Reviewer; disable_iss_validation = $true }
    $null = Invoke-TestVault $Vault databases/config/rig @{
        plugin_name = 'postgresql-database-plugin'; allowed_roles = '*'; username = $user; password = $password
        connection_url = "postgresql://{{username}}:{{password}}@$($superuser.Authority.Split('@')[-1])$($superuser.AbsolutePath)?sslmode=disable"
    }
}

# Lets ServiceAccounts of namespaces request a database role, whose credentials become members of a role in PostgreSQL, if specified.
function Add-TestVaultRole($Vault, [string] $Role, [string[]] $ServiceAccount, [string[]] $Namespace, [string] $MemberOf) {
    $grant = $MemberOf ? " IN ROLE `"$MemberOf`"" : ''
    $null = Invoke-TestVault $Vault "databases/roles/$Role" @{ db_name = 'rig'; default_ttl = '1h'; max_ttl = '24h'; creation_statements = @("CREATE ROLE `"{{name}}`" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'$grant;") }
    $null = Invoke-TestVault $Vault "sys/policies/acl/$Role" @{ policy = "path `"databases/creds/$Role`" { capabilities = [`"read`"] }" }
    $null = Invoke-TestVault $Vault "auth/kubernetes/role/$Role" @{ bound_service_account_names = $ServiceAccount; bound_service_account_namespaces = $Namespace; token_policies = @($Role); audience = 'vault' }
}

Export-ModuleMember -Function Start-TestVault, Stop-TestVault, Invoke-TestVault, Initialize-TestVault, Add-TestVaultRole

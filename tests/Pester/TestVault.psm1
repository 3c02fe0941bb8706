# A real Vault or OpenBao in dev mode, for tests that need one.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'
Import-Module $PSScriptRoot/TestHelp.psm1

# Starts it on a separate loopback port with a root token.
function Start-TestVault([string] $Token) {
    $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listening = "127.0.0.1:$($listener.LocalEndpoint.Port)"
    $listener.Stop()

    # The token is on no command line.
    $start = [System.Diagnostics.ProcessStartInfo]::new((Get-VaultProgram), 'server -dev -dev-no-store-token')
    $start.RedirectStandardOutput = $start.RedirectStandardError = $true
    foreach ($name in 'VAULT', 'BAO') {
        $start.Environment["${name}_DEV_ROOT_TOKEN_ID"] = $Token
        $start.Environment["${name}_DEV_LISTEN_ADDRESS"] = $listening
    }
    $start.Environment['HOME'] = [System.IO.Path]::GetTempPath()
    $process = [System.Diagnostics.Process]::Start($start)
    while (($line = $process.StandardOutput.ReadLine()) -notlike 'Root Token:*') {
        if ($null -eq $line) { throw 'Vault ended instead of starting.' }
    }
    foreach ($stream in $process.StandardOutput, $process.StandardError) { $null = $stream.BaseStream.CopyToAsync([System.IO.Stream]::Null) }
    [pscustomobject]@{ Program = $start.FileName; Listening = $listening; Address = "http://$listening"; Process = $process }
}

function Stop-TestVault($Vault) {
    $Vault.Process.Kill()
    $Vault.Process.WaitForExit()
}

Export-ModuleMember -Function Start-TestVault, Stop-TestVault

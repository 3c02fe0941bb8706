# Functions that the tests share: the files of the cluster, namespaces, manifests, servers that are not API servers.
Set-StrictMode -Version Latest
$ErrorActionPreference = 'Stop'

# A file in the folder of the cluster; tests/rig/README.md lists the files.
function Get-ClusterFile([string] $Name) { Join-Path $env:KUBEINJECT_TEST_CLUSTER $Name }

$script:clusterUid = $null

function Get-ClusterText([string] $Name) { (Get-Content -Raw (Get-ClusterFile $Name)).Trim() }

function Get-ClusterToken([string] $Name) { ConvertTo-SecureString -AsPlainText (Get-ClusterText "$Name.token") }

# The cluster that the records of leases name.
function Get-ClusterUid { kubectl --kubeconfig (Get-ClusterFile kubeconfig) --context admin get namespace kube-system --output 'jsonpath={.metadata.uid}' }

# Writes a complete record of a lease.
function Set-LeaseRecord([string] $Folder, $Record, [double] $AgeMinutes = 60) {
    if (-not $script:clusterUid) { $script:clusterUid = Get-ClusterUid }
    $Record['ClusterUid'] ??= $script:clusterUid
    $null = New-Item -ItemType Directory -Force $Folder
    ConvertTo-Json $Record -Depth 4 | Set-Content "$Folder/$($Record.Uuid).json"
    (Get-Item "$Folder/$($Record.Uuid).json").LastWriteTimeUtc = [DateTime]::UtcNow.AddMinutes(-$AgeMinutes)
}

# A manifest of a pod or Deployment that requests a database, or with other annotations.
function New-Manifest {
    param(
        [string] $Name = 'orders',
        [string] $Namespace,
        [ValidateSet('Pod', 'Deployment')] [string] $Kind = 'Pod',
        [System.Collections.IDictionary] $Annotation = @{ 'orders.role' = 'orders-rw' },
        [System.Collections.IDictionary] $Label = @{ 'vault-db-injector' = 'true' },
        [switch] $AsJson
    )
    $metadata = [ordered]@{ name = $Name }
    if ($Namespace) { $metadata.namespace = $Namespace }
    $podMetadata = [ordered]@{ labels = $Label; annotations = [ordered]@{} }
    foreach ($key in $Annotation.Keys | Sort-Object) { $podMetadata.annotations["db-creds-injector.numberly.io/$key"] = $Annotation[$key] }
    $spec = [ordered]@{ containers = @([ordered]@{ name = 'app'; image = 'registry.example/app:1' }) }
    $manifest = if ($Kind -eq 'Pod') {
        [ordered]@{ apiVersion = 'v1'; kind = $Kind; metadata = $metadata + $podMetadata; spec = $spec }
    }
    else {
        $template = [ordered]@{ metadata = $podMetadata; spec = $spec }
        [ordered]@{ apiVersion = 'apps/v1'; kind = $Kind; metadata = $metadata; spec = [ordered]@{ selector = @{ matchLabels = $Label }; template = $template } }
    }
    if ($AsJson) { ConvertTo-Json $manifest -Depth 20 } else { (ConvertTo-Yaml $manifest) + "`n" }
}

# The subset of YAML that these manifests need; all texts are quoted.
function ConvertTo-Yaml($Value, [string] $Indent = '') {
    $lines = foreach ($key in $Value.Keys) {
        $item = $Value[$key]
        if ($item -is [System.Collections.IDictionary]) { "${Indent}${key}:"; ConvertTo-Yaml $item "$Indent  " }
        elseif ($item -is [array]) { "${Indent}${key}:"; foreach ($child in $item) { "$Indent- " + (ConvertTo-Yaml $child "$Indent  ").TrimStart() } }
        else { "${Indent}${key}: `"$item`"" }
    }
    $lines -join "`n"
}

# A namespace for one test with pods: names, or manifests without a namespace.
function New-TestNamespace([string[]] $Pod = @()) {
    $name = "test-$([guid]::NewGuid().ToString('n').Substring(0, 12))"
    $manifests = @("apiVersion: v1`nkind: Namespace`nmetadata: {name: $name}`n") +
        $Pod.ForEach{ $_ -match '\n' ? $_ : (New-Manifest -Name $_ -Label @{ app = $_ } -Annotation @{}) }
    $null = $manifests -join "---`n" | kubectl create --namespace $name --validate=false --filename -
    $name
}

function Get-TestPod([string] $Name, [string] $Namespace) {
    kubectl get pod $Name --namespace $Namespace --output json | Out-String | ConvertFrom-Json -AsHashtable
}

# The value of a variable of the first container, from the text of a manifest or a pod of Get-TestPod.
function Get-EnvironmentValue($Pod, [string] $Variable) {
    ($Pod.spec.containers[0].env | Where-Object name -EQ $Variable).value
}

# The issued values in the variables of a text, in both formats of manifests.
function Get-IssuedPassword([string] $Text) {
    [regex]::Matches($Text, '(?s)"?name"?: *"?(?:\w*PASSWORD)"?,?\s+"?value"?: *"(?<password>[^"]+)"').ForEach{ $_.Groups['password'].Value }
    [regex]::Matches($Text, '://[^:/"]+:(?<password>[^@"]+)@').ForEach{ $_.Groups['password'].Value }
}

# Whether a text contains a secret in a readable format: unchanged, in base64, or as Export-Clixml writes
# a SecureString without DPAPI: its UTF-16 in hexadecimal.
function Test-Spelling([string] $Text, [string] $Secret) {
    $Text.Contains($Secret) -or
        $Text.Contains([Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Secret)).TrimEnd('=')) -or
        $Text.Contains([Convert]::ToHexString([Text.Encoding]::Unicode.GetBytes($Secret)), [StringComparison]::OrdinalIgnoreCase)
}

# A port without a listener.
function Get-FreePort {
    $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $listener.LocalEndpoint.Port
    $listener.Stop()
}

# A server that accepts connections and, without a response, never sends anything. Requests whose path matches SilentOn
# get no response; the first of them sets Silent. Dispose ends it.
function Start-TestServer([string] $Answer, [string] $SilentOn = '^$', [string] $Status = '200 OK') {
    $listener = [System.Net.Sockets.TcpListener]::new([System.Net.IPAddress]::Loopback, 0)
    $listener.Start()
    $silent = [System.Threading.ManualResetEventSlim]::new()
    if ($Answer) {
        $shell = [powershell]::Create().AddScript({
                param($listener, $answer, $silentOn, $silent, $status)
                $ErrorActionPreference = 'Stop' # which ends it with the listener
                $waiting = while ($true) {
                    $client = $listener.AcceptTcpClient()
                    $stream = $client.GetStream()
                    $request = [byte[]]::new(4096)
                    $length = $stream.Read($request)
                    if ([Text.Encoding]::ASCII.GetString($request, 0, $length).Split(' ')[1] -match $silentOn) {
                        $client
                        $silent.Set()
                        continue
                    }
                    $stream.Write([Text.Encoding]::ASCII.GetBytes("HTTP/1.1 $status`r`nContent-Type: text/html`r`nContent-Length: $($answer.Length)`r`nConnection: close`r`n`r`n$answer"))
                    $client.Dispose()
                }
            }).AddArgument($listener).AddArgument($Answer).AddArgument($SilentOn).AddArgument($silent).AddArgument($Status)
        $null = $shell.BeginInvoke()
    }
    $listener | Add-Member -PassThru -NotePropertyMembers @{ Port = $listener.LocalEndpoint.Port; Silent = $silent }
}

# The proxy of the other suites, compiled from its source: HTTP and SOCKS5, over TLS with a certificate. Targets lists
# the requested destinations. Dispose ends it.
function Start-TestProxy([System.Security.Cryptography.X509Certificates.X509Certificate2] $Certificate) {
    if (-not ('KubeInject.Testing.TestProxy' -as [type])) {
        $implicit = 'System', 'System.Collections.Generic', 'System.IO', 'System.Linq', 'System.Threading', 'System.Threading.Tasks'
        Add-Type ("#nullable enable`n" + ($implicit.ForEach{ "using $_;`n" } -join '') + (Get-Content -Raw $PSScriptRoot/../KubeInject.Testing/TestProxy.cs))
    }
    [KubeInject.Testing.TestProxy]::new($Certificate)
}

# A script in a separate runspace with the module. Next waits for its output: null when it has ended.
function Start-InRunspace([scriptblock] $Script, [object[]] $Argument = @()) {
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $output.BlockingEnumerator = $true
    $shell = [powershell]::Create()
    $null = $shell.AddScript("Import-Module '$(Get-ModulePath)'; & { $Script } @args")
    foreach ($one in $Argument) { $null = $shell.AddArgument($one) }
    $null = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]$null, $output)
    $enumerator = $output.GetEnumerator()
    [pscustomobject]@{ Shell = $shell; Output = $enumerator } |
        Add-Member -PassThru ScriptMethod Next { if ($this.Output.MoveNext()) { $this.Output.Current } } |
        Add-Member -PassThru ScriptMethod Dispose { $this.Shell.Dispose() }
}

# A kubeconfig for a server, without a user unless there is a token.
function New-Kubeconfig([string] $Path, [string] $Server, [string] $Token, [string] $Namespace) {
    $user = if ($Token) { "{token: `"$Token`"}" } else { '{}' }
    $namespace = if ($Namespace) { ", namespace: $Namespace" }
    Set-Content $Path @"
apiVersion: v1
kind: Config
current-context: test
clusters:
- name: test
  cluster: {server: "$Server"$(if ($Server -like 'https:*') { ", certificate-authority: `"$(Get-ClusterFile ca.crt)`"" })}
users:
- name: test
  user: $user
contexts:
- name: test
  context: {cluster: test, user: test$namespace}
"@
    $Path
}

# Starts another instance of the PowerShell that runs the tests: its executable, or a .NET tool, which dotnet runs.
function Invoke-PowerShell {
    $program = [Environment]::ProcessPath
    $first = @(if ((Split-Path $program -LeafBase) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })
    & $program @first @args
}

# Runs a script in another PowerShell, with answers to its prompts and the path of the module as its first argument, and returns its output.
function Invoke-WithAnswer([string[]] $Answer, [scriptblock] $Script, [string[]] $Argument = @()) {
    $file = Join-Path ([System.IO.Path]::GetTempPath()) "$([guid]::NewGuid()).ps1"
    Set-Content $file "Set-StrictMode -Version Latest`n& {`n$Script`n} @args"
    $program = [Environment]::ProcessPath
    $first = @(if ((Split-Path $program -LeafBase) -eq 'dotnet') { Join-Path $PSHOME pwsh.dll })
    try { $Answer | & $program @first -NoProfile -File $file (Get-ModulePath) @Argument }
    finally { Remove-Item $file }
}

# Runs a script in another PowerShell, with the path of the module as its first argument, and returns its output.
function Invoke-InNewProcess([scriptblock] $Script, [string[]] $Argument = @()) {
    $file = Join-Path ([System.IO.Path]::GetTempPath()) "$([guid]::NewGuid()).ps1"
    Set-Content $file "Set-StrictMode -Version Latest`n& {`n$Script`n} @args"
    try { Invoke-PowerShell -NoProfile -NonInteractive -File $file (Get-ModulePath) @Argument }
    finally { Remove-Item $file }
}

# The folder of the NuGet packages, such as Pester.
function Get-PackageFolder { (dotnet nuget locals global-packages --list) -replace '^global-packages: ' }

function Get-ModulePath { (Resolve-Path "$PSScriptRoot/../../out/KubeInject").Path }

# The path of a browser; nothing if there is none.
function Get-Browser { Get-Command chromium, chromium-browser, google-chrome, chrome -CommandType Application -ErrorAction Ignore | Select-Object -First 1 -ExpandProperty Source }

# The path of Vault or OpenBao; nothing if there is none.
function Get-VaultProgram {
    $env:KUBEINJECT_TEST_VAULT ? $env:KUBEINJECT_TEST_VAULT : (Get-Command vault, bao -CommandType Application -ErrorAction Ignore | Select-Object -First 1 -ExpandProperty Source)
}

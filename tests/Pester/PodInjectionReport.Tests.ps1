BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $browser = Get-Requirement Browser
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1, $PSScriptRoot/../../out/KubeInject
    $null = Connect-KubeCluster admin

    # Two pods, one of which lacks a role, and texts that would become markup if they were not encoded.
    $canary = 'canary-7Qd2'
    $namespace = New-TestNamespace @(
        New-Manifest orders -Annotation @{ 'orders.role' = 'orders-rw'; 'orders.env-key-dbuser' = 'PGUSER'; 'orders.env-key-dbpassword' = 'PGPASSWORD' }
        New-Manifest broken -Annotation @{ 'broken.env-key-dbuser' = 'PGUSER'; 'broken.env-key-dbpassword' = 'PGPASSWORD' }
        New-Manifest hostile -Annotation @{ 'hostile.role' = '</script><script>document.title=1</script><img src=x onerror=alert(1)>' }
        New-Manifest templated -Annotation @{ 'templated.role' = 'orders-ro'; 'templated.mode' = 'uri'; 'templated.template' = "postgres://me:$canary@db:5432/orders"; 'templated.env-key-uri' = 'DATABASE_URL' }
        New-Manifest silent -Label @{ app = 'silent' } -Annotation @{}
    )
    $report = Join-Path $TestDrive report.html
    $folder = Join-Path $TestDrive leases
    $source = New-CredentialSource -Local -LeasePath $folder
    $injected = New-Manifest leased -Namespace $namespace | Invoke-CredentialInjection -CredentialSource $source -AsManifest
    Export-PodInjectionReport $report -Namespace $namespace -CredentialSource $source
    $page = Get-Content -Raw $report
}

AfterAll { Disconnect-KubeCluster }

Describe 'Export-PodInjectionReport' {
    It 'writes one page with requested, issued and missing credentials' {
        $page | Should -BeLike '<!DOCTYPE html>*'
        $page | Should -Match '<title>Database credentials of admin \(https://127\.0\.0\.1:\d+/\), \d{4}-\d\d-\d\d \d\d:\d\d UTC</title>'
        $page | Should -BeLike '*4 of 4 pods that request credentials do not have them.*'
        $page | Should -BeLike "*$namespace/</span>orders*role orders-rw of databases*PGUSER, PGPASSWORD*"
        $page | Should -BeLike "*KI003*A database has no role to issue credentials from.*$namespace/broken*Add *role*"
        $page | Should -BeLike "*1 pod requests no credentials.*"
    }

    It 'shows the leases of the source' {
        $uuid = [regex]::Match($injected, '/uuid: "?([0-9a-f-]{36})').Groups[1].Value
        $page | Should -BeLike '*Leases of the source local.*'
        $page | Should -BeLike "*$namespace/pod/leased*$uuid*"
    }

    It 'contains no secret' {
        $password = @(Get-IssuedPassword $injected)
        $password | Should -Not -BeNullOrEmpty
        foreach ($secret in @($canary, (Get-ClusterText admin.token)) + $password) { Test-Spelling $page $secret | Should -BeFalse }
    }

    It 'escapes text of annotations' {
        $page | Should -Not -BeLike '*<img*'
        ([regex]::Matches($page, '<script')).Count | Should -Be 1
    }

    It 'reads all namespaces by default' {
        $file = Export-PodInjectionReport (Join-Path $TestDrive all.html) -PassThru
        $file | Should -BeOfType System.IO.FileInfo
        $all = Get-Content -Raw $file
        $all | Should -BeLike '*all namespaces*'
        $all | Should -BeLike "*$namespace/</span>orders*"
        $all | Should -BeLike '*namespace kubeinject*'
    }

    It 'filters pods by label' {
        $null = Export-PodInjectionReport (Join-Path $TestDrive one.html) -n $namespace -l app=silent -PassThru
        Get-Content -Raw (Join-Path $TestDrive one.html) | Should -BeLike '*No pod requests credentials, and there are no findings.*'
    }

    It 'writes nothing with -WhatIf, and reports the planned file' {
        $path = Join-Path $TestDrive whatif.html
        Export-PodInjectionReport $path -WhatIf
        $path | Should -Not -Exist
    }

    It 'returns an object only with -PassThru' {
        Export-PodInjectionReport (Join-Path $TestDrive quiet.html) -n $namespace | Should -BeNullOrEmpty
    }

    It 'keeps an existing file with -NoClobber, and a read-only file without -Force' {
        $kept = Join-Path $TestDrive kept.html
        Set-Content $kept mine
        { Export-PodInjectionReport $kept -n $namespace -NoClobber } | Should -Throw -ErrorId 'NoClobber,*'
        Set-ItemProperty $kept IsReadOnly $true
        { Export-PodInjectionReport $kept -n $namespace } | Should -Throw -ErrorId 'FileReadOnly,*'
        Get-Content $kept | Should -Be mine
        Export-PodInjectionReport $kept -n $namespace -Force
        Get-Content -Raw $kept | Should -BeLike '<!DOCTYPE html>*'
    }

    It 'writes to a literal path with -LiteralPath, relative to the location of PowerShell' {
        Push-Location $TestDrive
        try {
            (Export-PodInjectionReport -LiteralPath 'a[1].html' -n $namespace -PassThru).FullName | Should -Be (Join-Path $TestDrive 'a[1].html')
            (Export-PodInjectionReport ./here.html -n $namespace -PassThru).FullName | Should -Be (Join-Path $TestDrive here.html)
        }
        finally { Pop-Location }
    }

    It 'reports an error of <Path> before any request' -ForEach @(
        @{ Path = 'none/report.html'; Id = 'PathNotFound,*' }
        @{ Path = '.'; Id = 'NotAFile,*' }
        @{ Path = 'Env:HOME'; Id = 'NotAFile,*' }
    ) {
        Push-Location $TestDrive
        try { { Export-PodInjectionReport $Path -Verbose 4>$null } | Should -Throw -ErrorId $Id }
        finally { Pop-Location }
    }

    It 'reports a missing permission' {
        $viewer = Connect-KubeCluster viewer
        try { { Export-PodInjectionReport (Join-Path $TestDrive none.html) -Connection $viewer } | Should -Throw -ErrorId 'KubeApiForbidden,*' }
        finally { $null = Connect-KubeCluster admin }
        Join-Path $TestDrive none.html | Should -Not -Exist
    }

    It 'needs a connection' {
        Invoke-InNewProcess {
            Import-Module $args[0]
            try { Export-PodInjectionReport ./report.html } catch { $_.FullyQualifiedErrorId }
        } | Should -BeLike 'NotConnected,*'
    }
}

Describe 'The page in a browser' @browser {
    BeforeAll {

        # The page after its script has run in the browser, and the browser log, including requests.
        function Invoke-Browser([string] $Fragment = '') {
            $folder = Join-Path $TestDrive ([guid]::NewGuid())
            $null = New-Item -ItemType Directory $folder
            $address = "file:///$($report.Replace('\', '/').TrimStart('/'))$Fragment"
            $start = [System.Diagnostics.ProcessStartInfo]::new((Get-Browser))
            $start.RedirectStandardOutput = $start.RedirectStandardError = $true
            # The browser itself sends no requests either, because it can resolve no host.
            foreach ($argument in '--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--host-resolver-rules=MAP * ~NOTFOUND',
                "--user-data-dir=$folder/profile", '--enable-logging=stderr', "--log-net-log=$folder/net.json", '--dump-dom', $address) { $start.ArgumentList.Add($argument) }
            $process = [System.Diagnostics.Process]::Start($start)
            $output, $log = $process.StandardOutput.ReadToEndAsync(), $process.StandardError.ReadToEndAsync()
            if (-not $process.WaitForExit(60000)) { $process.Kill($true); throw 'The browser did not end within 60 s.' }
            [pscustomobject]@{
                Dom = $output.Result
                Console = @($log.Result -split '\n' -match 'CONSOLE')
                Requests = @([regex]::Matches((Get-Content -Raw $folder/net.json), '"url":"((?:https?|wss?):[^"]*)"').ForEach{ $_.Groups[1].Value } -notmatch '[./](google|googleapis|gvt1)[.]com/')
            }
        }

        function Get-Shown([string] $Dom) { [regex]::Matches($Dom, '<tr role="row"(?<hidden> hidden="")?><th scope="row"').Where{ -not $_.Groups['hidden'].Success }.Count }
    }

    It 'shows title and counts, without console messages and requests' {
        $seen = Invoke-Browser
        $seen.Dom | Should -Match '<title>Database credentials of admin'
        $seen.Dom | Should -Match '<dd>5</dd>'
        $seen.Dom | Should -BeLike '*<form id="search" role="search">*'
        $seen.Console | Should -BeNullOrEmpty
        $seen.Requests | Should -BeNullOrEmpty
        Get-Shown $seen.Dom | Should -Be ([regex]::Matches($page, '<tr role="row"><th scope="row"')).Count
    }

    It 'searches for the fragment of the URL' {
        $seen = Invoke-Browser '#q=BROKEN%20ki003'
        $seen.Console | Should -BeNullOrEmpty
        $seen.Dom | Should -Match '2 of \d+ rows match “broken ki003”'
        Get-Shown $seen.Dom | Should -Be 2
    }

    It 'sorts a table by a column, and filters rows by state' {
        $script = @'
<script>
const head = document.querySelectorAll('table.pods thead th')[0];
const names = () => Array.from(document.querySelectorAll('table.pods tbody th'), cell => cell.textContent.split('/').pop()).join(',');
head.firstChild.click();
const up = names();
head.firstChild.click();
const down = names();
const state = document.getElementById('state');
const states = Array.from(state.options, option => option.text).join(',');
state.value = 'Pending';
state.dispatchEvent(new Event('change'));
document.title = [up, down, states, head.ariaSort].join(' ');
</script></body>
'@
        $changed = Join-Path $TestDrive sorted.html
        Set-Content $changed ($page.Replace('</body>', $script) -replace '<meta http-equiv="Content-Security-Policy"[^>]*>')
        $report, $before = $changed, $report
        try { $seen = Invoke-Browser } finally { $report = $before }
        $seen.Console | Should -BeNullOrEmpty
        $title = [regex]::Match($seen.Dom, '<title>(.*?)</title>').Groups[1].Value -split ' ', 3
        $title[0] | Should -Be 'broken,hostile,orders,templated'
        $title[1] | Should -Be 'templated,orders,hostile,broken'
        $title[2] | Should -Match '^All,Active,Pending descending$'
        $seen.Dom | Should -Match '\d+ of \d+ rows match Pending<'
    }

    It 'reports that the search has no results' {
        (Invoke-Browser '#q=no-such-text-x').Dom | Should -Match '0 of \d+ rows match'
    }

    It 'is complete without its script' {
        $without = $page -replace '(?s)<script>.*?</script>', ''
        foreach ($text in 'KI003', 'A database has no role', "$namespace/", 'PGUSER, PGPASSWORD') { $without | Should -BeLike "*$text*" }
        $without | Should -BeLike '*<form id="search" role="search" hidden="hidden">*'
    }
}

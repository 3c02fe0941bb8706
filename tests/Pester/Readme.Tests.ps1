# The commands of README.md, and their output.
BeforeDiscovery {
    Import-Module $PSScriptRoot/Requirement.psm1
    $unix = Get-Requirement Unix
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    Import-Module $PSScriptRoot/TestHelp.psm1
    $root = (Resolve-Path $PSScriptRoot/../..).Path
    $commands = [regex]::Matches(((Get-Content -Raw $root/README.md) -split '(?m)^## ')[0], '(?m)^    (?<command>\S.*)$').ForEach{ $_.Groups['command'].Value }
    $tool = (Get-Content -Raw $root/.config/dotnet-tools.json | ConvertFrom-Json).tools.powershell
}

Describe 'The first commands of README.md' -Tag NoCluster {
    It 'are the demo that test.sh runs, ./test.sh, and the program' {
        $commands | Should -HaveCount 3
        $commands[0] | Should -BeLike '* build.ps1 Demo'
        $commands[0] -split ' && ' | Should -BeIn (Get-Content $root/test.sh).Trim()
        $commands[2] | Should -Be ./test.sh
        $commands[1] | Should -BeLike 'dotnet run --project src/KubeInject.Injector -- inject examples/*.yaml --source local' -Because 'tests/KubeInject.IntegrationTests/Injection/ExampleTests.cs runs it'
    }
}

Describe 'The installation in README.md' -Tag NoCluster {
    It 'uses commands that tests run' {
        Import-Module $PSScriptRoot/Guide.psm1
        # test.sh builds the module, this file imports it, and Pages.Tests.ps1 runs the commands of docs/pipelines.md.
        $run = @('dotnet pwsh -NoProfile -File build.ps1', 'Import-Module ./out/KubeInject') + (Get-GuideBlock pipelines.md sh).Script.Split("`n")
        $rows = [regex]::Matches((Get-Content -Raw $root/README.md), '(?m)^\| (?:Module|Program|\[Image).*?\|(?<clone>[^|]+)\|')
        $commands = $rows.ForEach{ [regex]::Matches($_.Groups['clone'].Value, '`(?<command>[^`]+)`').ForEach{ $_.Groups['command'].Value } }
        $commands | Should -HaveCount 5
        $untested = (Get-UntestedCode | Where-Object Page -EQ ../README.md).Text
        foreach ($command in $commands) { $command -in $run -or $untested.Where{ $command.StartsWith($_) } | Should -BeTrue -Because "the README says $command" }
    }
}

Describe 'The demo' -Tag NoCluster {
    BeforeAll {
        Push-Location $TestDrive
        try { $lines = @(Invoke-PowerShell -NoProfile -File $root/build/Show-Demo.ps1 -Module (Get-ModulePath)) }
        finally { Pop-Location }
        $text = $lines -join "`n"
        # The code block at its end.
        $next = $lines.Where({ $_ -eq 'Try it yourself' }, 'SkipUntil') -match '^    ' -replace '^    '
    }

    It 'succeeds' { $LASTEXITCODE | Should -Be 0 }

    It 'shows what a pod requests' { $text | Should -Match 'PS> \(Get-PodInjectionAnnotation ./examples/pod\.yaml\)\.Databases\n(.*\n)+?pg +readonly .*PGUSER, PGPASSWORD' }

    It 'shows why a pod gets nothing' { $text | Should -Match 'PS> Test-PodInjectionAnnotation ./examples/broken/orders\.yaml -Explain\n(.*\n)+?.*\(KI003\)\n' }

    It 'shows the manifest with credentials' { $text | Should -Match 'PS> Get-Item ./examples/pod\.yaml \|\n>> +Invoke-CredentialInjection .*\n(.*\n)+? +- name: PGPASSWORD\n +value: "\w{24}"\n' }

    It 'fits in 80 columns' { $lines | Where-Object Length -GT 80 | Should -BeNullOrEmpty }

    It 'prints commands at its end that work in the current shell' @unix {
        $path = $env:PATH
        try {
            # A PowerShell with a separate executable must be on the PATH.
            $env:PATH = "${PSHOME}:$path"
            Push-Location $root
            $answer = $next -join "`n" | bash 2>&1
        }
        finally {
            Pop-Location
            $env:PATH = $path
        }
        $LASTEXITCODE | Should -Be 0
        $next[0] | Should -Match '^(dotnet )?pwsh -NoLogo$'
        foreach ($line in $next | Select-Object -Skip 1) { "$answer" | Should -Match ([regex]::Escape($line)) }
        "$answer" | Should -Match '\+ +db-creds-injector\.numberly\.io/orders\.role: orders-rw'
        "$answer" | Should -Match 'NAME\s+Invoke-CredentialInjection'
        "$answer" | Should -Not -Match 'is not recognized|not loaded|Exception|Run "dotnet tool restore"'
    }
}

Describe 'The PowerShell commands of README.md' {
    BeforeAll {
        Import-Module $PSScriptRoot/Guide.psm1
        $blocks = @(Get-GuideBlock ../README.md)
        # The lines that README.md shows below a block. An ellipsis replaces lines.
        function Get-ShownLine($Block) {
            $lines = @(Get-Content $root/README.md)
            $end = [array]::IndexOf($lines, '```', $Block.Line)
            $lines[($end + 2)..($lines.Count - 1)].Where({ $_ -notmatch '^(    .*)?$' }, 'Until') -replace '^    ' | Where-Object { $_ -notin '', '…' }
        }

        $session = [powershell]::Create()
        $null = $session.AddScript({
                param($root, $state)
                Set-Location $root
                $env:XDG_STATE_HOME = $state
                $global:ErrorActionPreference = 'Stop'
                $global:PSNativeCommandUseErrorActionPreference = $true
                $global:PSStyle.OutputRendering = 'PlainText'
            }).AddArgument($root).AddArgument("$TestDrive").Invoke()
        $before = $env:XDG_STATE_HOME
        $outputs = foreach ($block in $blocks) {
            $session.Commands.Clear()
            try { $session.AddScript($block.Script).AddCommand('Out-String').AddParameter('Width', 160).Invoke() -join '' }
            catch { throw "README.md, line $($block.Line): $_" }
        }
    }

    AfterAll {
        $session.Dispose()
        $env:XDG_STATE_HOME = $before
        $null = kubectl delete --ignore-not-found --filename "$root/examples/orders.yaml"
    }

    It 'print the output that it shows' {
        $blocks | Should -HaveCount 3
        foreach ($index in 0, 2) {
            $expected = @(Get-ShownLine $blocks[$index])
            $expected.Count | Should -BeGreaterThan 5
            $lines = $outputs[$index].ReplaceLineEndings("`n").Split("`n").TrimEnd()
            foreach ($line in $expected) { $lines | Should -Contain $line -Because "README.md shows it below line $($blocks[$index].Line)" }
        }
    }

    It 'print the manifest with credentials, and create the workload' {
        $outputs[1] | Should -Match 'name: PGPASSWORD\r?\n +value: "\w{24}"'
        $outputs[1] | Should -Match 'deployment\.apps/orders (created|configured)'
    }
}

Describe 'build.ps1 Demo' -Tag NoCluster {
    BeforeAll {
        # A dotnet command that prints something, and succeeds or fails.
        $bin = "$(New-Item -ItemType Directory "$TestDrive/bin")"
        Set-Content $bin/dotnet -Value "#!/bin/sh`necho 'error CS1002: ; expected'`nexit `$FAKE_DOTNET"
        if (-not $IsWindows) { chmod +x $bin/dotnet }

        function Invoke-Demo([int] $ExitCode) {
            $path = $env:PATH
            try {
                $env:PATH = "${bin}:$path"
                $env:FAKE_DOTNET = $ExitCode
                Invoke-PowerShell -NoProfile -File $root/build.ps1 Demo 2>&1 | Out-String
            }
            finally {
                $env:PATH = $path
                Remove-Item env:FAKE_DOTNET
            }
        }
    }

    It 'hides the output of the compiler' @unix {
        $shown = Invoke-Demo 0
        $shown | Should -BeLike 'Building the module*Try it yourself*'
        $shown | Should -Not -Match CS1002
    }

    It 'shows the output of the compiler if it fails, and fails' @unix {
        $shown = Invoke-Demo 1
        $LASTEXITCODE | Should -Be 1
        $shown | Should -Match 'CS1002'
        $shown -replace '\s+(\| )?', ' ' | Should -Match "'dotnet publish .+' failed with exit code 1"
        $shown | Should -Not -Match 'Try it yourself'
    }
}

Describe 'The PowerShell of .config/dotnet-tools.json' -Tag NoCluster {
    It 'is the version in <_>' -ForEach 'README.md', 'docs/getting-started.md' {
        [regex]::Matches((Get-Content -Raw $root/$_), '\b7\.\d+\.\d+\b').Value | Sort-Object -Unique | Should -Be $tool.version
    }

    It 'starts as pwsh' { $tool.commands | Should -Be pwsh }
}

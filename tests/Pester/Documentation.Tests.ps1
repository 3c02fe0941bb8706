BeforeDiscovery {
    $root = (Resolve-Path "$PSScriptRoot/../..").Path
    $pages = foreach ($file in @(Get-ChildItem $root -Filter *.md) + @(Get-ChildItem $root/.github, $root/bench, $root/docs, $root/tests/rig -Recurse -Filter *.md)) {
        @{ Page = [System.IO.Path]::GetRelativePath($root, $file.FullName).Replace('\', '/'); File = $file.FullName }
    }
}

BeforeAll {
    Set-StrictMode -Version Latest
    $ErrorActionPreference = 'Stop'
    $root = (Resolve-Path "$PSScriptRoot/../..").Path

    # The text of a page without code, which contains no links.
    function Get-Prose([string] $File) { (Get-Content -Raw $File) -replace '(?ms)^```.*?^```', '' -replace '`[^`\n]*`', 'code' }

    # The anchors that GitHub generates for the headings of a page.
    function Get-Anchor([string] $File) {
        $seen = @{}
        foreach ($heading in [regex]::Matches(((Get-Content -Raw $File) -replace '(?ms)^```.*?^```', ''), '(?m)^#+ +(?<text>.+?)\s*$')) {
            $anchor = $heading.Groups['text'].Value.ToLowerInvariant() -replace '\[([^\]]*)\]\([^)]*\)', '$1' -replace '[^\p{L}\p{N}\- _]', '' -replace ' ', '-'
            if ($seen.ContainsKey($anchor)) { "$anchor-$($seen[$anchor])" } else { $anchor }
            $seen[$anchor] = 1 + $seen[$anchor]
        }
    }

    # The broken links of a page.
    function Get-BrokenLink([string] $File) {
        foreach ($link in [regex]::Matches((Get-Prose $File), '\]\((?<target>[^)\s]+)(?: "[^"]*")?\)')) {
            $target = $link.Groups['target'].Value
            if ($target -match '^[a-z]+:') { continue }
            $path, $fragment = $target -split '#', 2
            $to = if ($path) { Join-Path (Split-Path $File) $path } else { $File }
            if (-not (Test-Path -LiteralPath $to)) { $target }
            elseif ($fragment -and $fragment -notin (Get-Anchor $to)) { $target }
        }
    }
}

Describe 'The documentation' -Tag NoCluster {
    It 'has no broken link: <Page>' -ForEach $pages {
        Get-BrokenLink $File | Should -BeNullOrEmpty
    }

    It 'has every page in its index' {
        $linked = [regex]::Matches((Get-Content -Raw $root/docs/README.md), '\]\((?<page>[\w-]+\.md)\)').ForEach{ $_.Groups['page'].Value }
        (Get-ChildItem $root/docs -Filter *.md).Name | Where-Object { $_ -notin $linked } | Should -Be README.md
    }

    It 'refers contributors to files and tasks that exist: <_>' -ForEach 'CONTRIBUTING.md', 'docs/contributing.md' {
        $text = Get-Content -Raw $root/$_
        $files = [regex]::Matches($text, '(?<![\w./-])(?:\./)?(?:(?:bench|build|docs|examples|module|src|tests)/[\w./-]*\w|[\w-]+\.(?:ps1|sh|sln)\b)').Value
        $files | Should -Not -BeNullOrEmpty
        $files | Where-Object { -not (Test-Path $root/$_) } | Should -BeNullOrEmpty
        $tasks = (Get-Command $root/build.ps1).Parameters.Task.Attributes.Where{ $_ -is [ValidateSet] }.ValidValues
        [regex]::Matches($text, 'build\.ps1 (?<task>\w+)').ForEach{ $_.Groups['task'].Value } | Where-Object { $_ -notin $tasks } | Should -BeNullOrEmpty
    }

    It 'has the sections that scripts refer to' {
        $scripts = @(Get-ChildItem $root -File -Filter *.sh) + @(Get-ChildItem $root -File -Filter *.ps1) + @(Get-ChildItem $root/build, $root/bench, $root/tests -File -Recurse -Include *.sh, *.ps1, *.psm1)
        $named = foreach ($script in $scripts) {
            [regex]::Matches((Get-Content -Raw $script), '(?<page>[\w/.-]+\.md),\s+"(?<section>[^"]+)"|"(?<section>[^"]+)" in (?<page>[\w/.-]+\.md)').ForEach{
                @{ Script = $script.Name; Page = $_.Groups['page'].Value; Section = $_.Groups['section'].Value }
            }
        }
        $named.Script | Should -Contain test.sh
        $named.Script | Should -Contain build.ps1
        foreach ($one in $named) { Get-Content $root/$($one.Page) | Should -Contain "## $($one.Section)" -Because "$($one.Script) names it" }
    }

    It 'has commands that tests run, except for those that contributing.md lists' {
        Import-Module $PSScriptRoot/Guide.psm1
        foreach ($page in Get-GuidePage) {
            "$PSScriptRoot/$(Get-GuideTest $page).Tests.ps1" | Should -Exist
            # Tests run PowerShell and shell commands. The others are settings, results and pictures.
            Get-CodeBlock $page | Where-Object Language -NotIn powershell, sh, yaml, hcl, text, mermaid | Should -BeNullOrEmpty -Because $page
        }
        $untested = @(Get-UntestedCode)
        $untested.Count | Should -BeGreaterThan 5
        foreach ($one in $untested) { Get-Content -Raw $root/docs/$($one.Page) | Should -BeLike "*$($one.Text)*" -Because 'docs/contributing.md lists it' }
    }

    It 'has a link check that finds broken links' {
        Set-Content "$TestDrive/page.md" '# Some heading', '[a](#some-heading) [b](#none) [c](none.md) [d](page.md#some-heading) [e](https://example.org) `[f](none)`'
        Get-BrokenLink "$TestDrive/page.md" | Should -Be '#none', 'none.md'
    }
}

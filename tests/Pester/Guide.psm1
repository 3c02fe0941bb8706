# Reads the code blocks of the pages, to run them in tests.
Set-StrictMode -Version Latest
$docs = (Resolve-Path "$PSScriptRoot/../../docs").Path

# The pages whose commands need a special environment, and the tests that run them. Pages.Tests.ps1 runs all others.
$separate = @{
    '../README.md'       = 'Readme'
    'getting-started.md' = 'GettingStarted'
    'rotation.md'        = 'RotationRunbook'
    'testing.md'         = 'Testing'
    'troubleshooting.md' = 'Troubleshooting'
}

# All pages with code: their paths from docs/.
function Get-GuidePage {
    '../README.md', '../CONTRIBUTING.md' + (Get-ChildItem $docs -Filter *.md).Name
}

# The name of the test of a page.
function Get-GuideTest([string] $Page) { $separate.ContainsKey($Page) ? $separate[$Page] : 'Pages' }

# The table of docs/contributing.md: the code that no test runs, by a text that it contains ("all" for a complete page).
function Get-UntestedCode {
    foreach ($row in [regex]::Matches((Get-Content -Raw "$docs/contributing.md"), '(?m)^\| `(?<page>[\w./-]+\.md)` \| (?:all|`(?<text>[^`]+)`) \| (?<reason>[^|]+) \|\r?$')) {
        [pscustomobject]@{ Page = $row.Groups['page'].Value; Text = $row.Groups['text'].Value; Reason = $row.Groups['reason'].Value }
    }
}

# The code blocks of a page, in order: each with its heading, language, first line number, and script.
function Get-CodeBlock([string] $Page) {
    $heading = $null
    $lines = $null
    $number = 0
    foreach ($line in Get-Content "$docs/$Page") {
        $number++
        if ($null -ne $lines) {
            if ($line.Trim() -ne '```') { $lines.Add($line) }
            else {
                [pscustomobject]@{ Page = $Page; Heading = $heading; Language = $language; Line = $start; Script = $lines -join "`n" }
                $lines = $null
            }
        }
        elseif ($line -match '^\s*```(?<language>\w*)') {
            $language = $Matches.language
            $start = $number + 1
            $lines = [System.Collections.Generic.List[string]]::new()
        }
        elseif ($line -match '^#+ (?<text>.+)') { $heading = $Matches.text }
    }
}

# The code blocks of a language in a page that tests run.
function Get-GuideBlock([string] $Page, [string[]] $Language = 'powershell') {
    $untested = @(Get-UntestedCode | Where-Object Page -EQ $Page)
    Get-CodeBlock $Page | Where-Object Language -In $Language | Where-Object { $block = $_; -not $untested.Where{ $block.Script.Contains($_.Text) } }
}

Export-ModuleMember -Function Get-GuidePage, Get-GuideTest, Get-UntestedCode, Get-CodeBlock, Get-GuideBlock

# Reads the commands of a guide from its Markdown, to run them in a test.
Set-StrictMode -Version Latest

# The code blocks of a language in a page of docs/, in order: each with its heading, its first line
# number, and its script.
function Get-GuideBlock([string] $Page, [string] $Language = 'powershell') {
    $heading = $null
    $lines = $null
    $number = 0
    foreach ($line in Get-Content "$PSScriptRoot/../../docs/$Page") {
        $number++
        if ($null -ne $lines) {
            if ($line -ne '```') { $lines.Add($line) }
            else {
                if ($kind -eq $Language) { [pscustomobject]@{ Page = $Page; Heading = $heading; Line = $start; Script = $lines -join "`n" } }
                $lines = $null
            }
        }
        elseif ($line -match '^```(?<kind>\w*)') {
            $kind = $Matches.kind
            $start = $number + 1
            $lines = [System.Collections.Generic.List[string]]::new()
        }
        elseif ($line -match '^#+ (?<text>.+)') { $heading = $Matches.text }
    }
}

Export-ModuleMember -Function Get-GuideBlock

# The commands of a guide, as its Markdown has them, to be run in a test.
Set-StrictMode -Version Latest

# The code blocks of a language in a page of docs/, in their order: each with the heading that it stands below, the line
# that it begins on, and its script.
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

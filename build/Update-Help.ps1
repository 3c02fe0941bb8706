<#
.SYNOPSIS
Updates the help of the module: docs/cmdlets, docs/about, and the files in module/en-US that are created from them.
.DESCRIPTION
Edit the description of a parameter in its HelpMessage, and all other texts in docs/cmdlets/*.md and docs/about/*.md. Only
parameters without a HelpMessage, such as WhatIf and Confirm, are described in the page. Syntax, types, aliases, positions
and defaults are read from the module. For Get-Help, the script creates the MAML file with Microsoft.PowerShell.PlatyPS, and
the about topics. If you run it again, nothing changes.

Requires the built module (see build.ps1) and Microsoft.PowerShell.PlatyPS 1.0. Run it in a new PowerShell process,
because a session cannot unload a module.
.PARAMETER Module
The folder of the built module. Its help is updated, too.
.EXAMPLE
./build.ps1
dotnet pwsh -NoProfile -File build/Update-Help.ps1
#>
[CmdletBinding()]
param([string] $Module = "$PSScriptRoot/../out/KubeInject")

$ErrorActionPreference = 'Stop' # no strict mode, because it would also apply to PlatyPS
[cultureinfo]::CurrentCulture = [cultureinfo]::InvariantCulture
Import-Module Microsoft.PowerShell.PlatyPS -MinimumVersion 1.0

$pages = "$PSScriptRoot/../docs/cmdlets"
$topics = "$PSScriptRoot/../docs/about"
$help = "$PSScriptRoot/../module/en-US"
$online = 'https://github.com/kubeinject/kubeinject/blob/main/docs/cmdlets'
$null = New-Item -ItemType Directory -Force $pages, $topics, $help

function Set-Text([string] $Path, [string] $Text) {
    [System.IO.File]::WriteAllText([System.IO.Path]::GetFullPath($Path), $Text.ReplaceLineEndings("`n").TrimEnd() + "`n")
}

# Splits a text at its headings of one level. Ignores lines in fenced code.
function Split-Heading([string] $Text, [int] $Level) {
    $sections = [ordered]@{}
    $heading = ''
    $lines = [System.Collections.Generic.List[string]]::new()
    $isCode = $false
    foreach ($line in $Text.ReplaceLineEndings("`n").Split("`n")) {
        if ($line.StartsWith('```')) { $isCode = -not $isCode }
        if (-not $isCode -and $line -match "^#{$Level} (?<heading>.+)$") {
            $sections[$heading] = ($lines -join "`n").Trim()
            $heading = $Matches.heading.Trim()
            $lines.Clear()
        }
        else { $lines.Add($line) }
    }
    $sections[$heading] = ($lines -join "`n").Trim()
    $sections
}

function Get-Section($Sections, [string] $Name) { if ($Sections.Contains($Name)) { $Sections[$Name] } else { '' } }

# Updates the page of a cmdlet. Keeps its texts, and reads everything else from the module.
function Update-Page([System.Management.Automation.CmdletInfo] $Command) {
    $page = "$pages/$($Command.Name).md"
    $written = Split-Heading ((Test-Path $page) ? (Get-Content -Raw $page) : '') 2
    $found = New-CommandHelp $Command
    $found.Metadata.Remove('ms.date')
    $found.Metadata['HelpUri'] = $found.OnlineVersionUrl = "$online/$($Command.Name).md"
    foreach ($syntax in $found.Syntax) { $syntax.HasCmdletBinding = $true }
    $found.Synopsis = (Get-Section $written SYNOPSIS)
    $found.Description = (Get-Section $written DESCRIPTION)
    $found.Notes = (Get-Section $written NOTES)

    $found.Examples.Clear()
    $examples = Split-Heading (Get-Section $written EXAMPLES) 3
    $number = 0
    foreach ($title in $examples.Keys | Where-Object { $_ }) {
        $number++
        $found.Examples.Add([Microsoft.PowerShell.PlatyPS.Model.Example]::new("Example ${number}: $($title -replace '^Example \d+: ')", $examples[$title]))
    }

    $parameters = Split-Heading (Get-Section $written PARAMETERS) 3
    $default = [System.Activator]::CreateInstance($Command.ImplementingType)
    foreach ($parameter in $found.Parameters) {
        $text, $settings = (Get-Section $parameters "-$($parameter.Name)") -split '(?m)^```yaml$', 2
        $message = $Command.Parameters[$parameter.Name].Attributes.HelpMessage | Where-Object { $_ } | Select-Object -First 1
        $parameter.Description = $message ? $message : $text ? $text.Trim() : $parameter.Description
        $property = $Command.ImplementingType.GetProperty($parameter.Name)
        $value = if ($property) { $property.GetValue($default) }
        $parameter.DefaultValue =
            if ($parameter.Type -eq 'System.Management.Automation.SwitchParameter') { 'False' }
            elseif ($null -ne $value -and $value -isnot [array]) { [string]$value }
            elseif ("$settings" -match "(?m)^DefaultValue: '?(?<value>.*?)'?$") { $Matches.value }
            else { '' }
    }

    if ($Command.OutputType.Count -eq 0) { $found.Outputs.Clear() }
    foreach ($section in 'Inputs', 'Outputs') {
        $texts = Split-Heading (Get-Section $written $section.ToUpperInvariant()) 3
        foreach ($entry in $found.$section) { $entry.Description = Get-Section $texts $entry.Typename }
        foreach ($type in $texts.Keys | Where-Object { $_ -and $_ -notin $found.$section.Typename }) {
            $found.$section.Add([Microsoft.PowerShell.PlatyPS.Model.InputOutput]::new($type, $texts[$type]))
        }
    }

    $found.RelatedLinks.Clear()
    foreach ($link in [regex]::Matches((Get-Section $written 'RELATED LINKS'), '\[(?<text>[^\]]+)\]\((?<uri>[^)]+)\)')) {
        $found.RelatedLinks.Add([Microsoft.PowerShell.PlatyPS.Model.Links]::new($link.Groups['uri'].Value, $link.Groups['text'].Value))
    }

    $folder = (New-Item -ItemType Directory (Join-Path $work ([guid]::NewGuid()))).FullName
    $made = Export-MarkdownCommandHelp $found -OutputFolder $folder -Force
    # Removes the date of the export and the section on aliases, because the cmdlets have none.
    $text = (Get-Content -Raw $made).ReplaceLineEndings("`n") -replace '(?m)^ms\.date: .*\n', '' -replace '(?m)^## ALIASES\n(?:(?!##).*\n)+', ''
    Set-Text $page ($text -replace '(?m)[ \t]+$', '' -replace '\n{3,}', "`n`n")
    $found
}

# Converts Markdown to plain text for the console.
function ConvertTo-Plain([string] $Text) {
    $Text -replace '\[([^\]]+)\]\([^)]+\)', '$1' -replace '`([^`\n]+)`', '$1' -replace '\*\*([^*\n]+)\*\*', '$1'
}

# Returns the paragraphs of a text. Joins the lines of each paragraph, except in code and lists.
function Get-Paragraph([string] $Text) {
    foreach ($part in [regex]::Matches($Text, '(?m)^```\w*\n(?<code>[\s\S]*?)^```$|(?<text>(?:^(?!```).+\n?)+)')) {
        if ($part.Groups['code'].Success) { ($part.Groups['code'].Value.TrimEnd() -split "`n").ForEach{ "    $_".TrimEnd() } -join "`n" }
        elseif ($part.Value -match '^[-*] ') { (ConvertTo-Plain $part.Value).TrimEnd() }
        else { (ConvertTo-Plain $part.Value).Trim() -replace '\s*\n\s*', ' ' }
    }
}

# Adapts the MAML to Get-Help: separates the code of examples from their text, removes Markdown, and adds attributes and default
# values that PlatyPS omits. Get-Help shows types, defaults and descriptions from the list of parameters, so the syntax has none.
function Format-Maml([xml] $Maml, $Pages) {
    $names = [System.Xml.XmlNamespaceManager]::new($Maml.NameTable)
    foreach ($name in 'maml', 'command', 'dev') { $names.AddNamespace($name, $Maml.DocumentElement.GetAttribute("xmlns:$name")) }
    $setParagraphs = {
        param($Node, $Text)
        $Node.RemoveAll()
        foreach ($paragraph in Get-Paragraph $Text) {
            $child = $Maml.CreateElement('maml', 'para', $names.LookupNamespace('maml'))
            $child.InnerText = $paragraph
            $null = $Node.AppendChild($child)
        }
    }
    foreach ($example in $Maml.SelectNodes('//command:example', $names)) {
        $introduction = $example.SelectSingleNode('maml:introduction', $names)
        $text = @($introduction.SelectNodes('maml:para', $names).ForEach{ $_.InnerText }) -notmatch '^\u0080?$' -join "`n`n"
        if ($text -notmatch '(?ms)\A(?<before>.*?)^```powershell\n(?<code>.*?)^```$(?<after>.*)\z') { continue }
        $before, $code, $after = $Matches.before, $Matches.code, $Matches.after
        & $setParagraphs $introduction $before
        $example.SelectSingleNode('dev:code', $names).InnerText = $code.TrimEnd()
        $remarks = $example.SelectSingleNode('dev:remarks', $names)
        & $setParagraphs $remarks $after
        $null = $remarks.AppendChild($Maml.CreateElement('maml', 'para', $names.LookupNamespace('maml'))) # an empty line before the next example
    }
    foreach ($page in $Pages) {
        $command = $Maml.SelectSingleNode("//command:command[command:details/command:name='$($page.Title)']", $names)
        foreach ($parameter in $page.Parameters) {
            $nodes = $command.SelectNodes(".//command:parameter[maml:name='$($parameter.Name)']", $names)
            $all = $nodes | Where-Object { $_.ParentNode.LocalName -eq 'parameters' }
            foreach ($node in $nodes) {
                foreach ($attribute in 'globbing', 'aliases', 'pipelineInput') { $node.SetAttribute($attribute, $all.GetAttribute($attribute)) }
                $node.SetAttribute('position', $node.GetAttribute('position').ToLowerInvariant())
                if ($value = $node.SelectSingleNode('command:parameterValue', $names)) {
                    $value.InnerText = $nodes[0].SelectSingleNode('command:parameterValue', $names).InnerText
                }
                if ($parameter.DefaultValue) {
                    $child = $Maml.CreateElement('dev', 'defaultValue', $names.LookupNamespace('dev'))
                    $child.InnerText = $parameter.DefaultValue
                    $null = $node.AppendChild($child)
                }
            }
        }
    }
    foreach ($unused in $Maml.SelectNodes('//command:syntaxItem//*[self::maml:description or self::dev:type or self::dev:defaultValue]', $names)) { $null = $unused.ParentNode.RemoveChild($unused) }
    foreach ($attribute in $Maml.SelectNodes('//@variableLength | //command:syntaxItem/command:parameter/@globbing | //command:syntaxItem/command:parameter/@aliases', $names)) { $null = $attribute.OwnerElement.RemoveAttributeNode($attribute) }
    foreach ($node in $Maml.SelectNodes('//maml:description | //maml:alert', $names)) {
        & $setParagraphs $node ($node.SelectNodes('maml:para', $names).ForEach{ $_.InnerText } -join "`n`n")
    }
    foreach ($empty in $Maml.SelectNodes('//maml:alertSet[not(.//maml:para)]', $names)) { $null = $empty.ParentNode.RemoveChild($empty) }
    foreach ($link in $Maml.SelectNodes('//maml:uri', $names)) {
        if ($link.InnerText -notmatch '^https://') { $link.InnerText = '' }
    }
    $text = [System.IO.StringWriter]::new()
    $writer = [System.Xml.XmlWriter]::Create($text, [System.Xml.XmlWriterSettings]@{ Indent = $true; IndentChars = ''; NewLineChars = "`n"; OmitXmlDeclaration = $true })
    $Maml.DocumentElement.WriteTo($writer)
    $writer.Close()
    "<?xml version=`"1.0`" encoding=`"utf-8`"?>`n$text"
}

# Wraps a paragraph or a list item to lines of at most 80 characters.
function Split-Line([string] $Text, [string] $Indent) {
    $line = $Indent
    foreach ($word in $Text -split '\s+') {
        if ($line.Length + $word.Length -ge 80 -and $line.Trim()) {
            $line.TrimEnd()
            $line = $Indent + ($Text.StartsWith('- ') ? '  ' : '')
        }
        $line += "$word "
    }
    $line.TrimEnd()
}

# Converts an about topic to the format of Get-Help: headings at the margin, and indented text.
function ConvertTo-Topic([string] $Text) {
    $blocks = [regex]::Matches($Text.ReplaceLineEndings("`n"), '(?m)^# (?<name>.+)$|^##+ (?<heading>.+)$|^```\w*\n(?<code>[\s\S]*?)^```$|(?<text>^(?!#|```)(?:- )?\S.*\n(?:(?!- |#|```).*\S.*\n)*)')
    $isItem = $false
    $lines = foreach ($block in $blocks) {
        $plain = ConvertTo-Plain $block.Groups['text'].Value.Trim()
        if (-not ($isItem -and $plain.StartsWith('- '))) { '' }
        $isItem = $plain.StartsWith('- ')
        if ($block.Groups['name'].Success) { 'TOPIC'; "    $($block.Groups['name'].Value)" }
        elseif ($block.Groups['heading'].Success) { (ConvertTo-Plain $block.Groups['heading'].Value).ToUpperInvariant() }
        elseif ($block.Groups['code'].Success) { $block.Groups['code'].Value.TrimEnd().Split("`n").ForEach{ "        $_".TrimEnd() } }
        else { Split-Line $plain '    ' }
    }
    ($lines -join "`n").Trim() -replace '(?m)(^[A-Z][^\n]*)\n\n', "`$1`n"
}

$work = (New-Item -ItemType Directory (Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid()))).FullName
try {
    # Imports a copy without help files, because PlatyPS would merge their texts into the pages.
    $bare = Join-Path $work KubeInject
    Copy-Item -Recurse $Module $bare
    Remove-Item -Recurse "$bare/en-US" -ErrorAction Ignore
    Import-Module $bare
    $commands = Get-Command -Module KubeInject -CommandType Cmdlet | Sort-Object Name
    $updated = foreach ($command in $commands) { Update-Page $command }
    Get-ChildItem $pages -Filter *.md | Where-Object BaseName -NotIn $commands.Name | Remove-Item

    $maml = $updated | Export-MamlCommandHelp -OutputFolder $work -Force
    Set-Text "$help/$($maml.Name)" (Format-Maml (Get-Content -Raw $maml) $updated)
    Get-ChildItem $help -Filter about_*.help.txt | Remove-Item
    foreach ($topic in Get-ChildItem $topics -Filter about_*.md) {
        Set-Text "$help/$($topic.BaseName).help.txt" (ConvertTo-Topic (Get-Content -Raw $topic))
    }

    $null = New-Item -ItemType Directory -Force "$Module/en-US"
    Copy-Item "$help/*" "$Module/en-US"
}
finally { Remove-Item -Recurse $work }

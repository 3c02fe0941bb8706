# For all PowerShell of this repository; tests/Pester has settings of its own. Run by ./build.ps1 -Task Analyze.
@{
    ExcludeRules = @(
        # PowerShell 7.4, which the module needs, reads UTF-8 without a mark, and .editorconfig wants it without.
        'PSUseBOMForUnicodeEncodedFile'
    )
}

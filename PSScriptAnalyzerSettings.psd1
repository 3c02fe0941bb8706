# For all PowerShell of this repository; module and tests/Pester have separate settings, which add to these.
# Run by ./build.ps1 -Task Analyze.
@{
    ExcludeRules = @(
        # PowerShell 7.4, which the module needs, reads UTF-8 without a mark, and .editorconfig wants it without.
        'PSUseBOMForUnicodeEncodedFile'
        # What users call are cmdlets, which are compiled. Functions are called by scripts, with no user at a prompt.
        'PSUseShouldProcessForStateChangingFunctions'
    )
}

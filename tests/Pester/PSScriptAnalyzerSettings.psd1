# For the tests; what differs from the settings above has to do with being a test.
@{
    ExcludeRules = @(
        # PowerShell 7.4, which the module needs, reads UTF-8 without a mark, and .editorconfig wants it without.
        'PSUseBOMForUnicodeEncodedFile'
        # A variable that BeforeAll sets is read in It: Pester joins the two, which the rule cannot see.
        'PSUseDeclaredVarsMoreThanAssignments'
        # The secrets of tests are made up, or last as long as the cluster of the run.
        'PSAvoidUsingConvertToSecureStringWithPlainText'
        'PSAvoidUsingPlainTextForPassword'
        # Functions of tests are called by tests, with nobody at a prompt who could ask for -WhatIf.
        'PSUseShouldProcessForStateChangingFunctions'
        # A script of a source may write to the host, which is tested.
        'PSAvoidUsingWriteHost'
    )
}

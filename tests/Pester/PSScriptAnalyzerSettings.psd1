# For the tests: the settings of the repository, and what has to do with being a test.
@{
    ExcludeRules = @(
        # PowerShell 7.4, which the module needs, reads UTF-8 without a mark, and .editorconfig wants it without.
        'PSUseBOMForUnicodeEncodedFile'
        # A variable that BeforeAll sets is read in It: Pester joins the two, which the rule cannot see.
        'PSUseDeclaredVarsMoreThanAssignments'
        # The secrets of tests are made up, or last as long as the cluster of the run.
        'PSAvoidUsingConvertToSecureStringWithPlainText'
        'PSAvoidUsingPlainTextForPassword'
        # Functions of tests are called by tests alone, beside which they stand: the rules are about commands for users.
        'PSAvoidUsingPositionalParameters'
        'PSProvideCommentHelp'
        'PSUseShouldProcessForStateChangingFunctions'
        'PSUseSingularNouns'
        # Stand-ins for what would ask somebody, and what a script may do that runs in a cmdlet.
        'PSAvoidOverwritingBuiltInCmdlets'
        'PSAvoidUsingWriteHost'
        # A line that is completed sees global variables alone.
        'PSAvoidGlobalVars'
        # It takes what a parallel script sets itself, by foreach or -ErrorVariable, for what its caller has.
        'PSUseUsingScopeModifierInNewRunspaces'
    )
}

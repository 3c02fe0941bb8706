# The settings of the repository, with exceptions for tests.
@{
    ExcludeRules = @(
        # PowerShell 7.4 and later read UTF-8 without a byte order mark, and .editorconfig requires it.
        'PSUseBOMForUnicodeEncodedFile'
        # A variable that BeforeAll sets is read in It, which the rule cannot detect.
        'PSUseDeclaredVarsMoreThanAssignments'
        # The secrets of tests are fictitious, or valid only for the cluster of the run.
        'PSAvoidUsingConvertToSecureStringWithPlainText'
        'PSAvoidUsingPlainTextForPassword'
        # The rules are for commands for users, and only tests call these functions.
        'PSAvoidUsingPositionalParameters'
        'PSProvideCommentHelp'
        'PSUseShouldProcessForStateChangingFunctions'
        'PSUseSingularNouns'
        # Mocks of prompts, and functions of a script that runs in a cmdlet.
        'PSAvoidOverwritingBuiltInCmdlets'
        'PSAvoidUsingWriteHost'
        # A completed command line sees only global variables.
        'PSAvoidGlobalVars'
        # The rule reports variables that a parallel script sets itself with foreach or -ErrorVariable.
        'PSUseUsingScopeModifierInNewRunspaces'
    )
}

# For what the module has of scripts: the settings of the repository, and what has to do with being called by SecretManagement.
@{
    ExcludeRules = @(
        # PowerShell 7.4, which the module needs, reads UTF-8 without a mark, and .editorconfig wants it without.
        'PSUseBOMForUnicodeEncodedFile'
        # No user calls these functions: SecretManagement does, and says what they are called with, needed or not.
        'PSAvoidUsingPositionalParameters'
        'PSProvideCommentHelp'
        'PSReviewUnusedParameter'
        'PSUseShouldProcessForStateChangingFunctions'
        # Kubernetes' keys differ by case, so a hashtable of them is made with a comparer.
        'PSUseLiteralInitializerForHashtable'
    )
}

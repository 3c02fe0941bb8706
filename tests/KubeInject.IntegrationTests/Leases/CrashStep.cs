namespace KubeInject.IntegrationTests.Leases;

/// <summary>The steps of issuing a credential, before and after each call to another process.</summary>
internal enum CrashStep
{
    Preparing,
    Prepared,
    Recording,
    Recorded,
    Issuing,
    Issued,
    Completing,
    Completed,
    HandedOut,
    Renewing,
    Renewed,
    Noting,
    Noted,
    Revoking,
    Revoked,
    Forgetting,
    Forgotten,
}

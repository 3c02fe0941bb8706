namespace KubeInject.IntegrationTests.Leases;

/// <summary>The order of events in the life of a credential, before and after each call that leaves the process.</summary>
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

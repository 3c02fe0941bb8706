namespace KubeInject.IntegrationTests.Leases;

/// <summary>One credential that a process issues until it is killed.</summary>
/// <param name="Uuid">The lease.</param>
/// <param name="IsOwned">Whether a pod has it: then it is kept, or else it is revoked in the end.</param>
/// <param name="Fails">Whether completing its record fails, so that it is taken back.</param>
/// <param name="StopAt">Where it stops and waits for the end; null where it goes on.</param>
internal sealed record CrashTask(Guid Uuid, bool IsOwned, bool Fails = false, CrashStep? StopAt = null)
{
    /// <summary>The steps that such a credential goes through.</summary>
    public static IEnumerable<CrashStep> StepsOf(bool isOwned, bool fails) => Enum.GetValues<CrashStep>().Where(step => step switch
    {
        >= CrashStep.Revoking => !isOwned || fails,
        > CrashStep.Completing => !fails,
        _ => true,
    });
}

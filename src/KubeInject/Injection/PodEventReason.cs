namespace KubeInject.Injection;

/// <summary>The reasons of the Events that the controller creates on pods.</summary>
internal static class PodEventReason
{
    /// <summary>The component that creates these Events.</summary>
    public const string Component = "kubeinject";

    /// <summary>The Secret with the credentials exists.</summary>
    public const string Issued = "CredentialsIssued";

    /// <summary>The pod does not get credentials unless it or a permission is changed.</summary>
    public const string Refused = "CredentialsRefused";

    /// <summary>The credentials could not be issued yet.</summary>
    public const string Delayed = "CredentialsDelayed";

    /// <summary>The credentials could not be extended.</summary>
    public const string Expiring = "CredentialsExpiring";

    /// <summary>The credentials expire, and no workload replaces the pod.</summary>
    public const string NotReplaced = "PodNotReplaced";

    /// <summary>An annotation of the pod has an unknown value, which has no effect.</summary>
    public const string InvalidAnnotation = "InvalidAnnotation";

    /// <summary>All reasons.</summary>
    public static IReadOnlyList<string> All { get; } = [Issued, Refused, Delayed, Expiring, NotReplaced, InvalidAnnotation];
}

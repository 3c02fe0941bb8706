namespace KubeInject.Leases;

/// <summary>An entry of a lease store that should be a record and cannot be read as one. It is kept as it is, and what it may record is never revoked.</summary>
/// <param name="Location">Where it is: a file, a Secret, a path in Vault.</param>
/// <param name="Reason">Why it cannot be read, and how to look at it, in one line that quotes nothing of its content.</param>
public sealed record UnreadableRecord(string Location, string Reason)
{
    /// <summary>The lease that its name names; null if it names none.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>The entry in one line.</summary>
    /// <returns>Location and reason.</returns>
    public override string ToString() => $"{Location}: {Reason}";
}

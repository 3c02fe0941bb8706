namespace KubeInject.Leases;

/// <summary>An entry of a lease store that cannot be read as a record. It is not changed, and its lease is never revoked.</summary>
/// <param name="Location">The file, the Secret, or the path in Vault.</param>
/// <param name="Reason">The reason, and how to inspect the entry, in one line that quotes no content.</param>
public sealed record UnreadableRecord(string Location, string Reason)
{
    /// <summary>The UUID in the name of the entry; null if the name contains none.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>Describes the entry in one line.</summary>
    /// <returns>The location and the reason.</returns>
    public override string ToString() => $"{Location}: {Reason}";
}

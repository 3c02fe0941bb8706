using KubeInject.Leases;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>The texts that an injection adds to a pod template.</summary>
/// <param name="Uuids">The UUID of each lease, in the order of the databases.</param>
/// <param name="Texts">The text of each variable, in the order of the plan. Empty if a Secret delivers the credentials.</param>
internal sealed record PodValues(IReadOnlyList<Guid> Uuids, IReadOnlyList<string> Texts)
{
    /// <summary>Creates placeholders for a pod whose credentials are not issued yet.</summary>
    /// <remarks>
    /// A placeholder is random, so that it is unique in the document. The text of a variable starts with a brace, so that it is
    /// double-quoted. Credentials are also double-quoted, so a change that was verified with placeholders is valid for them.
    /// </remarks>
    public static PodValues Placeholders(PlannedPod pod) => new(
        [.. pod.Plan?.Databases.Select(_ => Guid.NewGuid()) ?? []],
        pod.Secret is not null ? [] : [.. pod.Plan?.Variables.Select(_ => $"{{{Guid.NewGuid()}}}") ?? []]);

    /// <summary>Creates the values of a pod with issued credentials.</summary>
    /// <exception cref="FormatException">A credential contains a character that an environment variable cannot contain.</exception>
    public static PodValues Of(PlannedPod pod, IReadOnlyList<IssuedLease> credentials)
    {
        var byDatabase = credentials.ToDictionary(lease => lease.Record.Database, lease => lease.Credential, StringComparer.Ordinal);
        return new(
            [.. credentials.Select(lease => lease.Record.Uuid)],
            pod.Secret is not null ? [] : [.. pod.Plan?.Variables.Select(variable => EnvironmentValue.For(variable, byDatabase[variable.Database.Name])) ?? []]);
    }

    /// <summary>Returns the texts that replace these placeholders in the edits of a document.</summary>
    public IEnumerable<(string Placeholder, string Text)> Replacements(PodValues values) =>
    [
        .. Uuids.Zip(values.Uuids, (placeholder, uuid) => ($"{placeholder}", $"{uuid}")),
        .. Texts.Zip(values.Texts, (placeholder, value) => ($"\"{placeholder}\"", ScalarWriter.QuoteChecked(value))),
    ];
}

using KubeInject.Kubernetes.Objects;

namespace KubeInject.Annotations.Dialects;

/// <summary>Checks that are common to all other injectors.</summary>
internal static class DialectChecks
{
    /// <summary>Returns whether a misspelled name is so similar to a known name that it can be corrected.</summary>
    public static bool IsNear(string name, string known) =>
        SpellingSuggester.Distance(name, known, 2) <= 2;

    public static string NameOf(InjectionDialect dialect) =>
        dialect == InjectionDialect.VaultAgent ? "the Vault Agent injector" : "the Bank-Vaults webhook";

    public static void ReportUnknown(
        string key, string prefix, string? nearest, IReadOnlyDictionary<string, string> annotations, FindingList findings)
    {
        var newKey = prefix + nearest;
        findings.Warning(
            FindingCode.UnknownDialectKey,
            key,
            $"Annotation {Redaction.Key(key)} is unknown to {NameOf(DialectKey.Of(key)!.Value)} and has no effect.",
            nearest is null ? "Remove it, or look up the correct name in the documentation of that injector." : $"Rename it to {Redaction.Key(newKey)} if you mean that annotation.",
            nearest is not null && IsNear(key[prefix.Length..], nearest) && !annotations.ContainsKey(newKey) ? Rename(key, newKey) : null);
    }

    /// <summary>Reports keys whose prefix differs from the prefix of an injector by one letter.</summary>
    public static void ReportMisspelledPrefixes(PodTemplate pod, InjectionDialect dialect, FindingList findings)
    {
        foreach (var key in pod.Annotations.Keys)
        {
            if (DialectKey.NearlyOf(key) is not var (prefix, found) || found != dialect)
                continue;
            var newKey = prefix + key[(key.IndexOf('/', StringComparison.Ordinal) + 1)..];
            findings.Warning(
                FindingCode.MisspelledDialectPrefix,
                key,
                $"The prefix of annotation {Redaction.Key(key)} differs from the prefix of {NameOf(dialect)} by one letter, so no injector reads it.",
                $"Rename it to {Redaction.Key(newKey)}.",
                pod.Annotations.ContainsKey(newKey) ? null : Rename(key, newKey));
        }
    }

    /// <summary>Reports annotations in the metadata of the workload.</summary>
    public static void ReportOnWorkload(PodTemplate pod, InjectionDialect dialect, bool hasRequests, FindingList findings)
    {
        var keys = pod.WorkloadAnnotations.Keys.Where(key => DialectKey.Of(key) == dialect).Order(StringComparer.Ordinal).ToList();
        if (keys.Count == 0)
            return;
        var movable = keys.Where(key => !pod.Annotations.ContainsKey(key)).Select(key => new MoveMetadata(MetadataField.Annotation, key)).ToArray();
        var target = $"{MetadataChecks.PodMetadata(pod)}.annotations";
        findings.Add(
            hasRequests ? FindingSeverity.Warning : FindingSeverity.Error,
            FindingCode.AnnotationsOnWorkload,
            movable.Length > 0 ? movable[0].Key : keys[0],
            $"No injector reads these annotations in the metadata of {MetadataChecks.WorkloadOf(pod)}: {string.Join(", ", keys.Select(Redaction.Key))}.",
            $"Move the annotations to {target}.",
            movable.Length == 0 ? null : new Fix($"Move the annotations to {target}.", movable));
    }

    /// <summary>
    /// Parses a path of database credentials and reports its problems. Returns null if it is not such a path.
    /// </summary>
    /// <param name="path">The path.</param>
    /// <param name="key">The annotation or variable that contains the path.</param>
    /// <param name="isWhole">Whether the path is the whole value of an annotation, so that a fix can replace it.</param>
    /// <param name="findings">The list for new findings.</param>
    /// <param name="isMistaken">Whether a finding reports that the path is not a path of credentials.</param>
    public static CredentialPath? ReadPath(string path, string key, bool isWhole, FindingList findings, out bool isMistaken)
    {
        isMistaken = false;
        var trimmed = path.Trim('/');
        if (trimmed.StartsWith(CredentialPath.ApiVersion, StringComparison.Ordinal))
        {
            trimmed = trimmed[CredentialPath.ApiVersion.Length..];
            findings.Error(
                FindingCode.ApiVersionInPath,
                key,
                $"The path in {Redaction.Key(key)} starts with 'v1/', which belongs to the HTTP API of Vault and not to the path.",
                "Remove 'v1/'.",
                isWhole ? Set("Remove 'v1/' from the path.", key, trimmed) : null);
        }

        if (CredentialPath.Parse(trimmed) is { } credentials)
            return credentials;
        if (!CredentialPath.IsElsewhereInDatabase(trimmed))
            return null;
        isMistaken = true;
        var meant = CredentialPath.Meant(trimmed);
        findings.Warning(
            FindingCode.InvalidCredentialPath,
            key,
            $"The path in {Redaction.Key(key)} appears to be in a database secrets engine, but it is not a path of credentials.",
            meant is null ? "Write it as 'MOUNT/creds/ROLE', or 'MOUNT/static-creds/ROLE' for a static role." : $"Write it as {Redaction.Key(meant.Text)}.",
            isWhole && meant is not null ? Set($"Write the path as {Redaction.Key(meant.Text)}.", key, meant.Text) : null);
        return null;
    }

    /// <summary>Returns whether a pod runs to completion, so that its lease usually does not have to be renewed.</summary>
    public static bool RunsToEnd(PodTemplate pod) => pod.Object.Kind is "Job" or "CronJob";

    public static Fix Set(string title, string key, string value) => new(title, [new SetMetadata(MetadataField.Annotation, key, value)]);

    public static Fix Rename(string key, string newKey) =>
        new($"Rename {Redaction.Key(key)} to {Redaction.Key(newKey)}.", [new RenameMetadata(MetadataField.Annotation, key, newKey)]);
}

using System.Globalization;

namespace KubeInject.Annotations;

/// <summary>Reads the UUIDs of the lease records and assigns them to databases.</summary>
internal static class UuidReader
{
    /// <summary>Returns whether the pod has an annotation with UUIDs, which marks it as injected. The value does not matter.</summary>
    public static bool IsInjected(InjectionKeys keys) =>
        keys.Has(InjectionAnnotation.Uuid) || keys.HasLegacyUuid;

    /// <summary>Returns the key of the annotation with the first UUID of an injected pod.</summary>
    public static string KeyOf(InjectionKeys keys) => keys.Has(InjectionAnnotation.Uuid)
        ? InjectionAnnotation.Uuid
        : keys.Databases.First(database => database.Has(DatabaseSetting.LegacyUuid)).Key(DatabaseSetting.LegacyUuid);

    /// <summary>Assigns the UUIDs to the databases, and returns the UUIDs that cannot be assigned.</summary>
    public static IReadOnlyList<string> Assign(InjectionKeys keys, DatabaseInjection[] databases, FindingList findings)
    {
        var legacy = ReadLegacy(keys, findings);
        var listed = keys.Has(InjectionAnnotation.Uuid) ? ReadList(keys, findings) : legacy.FindAll(static uuid => uuid is not null);
        if (listed.Count != databases.Length)
            findings.Warning(
                FindingCode.UuidCountMismatch,
                InjectionAnnotation.Uuid,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The number of UUIDs ({listed.Count}) differs from the number of databases ({databases.Length}), so it is not clear which UUID belongs to which database."),
                "Create the pod again, so that it is injected with its current annotations.");

        var fits = keys.Has(InjectionAnnotation.Uuid) && listed.Count == databases.Length;
        for (var i = 0; i < databases.Length; i++)
            databases[i] = databases[i] with { Uuid = Valid(fits ? listed[i] : null) ?? Valid(legacy[i]) };

        return fits && !keys.HasLegacyUuid ? [] : Unmatched([.. listed, .. legacy], databases);
    }

    private static string[] Unmatched(IEnumerable<string?> uuids, DatabaseInjection[] databases)
    {
        var assigned = databases.Select(database => database.Uuid).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return uuids.Select(Valid).OfType<string>().Where(assigned.Add).ToArray();
    }

    /// <summary>Returns one entry for each database. Null for a database without a UUID.</summary>
    private static List<string?> ReadLegacy(InjectionKeys keys, FindingList findings)
    {
        var uuids = new List<string?>(keys.Databases.Count);
        foreach (var database in keys.Databases)
        {
            var uuid = database.Has(DatabaseSetting.LegacyUuid) ? database.Text(DatabaseSetting.LegacyUuid) ?? "" : null;
            uuids.Add(uuid);
            if (uuid is null)
                continue;
            var key = database.Key(DatabaseSetting.LegacyUuid);
            findings.Information(
                FindingCode.LegacyUuid,
                key,
                $"Annotation {Redaction.Key(key)} is in the manual of the in-cluster injector, but that injector does not use it.",
                $"You do not have to do anything: KubeInject reads it, but writes '{InjectionAnnotation.Uuid}'.");
            ReportInvalid(key, uuid, 1, findings);
        }

        return uuids;
    }

    private static List<string?> ReadList(InjectionKeys keys, FindingList findings)
    {
        if (keys.Text(InjectionAnnotation.Uuid) is not { } text)
            return [];
        var uuids = text.Split(',', StringSplitOptions.TrimEntries);
        for (var i = 0; i < uuids.Length; i++)
            ReportInvalid(InjectionAnnotation.Uuid, uuids[i], i + 1, findings);
        return [.. uuids];
    }

    private static void ReportInvalid(string key, string uuid, int position, FindingList findings)
    {
        if (Valid(uuid) is null)
            findings.Warning(
                FindingCode.InvalidUuid,
                key,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Entry {position} of annotation {Redaction.Key(key)} is not a UUID, so KubeInject does not look for a lease record with that value."),
                "Create the pod again without the annotation, which the injector writes.");
    }

    // The UUID becomes part of a path, so '../' must not reach another lease record.
    // Guid.TryParse is not strict enough: it accepts signs and "0x" between the dashes.
    private static string? Valid(string? uuid)
    {
        if (uuid?.Length != 36)
            return null;
        for (var i = 0; i < uuid.Length; i++)
        {
            if (i is 8 or 13 or 18 or 23 ? uuid[i] != '-' : !char.IsAsciiHexDigit(uuid[i]))
                return null;
        }

        return uuid;
    }
}

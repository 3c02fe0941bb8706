using System.Globalization;

namespace KubeInject.Annotations;

/// <summary>Reads the keys of the lease records and finds the databases that they belong to.</summary>
internal static class UuidReader
{
    /// <summary>Whether the pod says of itself that it is injected: by the annotation's presence, whatever its value.</summary>
    public static bool IsInjected(InjectionKeys keys) =>
        keys.Has(InjectionAnnotation.Uuid) || keys.HasLegacyUuid;

    /// <summary>Puts the UUIDs into the databases; those that belong to none for certain are returned.</summary>
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

    /// <summary>One entry a database, null where it has none.</summary>
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

    // It becomes part of a path, so that whoever writes '../' here must not get at another's lease record.
    // Guid.TryParse will not do: it takes signs and "0x" between the dashes.
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

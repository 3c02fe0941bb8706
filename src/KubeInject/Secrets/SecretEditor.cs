using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Secrets;

/// <summary>Writes and removes Secrets that people keep in the cluster, and nothing that something else looks after.</summary>
/// <remarks>
/// A change is a merge: what it does not name stays. It is written for the very version that was looked at, and looked at
/// and written anew where others were faster, so that nothing that has become somebody's is changed unseen.
/// </remarks>
/// <param name="client">The cluster.</param>
internal sealed class SecretEditor(KubeObjectClient client)
{
    private const int Attempts = 5;

    /// <summary>Says what a change would do. Changes nothing.</summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="SecretWriteException">It is not to be done.</exception>
    /// <exception cref="KubeApiException">The server answers with an error; also where there is no such Secret, and none may be made.</exception>
    public async Task<SecretPlan> PlanAsync(SecretChange change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        SecretNames.CheckName(change.Name);
        foreach (var key in change.Values.Keys)
            SecretNames.CheckKey(change.Name, key);
        foreach (var note in change.Metadata.Keys)
            SecretNames.CheckNote(change.Name, note);

        KubeObject live;
        try
        {
            live = await client.GetAsync(KubeResource.Secrets, change.Name, change.Namespace, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound && change.MayCreate)
        {
            return PlanCreation(change);
        }

        return PlanMerge(change, live);
    }

    /// <summary>Says what a removal would do. Changes nothing.</summary>
    /// <param name="removal">The removal.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="SecretWriteException">It is not to be done.</exception>
    /// <exception cref="KubeApiException">The server answers with an error; also where there is no such Secret.</exception>
    public async Task<SecretPlan> PlanAsync(SecretRemoval removal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(removal);
        SecretNames.CheckName(removal.Name);
        foreach (var key in removal.Keys)
            SecretNames.CheckKey(removal.Name, key);
        var live = await client.GetAsync(KubeResource.Secrets, removal.Name, removal.Namespace, cancellationToken).ConfigureAwait(false);
        if (!removal.Force)
            RefuseKept(live);
        return removal.Keys.Count == 0 ? PlanDeletion(live) : PlanRemoval(live, removal.Keys);
    }

    /// <summary>Does a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="plan">What <see cref="PlanAsync(SecretChange, CancellationToken)"/> has said of it.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>The Secret as it is now.</returns>
    /// <exception cref="SecretWriteException">It is not to be done any more.</exception>
    /// <exception cref="KubeApiException">The server answers with an error.</exception>
    public async Task<SecretContent> WriteAsync(SecretChange change, SecretPlan plan, CancellationToken cancellationToken = default) =>
        SecretContent.Read((await WriteAsync(plan, token => PlanAsync(change, token), cancellationToken).ConfigureAwait(false))!);

    /// <summary>Does a removal.</summary>
    /// <param name="removal">The removal.</param>
    /// <param name="plan">What <see cref="PlanAsync(SecretRemoval, CancellationToken)"/> has said of it.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="SecretWriteException">It is not to be done any more.</exception>
    /// <exception cref="KubeApiException">The server answers with an error; also where the Secret is gone meanwhile.</exception>
    public Task RemoveAsync(SecretRemoval removal, SecretPlan plan, CancellationToken cancellationToken = default) =>
        WriteAsync(plan, token => PlanAsync(removal, token), cancellationToken);

    private static async Task<KubeObject?> WriteAsync(SecretPlan plan, Func<CancellationToken, Task<SecretPlan>> planAgain, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await plan.WriteAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException exception) when (exception.Reason is KubeApiReason.Conflict or KubeApiReason.AlreadyExists)
            {
                if (attempt == Attempts)
                    throw new SecretWriteException(SecretRefusal.Contended, $"{plan.Reference} was changed by other clients during each of {Attempts} attempts to write it. Try again later.");
            }

            plan = await planAgain(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Words(IEnumerable<string> keys)
    {
        var sorted = keys.Order(StringComparer.Ordinal).ToList();
        return sorted.Count == 0 ? "no keys" : $"the {(sorted.Count == 1 ? "key" : "keys")} {string.Join(", ", sorted)}";
    }

    private SecretPlan PlanCreation(SecretChange change)
    {
        var metadata = new JsonObject
        {
            ["name"] = change.Name,
            ["labels"] = new JsonObject { [KubeLeaseStore.ManagedByLabel] = KubeWriteOptions.DefaultFieldManager },
            ["annotations"] = Annotations(change, new HashSet<string>()),
        };
        var secret = new JsonObject
        {
            ["apiVersion"] = KubeResource.Secrets.ApiVersion,
            ["kind"] = KubeResource.Secrets.Kind,
            ["metadata"] = metadata,
            ["type"] = change.Type ?? change.TypeIfNew,
            ["data"] = Data(change),
        };
        return new SecretPlan(Reference(change.Namespace, change.Name), $"Create with {Words(change.Values.Keys)}", async cancellationToken =>
            await client.CreateAsync(KubeResource.Secrets, KubeObject.Parse(secret.ToJsonString()), change.Namespace, null, cancellationToken).ConfigureAwait(false));
    }

    private SecretPlan PlanMerge(SecretChange change, KubeObject live)
    {
        var content = SecretContent.Read(live);
        if (!change.MayExist)
            throw new SecretWriteException(SecretRefusal.Exists, $"{live} already exists, and overwriting it is not allowed.");
        if (!change.Force)
            RefuseKept(live);
        if (change.Type is not null && change.Type != content.Type)
            throw new SecretWriteException(SecretRefusal.OtherType, $"{live} has the type {content.Type}, which cannot be changed to {change.Type}. Remove the Secret before you create it with the new type.");
        if (change.Values.Count > 0)
            RefuseImmutable(live);

        var added = change.Values.Keys.Except(content.Values.Keys, StringComparer.Ordinal).ToList();
        var replaced = change.Values.Keys.Intersect(content.Values.Keys, StringComparer.Ordinal).ToList();
        var actions = new List<string>();
        if (added.Count > 0)
            actions.Add($"add {Words(added)}");
        if (replaced.Count > 0)
            actions.Add($"replace {Words(replaced)}");
        if (change.Metadata.Count > 0)
            actions.Add($"set the metadata {string.Join(", ", change.Metadata.Keys.Order(StringComparer.Ordinal))}");
        var action = string.Join(", ", actions);
        var patch = Patch(live, Data(change), Annotations(change, SecretContent.BinaryKeys(AnnotationsOf(live))));
        return new SecretPlan(
            Reference(live.Namespace, live.Name),
            action.Length == 0 ? "Leave unchanged" : $"{char.ToUpperInvariant(action[0])}{action[1..]}",
            cancellationToken => PatchAsync(live, patch, cancellationToken));
    }

    private SecretPlan PlanRemoval(KubeObject live, IReadOnlyList<string> keys)
    {
        RefuseImmutable(live);
        var content = SecretContent.Read(live);
        if (keys.FirstOrDefault(key => !content.Values.ContainsKey(key)) is { } missing)
        {
            throw new SecretWriteException(
                SecretRefusal.NoKey, $"{live} has no key {missing}. It has {Words(content.Values.Keys)}.");
        }

        var annotations = new JsonObject();
        var binary = SecretContent.BinaryKeys(AnnotationsOf(live));
        if (binary.Overlaps(keys))
            annotations[SecretContent.BinaryKeysAnnotation] = BinaryText(binary.Except(keys, StringComparer.Ordinal));
        var patch = Patch(live, new JsonObject(keys.Distinct(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, (JsonNode?)null))), annotations);
        return new SecretPlan(Reference(live.Namespace, live.Name), $"Remove {Words(keys)}", cancellationToken => PatchAsync(live, patch, cancellationToken));
    }

    private SecretPlan PlanDeletion(KubeObject live) => new(Reference(live.Namespace, live.Name), "Remove; workloads that use it lose its values", async cancellationToken =>
    {
        var options = new KubeDeleteOptions { Uid = live.Uid, ResourceVersion = live.ResourceVersion };
        await client.DeleteAsync(KubeResource.Secrets, live.Name, live.Namespace, options, cancellationToken).ConfigureAwait(false);
        return null;
    });

    private async Task<KubeObject?> PatchAsync(KubeObject live, JsonObject patch, CancellationToken cancellationToken) =>
        await client.PatchAsync(KubeResource.Secrets, live.Name, KubePatch.Merge(patch.ToJsonString()), live.Namespace, null, cancellationToken).ConfigureAwait(false);

    private ObjectReference Reference(string? @namespace, string name) => new("Secret", @namespace ?? client.Namespace, name);

    /// <summary>A merge patch that the server takes only for the version that was looked at.</summary>
    private static JsonObject Patch(KubeObject live, JsonObject data, JsonObject annotations)
    {
        var metadata = new JsonObject { ["uid"] = live.Uid, ["resourceVersion"] = live.ResourceVersion };
        if (annotations.Count > 0)
            metadata["annotations"] = annotations;
        var patch = new JsonObject { ["metadata"] = metadata };
        if (data.Count > 0)
            patch["data"] = data;
        return patch;
    }

    private static JsonObject Data(SecretChange change) =>
        new(change.Values.Select(value => KeyValuePair.Create(value.Key, (JsonNode?)JsonValue.Create(value.Value.ToBase64()))));

    private static JsonObject Annotations(SecretChange change, IReadOnlySet<string> binary)
    {
        var annotations = new JsonObject(change.Metadata.Select(note => KeyValuePair.Create(SecretContent.MetadataPrefix + note.Key, (JsonNode?)note.Value)));
        var after = binary.Except(change.Values.Keys, StringComparer.Ordinal)
            .Concat(change.Values.Where(value => value.Value.IsBinary).Select(value => value.Key)).ToHashSet(StringComparer.Ordinal);
        if (!after.SetEquals(binary))
            annotations[SecretContent.BinaryKeysAnnotation] = BinaryText(after);
        return annotations;
    }

    private static string? BinaryText(IEnumerable<string> keys) => string.Join(',', keys.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : null;

    private static IReadOnlyDictionary<string, string> AnnotationsOf(KubeObject live) => live.ToElement().Get("metadata").Get("annotations").Texts();

    private static void RefuseKept(KubeObject live)
    {
        if (SecretOwnership.KeeperOf(live) is { } keeper)
            throw new SecretWriteException(SecretRefusal.Owned, $"{live} was not changed, because {keeper}. Change it at its source, or specify Force.");
    }

    private static void RefuseImmutable(KubeObject live)
    {
        if (live.ToElement().IsTrue("immutable"))
            throw new SecretWriteException(SecretRefusal.Immutable, $"{live} is immutable: its values cannot be changed. Create a Secret with another name, or remove this Secret first.");
    }
}

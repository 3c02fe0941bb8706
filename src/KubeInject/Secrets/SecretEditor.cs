using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Secrets;

/// <summary>Writes and removes Secrets that users maintain in the cluster. Refuses to change Secrets that another component manages.</summary>
/// <remarks>
/// A change is a merge: keys that it does not name are kept. It applies only to the version of the Secret that was read. If the
/// Secret has changed since, it is read, checked and written again.
/// </remarks>
/// <param name="client">The cluster.</param>
internal sealed class SecretEditor(KubeObjectClient client)
{
    private const int MaxAttempts = 5;

    /// <summary>Plans a change without writing anything.</summary>
    /// <param name="change">The change.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="SecretWriteException">The Secret must not be written.</exception>
    /// <exception cref="KubeApiException">The server returned an error, or the Secret does not exist and must not be created.</exception>
    public async Task<SecretPlan> PlanAsync(SecretChange change, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(change);
        SecretNames.CheckName(change.Name);
        foreach (var key in change.Values.Keys)
            SecretNames.CheckKey(change.Name, key);
        foreach (var metadataName in change.Metadata.Keys)
            SecretNames.CheckMetadataName(change.Name, metadataName);

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

    /// <summary>Plans a removal without removing anything.</summary>
    /// <param name="removal">The removal.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The plan.</returns>
    /// <exception cref="SecretWriteException">The Secret must not be written.</exception>
    /// <exception cref="KubeApiException">The server returned an error, for example because the Secret does not exist.</exception>
    public async Task<SecretPlan> PlanAsync(SecretRemoval removal, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(removal);
        SecretNames.CheckName(removal.Name);
        foreach (var key in removal.Keys)
            SecretNames.CheckKey(removal.Name, key);
        var live = await client.GetAsync(KubeResource.Secrets, removal.Name, removal.Namespace, cancellationToken).ConfigureAwait(false);
        if (!removal.Force)
            RefuseIfManaged(live);
        return removal.Keys.Count == 0 ? PlanDeletion(live) : PlanRemoval(live, removal.Keys);
    }

    /// <summary>Writes a change.</summary>
    /// <param name="change">The change.</param>
    /// <param name="plan">The plan from <see cref="PlanAsync(SecretChange, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>The Secret after the change.</returns>
    /// <exception cref="SecretWriteException">The Secret has changed and must no longer be written.</exception>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    public async Task<SecretContent> WriteAsync(SecretChange change, SecretPlan plan, CancellationToken cancellationToken = default) =>
        SecretContent.Read((await WriteAsync(plan, token => PlanAsync(change, token), cancellationToken).ConfigureAwait(false))!);

    /// <summary>Removes a Secret or some of its keys.</summary>
    /// <param name="removal">The removal.</param>
    /// <param name="plan">The plan from <see cref="PlanAsync(SecretRemoval, CancellationToken)"/>.</param>
    /// <param name="cancellationToken">Cancels the requests.</param>
    /// <returns>A task that completes after the removal.</returns>
    /// <exception cref="SecretWriteException">The Secret has changed and must no longer be written.</exception>
    /// <exception cref="KubeApiException">The server returned an error, for example because the Secret no longer exists.</exception>
    public Task RemoveAsync(SecretRemoval removal, SecretPlan plan, CancellationToken cancellationToken = default) =>
        WriteAsync(plan, token => PlanAsync(removal, token), cancellationToken);

    private static async Task<KubeObject?> WriteAsync(SecretPlan plan, Func<CancellationToken, Task<SecretPlan>> replan, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await plan.WriteAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (KubeApiException exception) when (exception.Reason is KubeApiReason.Conflict or KubeApiReason.AlreadyExists)
            {
                if (attempt == MaxAttempts)
                    throw new SecretWriteException(SecretRefusal.Contended, $"{plan.Reference} was changed by other clients during each of {MaxAttempts} attempts to write it. Try again later.");
            }

            plan = await replan(cancellationToken).ConfigureAwait(false);
        }
    }

    private static string DescribeKeys(IEnumerable<string> keys)
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
        return new SecretPlan(Reference(change.Namespace, change.Name), $"Create with {DescribeKeys(change.Values.Keys)}", async cancellationToken =>
            await client.CreateAsync(KubeResource.Secrets, KubeObject.Parse(secret.ToJsonString()), change.Namespace, null, cancellationToken).ConfigureAwait(false));
    }

    private SecretPlan PlanMerge(SecretChange change, KubeObject live)
    {
        var content = SecretContent.Read(live);
        if (!change.MayExist)
            throw new SecretWriteException(SecretRefusal.Exists, $"{live} already exists, and overwriting it is not allowed.");
        if (!change.Force)
            RefuseIfManaged(live);
        if (change.Type is not null && change.Type != content.Type)
            throw new SecretWriteException(SecretRefusal.OtherType, $"{live} has the type {content.Type}, which cannot be changed to {change.Type}. Remove the Secret before you create it with the new type.");
        if (change.Values.Count > 0)
            RefuseIfImmutable(live);

        var added = change.Values.Keys.Except(content.Values.Keys, StringComparer.Ordinal).ToList();
        var replaced = change.Values.Keys.Intersect(content.Values.Keys, StringComparer.Ordinal).ToList();
        var actions = new List<string>();
        if (added.Count > 0)
            actions.Add($"add {DescribeKeys(added)}");
        if (replaced.Count > 0)
            actions.Add($"replace {DescribeKeys(replaced)}");
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
        RefuseIfImmutable(live);
        var content = SecretContent.Read(live);
        if (keys.FirstOrDefault(key => !content.Values.ContainsKey(key)) is { } missing)
        {
            throw new SecretWriteException(
                SecretRefusal.NoKey, $"{live} has no key {missing}. It has {DescribeKeys(content.Values.Keys)}.");
        }

        var annotations = new JsonObject();
        var binary = SecretContent.BinaryKeys(AnnotationsOf(live));
        if (binary.Overlaps(keys))
            annotations[SecretContent.BinaryKeysAnnotation] = BinaryText(binary.Except(keys, StringComparer.Ordinal));
        var patch = Patch(live, new JsonObject(keys.Distinct(StringComparer.Ordinal).Select(key => KeyValuePair.Create(key, (JsonNode?)null))), annotations);
        return new SecretPlan(Reference(live.Namespace, live.Name), $"Remove {DescribeKeys(keys)}", cancellationToken => PatchAsync(live, patch, cancellationToken));
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

    /// <summary>Creates a merge patch that the server accepts only for the version that was read.</summary>
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
        var annotations = new JsonObject(change.Metadata.Select(entry => KeyValuePair.Create(SecretContent.MetadataPrefix + entry.Key, (JsonNode?)entry.Value)));
        var after = binary.Except(change.Values.Keys, StringComparer.Ordinal)
            .Concat(change.Values.Where(value => value.Value.IsBinary).Select(value => value.Key)).ToHashSet(StringComparer.Ordinal);
        if (!after.SetEquals(binary))
            annotations[SecretContent.BinaryKeysAnnotation] = BinaryText(after);
        return annotations;
    }

    private static string? BinaryText(IEnumerable<string> keys) => string.Join(',', keys.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : null;

    private static IReadOnlyDictionary<string, string> AnnotationsOf(KubeObject live) => live.ToElement().Get("metadata").Get("annotations").Texts();

    private static void RefuseIfManaged(KubeObject live)
    {
        if (SecretOwnership.ReasonToKeep(live) is { } reason)
            throw new SecretWriteException(SecretRefusal.Owned, $"{live} was not changed, because {reason}. Change it at its source, or specify Force.");
    }

    private static void RefuseIfImmutable(KubeObject live)
    {
        if (live.ToElement().IsTrue("immutable"))
            throw new SecretWriteException(SecretRefusal.Immutable, $"{live} is immutable: its values cannot be changed. Create a Secret with another name, or remove this Secret first.");
    }
}

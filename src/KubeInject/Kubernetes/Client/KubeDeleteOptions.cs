using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>How an object is deleted.</summary>
public sealed record KubeDeleteOptions
{
    /// <summary>Whether the server goes through all of it and deletes nothing. Default: false.</summary>
    public bool DryRun { get; init; }

    /// <summary>What becomes of the objects that belong to it; null for the resource's own default (default).</summary>
    public PropagationPolicy? Propagation { get; init; }

    /// <summary>The uid that it has to have, or the server answers <see cref="KubeApiReason.Conflict"/>; null for any (default).</summary>
    public string? Uid { get; init; }

    /// <summary>The version that it has to have, or the server answers <see cref="KubeApiReason.Conflict"/>; null for any (default).</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>How many seconds it has to end; null for its own number (default).</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>The body of the request.</summary>
    internal JsonObject ToJson()
    {
        var json = new JsonObject { ["kind"] = "DeleteOptions", ["apiVersion"] = "v1" };
        if (DryRun)
            json["dryRun"] = new JsonArray("All");
        if (Propagation is { } propagation)
            json["propagationPolicy"] = propagation.ToString();
        if (GracePeriodSeconds is { } seconds)
            json["gracePeriodSeconds"] = seconds;
        if ((Uid ?? ResourceVersion) is null)
            return json;
        var preconditions = new JsonObject();
        if (Uid is not null)
            preconditions["uid"] = Uid;
        if (ResourceVersion is not null)
            preconditions["resourceVersion"] = ResourceVersion;
        json["preconditions"] = preconditions;
        return json;
    }
}

using System.Text.Json.Nodes;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>The options of a delete request.</summary>
internal sealed record KubeDeleteOptions
{
    /// <summary>Whether the server only validates the request and deletes nothing. Default: false.</summary>
    public bool DryRun { get; init; }

    /// <summary>How dependent objects are deleted; null for the default of the resource (default).</summary>
    public PropagationPolicy? Propagation { get; init; }

    /// <summary>The required UID of the object; otherwise the server returns <see cref="KubeApiReason.Conflict"/>. Null for any (default).</summary>
    public string? Uid { get; init; }

    /// <summary>The required resource version of the object; otherwise the server returns <see cref="KubeApiReason.Conflict"/>. Null for any (default).</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>The grace period in seconds; null for the grace period of the object (default).</summary>
    public long? GracePeriodSeconds { get; init; }

    /// <summary>Gets the request body.</summary>
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

/// <summary>How the dependents of a deleted object are deleted.</summary>
internal enum PropagationPolicy
{
    /// <summary>Dependents are deleted after the object.</summary>
    Background,

    /// <summary>Dependents are deleted before the object.</summary>
    Foreground,

    /// <summary>Dependents are kept.</summary>
    Orphan,
}

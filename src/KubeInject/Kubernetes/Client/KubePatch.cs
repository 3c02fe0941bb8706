using System.Text;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>A change to an object, in one of the forms that the API server takes.</summary>
/// <remarks>Prints nothing of the change, for it may be a Secret's.</remarks>
public sealed class KubePatch
{
    private readonly byte[] body;
    private readonly string contentType;
    private readonly string query;
    private readonly bool isRepeatable;

    private KubePatch(string json, string contentType, bool isRepeatable, string query = "")
    {
        ArgumentNullException.ThrowIfNull(json);
        body = Encoding.UTF8.GetBytes(json);
        this.contentType = contentType;
        this.isRepeatable = isRepeatable;
        this.query = query;
    }

    /// <summary>A JSON patch (RFC 6902): operations, each of which has to succeed.</summary>
    /// <param name="json">A JSON array of operations.</param>
    /// <returns>The patch.</returns>
    public static KubePatch Json(string json) => new(json, "application/json-patch+json", isRepeatable: false);

    /// <summary>A JSON merge patch (RFC 7386): fields that replace the object's, null where one is to go.</summary>
    /// <param name="json">A JSON object.</param>
    /// <returns>The patch.</returns>
    public static KubePatch Merge(string json) => new(json, "application/merge-patch+json", isRepeatable: true);

    /// <summary>Server-side apply: all the fields that this field manager wants set, with <c>apiVersion</c>, <c>kind</c> and name. Creates an object that does not exist.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="force">Whether fields of other managers are taken over; otherwise the server answers <see cref="KubeApiReason.Conflict"/>.</param>
    /// <returns>The patch.</returns>
    public static KubePatch Apply(string json, bool force = false) =>
        new(json, "application/apply-patch+yaml", isRepeatable: true, force ? "&force=true" : "");

    /// <summary>The content type by which the server knows the form.</summary>
    /// <returns>The content type.</returns>
    public override string ToString() => contentType;

    /// <summary>The request that has the server change the object under a path.</summary>
    internal ApiRequest At(string path, KubeWriteOptions options) => new(HttpMethod.Patch, path + options.Query + query)
    {
        Body = body,
        ContentType = contentType,
        IsRepeatable = isRepeatable || options.DryRun,
    };
}

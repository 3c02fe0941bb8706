using System.Text;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Kubernetes.Client;

/// <summary>A patch of an object, in a format of the Kubernetes API.</summary>
/// <remarks>The text form does not contain the patch, because the object may be a Secret.</remarks>
internal sealed class KubePatch
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

    /// <summary>Creates a JSON patch (RFC 6902): a list of operations that must all succeed.</summary>
    /// <param name="json">A JSON array of operations.</param>
    /// <returns>The patch.</returns>
    public static KubePatch Json(string json) => new(json, "application/json-patch+json", isRepeatable: false);

    /// <summary>Creates a JSON merge patch (RFC 7386): its fields replace those of the object; null removes a field.</summary>
    /// <param name="json">A JSON object.</param>
    /// <returns>The patch.</returns>
    public static KubePatch Merge(string json) => new(json, "application/merge-patch+json", isRepeatable: true);

    /// <summary>Creates a patch for server-side apply: all fields that the field manager owns, with <c>apiVersion</c>, <c>kind</c> and name. Creates the object if it does not exist.</summary>
    /// <param name="json">A JSON object.</param>
    /// <param name="force">Whether to take over fields of other managers. If false, the server returns <see cref="KubeApiReason.Conflict"/> for such fields.</param>
    /// <returns>The patch.</returns>
    public static KubePatch Apply(string json, bool force = false) =>
        new(json, "application/apply-patch+yaml", isRepeatable: true, force ? "&force=true" : "");

    /// <summary>The content type of the patch.</summary>
    /// <returns>The content type.</returns>
    public override string ToString() => contentType;

    /// <summary>Creates the patch request for the object at a path.</summary>
    internal ApiRequest At(string path, KubeWriteOptions options) => new(HttpMethod.Patch, path + options.Query + query)
    {
        Body = body,
        ContentType = contentType,
        IsRepeatable = isRepeatable || options.DryRun,
    };
}

namespace KubeInject.Http;

/// <summary>
/// Responses that redirect to another address. No client follows a redirect, because the target would receive
/// the credential of the user.
/// </summary>
internal static class Redirect
{
    private const int MaxPathLength = 200;

    /// <summary>Returns whether a status code is a redirect or another 3xx code.</summary>
    public static bool IsRedirect(int statusCode) => statusCode is >= 300 and < 400;

    /// <summary>Gets the target of a redirect for a message.</summary>
    /// <param name="request">The URL of the request, to resolve a relative target.</param>
    /// <param name="response">The response.</param>
    /// <returns>The URL without user, query and fragment, which may contain secrets; null if there is no target.</returns>
    public static string? TargetOf(Uri request, HttpResponseMessage response)
    {
        if (!IsRedirect((int)response.StatusCode) || !response.Headers.NonValidated.TryGetValues("Location", out var values) || values.FirstOrDefault() is not { Length: > 0 } text)
            return null;
        if (!Uri.TryCreate(request, text, out var target) || target.Host.Length == 0)
            return "an address that cannot be read";
        var path = target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return path.Length > MaxPathLength ? $"{path[..MaxPathLength]}…" : path;
    }
}

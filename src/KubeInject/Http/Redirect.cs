namespace KubeInject.Http;

/// <summary>
/// An answer that points to another address. No client follows one: anyone who controls the answer would get
/// the credential of the next request.
/// </summary>
internal static class Redirect
{
    private const int LongestPath = 200;

    /// <summary>Whether an answer with this status code points elsewhere, or has nothing that a request needs.</summary>
    public static bool IsRedirect(int statusCode) => statusCode is >= 300 and < 400;

    /// <summary>The address that an answer points to, for a message.</summary>
    /// <param name="request">The address of the request.</param>
    /// <param name="response">The answer.</param>
    /// <returns>The address without user, query and fragment, which may hold secrets; null where there is none.</returns>
    public static string? TargetOf(Uri request, HttpResponseMessage response)
    {
        if (!IsRedirect((int)response.StatusCode) || !response.Headers.NonValidated.TryGetValues("Location", out var values) || values.FirstOrDefault() is not { Length: > 0 } text)
            return null;
        if (!Uri.TryCreate(request, text, out var target) || target.Host.Length == 0)
            return "an address that cannot be read";
        var path = target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return path.Length > LongestPath ? $"{path[..LongestPath]}…" : path;
    }
}

using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>Describes failures that apply to a whole manifest.</summary>
internal static class ManifestFailure
{
    /// <summary>Returns one line with the position. Null if the exception is not such a failure.</summary>
    public static string? Describe(ManifestSource manifest, Exception exception) => exception switch
    {
        ManifestException => exception.Message,
        IOException or UnauthorizedAccessException => Describe(manifest, exception.Message),
        _ => null,
    };

    /// <summary>Returns a message that begins with the file.</summary>
    public static string Describe(ManifestSource manifest, string message) =>
        manifest.File is null || message.StartsWith(manifest.File, StringComparison.Ordinal) ? message : $"{manifest.File}: {message}";
}

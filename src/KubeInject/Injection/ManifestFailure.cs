using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>What is said of a manifest that came to nothing as a whole.</summary>
internal static class ManifestFailure
{
    /// <summary>One line with the place; null for what is no such failure.</summary>
    public static string? Describe(ManifestSource manifest, Exception exception) => exception switch
    {
        ManifestException => exception.Message,
        IOException or UnauthorizedAccessException => manifest.File is null || exception.Message.StartsWith(manifest.File, StringComparison.Ordinal) ? exception.Message : $"{manifest.File}: {exception.Message}",
        _ => null,
    };
}

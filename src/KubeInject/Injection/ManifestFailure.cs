using KubeInject.Manifests;

namespace KubeInject.Injection;

/// <summary>Describes failures that apply to a whole manifest.</summary>
internal static class ManifestFailure
{
    /// <summary>Returns one line with the position. Null if the exception is not such a failure.</summary>
    public static string? Describe(ManifestSource manifest, Exception exception) => exception switch
    {
        ManifestException => exception.Message,
        IOException or UnauthorizedAccessException => manifest.File is null || exception.Message.StartsWith(manifest.File, StringComparison.Ordinal) ? exception.Message : $"{manifest.File}: {exception.Message}",
        _ => null,
    };
}

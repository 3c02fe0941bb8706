using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Finds the leases that documents name.</summary>
internal static class TemplateLeases
{
    /// <summary>Those that a pod template names.</summary>
    public static IEnumerable<Guid> OfTemplate(JsonElement template) => InjectionAnnotation.LeasesOf(template.Get("metadata").Get("annotations").Texts());

    /// <summary>
    /// Those that an annotation names wherever it is in a document. Operators keep pod templates, and annotations for the
    /// pods that they create, in fields of their own choice, at any depth.
    /// </summary>
    public static IEnumerable<Guid> Anywhere(KubeObject document)
    {
        // A tenth of the time of reading it, and most documents end here.
        if (document.ToUtf8().Span.IndexOf(Mark) < 0)
            return [];
        var found = new List<Guid>();
        Search(document.ToElement(), found);
        return found;
    }

    private static ReadOnlySpan<byte> Mark => "db-creds-injector.numberly.io"u8;

    private static void Search(JsonElement element, List<Guid> found)
    {
        if (element.ValueKind == JsonValueKind.Object)
        {
            found.AddRange(InjectionAnnotation.LeasesOf(element.Texts()));
            foreach (var property in element.EnumerateObject())
                Search(property.Value, found);
        }

        foreach (var item in element.Items())
            Search(item, found);
    }
}

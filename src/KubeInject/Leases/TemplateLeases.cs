using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Http;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Leases;

/// <summary>Finds the UUIDs of leases in documents.</summary>
internal static class TemplateLeases
{
    /// <summary>Finds the leases in the annotations of a pod template.</summary>
    public static IEnumerable<Guid> OfTemplate(JsonElement template) => InjectionAnnotation.LeasesOf(template.Get("metadata").Get("annotations").Texts());

    /// <summary>
    /// Finds the leases in annotations anywhere in a document, because operators store pod templates and pod annotations in custom
    /// fields at any depth.
    /// </summary>
    public static IEnumerable<Guid> Anywhere(KubeObject document)
    {
        // This search takes a tenth of the time of parsing, and most documents contain no annotation.
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

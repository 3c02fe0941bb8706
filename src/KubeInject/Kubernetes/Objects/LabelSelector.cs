using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>Selects objects by their labels. An object must meet all requirements. A selector without requirements selects all objects.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements</remarks>
internal sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    /// <summary>Reads a selector of an API object. A missing selector selects all objects.</summary>
    public static LabelSelector Read(JsonElement selector) => new(
    [
        .. selector.Get("matchLabels").Texts().OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => new LabelRequirement(label.Key, "In", [label.Value])),
        .. selector.Get("matchExpressions").Items().Select(expression => new LabelRequirement(
            expression.Text("key") ?? "", expression.Text("operator") ?? "", [.. expression.Get("values").Items().Select(value => value.Text()).OfType<string>()])),
    ]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) => FirstUnmet(labels) is null;

    /// <summary>Gets the first requirement that labels do not meet; null if they meet all.</summary>
    public LabelRequirement? FirstUnmet(IReadOnlyDictionary<string, string> labels) => Requirements.FirstOrDefault(requirement => !requirement.IsMetBy(labels));

    /// <summary>Returns whether a requirement refers to a key.</summary>
    public bool Names(string key) => Requirements.Any(requirement => requirement.Key == key);

    /// <summary>The selector in the syntax of list requests: <c>app=orders,!legacy</c>.</summary>
    public override string ToString() => string.Join(',', Requirements);
}

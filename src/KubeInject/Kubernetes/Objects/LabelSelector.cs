using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Kubernetes.Objects;

/// <summary>Which objects are meant, by their labels. All requirements have to hold; without any, all objects are meant.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements</remarks>
internal sealed record LabelSelector(IReadOnlyList<LabelRequirement> Requirements)
{
    /// <summary>Reads a selector as objects of the API have it; what is missing selects everything.</summary>
    public static LabelSelector Read(JsonElement selector) => new(
    [
        .. selector.Get("matchLabels").Texts().OrderBy(label => label.Key, StringComparer.Ordinal).Select(label => new LabelRequirement(label.Key, "In", [label.Value])),
        .. selector.Get("matchExpressions").Items().Select(expression => new LabelRequirement(
            expression.Text("key") ?? "", expression.Text("operator") ?? "", [.. expression.Get("values").Items().Select(value => value.Text()).OfType<string>()])),
    ]);

    public bool Matches(IReadOnlyDictionary<string, string> labels) => FirstUnmet(labels) is null;

    /// <summary>The first requirement that labels do not meet; null where they meet all.</summary>
    public LabelRequirement? FirstUnmet(IReadOnlyDictionary<string, string> labels) => Requirements.FirstOrDefault(requirement => !requirement.IsMetBy(labels));

    /// <summary>Whether a key is asked about.</summary>
    public bool Names(string key) => Requirements.Any(requirement => requirement.Key == key);

    /// <summary>The selector as lists take it: <c>app=orders,!legacy</c>.</summary>
    public override string ToString() => string.Join(',', Requirements);
}

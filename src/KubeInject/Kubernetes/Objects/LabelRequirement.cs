namespace KubeInject.Kubernetes.Objects;

/// <summary>What a selector asks of one label.</summary>
/// <param name="Key">The label.</param>
/// <param name="Operator"><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>; any other is never met.</param>
/// <param name="Values">The values that <c>In</c> and <c>NotIn</c> are about.</param>
internal sealed record LabelRequirement(string Key, string Operator, IReadOnlyList<string> Values)
{
    /// <summary>Whether labels meet it. A label that is not there meets <c>NotIn</c>.</summary>
    public bool IsMetBy(IReadOnlyDictionary<string, string> labels) => (Operator, labels.TryGetValue(Key, out var value)) switch
    {
        ("In", var isThere) => isThere && Values.Contains(value, StringComparer.Ordinal),
        ("NotIn", var isThere) => !isThere || !Values.Contains(value, StringComparer.Ordinal),
        ("Exists", var isThere) => isThere,
        ("DoesNotExist", var isThere) => !isThere,
        _ => false,
    };

    /// <summary>The requirement as lists take it: <c>app=orders</c>, <c>tier in (web,api)</c>, <c>!legacy</c>.</summary>
    public override string ToString() => Operator switch
    {
        "In" when Values is [var only] => $"{Key}={only}",
        "In" => $"{Key} in ({string.Join(',', Values)})",
        "NotIn" => $"{Key} notin ({string.Join(',', Values)})",
        "DoesNotExist" => $"!{Key}",
        _ => Key,
    };
}

namespace KubeInject.Kubernetes.Objects;

/// <summary>A requirement of a selector for one label.</summary>
/// <param name="Key">The key of the label.</param>
/// <param name="Operator"><c>In</c>, <c>NotIn</c>, <c>Exists</c> or <c>DoesNotExist</c>; other operators never match.</param>
/// <param name="Values">The values for <c>In</c> and <c>NotIn</c>.</param>
internal sealed record LabelRequirement(string Key, string Operator, IReadOnlyList<string> Values)
{
    /// <summary>Returns whether labels meet the requirement. A missing label meets <c>NotIn</c>.</summary>
    public bool IsMetBy(IReadOnlyDictionary<string, string> labels) => (Operator, labels.TryGetValue(Key, out var value)) switch
    {
        ("In", var exists) => exists && Values.Contains(value, StringComparer.Ordinal),
        ("NotIn", var exists) => !exists || !Values.Contains(value, StringComparer.Ordinal),
        ("Exists", var exists) => exists,
        ("DoesNotExist", var exists) => !exists,
        _ => false,
    };

    /// <summary>The requirement in the syntax of list requests: <c>app=orders</c>, <c>tier in (web,api)</c>, <c>!legacy</c>.</summary>
    public override string ToString() => Operator switch
    {
        "In" when Values is [var only] => $"{Key}={only}",
        "In" => $"{Key} in ({string.Join(',', Values)})",
        "NotIn" => $"{Key} notin ({string.Join(',', Values)})",
        "DoesNotExist" => $"!{Key}",
        _ => Key,
    };
}

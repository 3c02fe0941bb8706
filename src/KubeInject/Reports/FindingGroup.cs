using KubeInject.Annotations;

namespace KubeInject.Reports;

/// <summary>The same finding on one or more objects.</summary>
internal sealed record FindingGroup
{
    /// <summary>The code; see <see cref="FindingCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>The severity.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>The problem.</summary>
    public required string Message { get; init; }

    /// <summary>The remedy; null if nothing has to be done.</summary>
    public string? Suggestion { get; init; }

    /// <summary>The objects in ordinal order: single pods, and pods of one template as <c>shop/orders-5d4f*</c>.</summary>
    public required IReadOnlyList<string> Objects { get; init; }
}

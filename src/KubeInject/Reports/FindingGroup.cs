using KubeInject.Annotations;

namespace KubeInject.Reports;

/// <summary>Findings that say the same of several objects.</summary>
public sealed record FindingGroup
{
    /// <summary>The code; see <see cref="FindingCode"/>.</summary>
    public required string Code { get; init; }

    /// <summary>How much it matters.</summary>
    public required FindingSeverity Severity { get; init; }

    /// <summary>What is the matter.</summary>
    public required string Message { get; init; }

    /// <summary>What to do about it; null where nothing has to be done.</summary>
    public string? Suggestion { get; init; }

    /// <summary>What it is about, in ordinal order: single pods, and pods of one template as <c>shop/orders-5d4f*</c>.</summary>
    public required IReadOnlyList<string> Objects { get; init; }
}

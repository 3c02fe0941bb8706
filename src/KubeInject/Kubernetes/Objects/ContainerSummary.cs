namespace KubeInject.Kubernetes.Objects;

/// <summary>A container of a pod: what was asked for, and how it fares.</summary>
public sealed record ContainerSummary
{
    /// <summary>The container's name; empty where the object gives none.</summary>
    public string Name => Declaration.Name;

    /// <summary>Whether it stands under <c>initContainers</c>.</summary>
    public bool IsInit => Declaration.IsInit;

    /// <summary>The image that was asked for; null where the object gives none.</summary>
    public string? Image { get; init; }

    /// <summary>Whether it is ready. Default: false, as for a container that has not been started.</summary>
    public bool Ready { get; init; }

    /// <summary>How often it was restarted. Default: 0.</summary>
    public int RestartCount { get; init; }

    /// <summary>Names of the variables in <c>env</c>, in the order of the object, repeated as often as they stand there.</summary>
    public IReadOnlyList<string> Variables => Declaration.Variables;

    /// <summary>Name and image.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Image is null ? Name : $"{Name} ({Image})";

    /// <summary>What it says of its variables, for the injection.</summary>
    internal PodContainer Declaration { get; init; } = new("", false, []);
}

namespace KubeInject.Kubernetes.Objects;

/// <summary>A container of a pod: its specification and status.</summary>
public sealed record ContainerSummary
{
    /// <summary>The name of the container; empty if the object has none.</summary>
    public string Name
    {
        get => Declaration.Name;
        init => Declaration = Declaration with { Name = value };
    }

    /// <summary>Whether it is in <c>initContainers</c>.</summary>
    public bool IsInit
    {
        get => Declaration.IsInit;
        init => Declaration = Declaration with { IsInit = value };
    }

    /// <summary>The image of the specification; null if the object has none.</summary>
    public string? Image { get; init; }

    /// <summary>Whether the container is ready. Default: false, as for a container that has not started.</summary>
    public bool Ready { get; init; }

    /// <summary>The number of restarts. Default: 0.</summary>
    public int RestartCount { get; init; }

    /// <summary>The names of the variables in <c>env</c>, in the order of the object, including duplicates.</summary>
    public IReadOnlyList<string> Variables
    {
        get => ReadableList.Of(Declaration.Variables);
        init => Declaration = Declaration with { Variables = value };
    }

    /// <summary>The name and the image.</summary>
    /// <returns>One line.</returns>
    public override string ToString() => Image is null ? Name : $"{Name} ({Image})";

    /// <summary>The variables of the container, for the injection.</summary>
    internal PodContainer Declaration { get; init; } = new("", false, []);
}

using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Rotation;

/// <summary>What became of the rotation of one workload's credentials. Holds no secret.</summary>
public sealed record RotationResult
{
    /// <summary>The workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>What became of it.</summary>
    public required RotationStatus Status { get; init; }

    /// <summary>The databases in the order of their names, each with the lease that the workload has now.</summary>
    public IReadOnlyList<InjectedDatabase> Databases { get; init; } = [];

    /// <summary>The containers that have the variables, init containers first.</summary>
    public IReadOnlyList<string> Containers { get; init; } = [];

    /// <summary>What is the matter with its annotations.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The leases of before that were revoked.</summary>
    public IReadOnlyList<Guid> Revoked { get; init; } = [];

    /// <summary>The leases of before that are still there, though the workload has new ones; <see cref="Warning"/> says why.</summary>
    public IReadOnlyList<Guid> NotRevoked { get; init; } = [];

    /// <summary>What is left to be done after a rotation, in one line; null where nothing is.</summary>
    public string? Warning { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>Why it was not done, or not to its end, in one line; null where it was.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }
}

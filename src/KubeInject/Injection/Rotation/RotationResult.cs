using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection.Rotation;

/// <summary>The result of the rotation of a workload's credentials. Contains no secret.</summary>
public sealed record RotationResult
{
    /// <summary>The workload.</summary>
    public required ObjectReference Object { get; init; }

    /// <summary>The status of the rotation.</summary>
    public required RotationStatus Status { get; init; }

    /// <summary>The databases in the order of their names, each with the current lease of the workload.</summary>
    public IReadOnlyList<InjectedDatabase> Databases { get; init => field = ReadableList.Of(value, database => database.Name); } = ReadableList<InjectedDatabase>.Empty;

    /// <summary>The containers that have the variables, init containers first.</summary>
    public IReadOnlyList<string> Containers { get; init => field = ReadableList.Of(value); } = ReadableList<string>.Empty;

    /// <summary>The findings of the workload's annotations.</summary>
    public IReadOnlyList<Finding> Findings { get; init => field = ReadableList.Of(value, finding => finding.Code); } = ReadableList<Finding>.Empty;

    /// <summary>The old leases that were revoked.</summary>
    public IReadOnlyList<Guid> Revoked { get; init => field = ReadableList.Of(value); } = ReadableList<Guid>.Empty;

    /// <summary>The old leases that were not revoked, although the workload has new ones. <see cref="Warning"/> contains the reason.</summary>
    public IReadOnlyList<Guid> NotRevoked { get; init => field = ReadableList.Of(value); } = ReadableList<Guid>.Empty;

    /// <summary>What the user has to do after the rotation, in one line. Null if there is nothing to do.</summary>
    public string? Warning { get; init => field = value is null ? null : DisplayText.Escape(value); }

    /// <summary>The reason why the rotation was not completed, in one line. Null if it was completed.</summary>
    public string? Error { get; init => field = value is null ? null : DisplayText.Escape(value); }
}

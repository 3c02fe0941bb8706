using KubeInject.Annotations;

namespace KubeInject.Diagnosis;

/// <summary>
/// Selects the findings of many diagnoses that are reported: a finding about a workload once, and not for each of its pods, and a finding
/// about the cluster once, after all others.
/// </summary>
internal sealed class FindingSelection
{
    private readonly HashSet<string> ofWorkloads = new(StringComparer.Ordinal);
    private readonly List<Finding> ofCluster = [];

    /// <summary>Selects the findings of a diagnosis, without those about the cluster.</summary>
    /// <param name="diagnosis">The diagnosis.</param>
    /// <param name="findings">Its findings to report.</param>
    public IReadOnlyList<Finding> Select(PodDiagnosis diagnosis, IEnumerable<Finding> findings)
    {
        var selected = new List<Finding>();
        foreach (var finding in findings)
        {
            if (finding.Code == FindingCode.NoInjector)
                ofCluster.Add(finding);
            else if (finding.Object == diagnosis.Object || ofWorkloads.Add($"{finding}"))
                selected.Add(finding);
        }

        return selected;
    }

    /// <summary>Selects the findings about the cluster, each with the number of its further objects.</summary>
    public IReadOnlyList<Finding> SelectOfCluster() =>
    [
        .. ofCluster.GroupBy(finding => finding.Message).Select(same => same.Count() == 1 ? same.First() : same.First() with
        {
            Message = $"{same.Key} This also applies to {Verdict.Count(same.Count() - 1, "other object")}.",
        }),
    ];
}

using System.Globalization;
using System.Reflection;
using KubeInject.Annotations;
using KubeInject.Annotations.Dialects;
using KubeInject.Diagnosis;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Reports;

/// <summary>
/// Creates a report on the requested, injected, and missing credentials of the pods of a cluster. Changes nothing. Reads the
/// metadata of all pods, and checks only one pod of each template in the cluster, up to <see cref="MaxTemplates"/>.
/// </summary>
/// <param name="connection">The cluster.</param>
/// <param name="source">The source of the credentials and of the lease records; null for the records of KubeInject in the cluster (default).</param>
/// <param name="options">The settings of the annotations, as configured in the injector. Default: <see cref="InjectionOptions.Default"/>, with the label of the injector that is installed in the cluster.</param>
/// <param name="time">The clock. Default: the system clock.</param>
internal sealed class PodInjectionReporter(KubeConnection connection, CredentialSource? source = null, InjectionOptions? options = null, TimeProvider? time = null)
{
    private readonly TimeProvider time = time ?? TimeProvider.System;
    private readonly PodDiagnostician diagnostician = new(options, connection.Objects, source, time);

    /// <summary>The maximum number of templates that are checked in the cluster; each requires up to ten requests. Default: 250.</summary>
    public int MaxTemplates { get; init; } = 250;

    /// <summary>Creates a report.</summary>
    /// <param name="query">The pods to report.</param>
    /// <param name="progress">Receives the progress; null for none.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The report. What could not be checked is in <see cref="PodInjectionReport.Gaps"/>.</returns>
    /// <exception cref="KubeApiException">Access to the pods is denied.</exception>
    /// <exception cref="KubeConnectionException">The cluster does not answer.</exception>
    public async Task<PodInjectionReport> CreateAsync(KubeQuery query, IProgress<ReportProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        var read = await ReadAsync(query, counts, progress, cancellationToken).ConfigureAwait(false);
        var gaps = new SortedSet<string>(StringComparer.Ordinal);
        read.AddRange(await ReadWorkloadsAsync(query, counts, gaps, cancellationToken).ConfigureAwait(false));
        var templates = PodGroupBuilder.Group(read);
        await CheckTemplatesAsync(templates, gaps, progress, cancellationToken).ConfigureAwait(false);
        progress?.Report(new ReportProgress("Reading leases", 0, 0));
        var (leases, leaseSource) = await new LeaseReader(connection.Objects, source, time).ReadAsync(query, gaps, cancellationToken).ConfigureAwait(false);
        var podsOf = templates.ToLookup(template => template.Namespace, StringComparer.Ordinal);
        return new PodInjectionReport
        {
            Server = connection.Server.ToString(),
            Context = connection.Context,
            User = connection.User,
            ServerVersion = connection.ServerVersion,
            Version = VersionOfEngine,
            CreatedAt = time.GetUtcNow(),
            Scope = Scope(query),
            Namespaces = [.. counts.Select(count => Summary(count.Key, count.Value, [.. podsOf[count.Key]]))],
            Pods = [.. templates.Select(template => template.ToGroup())],
            Findings = Findings(templates),
            Leases = leases,
            LeaseSource = leaseSource,
            Gaps = [.. gaps],
        };
    }

    private static string VersionOfEngine =>
        typeof(PodInjectionReporter).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "";

    private async Task<List<TemplatePod>> ReadAsync(KubeQuery query, SortedDictionary<string, int> counts, IProgress<ReportProgress>? progress, CancellationToken cancellationToken)
    {
        var requesting = new List<TemplatePod>();
        var done = 0;
        var used = await diagnostician.OptionsAsync(cancellationToken).ConfigureAwait(false);
        await foreach (var pods in connection.Objects.ListMetadataBatchesAsync(KubeResource.Pods, query, cancellationToken).ConfigureAwait(false))
        {
            foreach (var pod in pods)
            {
                var @namespace = pod.Namespace ?? "";
                counts[@namespace] = counts.GetValueOrDefault(@namespace) + 1;
                var injections = PodInjections.ReadAll(pod, used);
                if (injections.Any(injection => injection.State != InjectionState.None || injection.Findings.Count > 0))
                    requesting.Add(await ReadRecordsAsync(new TemplatePod(pod, injections), cancellationToken).ConfigureAwait(false));
            }

            progress?.Report(new ReportProgress("Reading pods", done += pods.Count, 0));
        }

        return requesting;
    }

    /// <summary>Reads the workloads whose annotations have no effect. If the query selects pods by labels, no workloads are included.</summary>
    private async Task<IEnumerable<TemplatePod>> ReadWorkloadsAsync(KubeQuery query, SortedDictionary<string, int> counts, SortedSet<string> gaps, CancellationToken cancellationToken)
    {
        if (await diagnostician.ListWorkloadsAsync(query with { LabelSelector = null }, cancellationToken).ConfigureAwait(false) is { } problem)
            gaps.Add(problem);
        var workloads = query.LabelSelector is null ? await diagnostician.DiagnoseWorkloadsAsync(cancellationToken).ConfigureAwait(false) : [];
        foreach (var workload in workloads)
            counts.TryAdd(workload.Object.Namespace ?? "", 0);
        return workloads.Select(TemplatePod.OfWorkload);
    }

    /// <summary>Checks whether the leases of a fully injected pod are recorded. This sends no request for the pod.</summary>
    private async Task<TemplatePod> ReadRecordsAsync(TemplatePod pod, CancellationToken cancellationToken) =>
        pod.State == InjectionState.Injected && pod.Injections.All(injection => injection.State != InjectionState.Pending)
            ? pod with { Diagnosis = await diagnostician.DiagnoseInjectedAsync(pod.Metadata, cancellationToken).ConfigureAwait(false) }
            : pod;

    private async Task CheckTemplatesAsync(IReadOnlyList<PodGroupBuilder> templates, SortedSet<string> gaps, IProgress<ReportProgress>? progress, CancellationToken cancellationToken)
    {
        var hasSourceChecks = SourceChecks.Of(source).Any();

        // Injected pods are complete after the check of their lease records, unless the source has checks.
        var candidates = templates.Where(template => !template.IsWorkload).Where(template => template.State != InjectionState.Injected || !template.IsDiagnosed || hasSourceChecks).ToList();
        if (candidates.Count > MaxTemplates)
        {
            gaps.Add(string.Create(CultureInfo.InvariantCulture,
                $"{candidates.Count - MaxTemplates} of {candidates.Count} templates were not checked in the cluster; only their annotations were read. To check them, select fewer pods with -Namespace or -LabelSelector."));
        }

        var chosen = candidates.OrderBy(template => template.State == InjectionState.Injected).Take(MaxTemplates).ToList();
        for (var i = 0; i < chosen.Count; i++)
        {
            progress?.Report(new ReportProgress("Checking templates", i, chosen.Count));
            await CheckTemplateAsync(chosen[i], gaps, cancellationToken).ConfigureAwait(false);
        }

        foreach (var step in templates.Select(template => template.Diagnosis).OfType<PodDiagnosis>().SelectMany(diagnosis => diagnosis.Steps))
        {
            if (step.State == DiagnosisStatus.Unknown)
                gaps.Add(char.ToUpperInvariant(step.Text[0]) + step.Text[1..]);
        }
    }

    private async Task CheckTemplateAsync(PodGroupBuilder template, SortedSet<string> gaps, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await connection.GetPodAsync(template.Newest.Name, template.Newest.Namespace, cancellationToken).ConfigureAwait(false);
            template.Diagnosis = await diagnostician.DiagnoseAsync(pod, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            // The pod was deleted in the meantime. Its annotations still apply to the other pods.
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.Forbidden)
        {
            gaps.Add(ClusterCache.MissingPermission("get", KubeResource.Pods, template.Namespace));
        }
    }

    private static NamespaceSummary Summary(string name, int pods, IReadOnlyList<PodGroupBuilder> templates)
    {
        return new NamespaceSummary(
            name,
            pods,
            templates.Where(template => template.State != InjectionState.None).Sum(template => template.Pods.Count),
            templates.Where(template => template.State == InjectionState.Injected).Sum(template => template.Pods.Count),
            templates.Where(template => template.State == InjectionState.Pending).Sum(template => template.Pods.Count),
            Count(FindingSeverity.Error),
            Count(FindingSeverity.Warning),
            Count(FindingSeverity.Information));

        int Count(FindingSeverity severity) => templates.Sum(template => template.Findings.Count(finding => finding.Severity == severity));
    }

    private static FindingGroup[] Findings(IReadOnlyList<PodGroupBuilder> templates) =>
    [
        .. from template in templates
           from finding in template.Findings
           group template.DisplayName by (finding.Severity, finding.Code, finding.Message, finding.Suggestion) into same
           orderby same.Key.Severity descending
           select new FindingGroup
           {
               Code = same.Key.Code,
               Severity = same.Key.Severity,
               Message = Redaction.OneLine(same.Key.Message),
               Suggestion = same.Key.Suggestion is { } suggestion ? Redaction.OneLine(suggestion) : null,
               Objects = [.. same.Order(StringComparer.Ordinal)],
           } into made
           group made by (made.Severity, made.Code) into ofCode
           orderby ofCode.Key.Severity descending, ofCode.Key.Code
           from one in ofCode.OrderBy(one => one.Objects[0], StringComparer.Ordinal).ThenBy(one => one.Message, StringComparer.Ordinal)
           select one,
    ];

    private static string Scope(KubeQuery query) =>
        (query.Namespace is null ? "all namespaces" : $"the namespace {query.Namespace}") + (query.LabelSelector is null ? "" : $", pods with {query.LabelSelector}");
}

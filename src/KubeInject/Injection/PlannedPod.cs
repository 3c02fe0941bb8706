using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>A pod template that was read, and what is to become of it.</summary>
/// <param name="Template">What the template says.</param>
/// <param name="Plan">Which variables it gets; null where it gets none.</param>
/// <param name="Delivery">How it gets them; null where it gets none.</param>
/// <param name="Result">What there is to tell of it so far.</param>
internal sealed record PlannedPod(PodTemplate Template, InjectionPlan? Plan, PodDelivery? Delivery, InjectionResult Result)
{
    public bool IsPlanned => Result.Status == InjectionStatus.Planned;

    /// <summary>Reads a template and plans for it.</summary>
    /// <param name="template">The template.</param>
    /// <param name="options">What the operator has set of the annotation contract.</param>
    /// <param name="delivery">How it is to get credentials.</param>
    /// <param name="namespace">The namespace of a template that names none; null where nobody knows.</param>
    /// <param name="replaces">Whether credentials that it has are to be replaced by new ones.</param>
    public static PlannedPod Read(
        ManifestPodTemplate template, InjectionOptions options, CredentialDelivery delivery, string? @namespace, bool replaces = false)
    {
        var injection = template.ReadInjection(options);
        var result = new InjectionResult
        {
            Object = template.Template.Object,
            Location = template.Location,
            Status = StatusOf(injection, replaces),
            Databases = injection.Databases.Select(Share).ToArray(),
            Findings = injection.Findings,
        };
        if (result.Status != InjectionStatus.Planned)
            return new PlannedPod(template.Template, null, null, result);

        var plan = InjectionPlan.For(injection);
        if (ObstacleTo(template, plan, delivery) is { } obstacle)
            return new PlannedPod(template.Template, null, null, result with { Status = InjectionStatus.Failed, Error = $"{result.Place}: {obstacle}" });
        result = result with { Containers = template.Template.Containers.Select(container => container.Name).ToArray() };
        return new PlannedPod(template.Template, plan, PodDelivery.For(plan, delivery, @namespace), result);
    }

    /// <summary>What has to change before anything is issued, to try out whether the template takes it.</summary>
    public IEnumerable<ManifestChange> TrialChanges(ManifestPodTemplate template) =>
        Plan is null ? [] : Changes(template, Delivery!.Placeholders(), Plan.Injection.Databases.Select(_ => Guid.Empty));

    /// <summary>What has to change for the template to get what was issued.</summary>
    public IEnumerable<ManifestChange> Changes(ManifestPodTemplate template, IReadOnlyList<IssuedLease> credentials) =>
        Plan is null ? [] : Changes(template, Delivery!.Entries(credentials), credentials.Select(lease => lease.Record.Uuid));

    /// <summary>What has to change for the template to get these variables.</summary>
    /// <param name="template">The template.</param>
    /// <param name="variables">The variables.</param>
    /// <param name="uuids">The UUID of each database, in the order of the plan.</param>
    public IEnumerable<ManifestChange> Changes(ManifestPodTemplate template, IReadOnlyList<EnvironmentEntry> variables, IEnumerable<Guid> uuids) => Plan is null ? [] : ManifestInjection.Changes(
        template, variables, Plan.Injection.Databases.Zip(uuids, (database, uuid) => KeyValuePair.Create(database.Name, uuid)));

    /// <summary>What there is to tell once the credentials are in.</summary>
    public InjectionResult Completed(IReadOnlyList<IssuedLease> credentials) => !IsPlanned ? Result : Result with
    {
        Status = InjectionStatus.Injected,
        Databases = Result.Databases.Zip(credentials, (database, lease) =>
            database with { Username = lease.Credential.Username, Uuid = lease.Record.Uuid.ToString() }).ToArray(),
    };

    /// <summary>The same pod, of the cluster: its document is one long line, and no place in it means anything to a reader.</summary>
    public PlannedPod WithoutLocation()
    {
        var findings = Result.Findings.Select(finding => finding with { Location = null }).ToArray();
        var error = Result.Error?.Replace(Result.Place, $"{Result.Object}", StringComparison.Ordinal);
        return this with { Result = Result with { Location = null, Findings = findings, Error = error } };
    }

    /// <summary>The same pod, to get the credentials that were issued for it as it was before; null where it now asks for others.</summary>
    public PlannedPod? ForCredentialsOf(PlannedPod before)
    {
        var isSame = Plan is not null && before.Plan is not null
            && Template.ServiceAccountName == before.Template.ServiceAccountName
            && Plan.Injection.Databases.Select(Identity).SequenceEqual(before.Plan.Injection.Databases.Select(Identity));
        return isSame ? this with { Delivery = before.Delivery!.For(Plan!) } : null;

        static (string, string?, string, InjectionMode, string?) Identity(DatabaseInjection database) =>
            (database.Name, database.Role, database.Mount, database.Mode, database.RawTemplate);
    }

    /// <summary>The same pod, if it was to be injected, as one that cannot be.</summary>
    public PlannedPod Failed(string error) => !IsPlanned ? this : this with
    {
        Plan = null,
        Delivery = null,
        Result = Result with { Status = InjectionStatus.Failed, Error = error },
    };

    private static InjectionStatus StatusOf(PodInjection injection, bool replaces) => injection switch
    {
        { State: InjectionState.Injected } when !replaces => InjectionStatus.AlreadyInjected,
        { State: InjectionState.Ignored } => InjectionStatus.Ignored,
        { HasErrors: true } => InjectionStatus.Failed,
        { Databases.Count: 0 } => InjectionStatus.NotRequested,
        _ => InjectionStatus.Planned,
    };

    private static string? ObstacleTo(ManifestPodTemplate template, InjectionPlan plan, CredentialDelivery delivery)
    {
        if (template.Containers.Count == 0)
            return "There are no containers for the variables. Inject the complete manifest.";
        if (delivery == CredentialDelivery.Secret && plan.Variables.FirstOrDefault(variable => !EnvironmentValue.FitsInSecret(variable)) is { } variable)
        {
            return $"The template of '{variable.Database.Name}' refers to another variable with $(…), which the kubelet replaces only in values and not in a Secret. "
                + "Replace the reference in the template with its value, or deliver the credentials as values.";
        }

        return null;
    }

    private static InjectedDatabase Share(DatabaseInjection database) => new(
        database.Name,
        database.Role ?? "",
        database.Mode == InjectionMode.Classic ? database.UsernameVariables : [],
        database.Mode == InjectionMode.Classic ? database.PasswordVariables : database.UriVariables,
        Username: null,
        database.Uuid);
}

using System.Text;
using KubeInject.Annotations;
using KubeInject.Leases;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;

namespace KubeInject.Injection;

/// <summary>Injects credentials into the pod templates of manifests. Both faces, cmdlet and program, go through here.</summary>
/// <param name="source">Where the credentials come from.</param>
/// <param name="options">What the operator has set of the annotation contract; default: nothing.</param>
public sealed class ManifestInjector(CredentialSource source, InjectionOptions? options = null)
{
    private readonly InjectionOptions options = options ?? InjectionOptions.Default;

    /// <summary>Tells what an injection would do. Issues nothing, records nothing, writes nothing.</summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>One result per pod template; a bad document never stops the others.</returns>
    public async Task<ManifestResult> PlanAsync(ManifestSource manifest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return await AttemptAsync(manifest, async () =>
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            return [.. Manifest.Parse(text).Documents.SelectMany(PlanDocument)];
        }).ConfigureAwait(false);
    }

    /// <summary>
    /// Injects a manifest: issues what its pods ask for, edits their documents, and writes the result. Where a document
    /// cannot be completed, or the result cannot be written, what was issued for it is revoked.
    /// </summary>
    /// <param name="manifest">The manifest.</param>
    /// <param name="output">Takes the text; unchanged where no pod asks for anything.</param>
    /// <param name="cancellationToken">Stops; what was not written by then is revoked.</param>
    /// <returns>One result per pod template; a bad document never stops the others.</returns>
    public async Task<ManifestResult> InjectAsync(ManifestSource manifest, ManifestOutput output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(output);
        return await AttemptAsync(manifest, async () =>
        {
            var text = await manifest.ReadAsync(cancellationToken).ConfigureAwait(false);
            return await InjectAsync(manifest, text, output, cancellationToken).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private static async Task<ManifestResult> AttemptAsync(ManifestSource manifest, Func<Task<IReadOnlyList<InjectionResult>>> attempt)
    {
        try
        {
            return new ManifestResult { File = manifest.File, Pods = await attempt().ConfigureAwait(false) };
        }
        catch (Exception exception) when (exception is ManifestException or IOException or UnauthorizedAccessException)
        {
            var place = exception is ManifestException || manifest.File is null ? "" : $"{manifest.File}: ";
            return new ManifestResult { File = manifest.File, Error = place + exception.Message };
        }
    }

    private async Task<IReadOnlyList<InjectionResult>> InjectAsync(
        ManifestSource manifest, ManifestText text, ManifestOutput output, CancellationToken cancellationToken)
    {
        var issued = new IssuedCredentials(source);
        try
        {
            var pods = new List<InjectionResult>();
            var content = new StringBuilder();
            var documents = Manifest.Parse(text).Documents;
            foreach (var document in documents)
            {
                var (edited, results) = await InjectDocumentAsync(document, issued, cancellationToken).ConfigureAwait(false);
                pods.AddRange(results);
                content.Append(edited ?? (output.KeepsFailedDocuments ? document.Text : null));
            }

            // Nothing at all comes of a manifest whose documents all failed.
            if (content.Length > 0 || documents.Count == 0)
                await output.WriteAsync(manifest, text, documents.Count == 0 ? text.Content : content.ToString(), cancellationToken).ConfigureAwait(false);
            return pods;
        }
        catch (Exception exception)
        {
            if (await issued.RevokeAsync().ConfigureAwait(false) is { } left)
                throw new IOException($"{exception.Message} {left}", exception);
            throw;
        }
    }

    private IEnumerable<InjectionResult> PlanDocument(ManifestDocument document)
    {
        var pods = document.PodTemplates.Select(Read).ToList();
        if (pods.Exists(pod => pod.Result.Status == InjectionStatus.Failed))
            return pods.Select(pod => Abandoned(pod.Result));

        try
        {
            // Made with empty values: whether the text allows the change does not depend on them.
            var changes = pods.Where(pod => pod.Plan is not null).SelectMany(pod => ManifestInjection.Changes(
                pod.Template,
                [.. pod.Plan!.Variables.Select(variable => KeyValuePair.Create(variable.Name, ""))],
                pod.Plan.Injection.Databases.Select(_ => Guid.Empty)));
            ManifestEditor.Apply(document, [.. changes]);
            return pods.Select(pod => pod.Result);
        }
        catch (ManifestException exception)
        {
            return pods.Select(pod => Failed(pod.Result, exception.Message));
        }
    }

    private async Task<(string? Edited, IEnumerable<InjectionResult> Results)> InjectDocumentAsync(
        ManifestDocument document, IssuedCredentials all, CancellationToken cancellationToken)
    {
        // A dry run first: what cannot work is found out before anything is issued.
        var planned = PlanDocument(document).ToList();
        if (planned.Exists(result => result.Status == InjectionStatus.Failed))
            return (null, planned);

        var issued = new IssuedCredentials(source);
        var results = new List<InjectionResult>();
        try
        {
            var changes = new List<ManifestChange>();
            foreach (var pod in document.PodTemplates.Select(Read))
            {
                var credentials = new List<IssuedLease>();
                foreach (var database in pod.Plan?.Injection.Databases ?? [])
                    credentials.Add(await issued.IssueAsync(database, pod.Template.Template, cancellationToken).ConfigureAwait(false));
                if (pod.Plan is not null)
                    changes.AddRange(ManifestInjection.Changes(pod.Template, Values(pod.Plan, credentials), credentials.Select(lease => lease.Record.Uuid)));
                results.Add(Completed(pod.Result, credentials));
            }

            var edited = ManifestEditor.Apply(document, changes);
            all.TakeOver(issued);
            return (edited, results.Select(result => result.Status == InjectionStatus.Injected ? result with { Manifest = new Secret(edited) } : result));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var left = await issued.RevokeAsync().ConfigureAwait(false);
            return (null, planned.Select(result => Failed(
                result, $"{(exception is ManifestException ? "" : $"{result.Location}: {result.Object}: ")}{exception.Message}{(left is null ? "" : " " + left)}")));
        }
        catch
        {
            all.TakeOver(issued);
            throw;
        }
    }

    private (ManifestPodTemplate Template, InjectionPlan? Plan, InjectionResult Result) Read(ManifestPodTemplate template)
    {
        var injection = template.ReadInjection(options);
        var status = injection switch
        {
            { State: InjectionState.Injected } => InjectionStatus.AlreadyInjected,
            { State: InjectionState.Ignored } => InjectionStatus.Ignored,
            { HasErrors: true } => InjectionStatus.Failed,
            { Databases.Count: 0 } => InjectionStatus.NotRequested,
            _ => InjectionStatus.Planned,
        };
        var hasNoContainers = status == InjectionStatus.Planned && template.Containers.Count == 0;
        status = hasNoContainers ? InjectionStatus.Failed : status;
        var plan = status == InjectionStatus.Planned ? InjectionPlan.For(injection) : null;
        var result = new InjectionResult
        {
            Object = template.Template.Object,
            Location = template.Location,
            Status = status,
            Databases = injection.Databases.Select(database => new InjectedDatabase(
                database.Name,
                database.Role ?? "",
                database.Mode == InjectionMode.Classic ? database.UsernameVariables : [],
                database.Mode == InjectionMode.Classic ? database.PasswordVariables : database.UriVariables,
                Username: null,
                database.Uuid)).ToArray(),
            Containers = plan is null ? [] : template.Template.Containers.Select(container => container.Name).ToArray(),
            Error = hasNoContainers ? $"{template.Location}: {template.Template.Object}: There are no containers to put the variables into. Inject the complete manifest." : null,
            Findings = injection.Findings,
        };
        return (template, plan, result);
    }

    private static List<KeyValuePair<string, string>> Values(InjectionPlan plan, List<IssuedLease> credentials)
    {
        var byDatabase = credentials.ToDictionary(lease => lease.Record.Database, lease => lease.Credential, StringComparer.Ordinal);
        return [.. plan.Variables.Select(variable => KeyValuePair.Create(variable.Name, EnvironmentValue.For(variable, byDatabase[variable.Database.Name])))];
    }

    private static InjectionResult Completed(InjectionResult result, List<IssuedLease> credentials) =>
        result.Status != InjectionStatus.Planned ? result : result with
        {
            Status = InjectionStatus.Injected,
            Databases = result.Databases.Zip(credentials, (database, lease) =>
                database with { Username = lease.Credential.Username, Uuid = lease.Record.Uuid.ToString() }).ToArray(),
        };

    private static InjectionResult Abandoned(InjectionResult result) => result.Status == InjectionStatus.Planned
        ? Failed(result, $"{result.Location}: {result.Object}: Not injected, because another object of the same document cannot be. Mend that one and try again.")
        : result;

    private static InjectionResult Failed(InjectionResult result, string error) =>
        result.Status == InjectionStatus.Planned ? result with { Status = InjectionStatus.Failed, Error = error } : result;
}

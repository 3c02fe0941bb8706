using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Cmdlets.Connections;

/// <summary>The base class of cmdlets that use the connection of the session, or the one in -Connection.</summary>
public abstract class ConnectedCmdlet : KubeCmdlet
{
    private readonly HashSet<string> requiredNamespaces = [];

    [Parameter(HelpMessage = "Specifies the connection to use, as returned by Connect-KubeCluster. The default is the connection of this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    public KubeConnection? Connection { get; set; }

    /// <summary>Returns the connection to use. Ends the cmdlet if there is none.</summary>
    private protected KubeConnection RequireConnection()
    {
        var connection = FindConnection();
        if (connection is null)
            ThrowTerminatingError(Errors.NotConnected());
        return connection!;
    }

    /// <summary>Returns the connection to use; null if there is none.</summary>
    private protected KubeConnection? FindConnection() => Connection ?? RunspaceDefault<KubeConnection>.Current;

    /// <summary>Returns the specified source, or else the default source of the session. Ends the cmdlet if there is none.</summary>
    private protected CredentialSource RequireSource(CredentialSource? specified)
    {
        var source = FindSource(specified);
        if (source is null)
            ThrowTerminatingError(Errors.CredentialSourceMissing());
        return source!;
    }

    /// <summary>Returns the specified source, or else the default source of the session; null if there is none. Ends the cmdlet if the default source uses another cluster.</summary>
    private protected CredentialSource? FindSource(CredentialSource? specified)
    {
        var source = specified ?? RunspaceDefault<CredentialSource>.Current;
        if (specified is null && source?.Client is { } client && FindConnection() is { } connection && client.Server != connection.Server)
            ThrowTerminatingError(Errors.CredentialSourceOfOtherCluster(client.Server, connection.Server));
        return source;
    }

    /// <summary>
    /// Finds the namespaces that -Namespace selects. Wildcards are replaced with the matching namespaces of the cluster. Null is
    /// the namespace of the connection, and <c>IsExact</c> is false if a namespace is the result of a wildcard.
    /// </summary>
    private protected (IReadOnlyList<string?> Namespaces, bool IsExact) FindNamespaces(string[]? names, KubeConnection connection)
    {
        if (names is null)
            return ([null], true);
        if (!names.Any(WildcardPattern.ContainsWildcardCharacters))
            return (names.Distinct().ToArray(), true);
        var existing = new List<string>();
        RunOrEnd(string.Join(", ", names), async (_, cancellationToken) =>
        {
            await foreach (var found in connection.Objects.ListMetadataAsync(KubeResource.Namespaces, null, cancellationToken).ConfigureAwait(false))
                existing.Add(found.Name);
        });
        return (names.SelectMany(name => WildcardPattern.ContainsWildcardCharacters(name) ? existing.Where(Wildcards.Pattern(name).IsMatch) : [name]).Distinct().ToArray(), false);
    }

    /// <summary>Throws the error of the server if a namespace does not exist. A list of a missing namespace is empty, so this is called for an empty list.</summary>
    /// <exception cref="KubeApiException">The namespace does not exist.</exception>
    private protected async Task RequireNamespaceAsync(KubeConnection connection, string? @namespace, CancellationToken cancellationToken)
    {
        var name = @namespace ?? connection.Namespace;
        if (!requiredNamespaces.Add(name))
            return;
        try
        {
            await connection.Objects.GetAsync(KubeResource.Namespaces, name, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is KubeConnectionException or KubeApiException { Reason: not KubeApiReason.NotFound })
        {
            // It is unknown whether the namespace exists, for example without the permission to read it.
        }
    }

    /// <summary>Shows the progress of a list.</summary>
    private protected IProgress<ListProgress> Listing() => new ProgressOf<ListProgress>(list =>
    {
        if (list.IsComplete)
            Progress.Complete();
        else
            Progress.Report(new ProgressStep("Reading from the cluster", list.Done, list.Total));
    });

    /// <summary>Shows the progress of a rollout.</summary>
    private protected IProgress<RolloutStatus> RollingOut() => new ProgressOf<RolloutStatus>(rollout =>
    {
        if (rollout.IsComplete)
            Progress.Complete();
        else
            Progress.Report(new ProgressStep($"Rolling out {rollout.Workload}", rollout.Available, rollout.Desired)
            {
                Status = rollout.Message,
                Current = $"{rollout.Updated} updated, {rollout.Available} available, of {rollout.Desired}",
            });
    });

    /// <summary>Reads the name of an object, and returns it in each namespace. Writes an error if it is not valid.</summary>
    /// <param name="text">The name, which can contain a namespace.</param>
    /// <param name="resource">The resource of the object.</param>
    /// <param name="namespaces">The result of <see cref="FindNamespaces"/>.</param>
    /// <param name="specified">The value of -Namespace.</param>
    private protected IReadOnlyList<ObjectReference> ReadName(string text, KubeResource resource, IReadOnlyList<string?> namespaces, string[]? specified)
    {
        try
        {
            var name = ObjectName.Parse(text, resource);
            return Within(namespaces, specified, [.. namespaces.Select(@namespace => name with { Namespace = name.Namespace ?? @namespace })], text);
        }
        catch (FormatException exception)
        {
            WriteError(Errors.InvalidName(exception, text));
            return [];
        }
    }

    /// <summary>Reads the name of a workload, and returns it in each namespace. Writes an error if it is not valid.</summary>
    private protected IReadOnlyList<ObjectReference> ReadWorkload(string text, IReadOnlyList<string?> namespaces, string[]? specified, KubeConnection connection)
    {
        try
        {
            return Within(namespaces, specified, [.. namespaces.Select(@namespace => WorkloadName.Parse(text, @namespace ?? connection.Namespace))], text);
        }
        catch (FormatException exception)
        {
            WriteError(Errors.InvalidWorkload(exception, text));
            return [];
        }
    }

    /// <summary>Reads the name of a workload. Writes an error and returns null if it is not valid.</summary>
    private protected ObjectReference? ReadWorkload(string text, string? @namespace, KubeConnection connection) =>
        ReadWorkload(text, [@namespace], @namespace is null ? null : [@namespace], connection).SingleOrDefault();

    /// <summary>Returns the distinct references that are in the namespaces. A null namespace is the one of the connection, and does not restrict a reference.</summary>
    private static ObjectReference[] Within(IReadOnlyList<string?> namespaces, string[]? specified, ObjectReference[] references, string text)
    {
        var found = references.Where(reference => namespaces.Contains(null) || namespaces.Contains(reference.Namespace)).Distinct().ToArray();
        return found.Length > 0 || references.Length == 0 ? found
            : throw new FormatException($"'{text}' is in the namespace {references[0].Namespace}, but -Namespace is {string.Join(", ", specified!)}.");
    }
}

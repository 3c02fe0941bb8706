using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Connections;

/// <summary>A cmdlet that talks to a cluster: over the runspace's connection, or over the one it is given.</summary>
public abstract class ConnectedCmdlet : KubeCmdlet
{
    [Parameter(HelpMessage = "Specifies the connection to use, as returned by Connect-KubeCluster. The default is the connection of this session.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    public KubeConnection? Connection { get; set; }

    /// <summary>The connection to use; ends the cmdlet where there is none.</summary>
    private protected KubeConnection RequireConnection()
    {
        var connection = FindConnection();
        if (connection is null)
            ThrowTerminatingError(Errors.NotConnected());
        return connection!;
    }

    /// <summary>The connection to use; null where there is none.</summary>
    private protected KubeConnection? FindConnection() => Connection ?? RunspaceConnection.Current;

    /// <summary>Shows how far a list has come.</summary>
    private protected IProgress<ListProgress> Listing() => new ProgressOf<ListProgress>(list =>
    {
        if (list.IsComplete)
            Progress.Complete();
        else
            Progress.Report(new ProgressStep("Reading from the cluster", list.Done, list.Total));
    });

    /// <summary>Shows how a rollout goes.</summary>
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

    /// <summary>The workload that a parameter names; null, and an error, where it names none.</summary>
    private protected ObjectReference? ReadWorkload(string text, string? @namespace, KubeConnection connection)
    {
        try
        {
            return Within(@namespace, WorkloadName.Parse(text, @namespace ?? connection.Namespace), text);
        }
        catch (FormatException exception)
        {
            WriteError(Errors.NoWorkload(exception, text));
            return null;
        }
    }

    /// <summary>An object of the namespace that a parameter names, if it does.</summary>
    /// <exception cref="FormatException">The object's own name has another namespace.</exception>
    private protected static ObjectReference Within(string? @namespace, ObjectReference reference, string text) =>
        @namespace is null || reference.Namespace is null || reference.Namespace == @namespace ? reference
            : throw new FormatException($"'{text}' is of the namespace {reference.Namespace}, and -Namespace is {@namespace}. Leave out one of the two.");
}

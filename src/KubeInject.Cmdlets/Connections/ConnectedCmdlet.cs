using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Workloads;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Connections;

/// <summary>The base class of cmdlets that use the connection of the session, or the one in -Connection.</summary>
public abstract class ConnectedCmdlet : KubeCmdlet
{
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
    private protected KubeConnection? FindConnection() => Connection ?? RunspaceConnection.Current;

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

    /// <summary>Reads the name of a workload. Writes an error and returns null if it is not valid.</summary>
    private protected ObjectReference? ReadWorkload(string text, string? @namespace, KubeConnection connection)
    {
        try
        {
            return Within(@namespace, WorkloadName.Parse(text, @namespace ?? connection.Namespace), text);
        }
        catch (FormatException exception)
        {
            WriteError(Errors.InvalidWorkload(exception, text));
            return null;
        }
    }

    /// <summary>Returns a reference if it does not conflict with -Namespace.</summary>
    /// <exception cref="FormatException">The reference has another namespace than -Namespace.</exception>
    private protected static ObjectReference Within(string? @namespace, ObjectReference reference, string text) =>
        @namespace is null || reference.Namespace is null || reference.Namespace == @namespace ? reference
            : throw new FormatException($"'{text}' is in the namespace {reference.Namespace}, but -Namespace is {@namespace}.");
}

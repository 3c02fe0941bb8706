using System.Management.Automation;
using KubeInject.Annotations;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Diagnosis.Cluster;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Cmdlets.Injection;

/// <summary>The base class of cmdlets that read or write injection annotations.</summary>
public abstract class InjectionCmdlet : ConnectedCmdlet
{
    private InjectionOptions? options;
    private InjectionOptions? optionsOfCluster;

    [Parameter(HelpMessage = "Specifies the label by which the in-cluster injector selects pods. The default is KUBEINJECT_INJECTOR_LABEL, then the label of the installed injector if the cmdlet checks or changes objects of a cluster, then vault-db-injector.")]
    [ValidateNotNullOrEmpty]
    public string? InjectorLabel { get; set; }

    [Parameter(HelpMessage = "Specifies the mount path of the database secrets engine for pods that specify none. The default is KUBEINJECT_DEFAULT_MOUNT, then databases.")]
    [ArgumentCompleter(typeof(RequestedValueCompleter))]
    [ValidateNotNullOrEmpty]
    public string? DefaultMount { get; set; }

    /// <summary>The settings of the annotations, from the parameters and the environment.</summary>
    private protected InjectionOptions Options => options!;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        try
        {
            options = InjectionOptions.Read(InjectorLabel, DefaultMount, Environment.GetEnvironmentVariable);
        }
        catch (FormatException exception)
        {
            ThrowTerminatingError(Errors.InjectorSettingInvalid(exception));
        }
    }

    /// <summary>Returns the settings of the annotations, with the labels of the injectors that are installed in the cluster.</summary>
    private protected async Task<InjectionOptions> ReadClusterOptionsAsync(KubeConnection connection, CancellationToken cancellationToken) =>
        optionsOfCluster ??= await InjectorLabels.FindAsync(Options, connection.Objects, cancellationToken).ConfigureAwait(false);
}

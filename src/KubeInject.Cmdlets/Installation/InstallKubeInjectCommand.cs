using System.Collections;
using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Injection.Workloads;
using KubeInject.Installation;

namespace KubeInject.Cmdlets.Installation;

/// <summary>Installs the webhook and the controller in a cluster, and waits until they are ready.</summary>
[Cmdlet(VerbsLifecycle.Install, "KubeInject", SupportsShouldProcess = true)]
[OutputType(typeof(InstalledObject))]
public sealed class InstallKubeInjectCommand : ConnectedCmdlet
{
    // Not WebhookFailurePolicy: PowerShell determines the layout of a cmdlet before the engine, which defines the value type, can be loaded.
    private object? failurePolicy;

    [Parameter(Mandatory = true, Position = 0, HelpMessage = "Specifies the container image of the program kubeinject.")]
    [ValidateNotNullOrEmpty]
    public string Image { get; set; } = "";

    [Parameter(HelpMessage = "Specifies the settings of 'kubeinject serve', by the names of their environment variables: @{ KUBEINJECT_SOURCE = 'vault' }. They become part of the Deployment. Specify secrets, such as a password, in the Secret kubeinject-settings instead.")]
    [ValidateNotNull]
    public Hashtable? Setting { get; set; }

    [Parameter(HelpMessage = "Specifies the namespace to install to. It is created if it does not exist. The default is kubeinject.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Namespace { get; set; } = InstallationOptions.DefaultName;

    [Parameter(HelpMessage = "Specifies the number of pods, from 1 to 10. The default is 2.")]
    [ValidateRange(1, 10)]
    public int ReplicaCount { get; set; } = new InstallationOptions().Replicas;

    [Parameter(HelpMessage = "Specifies what happens to pods that request credentials if the webhook does not answer: Fail (default) refuses them, and Ignore creates them without credentials.")]
    public WebhookFailurePolicy FailurePolicy
    {
        get => failurePolicy is WebhookFailurePolicy given ? given : default;
        set => failurePolicy = value;
    }

    [Parameter(HelpMessage = "Specifies the key of the label by which the webhook and the controller select pods. The default is vault-db-injector.")]
    [ValidateNotNullOrEmpty]
    public string? InjectorLabel { get; set; }

    [Parameter(HelpMessage = "Specifies labels, as @{ key = 'value' }, of which a namespace needs all, so that the webhook acts on its pods. The default is all namespaces, except kube-system and the namespace of the installation.")]
    [ValidateNotNull]
    public Hashtable? NamespaceLabel { get; set; }

    [Parameter(HelpMessage = "Installs even if another injector selects the same pods or if no source of credentials is specified, and overwrites fields that another tool manages.")]
    public SwitchParameter Force { get; set; }

    [Parameter(HelpMessage = "Does not wait until the pods are ready.")]
    public SwitchParameter NoWait { get; set; }

    [Parameter(HelpMessage = "Specifies how many seconds to wait until the pods are ready, from 1 to 2,000,000. The default is 300.")]
    [ValidateRange(1, 2_000_000)]
    public int TimeoutSec { get; set; } = (int)Rollout.DefaultTimeout.TotalSeconds;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        var installer = new Installer(connection.Objects);
        RunOrEnd(Namespace, async (pipeline, cancellationToken) =>
        {
            var objects = await installer.PlanAsync(Options(), Force, cancellationToken).ConfigureAwait(false);
            var isApproved = false;
            await pipeline.InvokeAsync(() => isApproved = Approve(objects, ShouldProcessMessages.Of(connection))).ConfigureAwait(false);
            if (!isApproved)
                return;
            var installed = new List<InstalledObject>();
            var applying = new ProgressOf<InstalledObject>(item =>
            {
                installed.Add(item);
                Progress.Report(new ProgressStep("Installing KubeInject", installed.Count, objects.Count) { Current = $"{item.Object}" });
            });
            try
            {
                await installer.ApplyAsync(objects, Force, applying, cancellationToken).ConfigureAwait(false);
            }
            finally
            {
                Progress.Complete();
                await pipeline.InvokeAsync(() => WriteObject(installed, enumerateCollection: true)).ConfigureAwait(false);
            }

            if (!NoWait)
                await installer.WaitAsync(Namespace, TimeSpan.FromSeconds(TimeoutSec), RollingOut(), cancellationToken).ConfigureAwait(false);
        });
    }

    private InstallationOptions Options()
    {
        try
        {
            var options = new InstallationOptions
            {
                Image = Image,
                Namespace = Namespace,
                Replicas = ReplicaCount,
                FailurePolicy = FailurePolicy,
                NamespaceLabels = Texts(NamespaceLabel),
                Settings = Texts(Setting),
            };
            return InjectorLabel is null ? options : options with { Annotations = options.Annotations with { LabelKey = InjectorLabel } };
        }
        catch (FormatException exception)
        {
            ThrowTerminatingError(Errors.InstallationInvalid(exception));
            throw;
        }
    }

    private bool Approve(IReadOnlyList<InstallationObject> objects, string cluster) =>
        ShouldDo(objects.Select(item => $"Apply {item.Reference} in {cluster}."), $"Install KubeInject in {cluster}?", "Install-KubeInject");

    private static Dictionary<string, string> Texts(Hashtable? table) =>
        (table ?? []).Cast<DictionaryEntry>().ToDictionary(entry => $"{entry.Key}", entry => $"{entry.Value}", StringComparer.Ordinal);
}

using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Injection;
using KubeInject.Installation;

namespace KubeInject.Cmdlets.Installation;

/// <summary>Uninstalls the webhook and the controller. Keeps their namespace, because lease records can be in it.</summary>
[Cmdlet(VerbsLifecycle.Uninstall, "KubeInject", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(InstalledObject))]
public sealed class UninstallKubeInjectCommand : ConnectedCmdlet
{
    [Parameter(Position = 0, HelpMessage = "Specifies the namespace of the installation. The default is kubeinject.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string Namespace { get; set; } = InstallationOptions.DefaultName;

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        var installer = new Installer(connection.Objects);
        RunOrEnd(Namespace, async (pipeline, cancellationToken) =>
        {
            var isApproved = false;
            await pipeline.InvokeAsync(() => isApproved = ShouldDo(
                [$"Uninstall KubeInject from the namespace {Namespace} of {ShouldProcessMessages.Of(connection)}."],
                $"Uninstall KubeInject from the namespace {Namespace} of {ShouldProcessMessages.Of(connection)}? Pods get no new credentials, and existing ones are no longer renewed.",
                "Uninstall-KubeInject")).ConfigureAwait(false);
            if (!isApproved)
                return;
            var results = await installer.UninstallAsync(Namespace, null, cancellationToken).ConfigureAwait(false);
            await pipeline.InvokeAsync(() => WriteObject(results, enumerateCollection: true)).ConfigureAwait(false);
            if (await installer.DescribeRemainingLeasesAsync(Namespace, cancellationToken).ConfigureAwait(false) is { } remaining)
                await pipeline.InvokeAsync(() => WriteWarning(remaining)).ConfigureAwait(false);
        });
    }
}

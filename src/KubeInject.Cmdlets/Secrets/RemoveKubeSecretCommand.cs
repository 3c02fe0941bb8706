using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Injection;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Removes Secrets of the connected cluster, or keys of Secrets.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeSecret", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeSecretCommand : ConnectedCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the names of the Secrets. Wildcards are not supported.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    [Parameter(Position = 1, HelpMessage = "Specifies the keys to remove. The Secret and its other keys are kept. If you do not specify a key, the whole Secret is removed.")]
    [ValidateNotNullOrEmpty]
    public string[]? Key { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the namespace. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Also removes Secrets that belong to another object, are managed by Helm or another manager, or store a token, a Helm release or a lease record. The cmdlet still prompts for confirmation unless you specify -Confirm:$false.")]
    public SwitchParameter Force { get; set; }

    private protected override string? Sum(int count) => $"In total, {count} Secrets would be changed or removed.";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        foreach (var name in Name)
        {
            var removal = new SecretRemoval { Name = name, Namespace = Namespace, Keys = Key ?? [], Force = Force };
            Run(name, async (pipeline, cancellationToken) =>
            {
                var editor = new SecretEditor(connection.Objects);
                var plan = await editor.PlanAsync(removal, cancellationToken).ConfigureAwait(false);
                var isWanted = false;
                await pipeline.InvokeAsync(() => isWanted = ShouldDo($"{plan.Reference} in {ShouldProcessMessages.Of(connection)}", plan.Action)).ConfigureAwait(false);
                if (isWanted)
                    await editor.RemoveAsync(removal, plan, cancellationToken).ConfigureAwait(false);
            });
        }
    }
}

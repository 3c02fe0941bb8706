using System.Management.Automation;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets;

/// <summary>Removes Secrets of the connected cluster, or keys of them.</summary>
[Cmdlet(VerbsCommon.Remove, "KubeSecret", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High)]
[OutputType(typeof(void))]
public sealed class RemoveKubeSecretCommand : ConnectedCmdlet
{
    /// <summary>The names.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true, HelpMessage = "The names of the Secrets; no wildcards.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>The keys.</summary>
    [Parameter(Position = 1, HelpMessage = "The keys to remove; the Secret stays, with what else it holds. Default: the whole Secret.")]
    [ValidateNotNullOrEmpty]
    public string[]? Key { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The namespace. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether to remove what something else looks after.</summary>
    [Parameter(HelpMessage = "Remove a Secret, too, that belongs to another object, that Helm or another manager looks after, or that is a token or a record. It asks all the same; -Confirm:$false does not.")]
    public SwitchParameter Force { get; set; }

    private protected override string? Sum(int count) => $"{count} Secrets in all would be changed or removed.";

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
                await pipeline.InvokeAsync(() => isWanted = ShouldDo($"{plan.Reference} in {Wording.Of(connection)}", plan.Action)).ConfigureAwait(false);
                if (isWanted)
                    await editor.RemoveAsync(removal, plan, cancellationToken).ConfigureAwait(false);
            });
        }
    }
}

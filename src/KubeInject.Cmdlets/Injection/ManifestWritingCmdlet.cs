using System.Management.Automation;
using System.Runtime.ExceptionServices;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets;

/// <summary>A cmdlet that changes manifests and writes them: as text, into a folder, or in place.</summary>
public abstract class ManifestWritingCmdlet : ManifestCmdlet
{
    private ManifestOutput? asked;
    private PipelineThread? thread;
    private ExceptionDispatchInfo? enough;

    /// <summary>Whether to write the manifests.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Write the changed manifests, one string a manifest, ready for kubectl apply -f -.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Write the changed manifests, one string a manifest, ready for kubectl apply -f -.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Write the changed manifests, one string a manifest, ready for kubectl apply -f -.")]
    public SwitchParameter AsManifest { get; set; }

    /// <summary>The folder to write to.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Write each manifest under its own name into this folder.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Write each manifest under its own name into this folder.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Write each manifest under its own name into this folder.")]
    [ValidateNotNullOrEmpty]
    public string? OutputDirectory { get; set; }

    /// <summary>Whether to write the files again.</summary>
    [Parameter(ParameterSetName = FromInput, HelpMessage = "Write each manifest back into its file.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Write each manifest back into its file.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Write each manifest back into its file.")]
    public SwitchParameter InPlace { get; set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (new[] { AsManifest.IsPresent, OutputDirectory is not null, InPlace.IsPresent }.Count(isAsked => isAsked) > 1)
            ThrowTerminatingError(Errors.SeveralOutputs());
    }

    /// <summary>Does work with the engine that writes a manifest.</summary>
    private protected void RunWriting(ManifestSource manifest, Func<PipelineThread, CancellationToken, Task> work) => RunWriting(manifest.File, async (pipeline, cancellationToken) =>
    {
        await work(pipeline, cancellationToken).ConfigureAwait(false);
        EndIfEnough();
    });

    /// <summary>Does work with the engine that writes several manifests, and calls <see cref="EndIfEnough"/> after each.</summary>
    private protected void RunWriting(string? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, (pipeline, cancellationToken) =>
    {
        thread = pipeline;
        return work(pipeline, cancellationToken);
    });

    /// <summary>Ends the pipeline where nobody wants more of it.</summary>
    private protected void EndIfEnough() => enough?.Throw();

    /// <summary>Where a manifest goes: where it was asked for, or else where the cmdlet has it go.</summary>
    private protected ManifestOutput Output(ManifestSource manifest) => (asked ??= Asked()) ?? DefaultOutput(manifest);

    /// <summary>Where a manifest goes if nothing was said.</summary>
    private protected virtual ManifestOutput DefaultOutput(ManifestSource manifest) => ManifestOutput.ToStream((_, _) => Task.CompletedTask, takesSeveral: true);

    /// <summary>The text of the manifests, one after the other, for the pipeline.</summary>
    private protected ManifestOutput ToPipeline() => ManifestOutput.ToStream((text, _) => thread!.InvokeAsync(() => HandOver(text)), TakesSeveral);

    private ManifestOutput? Asked() =>
        InPlace ? ManifestOutput.InPlace()
        : OutputDirectory is not null ? ManifestOutput.ToFolder(GetUnresolvedProviderPathFromPSPath(OutputDirectory))
        : AsManifest ? ToPipeline()
        : null;

    private void HandOver(string text)
    {
        var wasStopping = Stopping;
        try
        {
            WriteObject(text);
        }
        catch (PipelineStoppedException exception) when (!wasStopping)
        {
            // Whoever wants no more, as Select-Object -First 1, has this one: what was done for it is not to be taken back.
            enough = ExceptionDispatchInfo.Capture(exception);
        }
    }
}

using System.Management.Automation;
using System.Runtime.ExceptionServices;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Injection;

/// <summary>A cmdlet that changes manifests and writes them: as text, into a folder, or in place.</summary>
public abstract class ManifestWritingCmdlet : ManifestCmdlet
{
    private ManifestOutput? asked;
    private PipelineThread? thread;
    private ExceptionDispatchInfo? enough;

    [Parameter(ParameterSetName = FromInput, HelpMessage = "Returns the changed manifests, one string for each manifest, ready for kubectl apply -f -.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Returns the changed manifests, one string for each manifest, ready for kubectl apply -f -.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Returns the changed manifests, one string for each manifest, ready for kubectl apply -f -.")]
    public SwitchParameter AsManifest { get; set; }

    [Parameter(ParameterSetName = FromInput, HelpMessage = "Specifies the folder to write each manifest to, under its own name.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Specifies the folder to write each manifest to, under its own name.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Specifies the folder to write each manifest to, under its own name.")]
    [ValidateNotNullOrEmpty]
    public string? OutputDirectory { get; set; }

    [Parameter(ParameterSetName = FromInput, HelpMessage = "Writes each manifest back to its file. For files, this is the default of the cmdlets that change annotations, but not of Invoke-CredentialInjection.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Writes each manifest back to its file. For files, this is the default of the cmdlets that change annotations, but not of Invoke-CredentialInjection.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Writes each manifest back to its file. For files, this is the default of the cmdlets that change annotations, but not of Invoke-CredentialInjection.")]
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

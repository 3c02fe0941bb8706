using System.Management.Automation;
using System.Runtime.ExceptionServices;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Injection;

/// <summary>The base class of cmdlets that change manifests and write them as text, to a folder, or in place.</summary>
public abstract class ManifestWritingCmdlet : ManifestCmdlet
{
    private ManifestOutput? specified;
    private PipelineThread? thread;
    private ExceptionDispatchInfo? stopped;

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
        base.BeginProcessing();
        if (new[] { AsManifest.IsPresent, OutputDirectory is not null, InPlace.IsPresent }.Count(isSet => isSet) > 1)
            ThrowTerminatingError(Errors.SeveralOutputs());
    }

    /// <summary>Runs work of the engine that writes one manifest.</summary>
    private protected void RunWriting(ManifestSource manifest, Func<PipelineThread, CancellationToken, Task> work) => RunWriting(manifest.File, async (pipeline, cancellationToken) =>
    {
        await work(pipeline, cancellationToken).ConfigureAwait(false);
        StopIfRequested();
    });

    /// <summary>Runs work of the engine that writes several manifests, and calls <see cref="StopIfRequested"/> after each.</summary>
    private protected void RunWriting(string? target, Func<PipelineThread, CancellationToken, Task> work) => Run(target, (pipeline, cancellationToken) =>
    {
        thread = pipeline;
        return work(pipeline, cancellationToken);
    });

    /// <summary>Stops the pipeline if a command after this one requires no more output.</summary>
    private protected void StopIfRequested() => stopped?.Throw();

    /// <summary>Returns the output of a manifest: the one that the parameters specify, or else the default of the cmdlet.</summary>
    private protected ManifestOutput Output(ManifestSource manifest) => (specified ??= Specified()) ?? DefaultOutput(manifest);

    /// <summary>Returns the output of a manifest if no parameter specifies one. By default, the text is discarded.</summary>
    private protected virtual ManifestOutput DefaultOutput(ManifestSource manifest) => ManifestOutput.ToStream((_, _) => Task.CompletedTask, takesSeveral: true);

    /// <summary>Returns an output that writes the text of each manifest to the pipeline.</summary>
    private protected ManifestOutput ToPipeline() => ManifestOutput.ToStream((text, _) => thread!.InvokeAsync(() => WriteText(text)), TakesSeveral);

    private ManifestOutput? Specified() =>
        InPlace ? ManifestOutput.InPlace()
        : OutputDirectory is not null ? ManifestOutput.ToFolder(FullPath(OutputDirectory))
        : AsManifest ? ToPipeline()
        : null;

    private void WriteText(string text)
    {
        var wasStopping = Stopping;
        try
        {
            WriteObject(text);
        }
        catch (PipelineStoppedException exception) when (!wasStopping)
        {
            // Select-Object -First 1, for example, stops the pipeline after it received this text. The work for this text must not be rolled back.
            stopped = ExceptionDispatchInfo.Capture(exception);
        }
    }
}

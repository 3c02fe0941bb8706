using System.Management.Automation;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Injection;

/// <summary>The base class of cmdlets that read manifests from the pipeline or from files.</summary>
public abstract class ManifestCmdlet : InjectionCmdlet
{
    private protected const string FromInput = "Input";
    private protected const string FromPath = "Path";
    private protected const string FromLiteralPath = "LiteralPath";

    private ManifestInput? input;
    private int done;
    private int? total;

    [Parameter(ParameterSetName = FromInput, Mandatory = true, ValueFromPipeline = true, HelpMessage = "Specifies pods from Get-KubePod, models such as V1Pod and V1Deployment, objects from 'kubectl get -o json | ConvertFrom-Json', files from Get-Item, paths of files as a native command writes them, or manifest text, whole or line by line. Repair-PodInjectionAnnotation also accepts findings.")]
    [AllowEmptyString]
    public object? InputObject { get; set; }

    [Parameter(ParameterSetName = FromPath, Mandatory = true, Position = 0, HelpMessage = "Specifies manifest files, or folders that contain *.yaml, *.yml and *.json files. Wildcards are allowed.")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[]? Path { get; set; }

    [Parameter(ParameterSetName = FromLiteralPath, Mandatory = true, HelpMessage = "Specifies manifest files or folders. The paths are used exactly as typed: wildcards are not expanded.")]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string[]? LiteralPath { get; set; }

    [Parameter(ParameterSetName = FromInput, HelpMessage = "Includes the subfolders of a folder. Links that point outside the folder are not followed.")]
    [Parameter(ParameterSetName = FromPath, HelpMessage = "Includes the subfolders of a folder. Links that point outside the folder are not followed.")]
    [Parameter(ParameterSetName = FromLiteralPath, HelpMessage = "Includes the subfolders of a folder. Links that point outside the folder are not followed.")]
    public SwitchParameter Recurse { get; set; }

    /// <summary>Whether there is, or can be, more than one manifest.</summary>
    private protected bool TakesSeveral { get; private set; }

    private ManifestInput Input => input ??= new ManifestInput(this, Recurse);

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        foreach (var value in InputObject is null ? [] : ClientObject.Unwrap(InputObject))
            Process(value, () => Accept(value));
        foreach (var path in Path ?? [])
            Process(path, () => Input.AtPath(path));
        foreach (var path in LiteralPath ?? [])
            Process(path, () => Input.AtLiteralPath(path));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        Process(null, () => Input.Flush());
        base.EndProcessing();
    }

    /// <summary>Returns the manifests of an input object. A cmdlet overrides this method to process an object without its manifest.</summary>
    private protected virtual IReadOnlyList<ManifestSource> Accept(object value) => Input.Accept(value);

    /// <summary>Processes one manifest.</summary>
    private protected abstract void ProcessManifest(ManifestSource manifest);

    /// <summary>Processes the manifests of one input object or path. A cmdlet overrides this method to process several manifests at the same time.</summary>
    private protected virtual void ProcessManifests(IReadOnlyList<ManifestSource> manifests)
    {
        foreach (var manifest in manifests)
        {
            Progress.Report(Step(manifest.File));
            ProcessManifest(manifest);
            CountDone();
        }
    }

    /// <summary>The activity that the progress bar shows.</summary>
    private protected virtual string ActivityName => "Reading manifests";

    /// <summary>Returns the progress: the number of processed manifests, and the current file.</summary>
    private protected ProgressStep Step(string? file) => new(ActivityName, done, total) { Current = file };

    /// <summary>Counts one manifest as processed.</summary>
    private protected void CountDone() => done++;

    private void Process(object? target, Func<IReadOnlyList<ManifestSource>> find)
    {
        IReadOnlyList<ManifestSource> manifests = [];
        try
        {
            manifests = find();
        }
        catch (Exception exception) when (Errors.Describe(exception, target) is { } record)
        {
            WriteError(record);
        }

        // With pipeline input or several paths, the number of manifests is not known yet.
        total = MyInvocation.ExpectingInput || Path?.Length > 1 || LiteralPath?.Length > 1 ? null : manifests.Count;
        TakesSeveral |= manifests.Count > 1 || Path?.Length > 1 || LiteralPath?.Length > 1
            || (MyInvocation.ExpectingInput && manifests.Any(manifest => manifest.File is not null));
        if (manifests.Count > 0)
            ProcessManifests(manifests);
    }
}

using System.Management.Automation;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Manifests;

namespace KubeInject.Cmdlets.Injection;

/// <summary>A cmdlet that takes manifests: from the pipeline, or from paths.</summary>
public abstract class ManifestCmdlet : ConnectedCmdlet
{
    private protected const string FromInput = "Input";
    private protected const string FromPath = "Path";
    private protected const string FromLiteralPath = "LiteralPath";

    private ManifestInput? input;
    private int done;
    private int? total;

    [Parameter(ParameterSetName = FromInput, Mandatory = true, ValueFromPipeline = true, HelpMessage = "Specifies pods from Get-KubePod, models such as V1Pod and V1Deployment, objects from 'kubectl get -o json | ConvertFrom-Json', files from Get-Item, or manifest text, whole or line by line. Repair-PodInjectionAnnotation also accepts findings.")]
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

    /// <summary>Whether several manifests come, or may come: files from a pipeline.</summary>
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

    /// <summary>The manifests of an input object. A cmdlet that has a shorter way for an object takes it here.</summary>
    private protected virtual IReadOnlyList<ManifestSource> Accept(object value) => Input.Accept(value);

    /// <summary>Does what the cmdlet is there for.</summary>
    private protected abstract void ProcessManifest(ManifestSource manifest);

    /// <summary>Does it to the manifests of one input object or path. A cmdlet that is faster with several at once takes them here.</summary>
    private protected virtual void ProcessManifests(IReadOnlyList<ManifestSource> manifests)
    {
        foreach (var manifest in manifests)
        {
            Progress.Report(Step(manifest.File));
            ProcessManifest(manifest);
            CountDone();
        }
    }

    /// <summary>What is done to manifests, for whoever waits.</summary>
    private protected virtual string ActivityName => "Reading manifests";

    /// <summary>How many manifests are done, and which is next.</summary>
    private protected ProgressStep Step(string? file) => new(ActivityName, done, total) { Current = file };

    /// <summary>Says that one more is done.</summary>
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

        // How many come along a pipeline, or by further paths, nobody knows.
        total = MyInvocation.ExpectingInput || Path?.Length > 1 || LiteralPath?.Length > 1 ? null : manifests.Count;
        TakesSeveral |= manifests.Count > 1 || Path?.Length > 1 || LiteralPath?.Length > 1
            || (MyInvocation.ExpectingInput && manifests.Any(manifest => manifest.File is not null));
        if (manifests.Count > 0)
            ProcessManifests(manifests);
    }
}

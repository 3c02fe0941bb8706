using System.Management.Automation;
using KubeInject.Kubernetes;
using KubeInject.Leases;
using KubeInject.Reports;

namespace KubeInject.Cmdlets;

/// <summary>Writes an HTML page of what the pods of a cluster ask for, get and lack.</summary>
[Cmdlet(VerbsData.Export, "PodInjectionReport", DefaultParameterSetName = ByPath, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPodInjectionReportCommand : ConnectedCmdlet
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";

    /// <summary>The file.</summary>
    [Parameter(ParameterSetName = ByPath, Mandatory = true, Position = 0, HelpMessage = "The file to write. With wildcards, the one file that matches.")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The file, whatever characters its name has.</summary>
    [Parameter(ParameterSetName = ByLiteralPath, Mandatory = true, HelpMessage = "The file to write, with nothing in its name taken for a wildcard.")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(HelpMessage = "Only pods and leases of this namespace. Default: all namespaces.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether to look into every namespace.</summary>
    [Parameter(HelpMessage = "Pods and leases of all namespaces, which is the default without -Namespace.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>A label selector.</summary>
    [Parameter(HelpMessage = "Only pods with these labels, in Kubernetes' words: 'app=orders,tier in (web,api)'. Leases are listed whatever their pods' labels.")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [Alias("l", "Selector")]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>Where credentials come from.</summary>
    [Parameter(HelpMessage = "Where the credentials come from, as New-CredentialSource makes it: its leases are shown, and a Vault is asked whether it has what the pods need. Default: the leases on record in the namespace kubeinject.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    /// <summary>Whether an existing file is kept.</summary>
    [Parameter(HelpMessage = "Do not replace a file that is there already.")]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Whether a read-only file is replaced, too.</summary>
    [Parameter(HelpMessage = "Replace the file even if it is read-only.")]
    public SwitchParameter Force { get; set; }

    /// <summary>Whether to write the file's description.</summary>
    [Parameter(HelpMessage = "Return the file that was written.")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var file = FindFile();
        var connection = RequireConnection();
        var query = new KubeQuery { Namespace = AllNamespaces ? null : Namespace, AllNamespaces = AllNamespaces || Namespace is null, LabelSelector = LabelSelector };
        if (!ShouldProcess(file.FullName, $"Write a report of the pods of {(query.AllNamespaces ? "all namespaces" : $"the namespace {Namespace}")} of {Wording.Of(connection)}"))
            return;
        RunOrEnd(file.FullName, async (_, cancellationToken) =>
        {
            var progress = new ProgressOf<ReportProgress>(report => Progress.Report(new ProgressStep(report.Step, report.Done, report.Total > 0 ? report.Total : null)));
            var report = await new PodInjectionReporter(connection, CredentialSource).CreateAsync(query, progress, cancellationToken).ConfigureAwait(false);
            await HtmlReport.WriteAsync(report, file.FullName, cancellationToken).ConfigureAwait(false);
            Progress.Complete();
        });
        if (PassThru)
            WriteObject(new FileInfo(file.FullName));
    }

    /// <summary>The file, if it may be written: found out before the cluster is asked anything.</summary>
    private FileInfo FindFile()
    {
        var given = LiteralPath ?? Path!;
        ProviderInfo provider;
        string path;
        if (Path is not null && WildcardPattern.ContainsWildcardCharacters(Path))
        {
            var found = GetResolvedProviderPathFromPSPath(Path, out provider);
            path = found.Count == 1 ? found[0] : "";
        }
        else
        {
            path = SessionState.Path.GetUnresolvedProviderPathFromPSPath(given, out provider, out _);
        }

        if (path.Length == 0 || provider.Name != "FileSystem" || Directory.Exists(path))
            ThrowTerminatingError(Errors.NotAFile(given));
        var file = new FileInfo(path);
        if (file.Directory is { Exists: false } folder)
            ThrowTerminatingError(Errors.Describe(new DirectoryNotFoundException($"The folder '{folder.FullName}' does not exist. Create it first, or give another path."), path)!);
        if (file.Exists && NoClobber)
            ThrowTerminatingError(Errors.FileExists(path));
        if (file.Exists && file.IsReadOnly && !Force)
            ThrowTerminatingError(Errors.FileReadOnly(path));
        return file;
    }
}

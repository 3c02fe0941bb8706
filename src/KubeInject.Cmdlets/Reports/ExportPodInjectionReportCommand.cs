using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Client;
using KubeInject.Leases;
using KubeInject.Reports;
using KubeInject.Reports.Page;

namespace KubeInject.Cmdlets.Reports;

/// <summary>Creates an HTML report about the database credentials that the pods of a cluster request, have, and lack.</summary>
[Cmdlet(VerbsData.Export, "PodInjectionReport", DefaultParameterSetName = ByPath, SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class ExportPodInjectionReportCommand : InjectionCmdlet
{
    private const string ByPath = "Path";
    private const string ByLiteralPath = "LiteralPath";

    [Parameter(ParameterSetName = ByPath, Mandatory = true, Position = 0, HelpMessage = "Specifies the file to write. If the path contains wildcards, it must match exactly one file.")]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    [Parameter(ParameterSetName = ByLiteralPath, Mandatory = true, HelpMessage = "Specifies the file to write. The path is used exactly as typed: wildcards are not expanded.")]
    [Alias("PSPath", "LP")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    [Parameter(HelpMessage = "Specifies the namespace of the pods and leases. The default is all namespaces.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Includes the pods and leases of all namespaces. This is the default if you do not specify -Namespace.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    [Parameter(HelpMessage = "Specifies a Kubernetes label selector for the pods, for example 'app=orders,tier in (web,api)'. The list of leases is not limited by labels.")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [Alias("l", "Selector")]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    [Parameter(HelpMessage = "Specifies the source of the credentials, as created by New-CredentialSource. The report shows its leases and, for Vault, whether it has what the pods need. The default is the source that New-CredentialSource -Default created in this session. Without a source, the report shows the leases that are recorded in the namespace kubeinject.")]
    [ArgumentCompleter(typeof(VariableCompleter))]
    [ValidateNotNull]
    public CredentialSource? CredentialSource { get; set; }

    [Parameter(HelpMessage = "Does not replace an existing file.")]
    [Alias("NoOverwrite")]
    public SwitchParameter NoClobber { get; set; }

    [Parameter(HelpMessage = "Replaces the file even if it is read-only.")]
    public SwitchParameter Force { get; set; }

    [Parameter(HelpMessage = "Returns the file that was written. By default, the cmdlet returns nothing.")]
    public SwitchParameter PassThru { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        var file = FindFile();
        var connection = RequireConnection();
        CredentialSource = FindSource(CredentialSource);
        var query = new KubeQuery { Namespace = AllNamespaces ? null : Namespace, AllNamespaces = AllNamespaces || Namespace is null, LabelSelector = LabelSelector };
        if (!ShouldProcess(file.FullName, $"Write a report about the pods in {(query.AllNamespaces ? "all namespaces" : $"the namespace {Namespace}")} of {ShouldProcessMessages.Of(connection)}"))
            return;
        RunOrEnd(file.FullName, async (_, cancellationToken) =>
        {
            var progress = new ProgressOf<ReportProgress>(report => Progress.Report(new ProgressStep(report.Step, report.Done, report.Total > 0 ? report.Total : null)));
            var report = await new PodInjectionReporter(connection, CredentialSource, Options).CreateAsync(query, progress, cancellationToken).ConfigureAwait(false);
            await HtmlReport.WriteAsync(report, file.FullName, cancellationToken).ConfigureAwait(false);
            Progress.Complete();
        });
        if (PassThru)
            WriteObject(new FileInfo(file.FullName));
    }

    /// <summary>Returns the file to write. Ends the cmdlet, before it sends any request, if the file cannot be written.</summary>
    private FileInfo FindFile()
    {
        var given = LiteralPath ?? WildcardPattern.Unescape(Path!);
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
            ThrowTerminatingError(Errors.Describe(new DirectoryNotFoundException($"The folder '{folder.FullName}' does not exist."), path)!);
        if (file.Exists && NoClobber)
            ThrowTerminatingError(Errors.FileExists(path));
        if (file.Exists && file.IsReadOnly && !Force)
            ThrowTerminatingError(Errors.FileReadOnly(path));
        return file;
    }
}

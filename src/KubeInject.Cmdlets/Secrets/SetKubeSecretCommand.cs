using System.Collections;
using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Cmdlets.Injection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Objects;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Creates a Secret in the connected cluster, or changes values of an existing Secret.</summary>
[Cmdlet(VerbsCommon.Set, "KubeSecret", SupportsShouldProcess = true)]
[OutputType(typeof(KubeSecret))]
public sealed class SetKubeSecretCommand : ConnectedCmdlet
{
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the name of the Secret. If the Secret does not exist, it is created.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    [Parameter(Position = 1, HelpMessage = "Specifies the values to set by key, as SecureStrings, strings, numbers or byte arrays. Other keys of the Secret are kept. Strings that you type remain in the command history.")]
    [ValidateNotNull]
    public IDictionary? Data { get; set; }

    [Parameter(HelpMessage = "Specifies the values for the keys username and password. A new Secret gets the type kubernetes.io/basic-auth.")]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    [Parameter(HelpMessage = "Specifies notes about the Secret by name; $null removes a note, and other notes are kept. Notes are stored as annotations that anyone who can read the Secret can read, so do not put confidential values in them.")]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    [Parameter(HelpMessage = "Specifies the type of the Secret. The default is the current type of the Secret. For a new Secret, the default is kubernetes.io/basic-auth with -Credential, and Opaque otherwise.")]
    [ValidateNotNullOrEmpty]
    public string? Type { get; set; }

    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "Specifies the namespace. The default is the namespace of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    [Parameter(HelpMessage = "Creates a new Secret only. If the Secret exists, the cmdlet reports an error and does not change it.")]
    public SwitchParameter NoClobber { get; set; }

    [Parameter(HelpMessage = "Changes an existing Secret only. If the Secret does not exist, the cmdlet reports an error.")]
    public SwitchParameter NoCreate { get; set; }

    [Parameter(HelpMessage = "Also changes Secrets that belong to another object, are managed by Helm or another manager, or store a token, a Helm release or a lease record.")]
    public SwitchParameter Force { get; set; }

    [Parameter(HelpMessage = "Returns the changed Secret, with its values as SecureStrings. By default, the cmdlet returns nothing.")]
    public SwitchParameter PassThru { get; set; }

    private protected override string? Sum(int count) => $"In total, {count} Secrets would be created or changed.";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var connection = RequireConnection();
        if (ReadValues() is not { } values)
            return;
        var change = new SecretChange
        {
            Name = Name,
            Namespace = Namespace,
            Type = Type,
            TypeIfNew = Credential is null ? "Opaque" : SecretContent.BasicAuthType,
            Values = values,
            Metadata = SecretInput.Metadata(Metadata),
            MayExist = !NoClobber,
            MayCreate = !NoCreate,
            Force = Force,
        };
        Run(Name, async (pipeline, cancellationToken) =>
        {
            var editor = new SecretEditor(connection.Objects);
            var plan = await editor.PlanAsync(change, cancellationToken).ConfigureAwait(false);
            var isWanted = false;
            await pipeline.InvokeAsync(() => isWanted = ShouldDo($"{plan.Reference} in {ShouldProcessMessages.Of(connection)}", plan.Action)).ConfigureAwait(false);
            if (!isWanted)
                return;
            var written = await editor.WriteAsync(change, plan, cancellationToken).ConfigureAwait(false);
            if (PassThru)
                await pipeline.InvokeAsync(() => WriteObject(KubeSecret.Of(written, asPlainText: false))).ConfigureAwait(false);
        });
    }

    /// <summary>Returns the values that the parameters specify; null, and an error is written, if a value is missing or not supported.</summary>
    private Dictionary<string, SecretValue>? ReadValues()
    {
        var values = new Dictionary<string, SecretValue>(StringComparer.Ordinal);
        if (Data is null && Credential is null && Metadata is null)
        {
            WriteError(Errors.NothingToSet(Name));
            return null;
        }

        foreach (DictionaryEntry entry in Data ?? new Hashtable())
        {
            if (SecretInput.Value(entry.Value) is not { } value)
            {
                WriteError(Errors.NoSecretValue(Name, entry.Key, entry.Value));
                return null;
            }

            values[$"{entry.Key}"] = value;
        }

        if (Credential is not null)
        {
            values["username"] = SecretValue.FromText(new SensitiveString(Credential.UserName));
            values["password"] = SecretValue.FromText(Credential.Password.ToSecret());
        }

        return values;
    }
}

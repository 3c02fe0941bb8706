using System.Collections;
using System.Management.Automation;
using KubeInject.Kubernetes;
using KubeInject.Secrets;

namespace KubeInject.Cmdlets;

/// <summary>Makes a Secret of the connected cluster, or changes values of one.</summary>
[Cmdlet(VerbsCommon.Set, "KubeSecret", SupportsShouldProcess = true)]
[OutputType(typeof(KubeSecret))]
public sealed class SetKubeSecretCommand : ConnectedCmdlet
{
    /// <summary>The name.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipelineByPropertyName = true, HelpMessage = "The name of the Secret. It is made where there is none.")]
    [ArgumentCompleter(typeof(ObjectNameCompleter))]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>The values.</summary>
    [Parameter(Position = 1, HelpMessage = "The values by their keys: SecureStrings, strings, numbers, or byte arrays. What else the Secret holds stays. Strings stay in the history of the prompt.")]
    [ValidateNotNull]
    public IDictionary? Data { get; set; }

    /// <summary>Username and password.</summary>
    [Parameter(HelpMessage = "What the keys username and password are to hold. A new Secret gets the type kubernetes.io/basic-auth.")]
    [ValidateNotNull]
    public PSCredential? Credential { get; set; }

    /// <summary>What to note.</summary>
    [Parameter(HelpMessage = "What to note about the Secret, by name, as annotations that everybody reads who reads the Secret; $null takes a note away. Nothing secret. What else is noted stays.")]
    [ValidateNotNull]
    public IDictionary? Metadata { get; set; }

    /// <summary>The type.</summary>
    [Parameter(HelpMessage = "The type of the Secret. Default: that which it has; of a new one kubernetes.io/basic-auth with -Credential, otherwise Opaque.")]
    [ValidateNotNullOrEmpty]
    public string? Type { get; set; }

    /// <summary>The namespace.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true, HelpMessage = "The namespace. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether an existing Secret stays as it is.</summary>
    [Parameter(HelpMessage = "Make a new Secret only: one that exists stays as it is, and is an error.")]
    public SwitchParameter NoClobber { get; set; }

    /// <summary>Whether there has to be one already.</summary>
    [Parameter(HelpMessage = "Change an existing Secret only: one that does not exist is an error.")]
    public SwitchParameter NoCreate { get; set; }

    /// <summary>Whether to change what something else looks after.</summary>
    [Parameter(HelpMessage = "Change a Secret, too, that belongs to another object, that Helm or another manager looks after, or that is a token or a record.")]
    public SwitchParameter Force { get; set; }

    /// <summary>Whether to return the Secret.</summary>
    [Parameter(HelpMessage = "Return the Secret as it is now, its values as SecureStrings. Default: nothing.")]
    public SwitchParameter PassThru { get; set; }

    private protected override string? Sum(int count) => $"{count} Secrets in all would be made or changed.";

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
            await pipeline.InvokeAsync(() => isWanted = ShouldDo($"{plan.Reference} in {Wording.Of(connection)}", plan.Action)).ConfigureAwait(false);
            if (!isWanted)
                return;
            var written = await editor.WriteAsync(change, plan, cancellationToken).ConfigureAwait(false);
            if (PassThru)
                await pipeline.InvokeAsync(() => WriteObject(new KubeSecret(written, asPlainText: false))).ConfigureAwait(false);
        });
    }

    /// <summary>The values that the parameters give; null, and an error, where one can be none.</summary>
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
            values["username"] = SecretValue.FromText(new Secret(Credential.UserName));
            values["password"] = SecretValue.FromText(Credential.Password.ToSecret());
        }

        return values;
    }
}

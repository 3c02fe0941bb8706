using System.Management.Automation;
using System.Security;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Gets Secrets of the connected cluster, with their values as SecureStrings.</summary>
[Cmdlet(VerbsCommon.Get, "KubeSecret", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(KubeSecret), typeof(PSCredential))]
public sealed class GetKubeSecretCommand : GetObjectCmdlet
{
    [Parameter(HelpMessage = "Returns the username and password of Secrets of the type kubernetes.io/basic-auth as PSCredential objects. Lists contain only Secrets of that type. Export-Clixml writes the password of a PSCredential as readable text, except on Windows.")]
    public SwitchParameter AsCredential { get; set; }

    [Parameter(HelpMessage = "Returns the values as strings, which anyone who sees the output can read. By default, they are SecureStrings. Export-Clixml leaves the values out in both cases.")]
    public SwitchParameter AsPlainText { get; set; }

    private protected override string? OnlyField => AsCredential ? $"type={SecretContent.BasicAuthType}" : null;

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        if (AsCredential && AsPlainText)
            ThrowTerminatingError(Errors.CredentialAsPlainText());
    }

    /// <inheritdoc/>
    protected override void ProcessRecord() => Get(
        KubeResource.Secrets,
        (connection, name, cancellationToken) => connection.Objects.GetAsync(KubeResource.Secrets, name.Name, name.Namespace, cancellationToken),
        (connection, query, cancellationToken) => connection.Objects.ListAsync(KubeResource.Secrets, query, cancellationToken),
        secret => secret.Name,
        secret => Write(SecretContent.Read(secret)));

    private void Write(SecretContent found)
    {
        if (!AsCredential)
            WriteObject(KubeSecret.Of(found, AsPlainText));
        else if (found.Type == SecretContent.BasicAuthType && found.Values.GetValueOrDefault("username")?.Reveal() is { Length: > 0 } name)
            WriteObject(new PSCredential(name, found.Values.GetValueOrDefault("password")?.ToSecureString() ?? new SecureString()));
        else
            WriteError(Errors.NoCredential(found));
    }
}

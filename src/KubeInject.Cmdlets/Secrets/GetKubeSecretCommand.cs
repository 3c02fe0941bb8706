using System.Management.Automation;
using System.Security;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Gets Secrets of the connected cluster.</summary>
[Cmdlet(VerbsCommon.Get, "KubeSecret", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(KubeSecret), typeof(PSCredential))]
public sealed class GetKubeSecretCommand : GetObjectCmdlet
{
    /// <summary>Whether to return credentials.</summary>
    [Parameter(HelpMessage = "Return username and password of Secrets of the type kubernetes.io/basic-auth as credentials. Lists are limited to that type. Export-Clixml writes the password of a credential readably, except on Windows.")]
    public SwitchParameter AsCredential { get; set; }

    /// <summary>Whether to return values as strings.</summary>
    [Parameter(HelpMessage = "Return the values as strings, which whoever sees the output can read. Default: as SecureStrings. Export-Clixml leaves them out either way.")]
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
            WriteObject(new KubeSecret(found, AsPlainText));
        else if (found.Type == SecretContent.BasicAuthType && found.Values.GetValueOrDefault("username")?.Reveal() is { Length: > 0 } name)
            WriteObject(new PSCredential(name, found.Values.GetValueOrDefault("password")?.ToSecureString() ?? new SecureString()));
        else
            WriteError(Errors.NoCredential(found));
    }
}

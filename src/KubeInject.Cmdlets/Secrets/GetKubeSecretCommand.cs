using System.Management.Automation;
using System.Runtime.CompilerServices;
using System.Security;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Gets Secrets of the connected cluster, with their values as SecureStrings.</summary>
[Cmdlet(VerbsCommon.Get, "KubeSecret", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(KubeSecret), typeof(PSCredential))]
public sealed class GetKubeSecretCommand : GetObjectCmdlet
{
    [Parameter(HelpMessage = "Returns the values of the keys username and password as PSCredential objects, for Secrets of the types kubernetes.io/basic-auth and Opaque. Lists contain only Secrets of these types that have a username. Export-Clixml writes the password of a PSCredential as readable text, except on Windows.")]
    public SwitchParameter AsCredential { get; set; }

    [Parameter(HelpMessage = "Returns the values as strings, which anyone who sees the output can read. By default, they are SecureStrings. Export-Clixml leaves the values out in both cases.")]
    public SwitchParameter AsPlainText { get; set; }

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
        (connection, query, cancellationToken) => AsCredential ? ListCredentialsAsync(connection, query, cancellationToken) : connection.Objects.ListAsync(KubeResource.Secrets, query, cancellationToken),
        secret => secret.Name,
        secret => Write(SecretContent.Read(secret)));

    // Two lists, because the server selects one type at a time, and Secrets of other types, such as Helm releases, can be large.
    private static async IAsyncEnumerable<KubeObject> ListCredentialsAsync(KubeConnection connection, KubeQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var type in new[] { SecretContent.BasicAuthType, SecretContent.OpaqueType })
        {
            var ofType = query with { FieldSelector = string.Join(',', new[] { query.FieldSelector, $"type={type}" }.OfType<string>()) };
            await foreach (var secret in connection.Objects.ListAsync(KubeResource.Secrets, ofType, cancellationToken).ConfigureAwait(false))
            {
                if (type == SecretContent.BasicAuthType || Username(SecretContent.Read(secret)) is not null)
                    yield return secret;
            }
        }
    }

    private static string? Username(SecretContent secret) =>
        secret.IsCredentialType && secret.Values.GetValueOrDefault("username")?.Reveal() is { Length: > 0 } name ? name : null;

    private void Write(SecretContent found)
    {
        if (!AsCredential)
            WriteObject(KubeSecret.Of(found, AsPlainText));
        else if (Username(found) is { } name)
            WriteObject(new PSCredential(name, found.Values.GetValueOrDefault("password")?.ToSecureString() ?? new SecureString()));
        else
            WriteError(Errors.NoCredential(found));
    }
}

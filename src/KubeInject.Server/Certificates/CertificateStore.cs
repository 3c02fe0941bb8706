using System.Text.Json.Nodes;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Leases;

namespace KubeInject.Certificates;

/// <summary>The stored certificates.</summary>
/// <param name="Data">The data of the Secret, as Base64.</param>
/// <param name="Version">The resource version.</param>
internal sealed record StoredCertificates(IReadOnlyDictionary<string, string> Data, string Version);

/// <summary>Reads and writes the Secret with the certificates that all replicas share.</summary>
internal interface ICertificateStore
{
    /// <summary>The current time of the API server, because the clocks of the nodes can differ.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Reads the Secret.</summary>
    /// <returns>The content; null if it does not exist.</returns>
    /// <exception cref="ForeignSecretException">The Secret belongs to another component.</exception>
    Task<StoredCertificates?> FindAsync(CancellationToken cancellationToken);

    /// <summary>Creates or replaces the Secret, if it still has the specified version.</summary>
    /// <param name="data">The data.</param>
    /// <param name="version">The version that was read. Null if the Secret did not exist.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>Whether it was written. Otherwise, another replica has created or changed the Secret.</returns>
    Task<bool> TryWriteAsync(IReadOnlyDictionary<string, string> data, string? version, CancellationToken cancellationToken);
}

/// <summary>A Secret with the specified name belongs to another component, and is not changed.</summary>
/// <param name="message">The Secret and the remedy.</param>
internal sealed class ForeignSecretException(string message) : Exception(message);

/// <summary>The Secret in a cluster.</summary>
/// <param name="client">The cluster.</param>
/// <param name="namespace">The namespace of the Secret, which must exist.</param>
/// <param name="name">The name of the Secret.</param>
internal sealed class KubeCertificateStore(KubeObjectClient client, string @namespace, string name) : ICertificateStore
{
    /// <summary>The type of the Secret.</summary>
    public const string SecretType = "kubeinject.io/tls";

    public DateTimeOffset Now => client.ServerTime;

    public async Task<StoredCertificates?> FindAsync(CancellationToken cancellationToken)
    {
        KubeObject secret;
        try
        {
            secret = await client.GetAsync(KubeResource.Secrets, name, @namespace, cancellationToken).ConfigureAwait(false);
        }
        catch (KubeApiException exception) when (exception.Reason == KubeApiReason.NotFound)
        {
            return null;
        }

        var document = secret.ToElement();
        return document.Text("type") == SecretType && document.Get("metadata").Get("labels").Text(KubeLeaseStore.ManagedByLabel) == KubeWriteOptions.DefaultFieldManager
            ? new StoredCertificates(document.Get("data").Texts(), secret.ResourceVersion ?? "")
            : throw new ForeignSecretException(
                $"{secret} belongs to another component, because it does not have the type {SecretType} and the label {KubeLeaseStore.ManagedByLabel}={KubeWriteOptions.DefaultFieldManager}. Specify another name with --tls-secret, or delete this Secret.");
    }

    public async Task<bool> TryWriteAsync(IReadOnlyDictionary<string, string> data, string? version, CancellationToken cancellationToken)
    {
        var metadata = new JsonObject { ["name"] = name, ["labels"] = new JsonObject { [KubeLeaseStore.ManagedByLabel] = KubeWriteOptions.DefaultFieldManager } };
        var secret = new JsonObject { ["apiVersion"] = KubeResource.Secrets.ApiVersion, ["kind"] = KubeResource.Secrets.Kind, ["metadata"] = metadata, ["type"] = SecretType };
        try
        {
            if (version is null)
            {
                secret["data"] = new JsonObject(data.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value)));
                await client.CreateAsync(KubeResource.Secrets, KubeObject.Parse(secret.ToJsonString()), @namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            }
            else
            {
                // Null removes a key. With the version, the server refuses the patch if the Secret has changed.
                secret["data"] = new JsonObject(CertificateSetDocument.Keys.Select(key => KeyValuePair.Create(key, (JsonNode?)data.GetValueOrDefault(key))));
                metadata["resourceVersion"] = version;
                await client.PatchAsync(KubeResource.Secrets, name, KubePatch.Merge(secret.ToJsonString()), @namespace, cancellationToken: cancellationToken).ConfigureAwait(false);
            }

            return true;
        }
        catch (KubeApiException exception) when (exception.Reason is KubeApiReason.Conflict or KubeApiReason.AlreadyExists)
        {
            return false;
        }
    }
}

using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Connection;

/// <summary>Tests a connection and reports its details.</summary>
internal static class ConnectionTest
{
    /// <summary>The permissions that the commands of the module need: read and watch pods, read Secrets, request tokens, change workloads, list namespaces.</summary>
    private static readonly AccessQuestion[] NeededAccess =
    [
        new("get", KubeResource.Pods),
        new("list", KubeResource.Pods),
        new("watch", KubeResource.Pods),
        new("get", KubeResource.Secrets),
        new("list", KubeResource.Secrets),
        new("create", KubeResource.ServiceAccounts) { Subresource = "token" },
        new("patch", KubeResource.Deployments),
        new("patch", KubeResource.StatefulSets),
        new("patch", KubeResource.DaemonSets),
        new("patch", KubeResource.CronJobs),
        new("list", KubeResource.Namespaces),
    ];

    /// <summary>Opens a separate connection, reads the details from the server, and closes the connection.</summary>
    /// <param name="settings">The settings of the connection.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The report. A failed connection is also a report, not an exception.</returns>
    public static async Task<ConnectionReport> RunAsync(ConnectionSettings settings, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var report = new ConnectionReport
        {
            Server = settings.Server,
            Context = settings.Context,
            ImpersonatedUser = settings.Impersonation?.User,
            ClientCertificate = Summary(settings, settings.ClientCertificate),
        };
        KubeConnection connection;
        try
        {
            connection = new KubeConnection(settings, KubeRetryPolicy.Default);
        }
        catch (ConfigurationException e)
        {
            return report with { Message = e.Message };
        }

        using (connection)
            return await RunAsync(connection, report, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ConnectionReport> RunAsync(KubeConnection connection, ConnectionReport report, CancellationToken cancellationToken)
    {
        var settings = connection.GetSettings();
        report = report with { AuthenticationKind = connection.AuthenticationKind, ChecksCertificate = connection.ChecksCertificate };
        SensitiveString? token;
        ClientCertificate? certificate;
        try
        {
            await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            (token, certificate) = await CredentialAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is KubeConnectionException or ConfigurationException)
        {
            return report with { Failure = (e as KubeConnectionException)?.Reason, Message = e.Message, ServerCertificate = Chain(connection) };
        }

        var identity = await ConnectionIdentity.FindAsync(connection, token, certificate?.Certificate, cancellationToken).ConfigureAwait(false);
        var rights = await Task.WhenAll(NeededAccess.Select(question => ReviewAsync(connection, question, cancellationToken))).ConfigureAwait(false);
        return report with
        {
            Reachable = true,
            ServerVersion = connection.ServerVersion,
            User = identity.User,
            Groups = identity.Groups,
            UserSource = identity.Source,
            ServerCertificate = Chain(connection),
            ClientCertificate = Summary(settings, certificate),
            Rights = rights,
        };
    }

    /// <summary>Gets the credential of a request from the settings or the exec plugin.</summary>
    private static async Task<(SensitiveString? Token, ClientCertificate? Certificate)> CredentialAsync(KubeConnection connection, CancellationToken cancellationToken)
    {
        var credential = connection.Channel.Credential;
        var pluginCredential = await credential.GetAsync(cancellationToken).ConfigureAwait(false);
        using var request = new HttpRequestMessage();
        credential.Apply(request, pluginCredential);
        return (request.Headers.Authorization is { Scheme: "Bearer", Parameter: { } token } ? new SensitiveString(token) : null, pluginCredential?.Certificate ?? connection.GetSettings().ClientCertificate);
    }

    private static async Task<AccessRight> ReviewAsync(KubeConnection connection, AccessQuestion question, CancellationToken cancellationToken)
    {
        var resource = question.Resource;
        var right = new AccessRight
        {
            Verb = question.Verb,
            Resource = $"{resource.Plural}{(question.Subresource is null ? "" : $"/{question.Subresource}")}{(resource.Group.Length == 0 ? "" : $".{resource.Group}")}",
            Namespace = resource.IsNamespaced ? connection.Namespace : null,
        };
        try
        {
            var answer = await connection.Objects.ReviewAccessAsync(question, cancellationToken).ConfigureAwait(false);
            return right with { Allowed = answer.Allowed, Reason = answer.Reason };
        }
        catch (Exception e) when (e is KubeApiException or KubeConnectionException)
        {
            return right with { Reason = e.Message };
        }
    }

    private static IReadOnlyList<CertificateSummary> Chain(KubeConnection connection)
    {
        var settings = connection.GetSettings();
        return CertificateSummary.OfChain(connection.Channel.Trust.PresentedCertificates, settings.CertificateAuthority, settings.Environment.Time.GetUtcNow());
    }

    private static CertificateSummary? Summary(ConnectionSettings settings, ClientCertificate? certificate) =>
        certificate is null ? null : CertificateSummary.Of(certificate.Certificate, settings.Environment.Time.GetUtcNow());
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Connection;

/// <summary>A connection to the API server of a cluster as a user.</summary>
/// <remarks>Thread-safe. The text form contains no token, key or password.</remarks>
public sealed class KubeConnection : IDisposable
{
    private const string ReviewPath = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    private readonly ApiChannel channel;
    private readonly ConnectionSettings settings;

    /// <summary>Prepares a connection. <see cref="ConnectAsync"/> opens it.</summary>
    /// <exception cref="ConfigurationException">The settings are not valid.</exception>
    internal KubeConnection(ConnectionSettings settings, KubeRetryPolicy policy)
    {
        this.settings = settings;
        channel = new ApiChannel(settings, policy);
        Objects = new KubeObjectClient(channel, settings.Namespace);
    }

    /// <summary>
    /// Raised after each request, even if there was no response, on the thread that completed the request. A handler
    /// must return quickly and must not throw.
    /// </summary>
    public event Action<CompletedRequest>? RequestCompleted
    {
        add => channel.Completed += value;
        remove => channel.Completed -= value;
    }

    /// <summary>The address of the API server.</summary>
    public Uri Server => settings.Server;

    /// <summary>The kubeconfig context of the connection; null if the settings are not from a kubeconfig.</summary>
    public string? Context => settings.Context;

    /// <summary>The namespace of requests without a namespace.</summary>
    public string Namespace => settings.Namespace;

    /// <summary>The kind of authentication: <c>token</c>, <c>token file</c>, <c>basic</c>, <c>client certificate</c>, <c>exec plugin</c> or <c>none</c>.</summary>
    public string AuthenticationKind => channel.Credential.Kind;

    /// <summary>Whether the next request can be sent without running an exec plugin.</summary>
    internal bool IsCredentialAvailable => channel.Credential.IsAvailable;

    /// <summary>The version of the server, <c>v1.34.1</c>; null if the user is not authorized to read it.</summary>
    public string? ServerVersion { get; private set; }

    /// <summary>The name of the user as the server knows it; null if it is unknown (for users with full access before Kubernetes 1.28).</summary>
    public string? User => Identity.User;

    /// <summary>The user that requests impersonate, like <c>kubectl --as</c>; null if they impersonate none.</summary>
    public string? ImpersonatedUser => settings.Impersonation?.User;

    /// <summary>The identity of the user according to the server; <see cref="IdentitySource.Unknown"/> if the server does not return it.</summary>
    internal ConnectionIdentity Identity { get; private set; } = ConnectionIdentity.Unknown;

    /// <summary>The channel that sends the requests of this connection.</summary>
    internal ApiChannel Channel => channel;

    /// <summary>Reads, watches and writes objects of any resource.</summary>
    internal KubeObjectClient Objects { get; }

    /// <summary>Whether the server certificate is validated.</summary>
    public bool ChecksCertificate => !settings.SkipCertificateCheck && Server.Scheme == Uri.UriSchemeHttps;

    /// <summary>Opens a connection and verifies that an API server responds and accepts the credential.</summary>
    /// <param name="settings">The settings of the connection.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The connection. The user does not need any permission to connect.</returns>
    /// <exception cref="KubeConnectionException">The connection failed; see <see cref="KubeConnectionException.Reason"/>.</exception>
    /// <exception cref="ConfigurationException">The settings are not valid, or the token file cannot be read.</exception>
    public static Task<KubeConnection> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken = default) =>
        OpenAsync(settings, KubeRetryPolicy.Default, cancellationToken);

    /// <summary>Creates a connection without a request to the server, for example for a test. The first request connects.</summary>
    /// <param name="settings">The settings of the connection.</param>
    /// <returns>The connection. <see cref="ServerVersion"/> and <see cref="User"/> are null.</returns>
    /// <exception cref="ConfigurationException">The settings are not valid.</exception>
    public static KubeConnection Create(ConnectionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new KubeConnection(settings, KubeRetryPolicy.Default);
    }

    /// <summary>Opens a connection with another retry policy.</summary>
    internal static async Task<KubeConnection> OpenAsync(ConnectionSettings settings, KubeRetryPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var connection = new KubeConnection(settings, policy);
        try
        {
            await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Gets the settings of the connection.</summary>
    /// <returns>The settings. This is not a property, because the settings contain the credential, and properties are displayed.</returns>
    public ConnectionSettings GetSettings() => settings;

    /// <summary>Reads a JSON document of the API.</summary>
    /// <param name="path">Path and query, escaped: <c>/api/v1/namespaces/shop/configmaps/orders</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The document.</returns>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken = default)
    {
        if (path is not ['/', ..])
            throw new ArgumentException("An API path must begin with a slash.", nameof(path));
        return channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Reads one pod.</summary>
    /// <param name="name">The name of the pod.</param>
    /// <param name="namespace">The namespace of the pod; null for the namespace of the connection.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The pod.</returns>
    /// <exception cref="KubeApiException">The server returned an error: <see cref="KubeApiReason.NotFound"/> if the pod does not exist.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public async Task<Pod> GetPodAsync(string name, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        var path = KubeResource.Pods.ObjectPath(name, @namespace ?? Namespace);
        return channel.Failures.ReadPod(await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), cancellationToken).ConfigureAwait(false));
    }

    /// <summary>Lists pods page by page, each pod once.</summary>
    /// <param name="query">The pods to select; null for all pods in the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The pods in the order of the server. If the continue token expires, the list restarts automatically.</returns>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public IAsyncEnumerable<Pod> ListPodsAsync(KubeQuery? query = null, CancellationToken cancellationToken = default)
    {
        return Objects.Pager(KubeResource.Pods, query).ListAsync(Read, cancellationToken);

        (Pod, string?) Read(string path, ReadOnlyMemory<byte> bytes)
        {
            var pod = channel.Failures.ReadPod(path, bytes);
            return (pod, pod.Uid);
        }
    }

    /// <summary>Watches pods like <see cref="KubeObjectClient.WatchAsync"/>.</summary>
    /// <param name="query">The pods to select; null for all pods in the namespace of the connection.</param>
    /// <param name="cancellationToken">Stops the watch.</param>
    /// <returns>The existing pods and then all changes, without end.</returns>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public async IAsyncEnumerable<PodEvent> WatchPodsAsync(KubeQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var change in Objects.WatchAsync(KubeResource.Pods, query, cancellationToken).ConfigureAwait(false))
            yield return new PodEvent(change.Type, Pod.FromUtf8(change.Object.ToUtf8(), change.Object.Server));
    }

    /// <summary>Closes the connection. Requests and watches in progress fail with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => channel.Dispose();

    /// <summary>The server, the context and the user. Contains no secrets.</summary>
    /// <returns>One line.</returns>
    public override string ToString() =>
        $"{Server}{(Context is null ? "" : $" ({Context})")}{(User is null ? "" : $" as {User}")}{(ImpersonatedUser is null ? "" : " (impersonated)")}";

    /// <summary>Verifies that an API server responds and accepts the credential.</summary>
    /// <exception cref="KubeConnectionException">The connection failed.</exception>
    /// <exception cref="ConfigurationException">The token file cannot be read.</exception>
    internal async Task ConnectAsync(CancellationToken cancellationToken)
    {
        // Two requests: each API server returns its version, but some also return it to anonymous users. The response to
        // the second request, even if it is an error, identifies the user.
        ServerVersion = await GetVersionAsync(cancellationToken).ConfigureAwait(false);
        Identity = await GetIdentityAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<string?> GetVersionAsync(CancellationToken cancellationToken)
    {
        var response = await channel.SendAsync(ApiRequest.Get("/version"), cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
        {
            return channel.Failures.ReadJson(response).Text("gitVersion")
                ?? throw channel.Failures.NotKubernetes("its /version has no gitVersion");
        }

        return IsDenied(response) ? null : throw channel.Failures.FromFirstAnswer(response);
    }

    /// <summary>Gets the identity of the user from a review, which writes nothing.</summary>
    private async Task<ConnectionIdentity> GetIdentityAsync(CancellationToken cancellationToken)
    {
        var review = """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"""u8.ToArray();
        var request = new ApiRequest(HttpMethod.Post, ReviewPath) { Body = review, IsRepeatable = true };
        var response = await channel.SendAsync(request, cancellationToken).ConfigureAwait(false);
        if (!response.IsSuccess && !IsDenied(response))
            throw channel.Failures.FromFirstAnswer(response);
        var identity = response.IsSuccess
            ? ConnectionIdentity.OfUserInfo(channel.Failures.ReadJson(response).Get("status").Get("userInfo"), IdentitySource.SelfSubjectReview)
            : ConnectionIdentity.OfDenial(channel.Failures.FromResponse(response));
        return IsCredentialIgnored(identity) ? throw channel.Failures.CredentialIgnored(response) : identity;
    }

    /// <summary>
    /// Returns whether the server treats the user as anonymous although a credential was sent. A server rejects only
    /// credentials of a kind that it supports. It ignores others, and credentials that do not reach it.
    /// </summary>
    private bool IsCredentialIgnored(ConnectionIdentity identity) =>
        identity.User == ConnectionIdentity.Anonymous && channel.Credential.IsGiven && settings.Impersonation?.User != ConnectionIdentity.Anonymous;

    /// <summary>Returns whether an API server denied the request to a known user, or is too old to support it.</summary>
    private static bool IsDenied(ApiResponse response) => response.StatusCode is 403 or 404 or 405 && ApiFailures.IsStatus(response);
}

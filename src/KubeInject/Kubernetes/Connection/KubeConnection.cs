using System.Runtime.CompilerServices;
using System.Text.Json;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Kubernetes.Connection;

/// <summary>An open connection to the API server of one cluster, as one user.</summary>
/// <remarks>May be used by several threads at once. Prints no token, key or password.</remarks>
public sealed class KubeConnection : IDisposable
{
    private const string ReviewPath = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    private readonly ApiChannel channel;
    private readonly ConnectionSettings settings;

    /// <summary>Prepares a connection; <see cref="ConnectAsync"/> makes it.</summary>
    /// <exception cref="ConfigurationException">The settings contradict themselves.</exception>
    internal KubeConnection(ConnectionSettings settings, KubeRetryPolicy policy)
    {
        this.settings = settings;
        channel = new ApiChannel(settings, policy);
        Objects = new KubeObjectClient(channel, settings.Namespace);
    }

    /// <summary>
    /// Raised after every request, also after one that got no answer, on the thread that finished it. A handler
    /// must be quick, and must not throw.
    /// </summary>
    public event Action<CompletedRequest>? RequestCompleted
    {
        add => channel.Completed += value;
        remove => channel.Completed -= value;
    }

    /// <summary>The API server's address.</summary>
    public Uri Server => settings.Server;

    /// <summary>The context of the kubeconfig that the connection came from; null for one from elsewhere.</summary>
    public string? Context => settings.Context;

    /// <summary>The namespace of requests that name none.</summary>
    public string Namespace => settings.Namespace;

    /// <summary>How the user is known: <c>token</c>, <c>token file</c>, <c>basic</c>, <c>client certificate</c>, <c>exec plugin</c> or <c>none</c>.</summary>
    public string AuthenticationKind => channel.Credential.Kind;

    /// <summary>Whether the next request can be made without running a program that gives the credential.</summary>
    internal bool IsCredentialAtHand => channel.Credential.IsAtHand;

    /// <summary>The server's version, <c>v1.34.1</c>; null where the server does not tell this user.</summary>
    public string? ServerVersion { get; private set; }

    /// <summary>Who the server takes the user for; null where it does not say (to those who may do anything, before Kubernetes 1.28).</summary>
    public string? User => Identity.User;

    /// <summary>Who the server says the user is, asked or not; <see cref="IdentitySource.Unknown"/> where it does not say.</summary>
    internal ConnectionIdentity Identity { get; private set; } = ConnectionIdentity.Unknown;

    /// <summary>The one place where requests of this connection are made.</summary>
    internal ApiChannel Channel => channel;

    /// <summary>Reads, watches and writes objects of any resource.</summary>
    internal KubeObjectClient Objects { get; }

    /// <summary>Whether the server's certificate is checked.</summary>
    public bool ChecksCertificate => !settings.SkipCertificateCheck && Server.Scheme == Uri.UriSchemeHttps;

    /// <summary>Connects, and makes sure that an API server answers and accepts the credential.</summary>
    /// <param name="settings">What the connection is made of.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The connection. That the user may do nothing at all is no failure to connect.</returns>
    /// <exception cref="KubeConnectionException">There is no connection; its <see cref="KubeConnectionException.Reason"/> says why.</exception>
    /// <exception cref="ConfigurationException">The settings contradict themselves, or the token's file cannot be read.</exception>
    public static Task<KubeConnection> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken = default) =>
        OpenAsync(settings, KubeRetryPolicy.Default, cancellationToken);

    /// <summary>Connects as the other overload does, with another policy for requests.</summary>
    internal static async Task<KubeConnection> OpenAsync(ConnectionSettings settings, KubeRetryPolicy policy, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var connection = new KubeConnection(settings, policy);
        try
        {
            await connection.ConnectAsync(cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>What the connection was made of.</summary>
    /// <returns>The settings. No property, because they hold the user's credential, and properties get shown.</returns>
    public ConnectionSettings GetSettings() => settings;

    /// <summary>Reads what is under a path of the API.</summary>
    /// <param name="path">Path and query, escaped: <c>/api/v1/namespaces/shop/configmaps/orders</c>.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken = default)
    {
        if (path is not ['/', ..])
            throw new ArgumentException("An API path must begin with a slash.", nameof(path));
        return channel.Failures.ReadJson(await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), cancellationToken));
    }

    /// <summary>Reads one pod.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="namespace">Its namespace; null for that of the connection.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The pod.</returns>
    /// <exception cref="KubeApiException">The server answers with an error: <see cref="KubeApiReason.NotFound"/> for a pod that does not exist.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public async Task<Pod> GetPodAsync(string name, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        var path = KubeResource.Pods.ObjectPath(name, @namespace ?? Namespace);
        return channel.Failures.ReadPod(await channel.SendAndEnsureSuccessAsync(ApiRequest.Get(path), cancellationToken));
    }

    /// <summary>Lists pods while they arrive, each once.</summary>
    /// <param name="query">Which pods; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Stops the list.</param>
    /// <returns>The pods, in the server's order. A list that takes the server longer than it remembers starts again by itself.</returns>
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

    /// <summary>Follows pods as <see cref="KubeObjectClient.WatchAsync"/> follows objects of any kind.</summary>
    /// <param name="query">Which pods; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Stops the watch.</param>
    /// <returns>First the pods that exist, then whatever happens to any, without end.</returns>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response, or the response was not valid.</exception>
    public async IAsyncEnumerable<PodEvent> WatchPodsAsync(KubeQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var happened in Objects.WatchAsync(KubeResource.Pods, query, cancellationToken))
            yield return new PodEvent(happened.Type, Pod.FromUtf8(happened.Object.ToUtf8(), happened.Object.Server));
    }

    /// <summary>Ends the connection. Requests and watches under way fail with an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => channel.Dispose();

    /// <summary>Server, context and user; nothing secret.</summary>
    /// <returns>One line.</returns>
    public override string ToString() =>
        $"{Server}{(Context is null ? "" : $" ({Context})")}{(User is null ? "" : $" as {User}")}";

    /// <summary>Makes sure that an API server answers and accepts the credential.</summary>
    /// <exception cref="KubeConnectionException">There is no connection.</exception>
    /// <exception cref="ConfigurationException">The token's file cannot be read.</exception>
    internal async Task ConnectAsync(CancellationToken cancellationToken)
    {
        // Two questions: the first any API server answers, but some answer it to anybody; the answer to the second,
        // and also the refusal of one, says who the server takes the user for.
        ServerVersion = await AskVersionAsync(cancellationToken);
        Identity = await AskUserAsync(cancellationToken);
    }

    private async Task<string?> AskVersionAsync(CancellationToken cancellationToken)
    {
        var response = await channel.SendAsync(ApiRequest.Get("/version"), cancellationToken);
        if (response.IsSuccess)
        {
            return channel.Failures.ReadJson(response).Text("gitVersion")
                ?? throw channel.Failures.NotKubernetes("its /version has no gitVersion");
        }

        return IsDenied(response) ? null : throw channel.Failures.FromFirstAnswer(response);
    }

    /// <summary>Asks the server who it takes the user for: a review that writes nothing.</summary>
    private async Task<ConnectionIdentity> AskUserAsync(CancellationToken cancellationToken)
    {
        var review = """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"""u8.ToArray();
        var request = new ApiRequest(HttpMethod.Post, ReviewPath) { Body = review, IsRepeatable = true };
        var response = await channel.SendAsync(request, cancellationToken);
        if (!response.IsSuccess && !IsDenied(response))
            throw channel.Failures.FromFirstAnswer(response);
        var identity = response.IsSuccess
            ? ConnectionIdentity.OfUserInfo(channel.Failures.ReadJson(response).Get("status").Get("userInfo"), IdentitySource.SelfSubjectReview)
            : ConnectionIdentity.OfDenial(channel.Failures.FromResponse(response));
        return IsCredentialIgnored(identity) ? throw channel.Failures.CredentialIgnored(response) : identity;
    }

    /// <summary>
    /// The server answers as it answers anybody, although the user has said who he is. A server refuses only what it
    /// understands: a credential of a kind that it does not know, or that does not reach it, it passes over.
    /// </summary>
    private bool IsCredentialIgnored(ConnectionIdentity identity) =>
        identity.User == ConnectionIdentity.Anonymous && channel.Credential.IsGiven && settings.Impersonation?.User != ConnectionIdentity.Anonymous;

    /// <summary>An API server knows the user, but does not let him ask this, or is too old to know the question.</summary>
    private static bool IsDenied(ApiResponse response) => response.StatusCode is 403 or 404 or 405 && ApiFailures.IsStatus(response);
}

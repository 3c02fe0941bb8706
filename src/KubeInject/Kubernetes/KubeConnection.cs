using System.Runtime.CompilerServices;
using System.Text.Json;

namespace KubeInject.Kubernetes;

/// <summary>An open connection to the API server of one cluster, as one user.</summary>
/// <remarks>May be used by several threads at once. Prints no token, key or password.</remarks>
public sealed class KubeConnection : IDisposable
{
    private const string ReviewPath = "/apis/authentication.k8s.io/v1/selfsubjectreviews";

    private readonly ApiChannel channel;
    private readonly ConnectionSettings settings;

    private KubeConnection(ConnectionSettings settings, ApiChannel channel)
    {
        this.settings = settings;
        this.channel = channel;
    }

    /// <summary>
    /// Raised after every request, also after one that got no answer, on the thread that finished it. A handler
    /// must be quick, and must not throw.
    /// </summary>
    public event Action<KubeRequest>? RequestCompleted
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

    /// <summary>How the user is known: <c>token</c>, <c>token file</c>, <c>basic</c>, <c>client certificate</c> or <c>none</c>.</summary>
    public string AuthenticationKind => channel.Credential.Kind;

    /// <summary>The server's version, <c>v1.34.1</c>; null where the server does not tell this user.</summary>
    public string? ServerVersion { get; private set; }

    /// <summary>Who the server takes the user for; null where it does not say (before Kubernetes 1.28, or forbidden).</summary>
    public string? User { get; private set; }

    /// <summary>Whether the server's certificate is checked.</summary>
    public bool ChecksCertificate => !settings.SkipCertificateCheck && Server.Scheme == Uri.UriSchemeHttps;

    /// <summary>Connects, and makes sure that an API server answers and accepts the credential.</summary>
    /// <param name="settings">What the connection is made of.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection. That the user may do nothing at all is no failure to connect.</returns>
    /// <exception cref="KubeConnectionException">There is no connection; its <see cref="KubeConnectionException.Reason"/> says why.</exception>
    /// <exception cref="KubeConfigurationException">The settings contradict themselves, or the token's file cannot be read.</exception>
    public static Task<KubeConnection> OpenAsync(ConnectionSettings settings, CancellationToken cancellationToken = default) =>
        OpenAsync(settings, null, cancellationToken);

    /// <summary>Connects as the other overload does, watched from the first request on.</summary>
    /// <param name="settings">What the connection is made of.</param>
    /// <param name="requestCompleted">A first handler of <see cref="RequestCompleted"/>; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="KubeConnectionException">There is no connection; its <see cref="KubeConnectionException.Reason"/> says why.</exception>
    /// <exception cref="KubeConfigurationException">The settings contradict themselves, or the token's file cannot be read.</exception>
    public static async Task<KubeConnection> OpenAsync(
        ConnectionSettings settings, Action<KubeRequest>? requestCompleted, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var connection = new KubeConnection(settings, new ApiChannel(settings));
        connection.RequestCompleted += requestCompleted;
        try
        {
            // Two questions: the first any API server answers, but some answer it to anybody; the second only to
            // whoever has proved who he is.
            connection.ServerVersion = await connection.AskVersionAsync(cancellationToken);
            connection.User = await connection.AskUserAsync(cancellationToken);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Reads what is under a path of the API.</summary>
    /// <param name="path">Path and query, escaped: <c>/api/v1/namespaces/shop/configmaps/orders</c>.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer.</returns>
    /// <exception cref="KubeApiException">The server answers with an error.</exception>
    /// <exception cref="KubeConnectionException">No answer comes, or one that is not JSON.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken = default) =>
        Json(await GetBytesAsync(path, cancellationToken));

    /// <summary>Reads one pod.</summary>
    /// <param name="name">The pod's name.</param>
    /// <param name="namespace">Its namespace; null for that of the connection.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The pod.</returns>
    /// <exception cref="KubeApiException">The server answers with an error: <see cref="KubeApiReason.NotFound"/> for a pod that does not exist.</exception>
    /// <exception cref="KubeConnectionException">No answer comes, or one that is not JSON.</exception>
    public async Task<Pod> GetPodAsync(string name, string? @namespace = null, CancellationToken cancellationToken = default)
    {
        // Without a name the path would be that of the list.
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        var bytes = await GetBytesAsync($"{PodsPath(@namespace ?? Namespace)}/{Uri.EscapeDataString(name)}", cancellationToken);
        return AsPod(bytes);
    }

    /// <summary>Lists pods while they arrive, each once.</summary>
    /// <param name="query">Which pods; null for all of the connection's namespace.</param>
    /// <param name="cancellationToken">Ends the list.</param>
    /// <returns>The pods, in the server's order. A list that takes the server longer than it remembers starts again by itself.</returns>
    /// <exception cref="KubeApiException">The server answers with an error.</exception>
    /// <exception cref="KubeConnectionException">No answer comes, or one that is not JSON.</exception>
    public async IAsyncEnumerable<Pod> ListPodsAsync(PodQuery? query = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        query ??= new PodQuery();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(query.PageSize);
        var path = query.AllNamespaces ? "/api/v1/pods" : PodsPath(query.Namespace ?? Namespace);
        (string Key, string? Value)[] selectors = [("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector)];
        var parameters = selectors.Where(selector => !string.IsNullOrEmpty(selector.Value))
            .Select(selector => $"{selector.Key}={Uri.EscapeDataString(selector.Value!)}")
            .ToList();
        if (parameters.Count > 0)
            path += $"?{string.Join('&', parameters)}";
        await foreach (var pod in new ListPager(channel).ListAsync(path, query.PageSize, Read, cancellationToken))
            yield return pod;

        (Pod, string?) Read(ReadOnlyMemory<byte> bytes)
        {
            var pod = AsPod(bytes);
            return (pod, pod.Uid);
        }
    }

    /// <summary>Ends the connection. Requests under way fail.</summary>
    public void Dispose() => channel.Dispose();

    /// <summary>Server, context and user; nothing secret.</summary>
    /// <returns>One line.</returns>
    public override string ToString() =>
        $"{Server}{(Context is null ? "" : $" ({Context})")}{(User is null ? "" : $" as {User}")}";

    private async Task<string?> AskVersionAsync(CancellationToken cancellationToken)
    {
        var response = await channel.SendAsync(HttpMethod.Get, "/version", null, cancellationToken);
        if (response.IsSuccess)
        {
            return Json(response.Body).Text("gitVersion")
                ?? throw channel.Failures.NotKubernetes("its /version names no gitVersion");
        }

        return IsDenied(response) ? null : throw channel.Failures.FromFirstAnswer(response);
    }

    /// <summary>Asks the server who it takes the user for: a review that writes nothing.</summary>
    private async Task<string?> AskUserAsync(CancellationToken cancellationToken)
    {
        var review = """{"apiVersion":"authentication.k8s.io/v1","kind":"SelfSubjectReview"}"""u8.ToArray();
        var response = await channel.SendAsync(HttpMethod.Post, ReviewPath, review, cancellationToken);
        if (response.IsSuccess)
            return Json(response.Body).Get("status").Get("userInfo").Text("username");
        return IsDenied(response) ? null : throw channel.Failures.FromFirstAnswer(response);
    }

    /// <summary>An API server knows the user, but does not let him ask this, or is too old to know the question.</summary>
    private bool IsDenied(ApiResponse response) => response.StatusCode is 403 or 404 or 405 && channel.Failures.IsStatus(response);

    private async Task<byte[]> GetBytesAsync(string path, CancellationToken cancellationToken)
    {
        if (path is not ['/', ..])
            throw new ArgumentException("A path of the API begins with a slash.", nameof(path));
        var response = await channel.SendAsync(HttpMethod.Get, path, null, cancellationToken);
        return response.IsSuccess ? response.Body : throw channel.Failures.FromResponse(response);
    }

    private JsonElement Json(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(body);
        }
        catch (JsonException)
        {
            throw channel.Failures.NotKubernetes("its answer is not JSON");
        }
    }

    private Pod AsPod(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Pod.FromUtf8(bytes);
        }
        catch (JsonException)
        {
            throw channel.Failures.NotKubernetes("a pod is not a JSON object");
        }
    }

    private static string PodsPath(string @namespace) => $"/api/v1/namespaces/{Uri.EscapeDataString(@namespace)}/pods";
}

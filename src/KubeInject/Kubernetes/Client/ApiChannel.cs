using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Transport;

namespace KubeInject.Kubernetes.Client;

/// <summary>Sends the requests of a connection, with credential, retries and limits.</summary>
internal sealed class ApiChannel : IDisposable
{
    private static readonly string Version =
        typeof(ApiChannel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly ConnectionSettings settings;
    private readonly HttpClient client;
    private readonly string prefix;
    private readonly TimeSpan connectTimeout;
    private readonly CancellationTokenSource closing = new();
    private volatile bool hasAnswered;

    /// <summary>Creates a channel. The first request opens the connection.</summary>
    /// <param name="settings">The settings of the connection.</param>
    /// <param name="policy">The retry policy and the response limits; null for the defaults.</param>
    /// <param name="transport">The handler that sends requests; null for HTTP connections to the server.</param>
    public ApiChannel(ConnectionSettings settings, KubeRetryPolicy? policy = null, HttpMessageHandler? transport = null)
    {
        settings.Validate();
        this.settings = settings;
        Policy = policy ?? KubeRetryPolicy.Default;
        Clock = new ServerClock(Policy.Clock);
        var transportSettings = settings.ToTransport();
        Trust = new ServerTrust(transportSettings);
        Credential = new RequestCredential(settings);
        Failures = new ApiFailures(settings, Credential, Trust);
        prefix = settings.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');
        connectTimeout = transportSettings.ConnectTimeout;
        client = new HttpClient(transport ?? new HttpTransport(transportSettings, Trust))
        {
            // Each request has its own timeout, so that a timeout and a cancellation can be distinguished.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KubeInject", Version));
    }

    /// <summary>Raised after each request, even if there was no response, on the thread that completed the request.</summary>
    public event Action<CompletedRequest>? Completed;

    public RequestCredential Credential { get; }

    public ServerTrust Trust { get; }

    /// <summary>The address of the API server.</summary>
    public Uri Server => settings.Server;

    /// <summary>Converts error responses and transport failures to exceptions.</summary>
    public ApiFailures Failures { get; }

    /// <summary>The retry policy and the response limits.</summary>
    public KubeRetryPolicy Policy { get; }

    /// <summary>The estimated clock of the server.</summary>
    public ServerClock Clock { get; }

    /// <summary>Is canceled when the connection is closed.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>Sends a request with retries according to the policy, and reads the response, whatever its status.</summary>
    /// <exception cref="KubeConnectionException">There was no response.</exception>
    public async Task<ApiResponse> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        (await SendAsync(request, isStream: false, cancellationToken).ConfigureAwait(false)).Response!;

    /// <summary>Sends a request with retries according to the policy, and streams the response.</summary>
    /// <exception cref="KubeApiException">The server returned an error.</exception>
    /// <exception cref="KubeConnectionException">There was no response.</exception>
    public async Task<ApiStream> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (response, stream) = await SendAsync(request, isStream: true, cancellationToken).ConfigureAwait(false);
        return stream ?? throw Failures.FromError(response!);
    }

    /// <summary>Sends a request with retries according to the policy. A successful response is streamed; any other response is buffered.</summary>
    /// <returns>Either the buffered response or the stream; the other one is null.</returns>
    /// <exception cref="KubeConnectionException">There was no response.</exception>
    public Task<(ApiResponse? Response, ApiStream? Stream)> ForwardAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, isStream: true, cancellationToken);

    /// <summary>Upgrades a request to another protocol, such as WebSockets for exec and port-forward.</summary>
    /// <param name="request">The request, without a credential. Its URL must be below the address of the API server.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The response with status 101, whose content is the open connection; or any other response, buffered.</returns>
    /// <exception cref="KubeConnectionException">There was no response.</exception>
    public async Task<(ApiResponse? Response, HttpResponseMessage? Connection)> UpgradeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = PathOf(request.RequestUri!);
        var credential = await Credential.GetAsync(cancellationToken).ConfigureAwait(false);
        var (response, connection) = await UpgradeAsync(Message(credential), path, cancellationToken).ConfigureAwait(false);
        return response?.StatusCode == 401 && await Credential.RenewAsync(credential, cancellationToken).ConfigureAwait(false)
            ? await UpgradeAsync(Message(await Credential.GetAsync(cancellationToken).ConfigureAwait(false)), path, cancellationToken).ConfigureAwait(false)
            : (response, connection);

        HttpRequestMessage Message(ExecCredential? applied)
        {
            var message = new HttpRequestMessage(request.Method, prefix + path) { Version = request.Version, VersionPolicy = request.VersionPolicy };
            Credential.Apply(message, applied);
            AddHeaders(message, request.Headers);
            return message;
        }
    }

    /// <summary>Gets the path and query of a URL relative to the address of the API server.</summary>
    /// <param name="address">A URL below the address of the API server, with the scheme http, https, ws or wss.</param>
    /// <returns>The relative path with the query.</returns>
    /// <exception cref="ArgumentException">The URL belongs to another server, which must not receive the credential.</exception>
    public string PathOf(Uri address)
    {
        var isServer = address.Authority == settings.Server.Authority && address.AbsolutePath.StartsWith($"{settings.Server.AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal);
        return isServer ? address.PathAndQuery[settings.Server.AbsolutePath.TrimEnd('/').Length..]
            : throw new ArgumentException($"{address.GetLeftPart(UriPartial.Path)} is not an address of {settings.Server}, the server of this connection.", nameof(address));
    }

    /// <summary>Closes the connection and cancels its requests and streams.</summary>
    public void Dispose()
    {
        closing.Cancel();
        client.Dispose();
    }

    private async Task<(ApiResponse? Response, ApiStream? Stream)> SendAsync(ApiRequest request, bool isStream, CancellationToken cancellationToken)
    {
        // The request timeout covers all attempts and the waits between them. The time of an exec plugin is not counted,
        // because the plugin may prompt the user.
        var remaining = settings.Timeout;
        var isRenewed = false;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? wait;
            var credential = await Credential.GetAsync(cancellationToken).ConfigureAwait(false);
            var start = Policy.Clock.GetTimestamp();
            try
            {
                var (response, stream) = await ExchangeAsync(request, credential, isStream, remaining, cancellationToken).ConfigureAwait(false);
                if (response?.StatusCode == 401 && !isRenewed && await Credential.RenewAsync(credential, cancellationToken).ConfigureAwait(false))
                {
                    // The server has not processed an unauthorized request, so any request can be sent again.
                    isRenewed = true;
                    continue;
                }

                wait = response is null ? null : Policy.WaitAfter(request, response, Failures.IsTimeout, attempt);
                remaining -= Policy.Clock.GetElapsedTime(start);
                if (wait is null)
                    return (response, stream);
                if (wait >= remaining)
                    return (response! with { IsWaitTooLong = response.RetryAfter == wait }, null);
            }
            catch (KubeConnectionException e)
            {
                // A server that has never responded probably has a wrong address or is down, so a retry is useless.
                wait = hasAnswered ? Policy.WaitAfter(request, e, attempt) : null;
                remaining -= Policy.Clock.GetElapsedTime(start);
                if (wait is null || wait >= remaining)
                    throw;
            }

            await Task.Delay(wait.Value, Policy.Clock, cancellationToken).ConfigureAwait(false);
            remaining -= wait.Value;
        }
    }

    /// <summary>Sends a request once. The response is buffered, except a successful response if a stream is requested.</summary>
    private async Task<(ApiResponse? Response, ApiStream? Stream)> ExchangeAsync(ApiRequest request, ExecCredential? credential, bool isStream, TimeSpan remaining, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, prefix + request.Path)
        {
            Version = request.Version,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        Credential.Apply(message, credential);
        message.Headers.TryAddWithoutValidation("Accept", request.Accept);
        AddHeaders(message, request.Headers);
        if (request.Body is not null)
            message.Content = new ByteArrayContent(request.Body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(request.ContentType) } };
        using var timeout = new CancellationTokenSource(remaining, Policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, closing.Token);
        var start = Stopwatch.GetTimestamp();
        int? statusCode = null;
        HttpResponseMessage? response = null;
        try
        {
            response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            statusCode = (int)response.StatusCode;
            hasAnswered = true;
            Clock.Update(response.Headers.Date);
            if (isStream && response.IsSuccessStatusCode)
            {
                var stream = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                var mediaType = response.Content.Headers.ContentType?.MediaType;
                response = null; // The stream disposes of it.
                return (null, new ApiStream(stream, mediaType, request, settings.Timeout, Failures, Policy, closing.Token) { StatusCode = (HttpStatusCode)statusCode });
            }

            var content = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
            await using var _ = content.ConfigureAwait(false);
            var body = await (request.Buffer ?? new ResponseBuffer()).ReadAsync(content, Policy.Limits.MaxBodyBytes, limit.Token).ConfigureAwait(false);
            return (new ApiResponse(statusCode.Value, response.Content.Headers.ContentType?.MediaType, body)
            {
                Path = request.Path,
                RetryAfter = RetryAfterHeader.Read(response, Policy.Clock),
                RedirectTarget = Redirect.TargetOf(message.RequestUri!, response),
            }, null);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            if (closing.IsCancellationRequested)
                throw ApiFailures.Ended();
            throw timeout.IsCancellationRequested ? Failures.FromTimeout($"did not answer {request.Path}", settings.Timeout, e)
                : Failures.FromTimeout("did not accept the connection", connectTimeout, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw Failures.FromTransport(request.Path, e, statusCode);
        }
        finally
        {
            response?.Dispose();
            Notify(request.Method, request.Path, statusCode, start);
        }
    }

    private async Task<(ApiResponse? Response, HttpResponseMessage? Connection)> UpgradeAsync(HttpRequestMessage message, string path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(settings.Timeout, Policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, closing.Token);
        var start = Stopwatch.GetTimestamp();
        int? statusCode = null;
        try
        {
            var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            statusCode = (int)response.StatusCode;
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
                return (null, response);
            using (response)
            {
                var content = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                await using var _ = content.ConfigureAwait(false);
                var body = await new ResponseBuffer().ReadAsync(content, Policy.Limits.MaxBodyBytes, limit.Token).ConfigureAwait(false);
                return (new ApiResponse(statusCode.Value, response.Content.Headers.ContentType?.MediaType, body) { Path = path }, null);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            if (closing.IsCancellationRequested)
                throw ApiFailures.Ended();
            throw Failures.FromTimeout($"did not answer {path}", settings.Timeout, e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException)
        {
            throw Failures.FromTransport(path, e, statusCode);
        }
        finally
        {
            Notify(message.Method, path, statusCode, start);
        }
    }

    /// <summary>Adds the headers of the caller, except those that identify the user. The connection sets these.</summary>
    private void AddHeaders(HttpRequestMessage message, IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers)
    {
        foreach (var (name, values) in headers)
        {
            var isReserved = name is "Authorization" or "Host" || message.Headers.NonValidated.Contains(name)
                || (settings.Impersonation is not null && name.StartsWith(ImpersonationHeaders.Prefix, StringComparison.OrdinalIgnoreCase));
            if (!isReserved)
                message.Headers.TryAddWithoutValidation(name, values);
        }
    }

    private void Notify(HttpMethod method, string path, int? statusCode, long start)
    {
        var observer = RequestObserver.Current;
        if (Completed is null && observer is null)
            return;
        var request = new CompletedRequest(method.Method, path, statusCode, Stopwatch.GetElapsedTime(start));
        Completed?.Invoke(request);
        observer?.Invoke(request);
    }
}

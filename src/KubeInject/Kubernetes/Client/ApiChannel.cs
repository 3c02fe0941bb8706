using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using KubeInject.Http;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Transport;

namespace KubeInject.Kubernetes.Client;

/// <summary>The one place where a request is made.</summary>
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

    /// <summary>Prepares requests; the first one connects.</summary>
    /// <param name="settings">What the connection is made of.</param>
    /// <param name="policy">What is sent again and what an answer may hold; null for the default.</param>
    /// <param name="transport">What sends requests; null for connections to the server.</param>
    public ApiChannel(ConnectionSettings settings, KubeRetryPolicy? policy = null, HttpMessageHandler? transport = null)
    {
        settings.Validate();
        this.settings = settings;
        Policy = policy ?? KubeRetryPolicy.Default;
        Clock = new ServerClock(Policy.Clock);
        var reached = settings.ToTransport();
        Trust = new ServerTrust(reached);
        Credential = new RequestCredential(settings);
        Failures = new ApiFailures(settings, Credential, Trust);
        prefix = settings.Server.GetLeftPart(UriPartial.Path).TrimEnd('/');
        connectTimeout = reached.ConnectTimeout;
        client = new HttpClient(transport ?? new HttpTransport(reached, Trust))
        {
            // Each request brings its own limit, so that a timeout and a cancellation are told apart.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KubeInject", Version));
    }

    /// <summary>Raised after every request, also after one that got no answer, on the thread that finished it.</summary>
    public event Action<CompletedRequest>? Completed;

    public RequestCredential Credential { get; }

    public ServerTrust Trust { get; }

    /// <summary>The API server's address.</summary>
    public Uri Server => settings.Server;

    /// <summary>The one place where an error is understood.</summary>
    public ApiFailures Failures { get; }

    /// <summary>What is asked again, how often, and after what wait.</summary>
    public KubeRetryPolicy Policy { get; }

    /// <summary>The server's clock.</summary>
    public ServerClock Clock { get; }

    /// <summary>Is canceled when the connection ends.</summary>
    public CancellationToken Closing => closing.Token;

    /// <summary>Sends a request, again where the policy says so, and reads the answer, whatever its status.</summary>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public async Task<ApiResponse> SendAsync(ApiRequest request, CancellationToken cancellationToken) =>
        (await SendAsync(request, isStream: false, cancellationToken)).Response!;

    /// <summary>Sends a request, again where the policy says so, whose answer is read as it arrives.</summary>
    /// <exception cref="KubeApiException">The server answers with an error.</exception>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public async Task<ApiStream> OpenAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var (response, stream) = await SendAsync(request, isStream: true, cancellationToken);
        return stream ?? throw Failures.FromError(response!);
    }

    /// <summary>Sends a request, again where the policy says so. A success is read as it arrives; anything else is read to its end.</summary>
    /// <returns>One of the two.</returns>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public Task<(ApiResponse? Response, ApiStream? Stream)> ForwardAsync(ApiRequest request, CancellationToken cancellationToken) =>
        SendAsync(request, isStream: true, cancellationToken);

    /// <summary>Asks the server to go on by another protocol, as exec and port-forward do with WebSockets.</summary>
    /// <param name="request">The request, without a credential; its address is one of the API.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <returns>The answer with status 101, whose content is the open connection; or any other answer, read to its end.</returns>
    /// <exception cref="KubeConnectionException">No answer came.</exception>
    public async Task<(ApiResponse? Response, HttpResponseMessage? Connection)> UpgradeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = PathOf(request.RequestUri!);
        var credential = await Credential.GetAsync(cancellationToken);
        var (response, connection) = await UpgradeAsync(Message(credential), path, cancellationToken);
        return response?.StatusCode == 401 && await Credential.RenewAsync(credential, cancellationToken)
            ? await UpgradeAsync(Message(await Credential.GetAsync(cancellationToken)), path, cancellationToken)
            : (response, connection);

        HttpRequestMessage Message(ExecCredential? shown)
        {
            var message = new HttpRequestMessage(request.Method, prefix + path) { Version = request.Version, VersionPolicy = request.VersionPolicy };
            Credential.Apply(message, shown);
            AddHeaders(message, request.Headers);
            return message;
        }
    }

    /// <summary>The part of an address that a request names.</summary>
    /// <param name="address">An address of the API, by http, https, ws or wss.</param>
    /// <returns>Path and query below the server's address.</returns>
    /// <exception cref="ArgumentException">The address is another server's: no credential of this one goes there.</exception>
    public string PathOf(Uri address)
    {
        var isServer = address.Authority == settings.Server.Authority && address.AbsolutePath.StartsWith($"{settings.Server.AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal);
        return isServer ? address.PathAndQuery[settings.Server.AbsolutePath.TrimEnd('/').Length..]
            : throw new ArgumentException($"{address.GetLeftPart(UriPartial.Path)} is not an address of {settings.Server}, the server of this connection.", nameof(address));
    }

    /// <summary>Ends requests and streams under way as well.</summary>
    public void Dispose()
    {
        closing.Cancel();
        client.Dispose();
    }

    private async Task<(ApiResponse? Response, ApiStream? Stream)> SendAsync(ApiRequest request, bool isStream, CancellationToken cancellationToken)
    {
        // All attempts together, with the waits between them, have the time of one request. A program that gives the
        // credential may ask its user for it, and takes its own time.
        var remaining = settings.Timeout;
        var isRenewed = false;
        for (var attempt = 1; ; attempt++)
        {
            TimeSpan? wait;
            var credential = await Credential.GetAsync(cancellationToken);
            var start = Policy.Clock.GetTimestamp();
            try
            {
                var (response, stream) = await ExchangeAsync(request, credential, isStream, remaining, cancellationToken);
                if (response?.StatusCode == 401 && !isRenewed && await Credential.RenewAsync(credential, cancellationToken))
                {
                    // Who is not let in has had nothing done: any request may be sent once more.
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
                // A server that has never answered is not away for a moment: its address is wrong, or it is down.
                wait = hasAnswered ? Policy.WaitAfter(request, e, attempt) : null;
                remaining -= Policy.Clock.GetElapsedTime(start);
                if (wait is null || wait >= remaining)
                    throw;
            }

            await Task.Delay(wait.Value, Policy.Clock, cancellationToken);
            remaining -= wait.Value;
        }
    }

    /// <summary>One question, one answer: an error is read to its end, and so is a success unless it is to go on as a stream.</summary>
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
            response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            statusCode = (int)response.StatusCode;
            hasAnswered = true;
            Clock.Note(response.Headers.Date);
            if (isStream && response.IsSuccessStatusCode)
            {
                var stream = await response.Content.ReadAsStreamAsync(limit.Token);
                var mediaType = response.Content.Headers.ContentType?.MediaType;
                response = null; // it ends with the stream
                return (null, new ApiStream(stream, mediaType, request, settings.Timeout, Failures, Policy, closing.Token) { StatusCode = (HttpStatusCode)statusCode });
            }

            await using var content = await response.Content.ReadAsStreamAsync(limit.Token);
            var body = await (request.Buffer ?? new ResponseBuffer()).ReadAsync(content, Policy.Limits.MaxBodyBytes, limit.Token);
            return (new ApiResponse(statusCode.Value, response.Content.Headers.ContentType?.MediaType, body)
            {
                Path = request.Path,
                RetryAfter = RetryAfterHeader.Read(response, Policy.Clock),
                RedirectTarget = Redirect.TargetOf(message.RequestUri!, response),
            }, null);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, typeof(KubeConnection));
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
            var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            statusCode = (int)response.StatusCode;
            if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
                return (null, response);
            using (response)
            {
                await using var content = await response.Content.ReadAsStreamAsync(limit.Token);
                var body = await new ResponseBuffer().ReadAsync(content, Policy.Limits.MaxBodyBytes, limit.Token);
                return (new ApiResponse(statusCode.Value, response.Content.Headers.ContentType?.MediaType, body) { Path = path }, null);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, typeof(KubeConnection));
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

    /// <summary>Adds what a caller gives, except where it would say who the user is: that the connection does.</summary>
    private void AddHeaders(HttpRequestMessage message, IEnumerable<KeyValuePair<string, IEnumerable<string>>> headers)
    {
        foreach (var (name, values) in headers)
        {
            var isOfConnection = name is "Authorization" or "Host" || message.Headers.NonValidated.Contains(name)
                || (settings.Impersonation is not null && name.StartsWith(ImpersonationHeaders.Prefix, StringComparison.OrdinalIgnoreCase));
            if (!isOfConnection)
                message.Headers.TryAddWithoutValidation(name, values);
        }
    }

    private void Notify(HttpMethod method, string path, int? statusCode, long start)
    {
        var observer = RequestObserver.Current;
        if (Completed is null && observer is null)
            return;
        var told = new CompletedRequest(method.Method, path, statusCode, Stopwatch.GetElapsedTime(start));
        Completed?.Invoke(told);
        observer?.Invoke(told);
    }
}

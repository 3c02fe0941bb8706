using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>
/// Speaks to a HashiCorp Vault or an OpenBao: the one place where a request is made. Issuing and the records of leases
/// share it, and with it one login and its connections.
/// </summary>
public sealed class VaultClient : IDisposable
{
    private static readonly string Version =
        typeof(VaultClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly HttpClient client;
    private readonly VaultRetryPolicy policy;
    private readonly VaultRateLimiter? pace;
    private readonly SemaphoreSlim places;
    private readonly VaultSession session;
    private readonly CancellationTokenSource closing = new();
    private readonly string prefix;
    private volatile bool hasAnswered;

    /// <summary>Makes the client. Nothing is sent yet: the login comes with the first request.</summary>
    /// <param name="settings">How to reach the server.</param>
    /// <param name="login">Who asks.</param>
    /// <exception cref="ConfigurationException">The settings contradict themselves, or say nothing that makes sense.</exception>
    public VaultClient(VaultSettings settings, VaultLogin login)
        : this(settings, login, VaultRetryPolicy.Default)
    {
    }

    internal VaultClient(VaultSettings settings, VaultLogin login, VaultRetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(login);
        settings.Validate();
        Settings = settings;
        this.policy = policy;
        ServerClock = new ServerClock(policy.Clock);
        var reached = settings.ToTransport();
        var trust = new ServerTrust(reached);
        Failures = new VaultFailures(settings, trust);
        session = new VaultSession(login, ExchangeAsync, Failures, policy.Clock);
        pace = settings.RateLimit is { } limit ? new VaultRateLimiter(limit, policy.Clock) : null;
        places = new SemaphoreSlim(settings.Concurrency, settings.Concurrency);
        prefix = $"{settings.Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v1/";

        // Each call brings its own limit, so that a timeout and a cancellation are told apart.
        client = new HttpClient(new HttpTransport(reached, trust)) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KubeInject", Version));
    }

    /// <summary>How the server is reached.</summary>
    public VaultSettings Settings { get; }

    internal VaultFailures Failures { get; }

    internal TimeProvider Clock => policy.Clock;

    /// <summary>The server's clock.</summary>
    internal ServerClock ServerClock { get; }

    internal VaultRetryPolicy Policy => policy;

    /// <summary>Ends requests under way as well.</summary>
    public void Dispose()
    {
        closing.Cancel();
        client.Dispose();
    }

    /// <summary>Sends a request, again where the policy says so, and expects success.</summary>
    /// <exception cref="CredentialException">Vault answers with an error, or not at all.</exception>
    internal async Task<VaultResponse> SendAndEnsureSuccessAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess ? response : throw Failure(request, response);
    }

    /// <summary>What an answer means, where it is an error.</summary>
    internal CredentialException Failure(VaultRequest request, VaultResponse response) => Failures.FromResponse(request, response, [session.Current]);

    /// <summary>Sends a request with the token that it needs, again where the policy says so, and reads the answer, whatever its status.</summary>
    /// <exception cref="CredentialException">No answer came, or Vault does not let us in.</exception>
    internal async Task<VaultResponse> SendAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        if (request.Token is not null || request.IsAnonymous)
            return await ExchangeAsync(request, cancellationToken).ConfigureAwait(false);
        var token = await session.GetAsync(cancellationToken).ConfigureAwait(false);
        var response = await ExchangeAsync(request, token, cancellationToken).ConfigureAwait(false);

        // Vault says 403 to a token that has ended as well. Nothing has been done for it.
        return response.StatusCode == 403 && await session.RenewAsync(token, cancellationToken).ConfigureAwait(false) is { } renewed
            ? await ExchangeAsync(request, renewed, cancellationToken).ConfigureAwait(false)
            : response;
    }

    private Task<VaultResponse> ExchangeAsync(VaultRequest request, CancellationToken cancellationToken) => ExchangeAsync(request, request.Token, cancellationToken);

    /// <summary>One call: some attempts, one limit for all of them.</summary>
    private async Task<VaultResponse> ExchangeAsync(VaultRequest request, SensitiveString? token, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Settings.Timeout, policy.Clock);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, closing.Token);
        var start = policy.Clock.GetTimestamp();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                TimeSpan? wait;
                try
                {
                    var response = await SendWhenAllowedAsync(request, token, timeout.Token, waiting.Token, cancellationToken).ConfigureAwait(false);
                    wait = attempt > Settings.MaxRetries ? null : policy.WaitAfter(request, response, attempt);
                    if (wait is null)
                        return response;
                    if (wait >= Settings.Timeout - policy.Clock.GetElapsedTime(start))
                        return response with { IsWaitTooLong = response.RetryAfter == wait };
                }
                catch (Exception exception) when (exception is HttpRequestException or HttpIOException)
                {
                    // A server that has never answered is not away for a moment: its address is wrong, or it is down.
                    wait = attempt > Settings.MaxRetries || !hasAnswered ? null : policy.WaitAfter(request, exception, attempt);
                    if (wait is null || wait >= Settings.Timeout - policy.Clock.GetElapsedTime(start))
                        throw;
                }

                await Task.Delay(wait.Value, policy.Clock, waiting.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, this);
            throw Failures.FromTimeout(request, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidDataException or ProxyException)
        {
            throw Failures.FromTransport(request, exception);
        }
    }

    private async Task<VaultResponse> SendWhenAllowedAsync(VaultRequest request, SensitiveString? token, CancellationToken timeout, CancellationToken waiting, CancellationToken cancellationToken)
    {
        if (pace is not null)
            await pace.WaitAsync(waiting).ConfigureAwait(false);
        await places.WaitAsync(waiting).ConfigureAwait(false);
        try
        {
            if (request.IsRepeatable)
                return await SendOnceAsync(request, token, waiting).ConfigureAwait(false);

            // What issues is let come to its end for a while: to break it off would leave something that nobody knows.
            waiting.ThrowIfCancellationRequested();
            using var last = new CancellationTokenSource(Timeout.InfiniteTimeSpan, policy.Clock);
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(last.Token, timeout, closing.Token);
            using var cancelled = cancellationToken.Register(() => last.CancelAfter(policy.LastWait));
            return await SendOnceAsync(request, token, limit.Token).ConfigureAwait(false);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task<VaultResponse> SendOnceAsync(VaultRequest request, SensitiveString? token, CancellationToken cancellationToken)
    {
        var address = new Uri(prefix + request.Path);
        var start = Stopwatch.GetTimestamp();
        int? statusCode = null;
        try
        {
            var response = await SendAsync(request, address, token, cancellationToken).ConfigureAwait(false);
            statusCode = response.StatusCode;

            // What something else answers says nothing of what Vault has done.
            return !response.IsSuccess || response.IsOfVault ? response
                : throw Failures.Unexpected(request, $"it returned status {response.StatusCode} with {(response.Body.ValueKind == JsonValueKind.Undefined ? $"{response.MediaType ?? "data"} that is not JSON" : "JSON that is not a Vault response")}");
        }
        finally
        {
            RequestObserver.Current?.Invoke(new CompletedRequest(
                request.Method.Method, address.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped), statusCode, Stopwatch.GetElapsedTime(start)));
        }
    }

    private async Task<VaultResponse> SendAsync(VaultRequest request, Uri address, SensitiveString? token, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(request.Method, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

        // An agent in front of Vault can be told to refuse whatever does not come with this.
        message.Headers.TryAddWithoutValidation("X-Vault-Request", "true");
        if (token is not null)
            message.Headers.TryAddWithoutValidation("X-Vault-Token", token.Reveal());
        if (Settings.Namespace is { Length: > 0 } name)
            message.Headers.TryAddWithoutValidation("X-Vault-Namespace", name);
        if (request.Body is not null)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body.ToJsonString())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        // A request without content the platform sends again by itself where a connection that it had before breaks
        // off, whether or not it was handled.
        else if (!request.IsRepeatable)
            message.Content = new ByteArrayContent([]);
        using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        hasAnswered = true;
        ServerClock.Note(response.Headers.Date);
        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (content.ConfigureAwait(false))
        {
            var body = await new ResponseBuffer().ReadAsync(content, policy.Limits.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
            return new VaultResponse((int)response.StatusCode, Parse(body.Span))
            {
                MediaType = response.Content.Headers.ContentType?.MediaType,
                RetryAfter = RetryAfterHeader.Read(response, policy.Clock),
                RedirectTarget = Redirect.TargetOf(address, response),
            };
        }
    }

    private static JsonElement Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            return body.IsEmpty ? default : TolerantJson.Parse(body);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using KubeInject.Http;

namespace KubeInject.Credentials.Vault;

/// <summary>
/// The client of a HashiCorp Vault or OpenBao server. The issuer and the lease store share one client, and so one login and
/// its connections.
/// </summary>
internal sealed class VaultClient : IDisposable
{
    private static readonly string Version =
        typeof(VaultClient).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private readonly HttpClient client;
    private readonly VaultRetryPolicy policy;
    private readonly VaultRateLimiter? rateLimiter;
    private readonly SemaphoreSlim concurrencyLimiter;
    private readonly VaultSession session;
    private readonly CancellationTokenSource closing = new();
    private readonly string prefix;
    private volatile bool hasAnswered;

    /// <summary>Creates the client. It logs in before the first request.</summary>
    /// <param name="settings">The connection settings.</param>
    /// <param name="login">The login for all requests.</param>
    /// <exception cref="ConfigurationException">The settings are invalid or contradictory.</exception>
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
        Login = login;
        this.policy = policy;
        ServerClock = new ServerClock(policy.Clock);
        var transport = settings.ToTransport();
        var trust = new ServerTrust(transport);
        Failures = new VaultFailures(settings, trust);
        session = new VaultSession(login, SendAsync, Failures, policy.Clock);
        rateLimiter = settings.RateLimit is { } limit ? new VaultRateLimiter(limit, policy.Clock) : null;
        concurrencyLimiter = new SemaphoreSlim(settings.Concurrency, settings.Concurrency);
        prefix = $"{settings.Address.GetLeftPart(UriPartial.Path).TrimEnd('/')}/v1/";

        // Each call has its own time limit, which distinguishes a timeout from a cancellation.
        client = new HttpClient(new HttpTransport(transport, trust)) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("KubeInject", Version));
    }

    /// <summary>The connection settings.</summary>
    public VaultSettings Settings { get; }

    /// <summary>The login for all requests.</summary>
    internal VaultLogin Login { get; }

    internal VaultFailures Failures { get; }

    internal TimeProvider Clock => policy.Clock;

    /// <summary>The clock of the server, as its responses report it.</summary>
    internal ServerClock ServerClock { get; }

    internal VaultRetryPolicy Policy => policy;

    /// <summary>Closes the connections, and cancels running requests.</summary>
    public void Dispose()
    {
        closing.Cancel();
        client.Dispose();
    }

    /// <summary>Sends a request, with retries according to the policy, and throws if the response is an error.</summary>
    /// <exception cref="CredentialException">Vault returned an error or did not respond.</exception>
    internal async Task<VaultResponse> SendAndEnsureSuccessAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        var response = await SendAsync(request, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess ? response : throw Failure(request, response);
    }

    /// <summary>Creates the exception for an error response.</summary>
    internal CredentialException Failure(VaultRequest request, VaultResponse response) => Failures.FromResponse(request, response, [session.Current]);

    /// <summary>Sends a request with its token, with retries according to the policy, and returns the response with any status code.</summary>
    /// <exception cref="CredentialException">Vault did not respond, or the login failed.</exception>
    internal async Task<VaultResponse> SendAsync(VaultRequest request, CancellationToken cancellationToken)
    {
        if (request.Token is not null || request.IsAnonymous)
            return await SendWithRetriesAsync(request, request.Token, cancellationToken).ConfigureAwait(false);
        var token = await session.GetAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendWithRetriesAsync(request, token, cancellationToken).ConfigureAwait(false);

        // Vault also returns 403 for an expired token, before it processes the request, so the request can be repeated.
        return response.StatusCode == 403 && await session.RenewAsync(token, cancellationToken).ConfigureAwait(false) is { } renewed
            ? await SendWithRetriesAsync(request, renewed, cancellationToken).ConfigureAwait(false)
            : response;
    }

    /// <summary>Sends a request, with several attempts within one time limit.</summary>
    private async Task<VaultResponse> SendWithRetriesAsync(VaultRequest request, SensitiveString? token, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Settings.Timeout, policy.Clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token, closing.Token);

        // A request that issues something continues for a limited time after a cancellation, because otherwise the issued
        // token or credential would be unknown and could not be revoked.
        using var grace = new CancellationTokenSource(Timeout.InfiniteTimeSpan, policy.Clock);
        using var graceLimit = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, timeout.Token, closing.Token);
        using var canceled = cancellationToken.Register(() => grace.CancelAfter(policy.CancellationGracePeriod));
        var sendLimit = request.IsRepeatable ? limit.Token : graceLimit.Token;
        var start = policy.Clock.GetTimestamp();
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                TimeSpan? wait;
                try
                {
                    var response = await SendOnceAsync(request, token, limit.Token, sendLimit).ConfigureAwait(false);
                    wait = attempt > Settings.MaxRetries ? null : policy.WaitAfter(request, response, attempt);
                    if (wait is null)
                        return response;
                    if (wait >= Settings.Timeout - policy.Clock.GetElapsedTime(start))
                        return response with { IsWaitTooLong = response.RetryAfter == wait };
                }
                catch (Exception exception) when (exception is HttpRequestException or HttpIOException)
                {
                    // Do not retry if the server has never responded: its address is probably wrong, or it is not running.
                    wait = attempt > Settings.MaxRetries || !hasAnswered ? null : policy.WaitAfter(request, exception, attempt);
                    if (wait is null || wait >= Settings.Timeout - policy.Clock.GetElapsedTime(start))
                        throw;
                }

                await Task.Delay(wait.Value, policy.Clock, limit.Token).ConfigureAwait(false);
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

    /// <summary>Sends a request once, as soon as the limits of the client allow it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="token">The token; null for none.</param>
    /// <param name="waitLimit">Cancels the wait.</param>
    /// <param name="sendLimit">Cancels the request after it was sent.</param>
    private async Task<VaultResponse> SendOnceAsync(VaultRequest request, SensitiveString? token, CancellationToken waitLimit, CancellationToken sendLimit)
    {
        using var message = Message(request, token);
        if (rateLimiter is not null)
            await rateLimiter.WaitAsync(waitLimit).ConfigureAwait(false);
        await concurrencyLimiter.WaitAsync(waitLimit).ConfigureAwait(false);
        var start = Stopwatch.GetTimestamp();
        int? statusCode = null;
        try
        {
            using var response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, sendLimit).ConfigureAwait(false);
            hasAnswered = true;
            ServerClock.Update(response.Headers.Date);
            var result = await ReadAsync(response, message.RequestUri!, sendLimit).ConfigureAwait(false);
            statusCode = result.StatusCode;

            // A success from another server, such as a proxy, does not mean that Vault processed the request.
            return !result.IsSuccess || result.IsFromVault ? result
                : throw Failures.Unexpected(request, $"it returned status {statusCode} with {(result.Body.ValueKind == JsonValueKind.Undefined ? $"{result.MediaType ?? "data"} that is not JSON" : "JSON that is not a Vault response")}, so it is not Vault; check its address (VAULT_ADDR)");
        }
        finally
        {
            concurrencyLimiter.Release();
            RequestObserver.Current?.Invoke(new CompletedRequest(
                request.Method.Method, message.RequestUri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped), statusCode, Stopwatch.GetElapsedTime(start)));
        }
    }

    private HttpRequestMessage Message(VaultRequest request, SensitiveString? token)
    {
        var message = new HttpRequestMessage(request.Method, prefix + request.Path)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };

        // Vault Agent can be configured to reject requests without this header.
        message.Headers.TryAddWithoutValidation("X-Vault-Request", "true");
        if (token is not null)
            message.Headers.TryAddWithoutValidation("X-Vault-Token", token.Reveal());
        if (Settings.Namespace is { Length: > 0 } name)
            message.Headers.TryAddWithoutValidation("X-Vault-Namespace", name);
        if (request.Body is not null)
            message.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(request.Body.ToJsonString())) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };

        // HttpClient repeats a request without content if a reused connection is lost, even if the server processed it.
        else if (!request.IsRepeatable)
            message.Content = new ByteArrayContent([]);
        return message;
    }

    private async Task<VaultResponse> ReadAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = content.ConfigureAwait(false);
        var body = await new ResponseBuffer().ReadAsync(content, policy.Limits.MaxBodyBytes, cancellationToken).ConfigureAwait(false);
        return new VaultResponse((int)response.StatusCode, Parse(body.Span))
        {
            MediaType = response.Content.Headers.ContentType?.MediaType,
            RetryAfter = RetryAfterHeader.Read(response, policy.Clock),
            RedirectTarget = Redirect.TargetOf(address, response),
        };
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

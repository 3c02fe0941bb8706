using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using KubeInject.Http;
using KubeInject.Kubernetes.Client;
using KubeInject.Kubernetes.Configuration;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.Tests.Kubernetes.TestServer;

namespace KubeInject.Tests.Kubernetes;

/// <summary>
/// A damaged response of the server gives a clear error or a correct result, and never a crash, a hang, or a secret.
/// KUBEINJECT_FUZZ_RUNS=100000 runs more cases.
/// </summary>
public sealed partial class AnswerFuzzTests
{
    private const string Token = "canary-token-4711";
    private const string Item = """{"metadata":{"name":"a","namespace":"shop","uid":"u-1","resourceVersion":"7","labels":{"a":"\u00e9\n"},"creationTimestamp":"2026-01-02T03:04:05Z"},"spec":{"containers":[{"name":"c","env":[{"name":"X","value":"y"}]}]},"status":{"phase":"Running","containerStatuses":[{"name":"c","restartCount":3,"ready":true}]}}""";

    private static readonly string[] Answers =
    [
        Http(200, Item),
        Http(200, $$$"""{"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"7","continue":""},"items":[{{{Item}}},{{{Item.Replace("u-1", "u-2", StringComparison.Ordinal)}}}]}"""),
        Http(200, $$"""{"type":"ADDED","object":{{Item}}}""" + "\n" + $$"""{"type":"DELETED","object":{{Item}}}""" + "\n"),
        Http(409, $$"""{"kind":"Status","status":"Failure","message":"you sent Bearer {{Token}}","reason":"Conflict","details":{"name":"a","kind":"pods","causes":[{"field":"{{Token}}","message":"m"}]},"code":409}"""),
        Http(429, """{"kind":"Status","reason":"TooManyRequests","code":429}""", "Retry-After: 2"),
        Http(503, "busy", "Retry-After: Fri, 31 Dec 2027 23:59:59 GMT"),
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\":\r\n3\r\n1}\n\r\n0\r\n\r\n",
    ];

    private static readonly string[] Pieces =
    [
        "\"", "\\", "{", "}", "[", "]", ":", ",", "\n", "\r\n", "\r\n\r\n", "null", "-1", "1e999", "99999999999999999999", "\\ud800", "\\u0000", "\"\":", "\u00ff\u00fe", "\0",
        "Content-Length: 5\r\n", "Content-Encoding: gzip\r\n", "Transfer-Encoding: chunked\r\n", "Retry-After: -1\r\n", "Location: http://127.0.0.1:1/\r\n", "HTTP/1.1 100 Continue\r\n\r\n",
        "\"metadata\":", "\"items\":", "\"continue\":\"x\",", "\"kind\":\"Status\",", "\"type\":\"ERROR\",", "\"type\":\"BOOKMARK\",", "410", "200", "304", "204", "302", "401",
        $"\"message\":\"{Token}\",", $"{Token}\r\n", $"X-Echo: {Token}\r\n", new string('[', 300),
    ];

    private static int Runs => int.TryParse(Environment.GetEnvironmentVariable("KUBEINJECT_FUZZ_RUNS"), CultureInfo.InvariantCulture, out var runs) ? runs : 3000;

    [Fact]
    public async Task A_damaged_response_is_a_clear_error_or_a_correct_result()
    {
        byte[] answer = [];
        Func<Request, Response> respond = request => request.Path is "/version" || request.Method == "POST"
            ? TestServer.Kubernetes()(request)
            : Response.Json("") with { Raw = answer, CutAfter = int.MaxValue };
        using var server = new TlsServer(respond);
        using var connection = await OpenAsync(server.Settings with { Token = new SensitiveString(Token) });

        // TLS takes most of the time, and is irrelevant to most faults.
        using var plainServer = new TestServer(respond);
        using var plain = await OpenAsync(new ConnectionSettings { Server = plainServer.Http });
        var cases = new CaseCounter();
        for (var seed = 0; seed < Runs; seed++)
        {
            var random = new Random(seed);
            var kind = random.Next(5);

            // Half of the responses had the requested kind before they were damaged.
            answer = Damaged(random, random.Next(2) == 0 ? Answers[kind < 2 ? 0 : 1] : Answers[random.Next(Answers.Length)]);
            var isPlain = random.Next(4) > 0;
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
            try
            {
                await AskAsync(isPlain ? plain : connection, kind, limit.Token);
                cases.Count("result");
            }
            catch (Exception error) when (error is KubeApiException or KubeConnectionException)
            {
                cases.Count(error.GetType().Name);
                Assert.False(string.IsNullOrWhiteSpace(error.Message));
                Assert.False(!isPlain && Describe(error).Contains(Token, StringComparison.Ordinal), $"answer {seed}: {error}");
            }
            catch (Exception error)
            {
                Assert.Fail($"answer {seed} ({Encoding.Latin1.GetString(answer)}): {error}");
            }
        }

        cases.Require(Runs / 20, "result", nameof(KubeApiException), nameof(KubeConnectionException));
    }

    private static Task<KubeConnection> OpenAsync(ConnectionSettings settings) =>
        KubeConnection.OpenAsync(settings, new ImmediateTimeProvider().Policy with { Attempts = 2 }, CancellationToken.None);

    private static async Task AskAsync(KubeConnection connection, int kind, CancellationToken cancellationToken)
    {
        var query = new KubeQuery { PageSize = 2 };
        switch (kind)
        {
            case 0:
                await connection.GetPodAsync("a", cancellationToken: cancellationToken);
                break;
            case 1:
                await connection.Objects.GetAsync(KubeResource.Pods, "a", cancellationToken: cancellationToken);
                break;
            case 2:
                await FirstAsync(connection.ListPodsAsync(query, cancellationToken));
                break;
            case 3:
                await FirstAsync(connection.Objects.ListMetadataAsync(KubeResource.Pods, query, cancellationToken));
                break;
            default:
                // A watch continues after every fault: a few requests cover all cases.
                using (var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
                {
                    var requests = 0;
                    void Count(CompletedRequest request)
                    {
                        if (++requests == 6)
                            enough.Cancel();
                    }

                    connection.RequestCompleted += Count;
                    try
                    {
                        await FirstAsync(connection.WatchPodsAsync(query, enough.Token));
                    }
                    catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
                    {
                        // The watch was canceled.
                    }
                    finally
                    {
                        connection.RequestCompleted -= Count;
                    }
                }

                break;
        }
    }

    /// <summary>Enough of a list that might continue endlessly because of the damage.</summary>
    private static async Task FirstAsync<T>(IAsyncEnumerable<T> items)
    {
        var count = 0;
        await foreach (var item in items)
        {
            Assert.NotNull(item);
            if (++count == 50)
                return;
        }
    }

    /// <summary>All texts of the error.</summary>
    private static string Describe(Exception error) => error is KubeApiException api
        ? $"{api} {api.Reason} {api.Details} {string.Concat(api.Causes)}"
        : error.ToString();

    private static byte[] Damaged(Random random, string whole)
    {
        var bytes = Encoding.Latin1.GetBytes(whole).ToList();
        var isSlight = random.Next(3) == 0;
        for (var count = random.Next(1, 5); count > 0 && bytes.Count > 0; count--)
        {
            var at = random.Next(bytes.Count);
            switch (isSlight ? -1 : random.Next(6))
            {
                case -1:
                    if (char.IsAsciiLetterOrDigit((char)bytes[at]))
                        bytes[at] = (byte)"0a9Z"[random.Next(4)];
                    break;
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, random.Next(1, Math.Min(20, bytes.Count - at) + 1));
                    break;
                case 2:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, random.Next(0, Math.Min(200, bytes.Count - at))));
                    break;
                default:
                    bytes.InsertRange(at, Encoding.Latin1.GetBytes(Pieces[random.Next(Pieces.Length)]));
                    break;
            }
        }

        // A wrong Content-Length would hide the rest of the damage.
        return random.Next(3) == 0 ? [.. bytes] : WithItsLength(bytes);
    }

    private static byte[] WithItsLength(List<byte> answer)
    {
        var text = Encoding.Latin1.GetString([.. answer]);
        var body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
        if (body >= 4)
            text = ContentLength().Replace(text[..body], string.Create(CultureInfo.InvariantCulture, $"Content-Length: {text.Length - body}"), 1) + text[body..];
        return Encoding.Latin1.GetBytes(text);
    }

    [GeneratedRegex(@"Content-Length: \d+")]
    private static partial Regex ContentLength();

    private static string Http(int status, string body, string? header = null) =>
        $"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\n{(header is null ? "" : $"{header}\r\n")}Content-Length: {body.Length}\r\n\r\n{body}";
}

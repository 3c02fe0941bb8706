using System.Buffers;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeInject.Injector.Serve;

/// <summary>Answers the requests to the server.</summary>
internal sealed partial class WebhookEndpoints(Readiness readiness, ServeMetrics metrics, InjectionOptions options, ILogger<WebhookEndpoints> logger, TimeProvider time)
{
    private const int FirstRead = 16 << 10;

    private readonly PodAdmission admission = new(options, Guid.NewGuid);

    /// <summary>Answers a request. The webhook is available only over TLS, and the other endpoints only without.</summary>
    public Task HandleAsync(HttpContext context) => (context.Request.IsHttps, context.Request.Path.Value) switch
    {
        (true, "/mutate") => HttpMethods.IsPost(context.Request.Method) ? AdmitAsync(context) : WriteAsync(context, StatusCodes.Status405MethodNotAllowed, "Use POST."),
        (false, "/livez") => WriteAsync(context, StatusCodes.Status200OK, "alive"),
        (false, "/readyz") => readiness.Missing is { Length: > 0 } missing
            ? WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"not ready: {missing}")
            : WriteAsync(context, StatusCodes.Status200OK, readiness.Notes is { Length: > 0 } notes ? $"ready, but: {notes}" : "ready"),
        (false, "/metrics") => WriteMetricsAsync(context),
        _ => WriteAsync(context, StatusCodes.Status404NotFound, "There is no such endpoint."),
    };

    private async Task AdmitAsync(HttpContext context)
    {
        try
        {
            var body = await ReadAsync(context.Request, context.RequestAborted).ConfigureAwait(false);
            var start = time.GetTimestamp();
            var response = admission.Review(body.WrittenSpan);
            metrics.Count(response.Result, time.GetElapsedTime(start));
            Log(response);
            context.Response.StatusCode = response.StatusCode;
            context.Response.ContentType = response.Result == AdmissionResult.Invalid ? "text/plain; charset=utf-8" : "application/json";
            context.Response.ContentLength = response.Body.Length;
            await context.Response.Body.WriteAsync(response.Body, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException && context.RequestAborted.IsCancellationRequested)
        {
            // The client has closed the connection.
        }
    }

    // Reads one byte more than the maximum at least, so that the admission reports a longer request.
    private static async Task<ArrayBufferWriter<byte>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>((int)Math.Clamp((request.ContentLength ?? 0) + 1, FirstRead, AdmissionReview.MaximumLength + 1));
        while (body.WrittenCount <= AdmissionReview.MaximumLength)
        {
            var count = await request.Body.ReadAsync(body.GetMemory(), cancellationToken).ConfigureAwait(false);
            if (count == 0)
                break;
            body.Advance(count);
        }

        return body;
    }

    private Task WriteMetricsAsync(HttpContext context)
    {
        context.Response.ContentType = ServeMetrics.ContentType;
        return metrics.WriteAsync(context.Response.Body, context.RequestAborted);
    }

    private static Task WriteAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync($"{text}\n", context.RequestAborted);
    }

    private void Log(AdmissionResponse response)
    {
        if (response.Result == AdmissionResult.Refused)
            LogRefused(logger, response.Pod, response.Message);
        else if (response.Result == AdmissionResult.Invalid)
            LogInvalid(logger, response.Message);
        else
            LogAllowed(logger, response.Pod, response.Result);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Refused {Pod}: {Reason}")]
    private static partial void LogRefused(ILogger logger, ObjectReference? pod, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Invalid request: {Reason}")]
    private static partial void LogInvalid(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Allowed {Pod}: {Result}")]
    private static partial void LogAllowed(ILogger logger, ObjectReference? pod, AdmissionResult result);
}

using System.Buffers;
using System.Text;
using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Admission;

/// <summary>The response to a request of the API server. Contains no secret.</summary>
/// <param name="Result">The result.</param>
/// <param name="Body">The body of the HTTP response: an AdmissionReview, or text for an invalid request.</param>
/// <param name="Message">The reason for a refusal or for an invalid request. Empty for other results.</param>
internal sealed record AdmissionResponse(AdmissionResult Result, ReadOnlyMemory<byte> Body, string Message)
{
    /// <summary>The version of requests and responses.</summary>
    public const string ApiVersion = "admission.k8s.io/v1";

    private const int Forbidden = 403;

    // The API server shortens and drops warnings if all of them have more than 4,096 characters.
    private const int LongestWarning = 256;
    private const int MaximumWarnings = 16;

    /// <summary>The status code of the HTTP response. A refusal is a successful HTTP response.</summary>
    public int StatusCode => Result == AdmissionResult.Invalid ? 400 : 200;

    /// <summary>The pod. Null if the request is invalid or is not about a pod.</summary>
    public ObjectReference? Pod { get; init; }

    /// <summary>Allows the pod as it is.</summary>
    public static AdmissionResponse Unchanged(AdmissionReview review, IEnumerable<string> warnings) =>
        Write(AdmissionResult.Unchanged, review, warnings, "", writer => writer.WriteBoolean("allowed", true));

    /// <summary>Allows the pod with changes.</summary>
    public static AdmissionResponse Patched(AdmissionReview review, IEnumerable<string> warnings, ReadOnlyMemory<byte> patch) =>
        Write(AdmissionResult.Patched, review, warnings, "", writer =>
        {
            writer.WriteBoolean("allowed", true);
            writer.WriteString("patchType", "JSONPatch");
            writer.WriteBase64String("patch", patch.Span);
        });

    /// <summary>Refuses the pod.</summary>
    public static AdmissionResponse Refused(AdmissionReview review, IEnumerable<string> warnings, string message) =>
        Write(AdmissionResult.Refused, review, warnings, message, writer =>
        {
            writer.WriteBoolean("allowed", false);
            writer.WriteStartObject("status");
            writer.WriteNumber("code", Forbidden);
            writer.WriteString("reason", "Forbidden");
            writer.WriteString("message", message);
            writer.WriteEndObject();
        });

    /// <summary>Reports a request that is not valid.</summary>
    public static AdmissionResponse Invalid(string message) => new(AdmissionResult.Invalid, Encoding.UTF8.GetBytes($"{message}\n"), message);

    /// <summary>Returns the warnings for the user who creates the pod. Findings that apply only to another injector are left out.</summary>
    public static IEnumerable<string> WarningsOf(IEnumerable<Finding> findings) =>
        findings.Where(finding => finding is { Severity: FindingSeverity.Warning, IsRefusedByInjector: false })
            .Take(MaximumWarnings)
            .Select(finding => Shorten(TextOf(finding)));

    /// <summary>Returns the code, the problem and the remedy in one line.</summary>
    public static string TextOf(Finding finding) => DisplayText.Escape($"{finding.Code} {finding.Message} {finding.Suggestion}".TrimEnd());

    private static string Shorten(string text)
    {
        if (text.Length <= LongestWarning)
            return text;
        var end = LongestWarning - 1;
        return $"{text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)}…";
    }

    private static AdmissionResponse Write(AdmissionResult result, AdmissionReview review, IEnumerable<string> warnings, string message, Action<Utf8JsonWriter> writeDecision)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer);
        writer.WriteStartObject();
        writer.WriteString("apiVersion", ApiVersion);
        writer.WriteString("kind", "AdmissionReview");
        writer.WriteStartObject("response");
        writer.WriteString("uid", review.Uid);
        writeDecision(writer);
        WriteWarnings(writer, warnings);
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.Flush();
        return new AdmissionResponse(result, buffer.WrittenMemory, message);
    }

    private static void WriteWarnings(Utf8JsonWriter writer, IEnumerable<string> warnings)
    {
        var texts = warnings.ToList();
        if (texts.Count == 0)
            return;
        writer.WriteStartArray("warnings");
        texts.ForEach(writer.WriteStringValue);
        writer.WriteEndArray();
    }
}

/// <summary>The result of an admission.</summary>
internal enum AdmissionResult
{
    /// <summary>The pod is allowed with changes.</summary>
    Patched,

    /// <summary>The pod, or another object, is allowed as it is.</summary>
    Unchanged,

    /// <summary>The pod is not created.</summary>
    Refused,

    /// <summary>The request is not valid.</summary>
    Invalid,
}

using System.Text.RegularExpressions;
using KubeInject.Annotations;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>What an event of the cluster says of a webhook, in plain words.</summary>
/// <param name="IsDenial">Whether the webhook refused the pod; otherwise it could not be called.</param>
/// <param name="Message">What is the matter, in one sentence.</param>
/// <param name="Suggestion">What to do about it, in one sentence.</param>
internal sealed partial record WebhookEvent(bool IsDenial, string Message, string Suggestion)
{
    private const int LongestQuote = 200;

    // What the API server and Go's libraries say, and what it means.
    private static readonly (string Mark, string Meaning, string Remedy)[] Failures =
    [
        ("x509: certificate has expired", "its certificate, or that of its authority, has expired or is not valid yet", "Have the injector's certificate issued anew, and restart the injector"),
        ("x509: certificate signed by unknown authority", "its certificate is not signed by the authority in the webhook's caBundle", "Put the authority of the injector's certificate into the caBundle of the MutatingWebhookConfiguration"),
        ("x509:", "its certificate is not accepted", "Have the injector's certificate issued for the name of its Service, by the authority in the webhook's caBundle"),
        ("no endpoints available", "none of its pods is ready", "Look at the injector's own pods"),
        ("connection refused", "nothing listens where it should", "Look at the injector's own pods, and at the ports of its Service"),
        ("no such host", "its host has no address", "Correct the address in the MutatingWebhookConfiguration"),
        ("not found", "its Service does not exist", "Install the injector again, or remove the MutatingWebhookConfiguration that it has left behind"),
        ("context deadline exceeded", "it did not answer in time", "Look whether a network policy or firewall keeps the API server from the injector, and whether what the injector asks is slow"),
        ("timeout", "it did not answer in time", "Look whether a network policy or firewall keeps the API server from the injector, and whether what the injector asks is slow"),
    ];

    private static readonly (string Mark, string Meaning, string Remedy)[] Denials =
    [
        ("invalid userinfo", "a template has placeholders such as {{user}}, which that injector does not take", "Leave the userinfo out of the template: postgres://db:5432/orders"),
        ("permission denied", "Vault allows it too little", "Look at the roles and policies in Vault"),
    ];

    /// <summary>Reads the message of an event.</summary>
    /// <returns>What it says of a webhook; null where it speaks of none.</returns>
    public static WebhookEvent? Read(string message)
    {
        if (Failure().Match(message) is { Success: true } failed)
        {
            var (_, meaning, remedy) = Find(Failures, message) ?? ("", $"the API server says: {Quote(message[(failed.Index + failed.Length)..])}", "Look at the injector's own pods and their logs");
            return new WebhookEvent(false, $"The API server could not call the webhook '{Redaction.OneLine(failed.Groups[1].Value)}': {meaning}.", $"{remedy}.");
        }

        if (Denial().Match(message) is { Success: true } denied)
        {
            var said = Quote(message[(denied.Index + denied.Length)..]);
            var (_, meaning, remedy) = Find(Denials, message) ?? ("", "", "Look at the injector's log for the reason");
            return new WebhookEvent(true, $"The webhook '{Redaction.OneLine(denied.Groups[1].Value)}' refused the pod{(meaning.Length == 0 ? "" : $", for {meaning}")}: {said}.", $"{remedy}.");
        }

        return null;
    }

    private static (string Mark, string Meaning, string Remedy)? Find((string Mark, string Meaning, string Remedy)[] known, string message) =>
        Array.FindIndex(known, entry => message.Contains(entry.Mark, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? known[index] : null;

    // An injector may quote a template, and somebody may have put a password into it.
    private static string Quote(string text)
    {
        var shown = UserInfo().Replace(Redaction.OneLine(text.ReplaceLineEndings(" ")), "://(not shown)@").Trim(' ', ':', '.');
        return shown.Length > LongestQuote ? $"{shown[..LongestQuote]}…" : shown.Length == 0 ? "no reason given" : shown;
    }

    [GeneratedRegex("failed calling webhook \"([^\"]*)\":?")]
    private static partial Regex Failure();

    [GeneratedRegex("admission webhook \"([^\"]*)\" denied the request:?")]
    private static partial Regex Denial();

    [GeneratedRegex(@"://\S*@")]
    private static partial Regex UserInfo();
}

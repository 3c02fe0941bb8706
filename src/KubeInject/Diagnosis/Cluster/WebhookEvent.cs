using System.Text.RegularExpressions;
using KubeInject.Annotations;

namespace KubeInject.Diagnosis.Cluster;

/// <summary>A webhook failure that an event of the cluster reports.</summary>
/// <param name="IsDenial">Whether the webhook refused the pod; otherwise it could not be called.</param>
/// <param name="Message">The problem in one sentence.</param>
/// <param name="Suggestion">The remedy in one sentence.</param>
internal sealed partial record WebhookEvent(bool IsDenial, string Message, string Suggestion)
{
    /// <summary>The length of a quotation that contains a remedy.</summary>
    public const int LongQuote = 1000;

    private const int LongestQuote = 200;
    private const string SlowSource = ", and whether Vault answers slowly";

    // Messages of the API server and of Go libraries, with their meaning and remedy.
    private static readonly (string Pattern, string Meaning, string Remedy)[] Failures =
    [
        ("x509: certificate has expired", "its certificate, or that of its authority, has expired or is not valid yet", "Renew the certificate of the injector, and restart the injector"),
        ("x509: certificate signed by unknown authority", "its certificate is not signed by the authority in the webhook's caBundle", "Put the authority of the injector's certificate into the caBundle of the MutatingWebhookConfiguration"),
        ("x509:", "its certificate is not accepted", "Issue the injector's certificate for the name of its Service, from the authority in the webhook's caBundle"),
        ("no endpoints available", "none of its pods is ready", "Check the pods of the injector"),
        ("connection refused", "nothing listens at its address", "Check the pods of the injector and the ports of its Service"),
        ("no such host", "its host name cannot be resolved", "Correct the address in the MutatingWebhookConfiguration"),
        ("not found", "its Service does not exist", "Reinstall the injector, or delete the MutatingWebhookConfiguration if the injector was uninstalled"),
        ("context deadline exceeded", "it did not answer in time", "Check whether a network policy or firewall blocks calls from the API server to the injector" + SlowSource),
        ("timeout", "it did not answer in time", "Check whether a network policy or firewall blocks calls from the API server to the injector" + SlowSource),
    ];

    private static readonly (string Pattern, string Meaning, string Remedy)[] Denials =
    [
        ("not found in Vault", "its role does not exist in the Kubernetes auth method of Vault", "Create the role in Vault, or correct the role in the annotations"),
        ("not in the bound_service_account_namespaces", "its role in Vault is not bound to the pod's namespace", "Add the namespace to bound_service_account_namespaces of the role; that injector supports neither wildcards nor a namespace selector"),
        ("not in the bound_service_account_names", "its role in Vault is not bound to the pod's ServiceAccount", "Add the ServiceAccount to bound_service_account_names of the role; that injector does not support wildcards"),
        ("not in the AssumeRole", "its role in Vault does not have the policy with the name of the role", "Add the name of the role to token_policies of the role"),
        ("No dbConfiguration has been provided", "its annotations specify no database", "Add the annotations of a database, or remove the label of the injector from the pod"),
        ("Role must be specified", "a database in its annotations has no role", "Add a role to the annotations of each database"),
        ("mode not supported", "a database in its annotations has an unknown mode", "Set the mode to classic or uri"),
        ("unknown role", "the database secrets engine has no such role", "Create the role in the database secrets engine of Vault, or correct the role in the annotations"),
        ("vault is sealed", "Vault is sealed", "Unseal Vault"),
        ("context deadline exceeded", "Vault did not answer in time", "Check whether the injector can reach Vault, and whether Vault can reach the database"),
        ("Client.Timeout exceeded", "Vault did not answer in time", "Check whether the injector can reach Vault, and whether Vault can reach the database"),
        ("invalid userinfo", "a template has placeholders such as {{user}}, which that injector does not support", "Remove the userinfo from the template: postgres://db:5432/orders"),
        ("permission denied", "Vault denied a permission", "Check the roles and policies in Vault"),
    ];

    /// <summary>Reads the message of an event.</summary>
    /// <returns>The failure; null if the message is not about a webhook.</returns>
    public static WebhookEvent? Read(string message)
    {
        if (Failure().Match(message) is { Success: true } failed)
        {
            if (ServerError().Match(message) is { Success: true } error)
                return OfServerError(failed.Groups[1].Value, error.Groups[1].Value);
            var (_, meaning, remedy) = Find(Failures, message) ?? ("", $"the API server reports: {Quote(message[(failed.Index + failed.Length)..])}", "Check the pods of the injector and their logs");
            var webhook = failed.Groups[1].Value;

            // The KubeInject webhook calls no other server.
            return new WebhookEvent(false, $"The API server could not call {Name(webhook)}: {meaning}.", $"{(InjectorSignature.IsKubeInject(webhook) ? remedy.Replace(SlowSource, "", StringComparison.Ordinal) : remedy)}.");
        }

        if (Denial().Match(message) is { Success: true } denied)
        {
            return OfDenial(denied.Groups[1].Value, message[(denied.Index + denied.Length)..]);
        }

        return null;
    }

    /// <summary>Reads an answer with an HTTP error. A webhook library answers with status 500 and a JSON document if the injector refuses the pod.</summary>
    private static WebhookEvent OfServerError(string webhook, string quoted)
    {
        var answer = quoted.Replace("\\\"", "\"", StringComparison.Ordinal).Replace(@"\\", @"\", StringComparison.Ordinal);
        if (AnswerMessage().Match(answer) is { Success: true } message)
            return OfDenial(webhook, message.Groups[1].Value.Replace("\\\"", "\"", StringComparison.Ordinal));
        return Find(Denials, answer) is null
            ? new WebhookEvent(false, $"The API server could not call {Name(webhook)}: it answered with an error: {Quote(answer)}.", "Check the pods of the injector and their logs.")
            : OfDenial(webhook, answer);
    }

    private static WebhookEvent OfDenial(string webhook, string reason)
    {
        // Its message contains the finding with the remedy.
        if (InjectorSignature.IsKubeInject(webhook))
            return new WebhookEvent(true, $"The KubeInject webhook '{Redaction.OneLine(webhook)}' refused the pod: {Quote(reason, LongQuote)}.", "Correct the annotations as the message says.");
        var (_, meaning, remedy) = Find(Denials, reason) ?? ("", "", "Check the log of the injector for the reason");
        return new WebhookEvent(true, $"The webhook '{Redaction.OneLine(webhook)}' refused the pod{(meaning.Length == 0 ? "" : $" because {meaning}")}: {Quote(reason)}.", $"{remedy}.");
    }

    private static (string Pattern, string Meaning, string Remedy)? Find((string Pattern, string Meaning, string Remedy)[] known, string message) =>
        Array.FindIndex(known, entry => message.Contains(entry.Pattern, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? known[index] : null;

    private static string Name(string webhook) => $"the {(InjectorSignature.IsKubeInject(webhook) ? "KubeInject " : "")}webhook '{Redaction.OneLine(webhook)}'";

    /// <summary>Returns an untrusted text in one line without userinfo: an injector can quote a template, and a template can contain a password.</summary>
    public static string Quote(string text, int longest = LongestQuote)
    {
        var shown = UserInfo().Replace(Redaction.OneLine(text.ReplaceLineEndings(" ")), "://(not shown)@").Trim(' ', ':', '.');
        return shown.Length > longest ? $"{shown[..longest]}…" : shown.Length == 0 ? "no reason given" : shown;
    }

    [GeneratedRegex("failed calling webhook \"([^\"]*)\":?")]
    private static partial Regex Failure();

    [GeneratedRegex("an error on the server \\(\"(.*)\"\\) has prevented the request", RegexOptions.Singleline)]
    private static partial Regex ServerError();

    [GeneratedRegex(@"""message""\s*:\s*""((?:[^""\\]|\\.)+)")]
    private static partial Regex AnswerMessage();

    [GeneratedRegex("admission webhook \"([^\"]*)\" denied the request:?")]
    private static partial Regex Denial();

    [GeneratedRegex(@"://\S*@")]
    private static partial Regex UserInfo();
}

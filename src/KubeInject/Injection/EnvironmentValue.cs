using System.Text;
using KubeInject.Annotations;
using KubeInject.Credentials;

namespace KubeInject.Injection;

/// <summary>Makes the text that a variable of a container gets.</summary>
internal static class EnvironmentValue
{
    /// <summary>The text as <c>value</c>, in which the kubelet expands references.</summary>
    /// <exception cref="FormatException">The credential holds a character that no environment variable can.</exception>
    public static string For(PlannedVariable variable, Credential credential)
    {
        Check(variable, credential);
        return variable.Part switch
        {
            CredentialPart.Username => Escape(credential.Username),
            CredentialPart.Password => Escape(credential.Password.Reveal()),
            _ => ConnectionUri.Fill(variable.Database.RawTemplate!, credential.Username, credential.Password.Reveal()),
        };
    }

    /// <summary>The text as a Secret has it, in which the kubelet expands nothing.</summary>
    /// <exception cref="FormatException">The credential holds a character that no environment variable can.</exception>
    public static string InSecret(PlannedVariable variable, Credential credential)
    {
        Check(variable, credential);
        return variable.Part switch
        {
            CredentialPart.Username => credential.Username,
            CredentialPart.Password => credential.Password.Reveal(),
            _ => ConnectionUri.Fill(Expand(variable.Database.RawTemplate!)!, credential.Username, credential.Password.Reveal()),
        };
    }

    /// <summary>Whether a variable can get its text from a Secret: not where its template leaves something for the kubelet to put in.</summary>
    public static bool FitsInSecret(PlannedVariable variable) => variable.Part != CredentialPart.Uri || Expand(variable.Database.RawTemplate!) is not null;

    private static void Check(PlannedVariable variable, Credential credential)
    {
        if (credential.Username.Contains('\0', StringComparison.Ordinal) || credential.Password.Reveal().Contains('\0', StringComparison.Ordinal))
            throw new FormatException($"The credentials for '{variable.Database.Name}' contain a null character, which an environment variable cannot contain. Change the source so that it issues other characters.");
    }

    // The kubelet expands $(NAME) in a value and turns $$ into $, so a literal dollar is doubled where it could begin
    // either. (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables)
    // A URI needs none of this: its credentials are percent-encoded, and $(NAME) in its template is the author's.
    private static string Escape(string value) => value.Contains("$$", StringComparison.Ordinal) || value.Contains("$(", StringComparison.Ordinal)
        ? value.Replace("$", "$$", StringComparison.Ordinal)
        : value;

    /// <summary>What the kubelet would make of a template without references; null for one with a reference.</summary>
    private static string? Expand(string template)
    {
        var expanded = new StringBuilder(template.Length);
        for (var i = 0; i < template.Length; i++)
        {
            var next = template[i] == '$' && i + 1 < template.Length ? template[i + 1] : '\0';
            if (next == '(' && template.IndexOf(')', i) >= 0)
                return null;
            expanded.Append(template[i]);
            if (next == '$')
                i++;
        }

        return expanded.ToString();
    }
}

using KubeInject.Annotations;
using KubeInject.Credentials;

namespace KubeInject.Injection;

/// <summary>Makes the text that goes into a container's <c>env</c>.</summary>
internal static class EnvironmentValue
{
    /// <exception cref="FormatException">The credential holds a character that no environment variable can.</exception>
    public static string For(PlannedVariable variable, Credential credential)
    {
        if (credential.Username.Contains('\0', StringComparison.Ordinal) || credential.Password.Reveal().Contains('\0', StringComparison.Ordinal))
            throw new FormatException($"The credentials for '{variable.Database.Name}' hold a null character, which no environment variable can. Have others issued.");

        return variable.Part switch
        {
            CredentialPart.Username => Escape(credential.Username),
            CredentialPart.Password => Escape(credential.Password.Reveal()),
            _ => ConnectionUri.Fill(variable.Database.Template!, credential.Username, credential.Password.Reveal()),
        };
    }

    // The kubelet expands $(NAME) in a value and turns $$ into $, so a literal dollar is doubled where it could begin
    // either. (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables)
    // A URI needs none of this: its credentials are percent-encoded, and $(NAME) in its template is the author's.
    private static string Escape(string value) => value.Contains("$$", StringComparison.Ordinal) || value.Contains("$(", StringComparison.Ordinal)
        ? value.Replace("$", "$$", StringComparison.Ordinal)
        : value;
}

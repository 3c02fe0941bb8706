using KubeInject.Annotations;
using KubeInject.Credentials;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injection;

/// <summary>Creates the values of variables.</summary>
internal static class EnvironmentValue
{
    /// <summary>Returns the text for the field <c>value</c>, in which the kubelet expands references.</summary>
    /// <exception cref="FormatException">The credential contains a character that an environment variable cannot contain.</exception>
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

    /// <summary>Returns the text for a Secret, in which the kubelet does not expand references.</summary>
    /// <exception cref="FormatException">The credential contains a character that an environment variable cannot contain.</exception>
    public static string InSecret(PlannedVariable variable, Credential credential)
    {
        Check(variable, credential);
        return variable.Part switch
        {
            CredentialPart.Username => credential.Username,
            CredentialPart.Password => credential.Password.Reveal(),
            _ => ConnectionUri.Fill(variable.Database.RawTemplate!.Replace("$$", "$", StringComparison.Ordinal), credential.Username, credential.Password.Reveal()),
        };
    }

    /// <summary>Returns whether a variable can get its text from a Secret. A template with a reference to another variable cannot.</summary>
    public static bool FitsInSecret(PlannedVariable variable) => variable.Part != CredentialPart.Uri || VariableExpansion.ReferencesIn(variable.Database.RawTemplate).Count == 0;

    private static void Check(PlannedVariable variable, Credential credential)
    {
        if (credential.Username.Contains('\0', StringComparison.Ordinal) || credential.Password.Reveal().Contains('\0', StringComparison.Ordinal))
            throw new FormatException($"The credentials for '{variable.Database.Name}' contain a null character, which an environment variable cannot contain. Change the source so that it issues other characters.");
    }

    // The kubelet expands $(NAME) in a value and replaces $$ with $, so literal dollar signs are doubled if the value contains
    // either. (https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#environment-variables)
    // A URI needs no escaping: its credentials are percent-encoded, and $(NAME) in its template is intentional.
    private static string Escape(string value) => value.Contains("$$", StringComparison.Ordinal) || value.Contains("$(", StringComparison.Ordinal)
        ? value.Replace("$", "$$", StringComparison.Ordinal)
        : value;
}

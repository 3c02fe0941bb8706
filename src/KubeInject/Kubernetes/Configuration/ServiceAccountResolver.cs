using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Creates connection settings from the ServiceAccount of a pod.</summary>
internal static class ServiceAccountResolver
{
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <summary>Finds a missing part of the ServiceAccount environment of a pod, as a clause for a message; null if it is complete.</summary>
    public static string? FindMissingPart(KubeEnvironment environment)
    {
        var token = TokenPath(environment);
        return string.IsNullOrEmpty(environment.Variable(HostVariable)) ? $"{HostVariable} is not set"
            : string.IsNullOrEmpty(environment.Variable(PortVariable)) ? $"{PortVariable} is not set"
            : !File.Exists(token) ? $"{token} does not exist"
            : null;
    }

    public static ConnectionSettings Resolve(KubeEnvironment environment)
    {
        if (FindMissingPart(environment) is { } missing)
            throw new ConfigurationException($"This process does not run in a pod with a ServiceAccount: {missing}.");
        var host = environment.Variable(HostVariable)!;
        var address = $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host.Trim('[', ']')}]" : host)}:{environment.Variable(PortVariable)}";
        if (!Uri.TryCreate(address, UriKind.Absolute, out var server) || !ConnectionSettings.IsServerAddress(server))
            throw new ConfigurationException($"{HostVariable} and {PortVariable} do not form a valid address: {address}.");
        var @namespace = ConfigurationFile.TryRead(Path.Combine(environment.ServiceAccountFolder, "namespace"), "namespace")?.Trim();
        return new ConnectionSettings
        {
            Server = server,
            CertificateAuthority = CertificateAuthority.FromFile(Path.Combine(environment.ServiceAccountFolder, "ca.crt")),
            TokenFile = TokenPath(environment),
            Namespace = string.IsNullOrEmpty(@namespace) ? "default" : @namespace,
        };
    }

    private static string TokenPath(KubeEnvironment environment) => Path.Combine(environment.ServiceAccountFolder, "token");
}

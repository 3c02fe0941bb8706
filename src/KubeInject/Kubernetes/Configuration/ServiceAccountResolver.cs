using KubeInject.Http;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Turns what a pod finds around it into settings.</summary>
internal static class ServiceAccountResolver
{
    private const string HostVariable = "KUBERNETES_SERVICE_HOST";
    private const string PortVariable = "KUBERNETES_SERVICE_PORT";

    /// <summary>What is missing for a process that runs in a pod; null where nothing is.</summary>
    public static string? WhatIsMissing(KubeEnvironment environment)
    {
        var token = TokenPath(environment);
        return string.IsNullOrEmpty(environment.Variable(HostVariable)) ? $"{HostVariable} is not set"
            : string.IsNullOrEmpty(environment.Variable(PortVariable)) ? $"{PortVariable} is not set"
            : !File.Exists(token) ? $"{token} does not exist"
            : null;
    }

    public static ConnectionSettings Resolve(KubeEnvironment environment)
    {
        if (WhatIsMissing(environment) is { } missing)
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

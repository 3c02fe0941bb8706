using System.Globalization;

namespace KubeInject.Annotations;

/// <summary>A host of a connection URI.</summary>
/// <param name="Name">The name or address, without brackets. Empty if there is none.</param>
/// <param name="Port">The port. Null if there is none, or if it is a reference that the kubelet replaces.</param>
internal sealed record ConnectionHost(string Name, int? Port)
{
    /// <summary>Whether the host is the pod itself.</summary>
    public bool IsLoopback => Name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || Name is "127.0.0.1" or "::1";

    /// <summary>Returns the hosts of a template, in order. Empty if the template is not a URI.</summary>
    public static IEnumerable<ConnectionHost> In(string template) =>
        ConnectionUri.HostsOf(template) is { } hosts ? hosts.Split(',').Select(Parse) : [];

    private static ConnectionHost Parse(string host)
    {
        // The address format of Go drivers: tcp(db:3306).
        if (host.EndsWith(')') && !host.StartsWith("$(", StringComparison.Ordinal) && host.IndexOf('(', StringComparison.Ordinal) is var open and > 0)
            host = host[(open + 1)..^1];
        var colon = host.LastIndexOf(':');
        if (colon <= host.LastIndexOf(']'))
            return new ConnectionHost(host.Trim('[', ']'), null);
        int? port = int.TryParse(host.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
        return new ConnectionHost(host[..colon].Trim('[', ']'), port);
    }
}

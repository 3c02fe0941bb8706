using System.Net;

namespace KubeInject.Http;

/// <summary>Determines the proxy for a server from environment variables, by the rules of kubectl.</summary>
/// <remarks>
/// .NET reads these variables in another way: it does not support networks in <c>NO_PROXY</c>, and it uses the proxy
/// for loopback addresses too.
/// </remarks>
internal static class EnvironmentProxy
{
    /// <returns>The proxy; null if the environment specifies none for this server.</returns>
    /// <exception cref="ConfigurationException">The variable is not a proxy address.</exception>
    public static ProxyAddress? For(Uri server, Func<string, string?> variable)
    {
        var (name, address) = First(variable, server.Scheme == Uri.UriSchemeHttps ? ["HTTPS_PROXY", "https_proxy"] : ["HTTP_PROXY", "http_proxy"]);
        if (address is null || IsLocal(server) || IsExcluded(server, First(variable, ["NO_PROXY", "no_proxy"]).Value ?? ""))
            return null;
        if (!address.Contains("://", StringComparison.Ordinal))
            address = $"http://{address}";

        // The message does not contain the address, because the address may contain a password.
        return ProxyAddress.TryParse(address) ?? throw new ConfigurationException($"The environment variable {name} is not an http, https or socks5 address.");
    }

    private static (string Variable, string? Value) First(Func<string, string?> variable, string[] names) =>
        names.Select(name => (name, Value: variable(name))).FirstOrDefault(found => !string.IsNullOrEmpty(found.Value), (names[0], null));

    private static bool IsLocal(Uri server) => Ip(server) is { } ip ? IPAddress.IsLoopback(ip) : server.IdnHost is "localhost";

    private static IPAddress? Ip(Uri server) => IPAddress.TryParse(server.IdnHost.Trim('[', ']'), out var ip) ? ip : null;

    private static bool IsExcluded(Uri server, string list) =>
        list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Any(entry => Excludes(entry.ToLowerInvariant(), server));

    private static bool Excludes(string entry, Uri server)
    {
        if (entry == "*")
            return true;
        var ip = Ip(server);
        if (entry.Split('/') is [var first, var length] && IPAddress.TryParse(first, out var network) && int.TryParse(length, out var bits))
            return ip is not null && IsWithin(ip.GetAddressBytes(), network.GetAddressBytes(), bits);
        var (host, port) = Split(entry);
        if (host.Length == 0 || (port is not null && port != server.Port))
            return false;
        if (IPAddress.TryParse(host, out var excluded))
            return excluded.Equals(ip);
        var name = server.IdnHost;
        return host[0] is '.' or '*'
            ? name.EndsWith(host.TrimStart('*'), StringComparison.Ordinal)
            : name == host || name.EndsWith($".{host}", StringComparison.Ordinal);
    }

    private static bool IsWithin(byte[] ip, byte[] network, int bits) =>
        ip.Length == network.Length && bits <= ip.Length * 8
        && Enumerable.Range(0, bits).All(bit => ((ip[bit / 8] ^ network[bit / 8]) & (0x80 >> (bit % 8))) == 0);

    private static (string Host, int? Port) Split(string entry)
    {
        var colon = entry.LastIndexOf(':');

        // Several colons without brackets are an IPv6 address without a port.
        return colon >= 0 && (entry.IndexOf(':', StringComparison.Ordinal) == colon || entry[colon - 1] == ']') && int.TryParse(entry.AsSpan(colon + 1), out var port)
            ? (entry[..colon].Trim('[', ']'), port)
            : (entry.Trim('[', ']'), null);
    }
}

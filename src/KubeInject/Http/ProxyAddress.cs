namespace KubeInject.Http;

/// <summary>The address of a proxy, with an optional username and password.</summary>
/// <remarks>The text form contains neither the username nor the password.</remarks>
public sealed class ProxyAddress
{
    private ProxyAddress(Uri address, string? username, SensitiveString? password)
    {
        Address = address;
        Username = username;
        Password = password;
    }

    /// <summary>The address without username and password: <c>http://proxy.test:3128</c>.</summary>
    public Uri Address { get; }

    /// <summary>The username for the proxy; null if it requires none.</summary>
    public string? Username { get; }

    /// <summary>The password for <see cref="Username"/>; null if there is none.</summary>
    public SensitiveString? Password { get; }

    /// <summary>Creates a proxy address from a URI.</summary>
    /// <param name="address">An absolute http, https or socks5 URI, optionally with a username and a password.</param>
    /// <returns>The proxy.</returns>
    /// <exception cref="ConfigurationException">The URI is not absolute or has another scheme.</exception>
    public static ProxyAddress FromUri(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return TryCreate(address) ?? throw new ConfigurationException("The proxy must be an absolute http, https or socks5 address.");
    }

    /// <summary>The address without username and password.</summary>
    /// <returns>The address.</returns>
    public override string ToString() => Address.GetLeftPart(UriPartial.Authority);

    internal static ProxyAddress? TryParse(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? TryCreate(uri) : null;

    /// <summary>The address with username and password, for a process that also uses the proxy.</summary>
    internal SensitiveString ToCredentialUri() => new(Username is null
        ? ToString()
        : $"{Address.Scheme}://{Uri.EscapeDataString(Username)}{(Password is null ? "" : $":{Uri.EscapeDataString(Password.Reveal())}")}@{Address.Authority}");

    private static ProxyAddress? TryCreate(Uri uri)
    {
        if (!uri.IsAbsoluteUri || uri.Host.Length == 0 || uri.Scheme is not ("http" or "https" or "socks5"))
            return null;
        var parts = uri.UserInfo.Split(':', 2);
        var port = uri.Port > 0 ? uri.Port : 1080;
        return new ProxyAddress(
            new UriBuilder(uri.Scheme, uri.Host, port).Uri,
            parts[0].Length == 0 ? null : Uri.UnescapeDataString(parts[0]),
            parts.Length == 1 ? null : new SensitiveString(Uri.UnescapeDataString(parts[1])));
    }
}

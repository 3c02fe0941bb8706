namespace KubeInject.Http;

/// <summary>A proxy between here and the API server.</summary>
/// <remarks>Prints no password.</remarks>
public sealed class ProxyAddress
{
    private ProxyAddress(Uri address, string? username, SensitiveString? password)
    {
        Address = address;
        Username = username;
        Password = password;
    }

    /// <summary>Where the proxy is, without name and password: <c>http://proxy.test:3128</c>.</summary>
    public Uri Address { get; }

    /// <summary>The name by which the proxy knows the user; null where it asks for none.</summary>
    public string? Username { get; }

    /// <summary>The password that goes with <see cref="Username"/>.</summary>
    public SensitiveString? Password { get; }

    /// <summary>Takes a proxy's address.</summary>
    /// <param name="address">An address with the scheme http, https or socks5; name and password may stand in it.</param>
    /// <returns>The proxy.</returns>
    /// <exception cref="ConfigurationException">The address is not absolute, or of another scheme.</exception>
    public static ProxyAddress FromUri(Uri address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return TryCreate(address) ?? throw new ConfigurationException("The proxy must be an absolute http, https or socks5 address.");
    }

    /// <summary>The address without name and password.</summary>
    /// <returns>The address.</returns>
    public override string ToString() => Address.GetLeftPart(UriPartial.Authority);

    internal static ProxyAddress? TryParse(string address) => Uri.TryCreate(address, UriKind.Absolute, out var uri) ? TryCreate(uri) : null;

    /// <summary>The address with name and password, for the one that has to use the proxy as well.</summary>
    internal SensitiveString Whole() => new(Username is null
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

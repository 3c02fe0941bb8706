using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace KubeInject.IntegrationTests.Vault;

/// <summary>Finds free ports below the range of outgoing connections.</summary>
internal static class FreePorts
{
    /// <summary>A port; the next one is also free.</summary>
    public static int Take()
    {
        while (true)
        {
            var port = RandomNumberGenerator.GetInt32(16000, 32000);
            if (IsFree(port) && IsFree(port + 1))
                return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port) { ExclusiveAddressUse = true };
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

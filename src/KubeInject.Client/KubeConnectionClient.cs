using System.Runtime.CompilerServices;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;
using k8s;

namespace KubeInject.Client;

/// <summary>The official client of Kubernetes, KubernetesClient, over a connection.</summary>
public static class KubeConnectionClient
{
    private static readonly ConditionalWeakTable<KubeConnection, IKubernetes> Clients = [];

    extension(KubeConnection connection)
    {
        /// <summary>
        /// The typed API of Kubernetes over this connection: the same server, trust, proxy and credential. It is made at
        /// its first use, belongs to the connection, and ends with it.
        /// </summary>
        /// <remarks>
        /// An error of the server is an <see cref="k8s.Autorest.HttpOperationException"/>, and no answer a
        /// <see cref="KubeConnectionException"/>. Neither holds the credential or the body of the request.
        /// </remarks>
        public IKubernetes Client => Of(connection);
    }

    /// <summary>The client of a connection, for code that may see another version of its types: PowerShell's own.</summary>
    internal static object GetClient(KubeConnection connection) => Of(connection);

    /// <summary>The client of a connection, for languages without extension properties.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>The same client at every call.</returns>
    public static IKubernetes Of(KubeConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Clients.GetValue(connection, opened => new ConnectionClient(opened.Channel, opened.Namespace));
    }
}

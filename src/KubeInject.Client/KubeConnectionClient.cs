using System.Runtime.CompilerServices;
using k8s;
using KubeInject.Kubernetes.Connection;
using KubeInject.Kubernetes.Errors;

namespace KubeInject.Client;

/// <summary>Provides the official Kubernetes client (KubernetesClient) over a connection.</summary>
public static class KubeConnectionClient
{
    private static readonly ConditionalWeakTable<KubeConnection, IKubernetes> Clients = [];

    extension(KubeConnection connection)
    {
        /// <summary>
        /// The typed Kubernetes API over this connection, with the same server, trust, proxy and credential. It is created at
        /// the first use, and is closed with the connection.
        /// </summary>
        /// <remarks>
        /// An error of the server is an <see cref="k8s.Autorest.HttpOperationException"/>. A missing response is a
        /// <see cref="KubeConnectionException"/>. Neither contains the credential or the body of the request.
        /// </remarks>
        public IKubernetes Client => Of(connection);
    }

    /// <summary>Gets the client of a connection, for PowerShell code that may have loaded another version of its types.</summary>
    internal static object GetClient(KubeConnection connection) => Of(connection);

    /// <summary>Gets the client of a connection, for languages without extension properties.</summary>
    /// <param name="connection">The connection.</param>
    /// <returns>The client. It is the same for each call.</returns>
    public static IKubernetes Of(KubeConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        return Clients.GetValue(connection, opened => new ConnectionClient(opened.Channel, opened.Namespace));
    }
}

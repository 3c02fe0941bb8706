using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Gets pods of the connected cluster.</summary>
[Cmdlet(VerbsCommon.Get, "KubePod", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(Pod))]
public sealed class GetKubePodCommand : GetObjectCmdlet
{
    /// <inheritdoc/>
    protected override void ProcessRecord() => Get(
        (connection, name, cancellationToken) => connection.GetPodAsync(name, Namespace, cancellationToken),
        (connection, query, cancellationToken) => connection.ListPodsAsync(query, cancellationToken),
        pod => pod.Name,
        pod => WriteObject(pod));
}

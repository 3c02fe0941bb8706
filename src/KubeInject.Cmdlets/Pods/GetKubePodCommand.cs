using System.Management.Automation;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Pods;

/// <summary>Gets pods of the connected cluster.</summary>
[Cmdlet(VerbsCommon.Get, "KubePod", DefaultParameterSetName = OneNamespace)]
[OutputType(typeof(Pod), typeof(ObjectMetadata))]
public sealed class GetKubePodCommand : GetObjectCmdlet
{
    [Parameter(HelpMessage = "Gets only the metadata of the pods: names, labels, annotations and age. This is much faster if there are many pods.")]
    public SwitchParameter MetadataOnly { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (MetadataOnly)
            Get(
                KubeResource.Pods,
                async (connection, name, cancellationToken) => (await connection.GetPodAsync(name.Name, name.Namespace, cancellationToken).ConfigureAwait(false)).ToMetadata(),
                (connection, query, cancellationToken) => connection.Objects.ListMetadataAsync(KubeResource.Pods, query, cancellationToken),
                pod => pod.Name,
                pod => WriteObject(pod));
        else
            Get(
                KubeResource.Pods,
                (connection, name, cancellationToken) => connection.GetPodAsync(name.Name, name.Namespace, cancellationToken),
                (connection, query, cancellationToken) => connection.ListPodsAsync(query, cancellationToken),
                pod => pod.Name,
                pod => WriteObject(pod));
    }
}

using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Cmdlets.Connections;
using KubeInject.Kubernetes.Client;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>The base class of cmdlets that select objects in namespaces.</summary>
public abstract class NamespacedCmdlet : ConnectedCmdlet
{
    private protected const string OneNamespace = "Namespace";
    private protected const string EveryNamespace = "AllNamespaces";

    [Parameter(ParameterSetName = EveryNamespace, Mandatory = true, HelpMessage = "Includes the objects of all namespaces. Requires the permission to list these objects in all namespaces.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    [Parameter(HelpMessage = "Specifies a Kubernetes label selector, for example 'app=orders,tier in (web,api)'.")]
    [Alias("l", "Selector")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    [Parameter(HelpMessage = "Specifies a Kubernetes field selector, for example 'spec.nodeName=node-1,status.phase!=Running' for pods or 'type=kubernetes.io/tls' for Secrets. The server determines which fields are supported.")]
    [ArgumentCompleter(typeof(FieldSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FieldSelector { get; set; }

    /// <summary>Creates the query of the parameters, with additional field selectors. Null selectors are ignored. A namespace restricts the query, also with -AllNamespaces.</summary>
    private protected KubeQuery Query(string? @namespace, params string?[] fields) => new()
    {
        Namespace = @namespace,
        AllNamespaces = AllNamespaces && @namespace is null,
        LabelSelector = LabelSelector,
        FieldSelector = string.Join(',', fields.Prepend(FieldSelector).OfType<string>()) is { Length: > 0 } joined ? joined : null,
        Progress = Listing(),
    };

    private protected static string FieldOfName(string name) => $"metadata.name={name}";
}

using System.Management.Automation;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>A cmdlet about the objects of a kind that lives in namespaces.</summary>
public abstract class NamespacedCmdlet : ConnectedCmdlet
{
    private protected const string OneNamespace = "Namespace";
    private protected const string EveryNamespace = "AllNamespaces";

    /// <summary>The namespace.</summary>
    [Parameter(ParameterSetName = OneNamespace, ValueFromPipelineByPropertyName = true, HelpMessage = "The namespace. Default: that of the connection.")]
    [Alias("n")]
    [ArgumentCompleter(typeof(NamespaceCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Namespace { get; set; }

    /// <summary>Whether to look into every namespace.</summary>
    [Parameter(ParameterSetName = EveryNamespace, Mandatory = true, HelpMessage = "Look into every namespace.")]
    [Alias("A")]
    public SwitchParameter AllNamespaces { get; set; }

    /// <summary>A label selector.</summary>
    [Parameter(HelpMessage = "Only those with these labels, in Kubernetes' words: 'app=orders,tier in (web,api)'.")]
    [Alias("l", "Selector")]
    [ArgumentCompleter(typeof(LabelSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? LabelSelector { get; set; }

    /// <summary>A field selector.</summary>
    [Parameter(HelpMessage = "Only those with these fields, in Kubernetes' words: 'spec.nodeName=node-1,status.phase!=Running'.")]
    [ArgumentCompleter(typeof(FieldSelectorCompleter))]
    [ValidateNotNullOrEmpty]
    public string? FieldSelector { get; set; }

    /// <summary>What the parameters select, and of that only what has the given fields.</summary>
    private protected KubeQuery Query(params string?[] fields) => new()
    {
        Namespace = Namespace,
        AllNamespaces = AllNamespaces,
        LabelSelector = LabelSelector,
        FieldSelector = string.Join(',', fields.Prepend(FieldSelector).OfType<string>()) is { Length: > 0 } joined ? joined : null,
        Progress = Listing(),
    };

    private protected static string FieldOfName(string name) => $"metadata.name={name}";
}

using System.Management.Automation;
using KubeInject.Injection;
using KubeInject.Kubernetes;

namespace KubeInject.Cmdlets;

/// <summary>Takes away what pods ask for, and the label, from manifests or workloads.</summary>
[Cmdlet(VerbsCommon.Remove, "PodInjectionAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(AnnotationResult), typeof(string))]
public sealed class RemovePodInjectionAnnotationCommand : AnnotationCmdlet
{
    /// <summary>The database.</summary>
    [Parameter(HelpMessage = "The pod's own name for the connection. The label goes with the last one. Default: all, and whatever else has the prefix.")]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    private protected override AnnotationTask Task(string? file, ObjectReference? workload) => new AnnotationRemoval(Database);
}

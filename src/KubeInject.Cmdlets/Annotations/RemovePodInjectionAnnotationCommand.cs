using System.Management.Automation;
using KubeInject.Cmdlets.Completion;
using KubeInject.Injection.Annotating;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Annotations;

/// <summary>Removes the annotations and the label that request database credentials from manifests or workloads.</summary>
[Cmdlet(VerbsCommon.Remove, "PodInjectionAnnotation", SupportsShouldProcess = true, DefaultParameterSetName = FromInput)]
[OutputType(typeof(AnnotationResult), typeof(string))]
public sealed class RemovePodInjectionAnnotationCommand : AnnotationCmdlet
{
    [Parameter(HelpMessage = "Specifies the pod's name for the database connection. The label is removed with the last database. If you do not specify a database, all annotations with the prefix of the injector are removed.")]
    [ArgumentCompleter(typeof(DatabaseCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    private protected override AnnotationTask Task(string? file, ObjectReference? workload) => new AnnotationRemoval(Database);
}

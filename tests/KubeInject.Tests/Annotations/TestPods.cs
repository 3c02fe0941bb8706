using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Annotations;

/// <summary>Pods with the annotations of a test; keys have no prefix.</summary>
internal static class TestPods
{
    public const string FirstUuid = "0b7f8b5e-4f7e-4a53-9a7d-0c1f2ad7e001";
    public const string SecondUuid = "0b7f8b5e-4f7e-4a53-9a7d-0c1f2ad7e002";

    /// <summary>A labeled Deployment without containers.</summary>
    public static PodTemplate With(params (string Key, string Value)[] annotations) => new()
    {
        Object = new ObjectReference("Deployment", "shop", "orders"),
        Labels = new Dictionary<string, string> { ["vault-db-injector"] = "true" },
        Annotations = Prefixed(annotations),
    };

    /// <summary>A database in uri mode that is complete except, possibly, for a valid template.</summary>
    public static PodTemplate WithTemplate(string template) =>
        With(("orders.role", "rw"), ("orders.mode", "uri"), ("orders.env-key-uri", "URL"), ("orders.template", template));

    public static Dictionary<string, string> Prefixed(params (string Key, string Value)[] annotations) =>
        annotations.ToDictionary(pair => InjectionAnnotation.Prefix + pair.Key, pair => pair.Value);

    public static PodInjection Read(params (string Key, string Value)[] annotations) => Read(With(annotations));

    public static PodInjection Read(PodTemplate pod) => PodInjectionReader.Read(pod, InjectionOptions.Default);

    /// <summary>The only finding with a code.</summary>
    public static Finding Only(this PodInjection injection, string code) => Assert.Single(injection.Findings, finding => finding.Code == code);

    public static void HasNo(this PodInjection injection, string code) => Assert.DoesNotContain(injection.Findings, finding => finding.Code == code);

    /// <summary>All content of a result as text that can be compared.</summary>
    public static string Describe(this PodInjection injection) => string.Join(
        '\n',
        injection.Databases.Select(Describe)
            .Prepend($"{injection.State} [{string.Join(',', injection.UnmatchedUuids)}]")
            .Concat(injection.Findings.Select(finding => $"{finding.Severity} {finding.Key} {finding}")));

    public static string Describe(DatabaseInjection database) =>
        $"{database} {database.Template} {database.Uuid} [{string.Join('|', database.UsernameVariables)}]"
        + $"[{string.Join('|', database.PasswordVariables)}][{string.Join('|', database.UriVariables)}]";
}

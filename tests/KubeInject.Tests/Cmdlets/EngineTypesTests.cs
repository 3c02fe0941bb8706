using System.Management.Automation;
using System.Reflection;
using KubeInject.Cmdlets.Pipeline;
using KubeInject.Kubernetes.Connection;

namespace KubeInject.Tests.Cmdlets;

public sealed class EngineTypesTests
{
    private static readonly Assembly Engine = typeof(KubeConnection).Assembly;

    private static readonly HashSet<Type> Forwarded = [.. typeof(KubeCmdlet).Assembly.GetForwardedTypes()];

    [Fact]
    public void Every_exception_type_can_be_used_in_a_catch_block() =>
        Assert.All(Engine.GetExportedTypes().Where(type => type.IsSubclassOf(typeof(Exception))), type => Assert.Contains(type, Forwarded));

    [Fact]
    public void Every_type_of_a_parameter_or_output_can_be_used_by_name()
    {
        var cmdlets = typeof(KubeCmdlet).Assembly.GetExportedTypes();
        var reached = new HashSet<Type>();
        foreach (var type in cmdlets.SelectMany(cmdlet => cmdlet.GetProperties()).Select(property => property.PropertyType))
            Reach(type, reached);
        foreach (var type in cmdlets.SelectMany(Outputs))
            Reach(type, reached);

        Assert.True(reached.Count > 40);
        Assert.Empty(reached.Except(Forwarded).Select(type => type.FullName));
    }

    [Fact]
    public void Whatever_cmdlets_return_can_be_created_in_scripts()
    {
        var reached = new HashSet<Type>();
        foreach (var type in typeof(KubeCmdlet).Assembly.GetExportedTypes().SelectMany(Outputs))
            Reach(type, reached);
        var classes = reached.Where(type => type is { IsClass: true, IsAbstract: false }).ToList();

        Assert.True(classes.Count > 20);
        Assert.Empty(classes.Where(type => !Creators(type).Any(CanBeCalled)).Select(type => type.FullName));
    }

    private static IEnumerable<MethodBase> Creators(Type type) =>
        type.GetConstructors().Concat<MethodBase>(type.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.ReturnType == type));

    private static bool CanBeCalled(MethodBase creator) => creator.GetParameters()
        .SelectMany(parameter => parameter.ParameterType.GenericTypeArguments.Append(parameter.ParameterType))
        .All(type => type.Assembly != Engine || Forwarded.Contains(type));

    private static IEnumerable<Type> Outputs(Type cmdlet) => cmdlet.CustomAttributes
        .Where(attribute => attribute.AttributeType == typeof(OutputTypeAttribute))
        .SelectMany(attribute => (IReadOnlyCollection<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
        .Select(argument => argument.Value)
        .OfType<Type>();

    private static void Reach(Type type, HashSet<Type> reached)
    {
        if (type.HasElementType)
        {
            Reach(type.GetElementType()!, reached);
            return;
        }

        foreach (var argument in type.GenericTypeArguments)
            Reach(argument, reached);
        if (type.Assembly != Engine || !reached.Add(type))
            return;
        foreach (var property in type.GetProperties())
            Reach(property.PropertyType, reached);
    }
}

using System.Globalization;
using System.Management.Automation;
using System.Reflection;
using System.Runtime.CompilerServices;
using KubeInject.Cmdlets.Pipeline;

namespace KubeInject.Tests.Cmdlets.Help;

/// <summary>The cmdlets as their classes declare them.</summary>
internal static class DeclaredCmdlets
{
    private const string Every = "__AllParameterSets";

    public static IReadOnlyDictionary<string, CmdletHelp> Read() => typeof(KubeCmdlet).Assembly.GetTypes()
        .Select(type => (Type: type, Attribute: Find<CmdletAttribute>(type)))
        .Where(cmdlet => cmdlet.Attribute is not null)
        .Select(cmdlet => Read(cmdlet.Type, cmdlet.Attribute!))
        .ToDictionary(help => help.Name);

    /// <summary>The name of a type as PowerShell writes it.</summary>
    public static string NameOf(Type type) => Nullable.GetUnderlyingType(type) is { } inner ? $"System.Nullable`1[{inner.FullName}]" : type.FullName!;

    private static CmdletHelp Read(Type type, CustomAttributeData cmdlet)
    {
        var parameters = type.GetProperties()
            .Select(property => (Property: property, In: property.CustomAttributes.Where(attribute => attribute.AttributeType == typeof(ParameterAttribute)).ToArray()))
            .Where(parameter => parameter.In.Length > 0)
            .ToArray();
        var sets = parameters.SelectMany(parameter => parameter.In.Select(SetOf)).Distinct().Where(set => set != Every).ToArray();
        var fresh = Fresh(type);
        var asks = Named(cmdlet, nameof(CmdletAttribute.SupportsShouldProcess), false);
        var output = type.CustomAttributes.Where(attribute => attribute.AttributeType == typeof(OutputTypeAttribute));
        return new CmdletHelp($"{cmdlet.ConstructorArguments[0].Value}-{cmdlet.ConstructorArguments[1].Value}")
        {
            Parameters =
            [
                .. parameters.Select(parameter => Parameter(parameter.Property, fresh))
                    .Concat(asks ? [Switch("Confirm", "cf"), Switch("WhatIf", "wi")] : [])
                    .OrderBy(parameter => parameter.Name, StringComparer.Ordinal),
            ],
            Sets =
            [
                .. (sets.Length == 0 ? [Every] : sets)
                    .Select(set => CmdletHelp.Set(parameters
                        .SelectMany(parameter => parameter.In.Where(attribute => SetOf(attribute) == set || SetOf(attribute) == Every).Select(attribute => InSet(parameter.Property, attribute)))
                        .Concat(asks ? ["Confirm", "WhatIf"] : [])))
                    .Order(StringComparer.Ordinal),
            ],
            Inputs = parameters
                .Where(parameter => parameter.In.Any(attribute => Named(attribute, nameof(ParameterAttribute.ValueFromPipeline), false) || Named(attribute, nameof(ParameterAttribute.ValueFromPipelineByPropertyName), false)))
                .Select(parameter => NameOf(parameter.Property.PropertyType)).Distinct().ToDictionary(name => name, _ => ""),
            Outputs = output
                .SelectMany(attribute => (IEnumerable<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
                .Select(argument => NameOf((Type)argument.Value!)).ToDictionary(name => name, _ => ""),
        };
    }

    private static ParameterHelp Parameter(PropertyInfo property, object fresh) => new(
        property.Name,
        NameOf(property.PropertyType),
        string.Join(", ", property.CustomAttributes.Where(attribute => attribute.AttributeType == typeof(AliasAttribute))
            .SelectMany(attribute => (IEnumerable<CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!).Select(name => (string)name.Value!).Order(StringComparer.Ordinal)),
        property.CustomAttributes.Any(attribute => attribute.AttributeType == typeof(SupportsWildcardsAttribute)),
        property.PropertyType == typeof(SwitchParameter) ? "False" : property.GetValue(fresh) is var value and not Array ? Convert.ToString(value, CultureInfo.InvariantCulture) ?? "" : "",
        string.Join('\n', property.CustomAttributes.Where(attribute => attribute.AttributeType == typeof(ParameterAttribute)).Select(attribute => Named(attribute, nameof(ParameterAttribute.HelpMessage), "")).Distinct()));

    // An instance of a cmdlet with the initial values of its fields, which are set before the base constructor throws,
    // because the base class has only declarations here.
    private static object Fresh(Type type)
    {
        var cmdlet = RuntimeHelpers.GetUninitializedObject(type);
        Record.Exception(() => type.GetConstructor(Type.EmptyTypes)!.Invoke(cmdlet, null));
        return cmdlet;
    }

    private static ParameterHelp Switch(string name, string alias) => new(name, typeof(SwitchParameter).FullName!, alias, false, "False", "");

    private static string InSet(PropertyInfo property, CustomAttributeData attribute) => CmdletHelp.InSet(
        property.Name,
        Named<int?>(attribute, nameof(ParameterAttribute.Position), null),
        Named(attribute, nameof(ParameterAttribute.Mandatory), false),
        Named(attribute, nameof(ParameterAttribute.ValueFromPipeline), false),
        Named(attribute, nameof(ParameterAttribute.ValueFromPipelineByPropertyName), false));

    private static string SetOf(CustomAttributeData attribute) => Named(attribute, nameof(ParameterAttribute.ParameterSetName), Every);

    private static CustomAttributeData? Find<T>(MemberInfo member) => member.CustomAttributes.FirstOrDefault(attribute => attribute.AttributeType == typeof(T));

    private static T Named<T>(CustomAttributeData attribute, string name, T otherwise) =>
        attribute.NamedArguments.FirstOrDefault(argument => argument.MemberName == name).TypedValue.Value is { } value ? (T)value : otherwise;
}

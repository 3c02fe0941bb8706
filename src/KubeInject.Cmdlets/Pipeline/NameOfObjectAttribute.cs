using System.Collections;
using System.Management.Automation;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Converts an object of the official client, for example a <c>V1Deployment</c>, to its name, for example <c>shop/deployment/orders</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NameOfObjectAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) => inputData switch
    {
        PSObject wrapped => wrapped.BaseObject is var value && ClientObject.NameOf(value) is { } name ? name : inputData,
        string or null => inputData!,
        IEnumerable several => several.Cast<object>().Select(value => Transform(engineIntrinsics, value)).ToArray(),
        _ => ClientObject.NameOf(inputData) ?? inputData,
    };
}

using System.Management.Automation;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Cmdlets.Pipeline;

/// <summary>Converts between pods of this module and pods of the official client, for example <c>[k8s.Models.V1Pod] $pod</c>.</summary>
/// <remarks>KubeInject.Types.ps1xml registers the converter.</remarks>
public sealed class ClientObjectConverter : PSTypeConverter
{
    /// <inheritdoc/>
    public override bool CanConvertFrom(object sourceValue, Type destinationType) =>
        destinationType == typeof(Pod) && sourceValue is not null && ClientObject.Unwrap(sourceValue).ToArray() is [Pod];

    /// <inheritdoc/>
    public override object ConvertFrom(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase) => ClientObject.Unwrap(sourceValue).Single();

    /// <inheritdoc/>
    public override bool CanConvertTo(object sourceValue, Type destinationType) => sourceValue is Pod && destinationType?.FullName == "k8s.Models.V1Pod";

    /// <inheritdoc/>
    public override object ConvertTo(object sourceValue, Type destinationType, IFormatProvider formatProvider, bool ignoreCase)
    {
        ArgumentNullException.ThrowIfNull(sourceValue);
        ArgumentNullException.ThrowIfNull(destinationType);
        return ClientObject.FromJson(((Pod)sourceValue).ToJson(), destinationType);
    }
}

using System.Management.Automation;

namespace KubeInject.Cmdlets.Secrets;

/// <summary>Converts text, for example the output of <c>kubectl create token</c>, to a SecureString. White space around it is removed.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SecureTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is string { Length: > 0 } text ? new SensitiveString(text.Trim()).ToSecureString() : inputData;
}

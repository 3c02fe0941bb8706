namespace KubeInject.Annotations;

/// <summary>The stable codes of findings.</summary>
public static class FindingCode
{
}

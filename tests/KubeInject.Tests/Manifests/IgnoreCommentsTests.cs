using KubeInject.Manifests;

namespace KubeInject.Tests.Manifests;

public sealed class IgnoreCommentsTests
{
    [Theory]
    [InlineData("# kubeinject: ignore KI013 The label is added by Kustomize.", "KI013")]
    [InlineData("metadata: # kubeinject: ignore KI013", "KI013")]
    [InlineData("a: b\n  #kubeinject:ignore KI013, KI022\tboth are known\n", "KI013 KI022")]
    [InlineData("# kubeinject: ignore KI013\n# kubeinject: ignore KI104", "KI013 KI104")]
    [InlineData("# kubeinject: ignore", "")]
    [InlineData("# kubeinject: ignore the label, not KI013", "")]
    [InlineData("# kubeinject: ignore KI0131", "")]
    [InlineData("a: x#kubeinject: ignore KI013", "")]
    [InlineData("kubeinject: ignore KI013", "")]
    public void The_codes_follow_the_marker(string text, string codes) => Assert.Equal(codes, string.Join(' ', IgnoreComments.CodesIn(text).Order(StringComparer.Ordinal)));
}

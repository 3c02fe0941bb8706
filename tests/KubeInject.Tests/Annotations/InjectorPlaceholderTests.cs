using System.Text;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Kubernetes.Objects;
using KubeInject.Manifests;

namespace KubeInject.Tests.Annotations;

public sealed class InjectorPlaceholderTests
{
    private const string Placeholder = "__VDBI_PH_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef___";

    [Theory]
    [InlineData("classic", Placeholder)]
    [InlineData("uri", $"postgres://{Placeholder}:{Placeholder}@db/orders")]
    public void A_pod_with_placeholders_is_injected_and_not_changed(string mode, string value)
    {
        var json = Json(mode, value);

        var fromCluster = PodInjectionReader.Read(Pod.FromUtf8(Encoding.UTF8.GetBytes(json)).ToTemplate(), InjectionOptions.Default);
        var template = Assert.Single(Manifest.Parse(new ManifestText(json)).Documents[0].PodTemplates);

        Assert.Equal(InjectionState.Injected, fromCluster.State);
        Assert.Equal([FindingCode.NriPlaceholders], fromCluster.Findings.Select(finding => finding.Code));
        Assert.Empty(fromCluster.Uuids);
        Assert.Equal(InjectionStatus.AlreadyInjected, PlannedPod.Read(template, InjectionOptions.Default, CredentialDelivery.Value, null, replaces: true).Result.Status);
    }

    [Fact]
    public void A_placeholder_in_a_variable_that_is_not_requested_has_no_effect() =>
        Assert.Equal(InjectionState.Pending, PodInjectionReader.Read(
            Pod.FromUtf8(Encoding.UTF8.GetBytes(Json("classic", Placeholder, "OTHER"))).ToTemplate(), InjectionOptions.Default).State);

    private static string Json(string mode, string value, string variable = "U")
    {
        var settings = mode == "uri"
            ? """ "db-creds-injector.numberly.io/o.env-key-uri":"U","db-creds-injector.numberly.io/o.template":"postgres://db/orders" """
            : """ "db-creds-injector.numberly.io/o.env-key-dbuser":"U","db-creds-injector.numberly.io/o.env-key-dbpassword":"P" """;
        return $$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"shop","labels":{"vault-db-injector":"true"},"annotations":{
              "db-creds-injector.numberly.io/o.role":"r","db-creds-injector.numberly.io/o.mode":"{{{mode}}}",{{{settings}}} } },
             "spec":{"containers":[{"name":"app","env":[{"name":"{{{variable}}}","value":"{{{value}}}"}]}]}}
            """;
    }
}

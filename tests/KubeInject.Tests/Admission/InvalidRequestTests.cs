using System.Text;
using KubeInject.Admission;
using KubeInject.Annotations;
using KubeInject.Testing;
using static KubeInject.Tests.Admission.AdmissionFixture;

namespace KubeInject.Tests.Admission;

/// <summary>A request that is not valid has a clear answer with the status 400, and never causes an exception.</summary>
public sealed class InvalidRequestTests
{
    [Theory]
    [InlineData("", "The request is not JSON")]
    [InlineData("hello", "The request is not JSON")]
    [InlineData("{", "The request is not JSON")]
    [InlineData("{}x", "The request is not JSON")]
    [InlineData("{} {}", "The request is not JSON")]
    [InlineData("[]", "The request is not an AdmissionReview of admission.k8s.io/v1.")]
    [InlineData("5", "The request is not an AdmissionReview of admission.k8s.io/v1.")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1beta1"}""", "The request is not an AdmissionReview of admission.k8s.io/v1.")]
    [InlineData("""{"kind":"Pod","apiVersion":"admission.k8s.io/v1"}""", "The request is not an AdmissionReview of admission.k8s.io/v1.")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}""", "The AdmissionReview has no request with a uid.")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":null}""", "The AdmissionReview has no request with a uid.")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":5}}""", "The AdmissionReview has no request with a uid.")]
    [InlineData("""{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"a","uid":"b"}}""", "The key \"uid\" is duplicated")]
    [InlineData("""{"kind":"AdmissionReview","kind":"AdmissionReview"}""", "The key \"kind\" is duplicated")]
    public void A_request_that_is_no_AdmissionReview_is_invalid(string body, string expected) => AssertInvalid(Encoding.UTF8.GetBytes(body), expected);

    [Theory]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"kind":"List","apiVersion":"v1","items":[]}""")]
    [InlineData("""{"kind":"Deployment","apiVersion":"apps/v1","spec":{"template":{"metadata":{}}}}""")]
    [InlineData("""{"kind":"Pod","apiVersion":"example.com/v1"}""")]
    public void A_creation_without_a_pod_is_invalid(string pod) =>
        AssertInvalid(Encoding.UTF8.GetBytes(Review(null).ToJsonString().Replace("\"object\":null", $"\"object\":{pod}", StringComparison.Ordinal)), "The object of the request is not a pod.");

    [Theory]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","metadata":[]}""", "Kubernetes expects metadata to be a mapping")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","spec":{"containers":{}}}""", "Kubernetes expects containers to be a list")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","spec":{"containers":[5]}}""", "Kubernetes expects an item of containers to be a mapping")]
    [InlineData("""{"kind":"Pod","apiVersion":"v1","spec":{"containers":[{"env":[[]]}]}}""", "Kubernetes expects an item of env to be a mapping")]
    public void A_pod_with_other_types_is_invalid(string pod, string expected) =>
        AssertInvalid(Encoding.UTF8.GetBytes(Review(null).ToJsonString().Replace("\"object\":null", $"\"object\":{pod}", StringComparison.Ordinal)), expected);

    [Fact]
    public void A_request_that_is_too_large_is_invalid() => AssertInvalid(new byte[AdmissionReview.MaximumLength + 1], "The request is larger than 8 MiB.");

    [Fact]
    public void A_request_with_too_many_values_is_invalid() =>
        AssertInvalid(Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("0", 250_001))}]"), "The request has more than 250,000 JSON values.");

    [Theory]
    [InlineData("[")]
    [InlineData("{\"a\":")]
    public void A_request_that_is_nested_too_deeply_is_invalid(string open) =>
        AssertInvalid(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, 100_000))), "The request is not JSON: The maximum configured depth of 200");

    [Fact]
    public void A_request_that_is_not_UTF_8_is_invalid()
    {
        var body = Encoding.UTF8.GetBytes(Review(Pod(("orders.role", "rw"))).ToJsonString());
        body[body.AsSpan().IndexOf("app"u8)] = 0xFF;

        AssertInvalid(body, "UTF-8");
    }

    [Fact]
    public void A_random_change_of_a_request_never_causes_an_exception()
    {
        var random = new Random(TestSeed.Value);
        var original = Encoding.UTF8.GetBytes(Review(Pod(("orders.role", "rw"), ("orders.mode", "uri"), ("uuid", "x"))).ToJsonString());
        var counter = new CaseCounter();
        for (var i = 0; i < 5_000; i++)
        {
            var body = original.ToArray();
            for (var change = random.Next(1, 4); change > 0; change--)
                body[random.Next(body.Length)] = (byte)(random.Next(3) == 0 ? random.Next(256) : "{}[]\",:0\\ntfu"[random.Next(13)]);

            counter.Count($"{new PodAdmission(InjectionOptions.Default, Guid.NewGuid).Review(body).Result}");
        }

        counter.Require(20, "Invalid", "Refused", "Unchanged");
    }

    private static void AssertInvalid(byte[] body, string expected)
    {
        var response = new AdmissionFixture().Admission.Review(body);

        Assert.Equal((AdmissionResult.Invalid, 400), (response.Result, response.StatusCode));
        Assert.Contains(expected, response.Message, StringComparison.Ordinal);
        Assert.Equal($"{response.Message}\n", Encoding.UTF8.GetString(response.Body.Span));
    }
}

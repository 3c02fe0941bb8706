using System.Text.Json.Nodes;
using KubeInject.Admission;
using KubeInject.Annotations;
using static KubeInject.Tests.Admission.AdmissionFixture;

namespace KubeInject.Tests.Admission;

/// <summary>A refusal says which annotation is wrong and what to do, in one line, and never contains a secret.</summary>
public sealed class RefusalTests
{
    private const string Canary = "hunter2";

    [Fact]
    public void A_pod_with_an_error_is_refused_with_the_finding()
    {
        var answer = new AdmissionFixture().Admit(Pod(("orders.mode", "uri")));

        Assert.Equal(AdmissionResult.Refused, answer.Result);
        Assert.False(answer.IsAllowed);
        Assert.Null(answer.Patch);
        Assert.Equal(403, answer.Response["status"]!["code"]!.GetValue<int>());
        Assert.Equal("Forbidden", answer.Response["status"]!["reason"]!.GetValue<string>());
        Assert.StartsWith($"{FindingCode.MissingUriVariable} Database 'orders' ", answer.Message, StringComparison.Ordinal);
        Assert.Contains("'db-creds-injector.numberly.io/orders.env-key-uri'", answer.Message, StringComparison.Ordinal);
        Assert.Contains($" {FindingCode.MissingTemplate} ", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_refers_to_a_variable_does_not_fit_into_a_Secret()
    {
        var answer = new AdmissionFixture().Admit(Uri("postgres://$(DB_HOST)/orders"));

        Assert.Equal(AdmissionResult.Refused, answer.Result);
        Assert.StartsWith($"{FindingCode.ReferenceInSecret} Annotation 'db-creds-injector.numberly.io/orders.template' refers to another variable", answer.Message, StringComparison.Ordinal);
        Assert.EndsWith("Replace the reference with its value.", answer.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("postgres://me:hunter2@db:5432/orders")]
    [InlineData("postgres://$(HOST)/orders?password=hunter2")]
    [InlineData("me:hunter2@tcp(db:3306)/orders")]
    [InlineData("Server=db;Password=hunter2")]
    public void No_password_of_a_template_is_in_the_response(string template)
    {
        var pod = Uri(template);
        pod["spec"]!["containers"] = new JsonArray(Container("app", Variable("URL", Canary), Variable("OTHER", $"$(URL){Canary}")));
        var review = Review(pod);

        var response = new AdmissionFixture().Send(review).Response;

        Assert.DoesNotContain(Canary, response.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, response["patch"] is { } patch ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(patch.GetValue<string>())) : "", StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_is_one_line()
    {
        var answer = new AdmissionFixture().Admit(Pod(("orders.role", "rw"), ("orders.env-key-dbuser", "1\n2\u202e")));

        Assert.Equal(AdmissionResult.Refused, answer.Result);
        Assert.DoesNotContain(answer.Message, character => char.IsControl(character) || character == '\u202e');
    }

    private static JsonObject Uri(string template) =>
        Pod(("orders.role", "rw"), ("orders.mode", "uri"), ("orders.env-key-uri", "URL"), ("orders.template", template));
}

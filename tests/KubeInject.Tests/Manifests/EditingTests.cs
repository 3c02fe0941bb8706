using KubeInject.Tests.Injection;

namespace KubeInject.Tests.Manifests;

/// <summary>A manifest changes only where the injection requires it, or not at all.</summary>
public sealed class EditingTests
{
    internal const string Head = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          annotations:
            db-creds-injector.numberly.io/pg.role: rw
            db-creds-injector.numberly.io/pg.env-key-dbuser: U
            db-creds-injector.numberly.io/pg.env-key-dbpassword: P

        """;

    internal const string InjectedHead = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          annotations:
            db-creds-injector.numberly.io/pg.role: rw
            db-creds-injector.numberly.io/pg.env-key-dbuser: U
            db-creds-injector.numberly.io/pg.env-key-dbpassword: P
            db-creds-injector.numberly.io/uuid: "UUID-0"

        """;

    [Fact]
    public async Task JSON_keeps_its_layout()
    {
        const string Pod = """
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": "a",
                    "annotations": {
                        "db-creds-injector.numberly.io/pg.role": "rw"
                    }
                },
                "spec": {
                    "containers": [
                        {
                            "name": "a"
                        }
                    ]
                }
            }
            """;
        const string Expected = """
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": "a",
                    "annotations": {
                        "db-creds-injector.numberly.io/pg.role": "rw",
                        "db-creds-injector.numberly.io/uuid": "UUID-0"
                    }
                },
                "spec": {
                    "containers": [
                        {
                            "name": "a",
                            "env": [
                                {
                                    "name": "DBUSER",
                                    "value": "user-pg"
                                },
                                {
                                    "name": "DBPASSWORD",
                                    "value": "password-pg"
                                }
                            ]
                        }
                    ]
                }
            }
            """;

        var (text, _) = await new InjectionFixture().RunAsync(Pod);

        Assert.Equal(Expected, text);
    }

    [Fact]
    public async Task Compact_JSON_stays_compact()
    {
        const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"db-creds-injector.numberly.io/pg.role":"rw"}},"spec":{"containers":[{"name":"a","env":[]}]}}""";

        var (text, _) = await new InjectionFixture().RunAsync(Pod);

        Assert.Equal(
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"db-creds-injector.numberly.io/pg.role":"rw","db-creds-injector.numberly.io/uuid":"UUID-0"}},"spec":{"containers":[{"name":"a","env":[{"name":"DBUSER","value":"user-pg"},{"name":"DBPASSWORD","value":"password-pg"}]}]}}""",
            text);
    }

    [Fact]
    public async Task A_path_instead_of_a_manifest_is_an_error()
    {
        var (text, result) = await new InjectionFixture().RunAsync("orders.yaml\n");

        Assert.Empty(text);
        Assert.Equal("<input>:1:1: This is text and not a Kubernetes object. If the text is a path, specify it as a path.", result.Error);
    }

    [Theory]
    [InlineData("kind: Pod # \U0001F600\nname: @\n", '\uD83D', "2:7")]
    [InlineData("{\"kind\": \"@\"}", '\uDE00', "1:11")]
    public async Task Half_of_a_surrogate_pair_is_an_error(string manifest, char half, string place)
    {
        var (text, result) = await new InjectionFixture().RunAsync(manifest.Replace('@', half));

        Assert.Empty(text);
        Assert.Equal($"<input>:{place}: The text has half of a surrogate pair here, which UTF-8 cannot represent. Remove it, or write the complete character.", result.Error);
    }

    [Fact]
    public async Task Document_markers_and_the_text_after_them_are_kept()
    {
        const string Spec = "spec:\n  containers:\n    - name: a\n";
        const string Injected = Spec + "      env:\n        - name: U\n          value: \"user-pg\"\n        - name: P\n          value: \"password-pg\"\n";

        var (text, _) = await new InjectionFixture().RunAsync($"%YAML 1.1\n--- # first\n{Head}{Spec}...\n# between\n--- # second\nkind: Service\n---\n{Head}{Spec}# tail");

        Assert.Equal($"%YAML 1.1\n--- # first\n{InjectedHead}{Injected}...\n# between\n--- # second\nkind: Service\n---\n{InjectedHead.Replace("UUID-0", "UUID-1", StringComparison.Ordinal)}{Injected}# tail", text);
    }

    [Fact]
    public async Task An_anchor_that_is_used_elsewhere_is_not_changed()
    {
        const string Text = Head + """
            spec:
              containers:
                - name: a
                  env: &env
                    - name: A
                      value: b
            other: *env
            """;
        var fixture = new InjectionFixture();

        var (text, result) = await fixture.RunAsync(Text);

        Assert.Empty(text);
        Assert.Equal(
            "<input>:12:12: This is part of &env, which is also used in line 15, so the change would also apply there. Replace *env there with a copy of the content, and try again.",
            Assert.Single(result.Pods).Error);
        Assert.Empty(fixture.Issuer.Live);
        Assert.Empty(fixture.Leases.Records);
    }

    [Theory]
    [InlineData("without a final line break the value is b, and with lines after it, it would be b and a line break", "|\n            b")]
    [InlineData("a carriage return alone ends a line of YAML, so added lines would be in the next document", "b\r---\nkind: Service\n")]
    public async Task If_the_layout_allows_no_change_the_location_is_named(string why, string end)
    {
        var (text, result) = await new InjectionFixture().RunAsync($"{Head}spec:\n  containers:\n    - name: a\n      env:\n        - name: A\n          value: {end}");

        Assert.False(text.Contains("kind: Pod", StringComparison.Ordinal), why);
        Assert.StartsWith("<input>:13:9: The layout at this position does not allow a safe change", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_env_from_a_merge_key_is_not_changed_for_other_containers()
    {
        const string Text = "base: &base\n  env:\n    - name: A\n      value: b\n" + Head + """
            spec:
              containers:
                - <<: *base
                  name: a
            """;

        var (_, result) = await new InjectionFixture().RunAsync(Text);

        Assert.Contains("&base", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
    }
}

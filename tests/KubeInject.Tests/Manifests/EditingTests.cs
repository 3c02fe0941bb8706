using KubeInject.Injection;
using KubeInject.Tests.Injection;

namespace KubeInject.Tests.Manifests;

/// <summary>A manifest changes only where the injection needs it, in the style that its author uses.</summary>
public sealed class EditingTests
{
    private const string Head = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: orders
          annotations:
            db-creds-injector.numberly.io/pg.role: rw
            db-creds-injector.numberly.io/pg.env-key-dbuser: U
            db-creds-injector.numberly.io/pg.env-key-dbpassword: P

        """;

    private const string InjectedHead = """
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

    public static TheoryData<string, string, string> Styles => new()
    {
        {
            "a missing env follows the image",
            """
            spec:
              containers:
                - name: app  # the app
                  image: app:1
                  args: [run]
            """,
            """
            spec:
              containers:
                - name: app  # the app
                  image: app:1
                  env:
                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"
                  args: [run]
            """
        },
        {
            "lists at their parent's column stay there",
            """
            spec:
              containers:
              - image: app:1
                name: app
            """,
            """
            spec:
              containers:
              - image: app:1
                env:
                - name: U
                  value: "user-pg"
                - name: P
                  value: "password-pg"
                name: app
            """
        },
        {
            "wide items stay wide",
            """
            spec:
                containers:
                    -   name: app
                        env:
                            -   name: A
                                value: b
            # the end
            """,
            """
            spec:
                containers:
                    -   name: app
                        env:
                            -   name: A
                                value: b
                            -   name: U
                                value: "user-pg"
                            -   name: P
                                value: "password-pg"
            # the end
            """
        },
        {
            "an env of nothing gets its items on lines of their own",
            """
            spec:
              containers:
                - name: a
                  env:   # none yet
                  image: x
                - name: b
                  env: [] # none
                - name: c
                  env: ~
            """,
            """
            spec:
              containers:
                - name: a
                  env:   # none yet
                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"
                  image: x
                - name: b
                  env: # none
                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"
                - name: c
                  env:
                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"
            """
        },
        {
            "flow style stays flow style",
            """
            spec: {containers: [{name: a, env: [{name: A, value: b}]}, {name: c}]}
            """,
            """
            spec: {containers: [{name: a, env: [{name: A, value: b}, {"name": "U", "value": "user-pg"}, {"name": "P", "value": "password-pg"}]}, {name: c, "env": [{"name": "U", "value": "user-pg"}, {"name": "P", "value": "password-pg"}]}]}
            """
        },
        {
            "a declared variable is replaced where it stands, whatever it was",
            """
            spec:
              containers:
                - name: a
                  env:
                    - name: P   # the old one
                      value: old # and why
                    - name: A
                      value: b
                    - name: U
                      valueFrom:
                        secretKeyRef:
                          name: s
                          key: k
                - name: b
                  env:
                    - {name: U, value: |
                        x}
            """.Replace("{name: U, value: |\n            x}", "{name: U}", StringComparison.Ordinal),
            """
            spec:
              containers:
                - name: a
                  env:
                    - name: P   # the old one
                      value: "password-pg" # and why
                    - name: A
                      value: b
                    - name: U
                      value: "user-pg"
                - name: b
                  env:
                    - {name: U, "value": "user-pg"}
                    - name: P
                      value: "password-pg"
            """
        },
        {
            "what follows a block scalar does not become part of it",
            """
            spec:
              containers:
                - env:
                    - name: A
                      value: |
                        text
                        more

                - name: b
                  env:
                    - name: A
                      value: |+
                        kept


            """,
            """
            spec:
              containers:
                - env:
                    - name: A
                      value: |
                        text
                        more
                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"

                - name: b
                  env:
                    - name: A
                      value: |+
                        kept

                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"

            """
        },
        {
            "comments and tags may stand where they like",
            """
            spec:
              containers:
              -   &app   # the app
                  name: a
                  env: !!seq
                  # first
                  -   # - this one
                      name: A
                      value: |-
                        b
            """,
            """
            spec:
              containers:
              -   &app   # the app
                  name: a
                  env: !!seq
                  # first
                  -   # - this one
                      name: A
                      value: |-
                        b
                  - name: U
                    value: "user-pg"
                  - name: P
                    value: "password-pg"
            """
        },
        {
            "containers that share one env all get it",
            """
            spec:
              initContainers:
                - name: a
                  env: &env
                    - name: A
                      value: b
              containers:
                - name: b
                  env: *env
            """,
            """
            spec:
              initContainers:
                - name: a
                  env: &env
                    - name: A
                      value: b
                    - name: U
                      value: "user-pg"
                    - name: P
                      value: "password-pg"
              containers:
                - name: b
                  env: *env
            """
        },
        {
            "quoted keys are keys",
            """
            "spec":
              'containers':
                - "name": a
                  "env":
                    - "name": "U"
                      'value': 'x'
            """,
            """
            "spec":
              'containers':
                - "name": a
                  "env":
                    - "name": "U"
                      value: "user-pg"
                    - name: P
                      value: "password-pg"
            """
        },
    };

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task The_style_around_the_change_is_kept(string rule, string spec, string expected)
    {
        var (text, result) = await new Injecting().RunAsync(Head + spec);

        Assert.True(result.Pods.All(pod => pod.Status == InjectionStatus.Injected), $"{rule}: {result.Error}{string.Join("; ", result.Pods.Select(pod => pod.Error))}");
        Assert.Equal(InjectedHead + expected, text);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Line_ends_are_kept(string rule, string spec, string expected)
    {
        var (text, _) = await new Injecting().RunAsync((Head + spec).ReplaceLineEndings("\r\n"));

        Assert.True((InjectedHead + expected).ReplaceLineEndings("\r\n") == text, rule);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Injecting_twice_changes_nothing_the_second_time_and_issues_nothing(string rule, string spec, string expected)
    {
        _ = expected;
        var injecting = new Injecting();
        var written = "";
        var output = KubeInject.Manifests.ManifestOutput.ToStream((content, _) =>
        {
            written = content;
            return Task.CompletedTask;
        });
        await injecting.Injector.InjectAsync(KubeInject.Manifests.ManifestSource.FromText(Head + spec), output, CancellationToken.None);
        var first = written;
        var result = await new Injecting().RunAsync(first);

        Assert.Equal(first, result.Text);
        Assert.True(result.Result.Pods.All(pod => pod.Status == InjectionStatus.AlreadyInjected), rule);
    }

    [Fact]
    public async Task Json_keeps_its_layout()
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

        var (text, _) = await new Injecting().RunAsync(Pod);

        Assert.Equal(Expected, text);
    }

    [Fact]
    public async Task Tight_json_stays_tight()
    {
        const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"db-creds-injector.numberly.io/pg.role":"rw"}},"spec":{"containers":[{"name":"a","env":[]}]}}""";

        var (text, _) = await new Injecting().RunAsync(Pod);

        Assert.Equal(
            """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","annotations":{"db-creds-injector.numberly.io/pg.role":"rw","db-creds-injector.numberly.io/uuid":"UUID-0"}},"spec":{"containers":[{"name":"a","env":[{"name":"DBUSER","value":"user-pg"},{"name":"DBPASSWORD","value":"password-pg"}]}]}}""",
            text);
    }

    [Fact]
    public async Task A_path_in_place_of_a_manifest_is_an_error()
    {
        var (text, result) = await new Injecting().RunAsync("orders.yaml\n");

        Assert.Empty(text);
        Assert.Equal("<input>:1:1: This is a piece of text and no Kubernetes object. If it is meant as a path, give it as a path.", result.Error);
    }

    [Theory]
    [InlineData("kind: Pod # \U0001F600\nname: @\n", '\uD83D', "2:7")]
    [InlineData("{\"kind\": \"@\"}", '\uDE00', "1:11")]
    public async Task Half_of_a_character_is_an_error(string manifest, char half, string place)
    {
        var (text, result) = await new Injecting().RunAsync(manifest.Replace('@', half));

        Assert.Empty(text);
        Assert.Equal($"<input>:{place}: Half of a character stands here, which no file can hold. Take it out, or write it whole.", result.Error);
    }

    [Fact]
    public async Task Documents_keep_their_marks_and_what_stands_behind_them()
    {
        const string Spec = "spec:\n  containers:\n    - name: a\n";
        const string Injected = Spec + "      env:\n        - name: U\n          value: \"user-pg\"\n        - name: P\n          value: \"password-pg\"\n";

        var (text, _) = await new Injecting().RunAsync($"%YAML 1.1\n--- # first\n{Head}{Spec}...\n# between\n--- # second\nkind: Service\n---\n{Head}{Spec}# tail");

        Assert.Equal($"%YAML 1.1\n--- # first\n{InjectedHead}{Injected}...\n# between\n--- # second\nkind: Service\n---\n{InjectedHead.Replace("UUID-0", "UUID-1", StringComparison.Ordinal)}{Injected}# tail", text);
    }

    [Fact]
    public async Task What_an_anchor_shares_with_another_place_is_not_changed()
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
        var injecting = new Injecting();

        var (text, result) = await injecting.RunAsync(Text);

        Assert.Empty(text);
        Assert.Equal(
            "<input>:12:12: This is part of &env, which is used again in line 15, and the change would show there too. Write the content out in place of *env there and try again.",
            Assert.Single(result.Pods).Error);
        Assert.Empty(injecting.Issuer.Live);
        Assert.Empty(injecting.Leases.Records);
    }

    [Theory]
    [InlineData("without a line break at the end the value is b, with lines behind it, it would be b and a line break", "|\n            b")]
    [InlineData("a carriage return alone ends a line of YAML, so that ours ends in the next document", "b\r---\nkind: Service\n")]
    public async Task Where_the_layout_allows_no_change_the_place_is_named(string why, string end)
    {
        var (text, result) = await new Injecting().RunAsync($"{Head}spec:\n  containers:\n    - name: a\n      env:\n        - name: A\n          value: {end}");

        Assert.False(text.Contains("kind: Pod", StringComparison.Ordinal), why);
        Assert.StartsWith("<input>:13:9: The layout here does not allow the change", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_env_from_a_merge_key_is_not_changed_for_others()
    {
        const string Text = "base: &base\n  env:\n    - name: A\n      value: b\n" + Head + """
            spec:
              containers:
                - <<: *base
                  name: a
            """;

        var (_, result) = await new Injecting().RunAsync(Text);

        Assert.Contains("&base", Assert.Single(result.Pods).Error, StringComparison.Ordinal);
    }
}

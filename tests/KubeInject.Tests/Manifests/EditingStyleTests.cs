using KubeInject.Injection;
using KubeInject.Tests.Injection;
using static KubeInject.Tests.Manifests.EditingTests;

namespace KubeInject.Tests.Manifests;

/// <summary>Added lines have the style of the lines around them.</summary>
public sealed class EditingStyleTests
{
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
            "lists in the column of their parent stay there",
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
            "an empty env gets its items on separate lines",
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
            "a declared variable is replaced in place, whatever its value",
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
            "text after a block scalar does not become part of it",
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
            "comments and tags can be anywhere",
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
            "containers that share one env all get the variable",
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
            "quoted keys are recognized",
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
        var (text, result) = await new InjectionFixture().RunAsync(Head + spec);

        Assert.True(result.Pods.All(pod => pod.Status == InjectionStatus.Injected), $"{rule}: {result.Error}{string.Join("; ", result.Pods.Select(pod => pod.Error))}");
        Assert.Equal(InjectedHead + expected, text);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task Line_endings_are_kept(string rule, string spec, string expected)
    {
        var (text, _) = await new InjectionFixture().RunAsync((Head + spec).ReplaceLineEndings("\r\n"));

        Assert.True((InjectedHead + expected).ReplaceLineEndings("\r\n") == text, rule);
    }

    [Theory]
    [MemberData(nameof(Styles))]
    public async Task A_second_injection_changes_nothing_and_issues_nothing(string rule, string spec, string expected)
    {
        var (first, _) = await new InjectionFixture().RunAsync(Head + spec);
        Assert.Equal(InjectedHead + expected, first);
        var injected = first.Replace("UUID-0", $"{Guid.NewGuid()}", StringComparison.Ordinal);
        var again = new InjectionFixture();

        var (text, result) = await again.RunAsync(injected);

        Assert.Equal(injected, text);
        Assert.True(result.Pods.Count > 0 && result.Pods.All(pod => pod.Status == InjectionStatus.AlreadyInjected), rule);
        Assert.Empty(again.Issuer.Issued);
    }
}

namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>Kubeconfigs with unusual syntax, and with syntax that only looks equivalent.</summary>
internal static class KubeconfigYamlCases
{
    private const string Whole = "$context\n$cluster\n$user";

    public static IReadOnlyList<KubeconfigCase> All { get; } =
    [
        new("JSON", ("config", Json("\n"))),
        new("JSON with tabs", ("config", Json("\t\n\t"))),
        new("JSON with escaped slashes", ("config", Json(" ").Replace("https://", "https:\\/\\/", StringComparison.Ordinal).Replace("$server", "https:\\/\\/$authority", StringComparison.Ordinal)))
            { ConnectsAnyway = "JSON allows them; kubectl's YAML parser does not" },
        new("Windows line endings", ("config", Whole.Replace("\n", "\r\n", StringComparison.Ordinal) + "\r\n")),
        new("a byte order mark", ("config", "\uFEFF" + Whole)),
        new("block style", ("config", """
            apiVersion: v1
            kind: Config
            preferences: {}
            current-context: x
            contexts:
            - name: x
              context:
                cluster: c
                user: u
                namespace: shop
            clusters:
              - cluster:
                  server: $server
                  certificate-authority-data: >-
                    $ca
                name: c
            users:
            -   name: u
                user:
                    token: |-
                        $viewer
            """)),
        new("comments and document markers", ("config", $"%YAML 1.1\n# first\n---\n{Whole} # last\n...\n")),
        new("a second document", ("config", $"{Whole}\n---\ncurrent-context: y\n")),
        new("an invalid second document", ("config", $"{Whole}\n---\nbroken: [\n")),
        new("an empty first document", ("config", $"---\n---\n{Whole}\n")),
        new("a string instead of a mapping", ("config", "just text")),
        new("a list instead of a mapping", ("config", "- a")),
        new("a mapping instead of a list", ("config", "$context\nclusters: {c: {server: '$server'}}\n$user")),
        new("a string instead of an entry", ("config", "$context\n$cluster\nusers: [text]")),
        new("an entry without content", ("config", "$context\n$cluster\nusers: [~, {name: u, user: {token: $viewer}}]")),
        new("two entries without a name", ("config", $"{Whole.Replace("$user", "users: [{name: u, user: {token: $viewer}}, {}, {}]", StringComparison.Ordinal)}")),
        new("a name that is already used", ("config", "$context\n$cluster\nusers: [{name: u, user: {token: $viewer}}, {name: u, user: {token: $admin}}]")),
        new("keys in uppercase", ("config", "Current-Context: x\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n$cluster\n$user")),
        new("unknown keys", ("config", $"{Whole}\nnew: {{a: [b]}}\n1: 2\ntrue: ~\n")),
        new("a key that is a list", ("config", $"{Whole}\n? [a]\n: b\n")),
        new("another kind", ("config", $"apiVersion: v1\nkind: Secret\n{Whole}")),
        new("another version", ("config", $"apiVersion: v2\nkind: Config\n{Whole}")),
        new("only a kind", ("config", $"kind: Config\n{Whole}")),
        new("preferences that are a list", ("config", $"{Whole}\npreferences: []")),
        new("extensions that are a string", ("config", $"{Whole}\nextensions: text")),
        new("two extensions with one name", ("config", $"{Whole}\nextensions: [{{name: a, extension: {{}}}}, {{name: a, extension: {{}}}}]")),
        new("tabs as indentation", ("config", "$context\n$cluster\nusers:\n- name: u\n\tuser: {token: $viewer}")),
        KubeconfigCase.With("a duplicate key", user: "{token: $admin, token: $viewer}"),
        KubeconfigCase.With("a merge key before the other keys", user: "{<<: {token: $admin}, token: $viewer}"),
        KubeconfigCase.With("a merge key after the other keys", user: "{token: $admin, <<: {token: $viewer}}"),
        KubeconfigCase.With("a merge key with several sources", user: "{<<: [{token: $viewer}, {token: $admin}]}"),
        KubeconfigCase.With("a merge key with a string", user: "{<<: text, token: $viewer}"),
        new("anchors", ("config", "$context\n$cluster\nusers: [{name: v, user: &v {token: $viewer}}, {name: u, user: *v}]")),
        new("an anchor that is defined again", ("config", "$context\n$cluster\nusers: [{name: v, user: &v {token: $admin}}, {name: w, user: &v {token: $viewer}}, {name: u, user: *v}]")),
        new("an alias without its anchor", ("config", $"{Whole}\na: *b")),
        new("an alias within its own anchor", ("config", $"{Whole}\na: &b [*b]")),
        KubeconfigCase.With("a number as token", user: "{token: 12345678}"),
        KubeconfigCase.With("a hexadecimal number as token", user: "{token: 0x12345678}"),
        KubeconfigCase.With("a number with too many digits as token", user: "{token: 0x123456789012345678901234}"),
        KubeconfigCase.With("a number with an exponent as token", user: "{token: 1e5}"),
        KubeconfigCase.With("a number with underscores as token", user: "{token: 1_0}"),
        KubeconfigCase.With("a date as token", user: "{token: 2020-01-01}"),
        KubeconfigCase.With("another spelling of true as token", user: "{token: on}"),
        KubeconfigCase.With("the string tag", user: "{token: !!str $viewer}"),
        KubeconfigCase.With("the binary tag", user: "{token: !!binary $base64}"),
        KubeconfigCase.With("a custom tag", user: "{token: !mine $viewer}"),
        KubeconfigCase.With("null as token", user: "{token: ~, tokenFile: token}"),
        KubeconfigCase.With("a list as token", user: "{token: [$viewer]}"),
        KubeconfigCase.With("a number as namespace", context: "{cluster: c, user: u, namespace: 12}"),
        KubeconfigCase.With("a quoted number as namespace", context: "{cluster: c, user: u, namespace: '12'}"),
        KubeconfigCase.With("yes as a flag", cluster: "{server: '$server', insecure-skip-tls-verify: yes}"),
        KubeconfigCase.With("Y as a flag", cluster: "{server: '$server', insecure-skip-tls-verify: Y}"),
        KubeconfigCase.With("a quoted flag", cluster: "{server: '$server', insecure-skip-tls-verify: 'true'}"),
        KubeconfigCase.With("a number as flag", cluster: "{server: '$server', insecure-skip-tls-verify: 1}"),
        KubeconfigCase.With("a flag that is null", cluster: "{server: '$server', insecure-skip-tls-verify: ~, certificate-authority-data: $ca}"),
        KubeconfigCase.With("extra that is not a list", user: "{token: $admin, as: jane, as-user-extra: {a: b}}"),
        KubeconfigCase.With("groups that are not a list", user: "{token: $admin, as: jane, as-groups: a}"),
        KubeconfigCase.With("a number as group", user: "{token: $admin, as: jane, as-groups: [1]}"),
        KubeconfigCase.With("a number as argument", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: sh, args: [1]}}"),
        KubeconfigCase.With("escapes in a string", user: "{token: \"\\x24viewer\"}".Replace("\\x24viewer", "$escaped", StringComparison.Ordinal)),
        KubeconfigCase.With("a multi-line string", user: "{token: \"$viewer\\\n  \"}"),
    ];

    private static string Json(string between) => string.Join(between, """
        {
        "current-context": "x",
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "clusters": [{"name": "c", "cluster": {"server": "$server", "certificate-authority-data": "$ca"}}],
        "users": [{"name": "u", "user": {"token": "$viewer"}}]
        }
        """.Split('\n'));
}

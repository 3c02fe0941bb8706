namespace KubeInject.IntegrationTests.Kubernetes;

/// <summary>The kubeconfigs that kubectl and the engine must read in the same way.</summary>
internal static class KubeconfigCases
{
    private const string Whole = "$context\n$cluster\n$user";

    public static IReadOnlyList<KubeconfigCase> All { get; } = [.. Merging(), .. Paths(), .. Clusters(), .. Users(), .. Plugins(), .. Missing(), .. Yaml()];

    private static IEnumerable<KubeconfigCase> Merging() =>
    [
        new("one file", ("config", Whole)),
        new("an absolute path in KUBECONFIG", ("config", Whole)) { Variable = "$folder/config" },
        new("three files with one part each", ("a", "$context"), ("b", "$cluster"), ("c", "$user")) { Variable = "a:b:c" },
        new("the same in another order", ("a", "$context"), ("b", "$cluster"), ("c", "$user")) { Variable = "c:a:b" },
        new("missing files in the list", ("config", Whole)) { Variable = "none:config:$folder/none" },
        new("empty entries in the list", ("config", Whole)) { Variable = ":config::" },
        new("an empty file in the list", ("a", ""), ("config", Whole)) { Variable = "a:config" },
        new("the same file twice", ("config", Whole)) { Variable = "config:config" },
        new("the same file under two names", ("config", Whole)) { Variable = "config:./config" },
        new("the first current context wins", ("a", "current-context: y\ncontexts: [{name: y, context: {cluster: c, user: v}}]\nusers: [{name: v, user: {token: $admin}}]"), ("config", Whole)) { Variable = "a:config" },
        new("an empty current context is ignored", ("a", "current-context: ''"), ("config", Whole)) { Variable = "a:config" },
        new("the first user with a name wins", ("a", "users: [{name: u, user: {token: $admin}}]"), ("config", Whole)) { Variable = "a:config" },
        new("the first user with a name wins completely", ("a", "users: [{name: u, user: {username: me}}]"), ("config", Whole)) { Variable = "a:config" },
        new("the first cluster with a name wins completely", ("a", "clusters: [{name: c, cluster: {server: '$server'}}]"), ("config", Whole)) { Variable = "a:config" },
        new("the first context with a name wins completely", ("a", "contexts: [{name: x, context: {cluster: c, user: u}}]"), ("config", "current-context: x\ncontexts: [{name: x, context: {cluster: c, user: u, namespace: lost}}]\n$cluster\n$user")) { Variable = "a:config" },
        new("a malformed file in the list", ("a", "users: ["), ("config", Whole)) { Variable = "config:a" },
        new("a file of another kind in the list", ("a", "kind: Pod\napiVersion: v1"), ("config", Whole)) { Variable = "config:a" },
        new("a space before a path is part of it", ("config", Whole)) { Variable = " config" },
        new("a context other than the current one", ("config", "current-context: y\ncontexts: [{name: x, context: {cluster: c, user: u, namespace: shop}}]\n$cluster\n$user")) { Context = "x" },
        new("a context that does not exist", ("config", Whole)) { Context = "z" },
    ];

    private static IEnumerable<KubeconfigCase> Paths() =>
    [
        KubeconfigCase.With("a relative certificate authority", cluster: "{server: '$server', certificate-authority: ca.crt}"),
        KubeconfigCase.With("an absolute certificate authority", cluster: "{server: '$server', certificate-authority: $folder/ca.crt}"),
        new("paths are relative to their file", ("a", "$context\nusers: [{name: u, user: {tokenFile: ../token}}]"), ("sub/b", "clusters: [{name: c, cluster: {server: '$server', certificate-authority: ../ca.crt}}]\nusers: [{name: u, user: {tokenFile: none}}]")) { Variable = "sub/a:sub/b:a" },
        new("paths in a separate folder", ("sub/config", "$context\nclusters: [{name: c, cluster: {server: '$server', certificate-authority: ../ca.crt}}]\nusers: [{name: u, user: {tokenFile: ../token}}]")) { Variable = "sub/config" },
        KubeconfigCase.With("a certificate authority that is missing", cluster: "{server: '$server', certificate-authority: none.crt}"),
        KubeconfigCase.With("a certificate authority that is a folder", cluster: "{server: '$server', certificate-authority: .}"),
        KubeconfigCase.With("client certificate and key as files", user: "{client-certificate: me.crt, client-key: me.key}"),
        KubeconfigCase.With("client certificate and key in one file", user: "{client-certificate: both.pem, client-key: both.pem}"),
        KubeconfigCase.With("a client certificate that is missing", user: "{client-certificate: none.crt, client-key: me.key}"),
        KubeconfigCase.With("a token file", user: "{tokenFile: token}"),
        KubeconfigCase.With("a token file with a blank line", user: "{tokenFile: token-and-line}"),
        KubeconfigCase.With("a token file that is missing", user: "{tokenFile: none}"),
    ];

    private static IEnumerable<KubeconfigCase> Clusters() =>
    [
        KubeconfigCase.With("another certificate authority", cluster: "{server: '$server', certificate-authority: other-ca.crt}"),
        KubeconfigCase.With("no certificate authority", cluster: "{server: '$server'}"),
        KubeconfigCase.With("a certificate authority both as file and as data", cluster: "{server: '$server', certificate-authority: ca.crt, certificate-authority-data: $ca}")
            with { ConnectsAnyway = "kubectl says that the data will override, and refuses; the data does override" },
        KubeconfigCase.With("no verification of the certificate", cluster: "{server: '$server', insecure-skip-tls-verify: true}"),
        KubeconfigCase.With("no verification of the certificate, and a CA", cluster: "{server: '$server', insecure-skip-tls-verify: true, certificate-authority-data: $ca}"),
        KubeconfigCase.With("the default verification", cluster: "{server: '$server', insecure-skip-tls-verify: false, certificate-authority-data: $ca}"),
        KubeconfigCase.With("another name in the certificate", cluster: "{server: '$server', certificate-authority-data: $ca, tls-server-name: localhost}"),
        KubeconfigCase.With("a name that is not in the certificate", cluster: "{server: '$server', certificate-authority-data: $ca, tls-server-name: elsewhere}"),
        KubeconfigCase.With("a CA that is not PEM", cluster: "{server: '$server', certificate-authority-data: QUJD}"),
        KubeconfigCase.With("a CA that is not base64", cluster: "{server: '$server', certificate-authority-data: '%'}"),
        KubeconfigCase.With("a CA that contains a space", cluster: "{server: '$server', certificate-authority-data: '$ca '}"),
        KubeconfigCase.With("a CA that contains a line break", cluster: "{server: '$server', certificate-authority-data: \"\\n$ca\\n\"}"),
        KubeconfigCase.With("a bundle that starts with another CA", cluster: "{server: '$server', certificate-authority: bundle.crt}"),
        KubeconfigCase.With("a bundle with a certificate that cannot be read", cluster: "{server: '$server', certificate-authority: broken-bundle.crt}"),
        KubeconfigCase.With("an address without a scheme", cluster: "{server: '$authority', certificate-authority-data: $ca}"),
        KubeconfigCase.With("a scheme in capitals", cluster: "{server: 'HTTPS://$authority', certificate-authority-data: $ca}"),
        KubeconfigCase.With("a slash at the end of the address", cluster: "{server: '$server/', certificate-authority-data: $ca}"),
        KubeconfigCase.With("a query and a fragment in the address", cluster: "{server: '$server/?a=b#c', certificate-authority-data: $ca}"),
        KubeconfigCase.With("a path that the server does not have", cluster: "{server: '$server/no/such/path', certificate-authority-data: $ca}"),
        KubeconfigCase.With("an address of another scheme", cluster: "{server: 'ftp://$authority', certificate-authority-data: $ca}"),
        KubeconfigCase.With("a space before the address", cluster: "{server: ' $server', certificate-authority-data: $ca}"),
        KubeconfigCase.With("name and password in the address", cluster: "{server: 'https://me:password@$authority', certificate-authority-data: $ca}")
            with { RefusesAnyway = "an address is shown in messages, a password is not" },
        KubeconfigCase.With("http although the server requires https", cluster: "{server: 'http://$authority', certificate-authority-data: $ca}"),
        KubeconfigCase.With("a proxy of an unsupported kind", cluster: "{server: '$server', certificate-authority-data: $ca, proxy-url: 'ftp://x'}"),
        KubeconfigCase.With("a proxy that does not exist", cluster: "{server: '$server', certificate-authority-data: $ca, proxy-url: 'http://127.0.0.1:1'}"),
        KubeconfigCase.With("an http proxy", cluster: "{server: '$server', certificate-authority-data: $ca, proxy-url: 'http://127.0.0.1:$proxy'}"),
        KubeconfigCase.With("a socks5 proxy", cluster: "{server: '$server', certificate-authority-data: $ca, proxy-url: 'socks5://127.0.0.1:$proxy'}"),
        KubeconfigCase.With("a name that only the proxy knows", cluster: "{server: 'https://kubernetes.default.svc:$port', certificate-authority-data: $ca, proxy-url: 'socks5://127.0.0.1:$proxy'}"),
        KubeconfigCase.With("a proxy and another name", cluster: "{server: 'https://elsewhere.test:$port', certificate-authority-data: $ca, proxy-url: 'http://127.0.0.1:$proxy', tls-server-name: localhost}"),
        KubeconfigCase.With("no compression", cluster: "{server: '$server', certificate-authority-data: $ca, disable-compression: true}"),
    ];

    private static IEnumerable<KubeconfigCase> Users() =>
    [
        KubeconfigCase.With("a client certificate as data", user: "{client-certificate-data: $cert, client-key-data: $key}"),
        KubeconfigCase.With("a client certificate both as file and as data", user: "{client-certificate: me.crt, client-certificate-data: $cert, client-key-data: $key}"),
        KubeconfigCase.With("a client key both as file and as data", user: "{client-key: me.key, client-certificate-data: $cert, client-key-data: $key}"),
        KubeconfigCase.With("a client certificate without its key", user: "{client-certificate-data: $cert}"),
        KubeconfigCase.With("a client certificate with another key", user: "{client-certificate-data: $cert, client-key: other.key}"),
        KubeconfigCase.With("a client key without its certificate", user: "{client-key-data: $key}"),
        KubeconfigCase.With("a token and a client certificate", user: "{token: $viewer, client-certificate-data: $cert, client-key-data: $key}"),
        KubeconfigCase.With("a token and a token file", user: "{token: $admin, tokenFile: token}"),
        KubeconfigCase.With("a token and a token file that is missing", user: "{token: $viewer, tokenFile: none}"),
        KubeconfigCase.With("a wrong token", user: "{token: wrong}"),
        KubeconfigCase.With("a token and a username", user: "{token: $viewer, username: me}"),
        KubeconfigCase.With("username and password", user: "{username: me, password: secret}"),
        KubeconfigCase.With("a password without a username", user: "{password: secret}"),
        KubeconfigCase.With("a user without a credential", user: "{}") with { ConnectsAnyway = "kubectl asks for a username, but the test is not interactive" },
        KubeconfigCase.With("impersonation", user: "{token: $admin, as: jane}"),
        KubeconfigCase.With("impersonation with groups and extra", user: "{token: $admin, as: jane, as-groups: [a, b], as-user-extra: {'a/b c': [d, e]}}"),
        KubeconfigCase.With("impersonation with a group that has all permissions", user: "{token: $admin, as: jane, as-groups: ['system:masters']}"),
        KubeconfigCase.With("impersonation that is not allowed", user: "{token: $viewer, as: jane}"),
        KubeconfigCase.With("groups without a user", user: "{token: $admin, as-groups: [a]}"),
        KubeconfigCase.With("a uid without a user", user: "{token: $admin, as-uid: a}"),
        KubeconfigCase.With("extra without a user", user: "{token: $admin, as-user-extra: {a: [b]}}"),
        KubeconfigCase.With("the auth-provider gcp", user: "{auth-provider: {name: gcp}}"),
        KubeconfigCase.With("the auth-provider azure and a token", user: "{token: $viewer, auth-provider: {name: azure}}"),
        KubeconfigCase.With("the auth-provider oidc and a token", user: "{token: $viewer, auth-provider: {name: oidc, config: {idp-issuer-url: 'https://idp.invalid', client-id: a}}}"),
        KubeconfigCase.With("the auth-provider oidc with an expired id-token", user: "{auth-provider: {name: oidc, config: {idp-issuer-url: 'https://idp.invalid', client-id: a, id-token: eyJhbGciOiJub25lIn0.eyJleHAiOjF9.}}}"),
        KubeconfigCase.With("a namespace", context: "{cluster: c, user: u, namespace: shop}"),
        KubeconfigCase.With("an invalid namespace", context: "{cluster: c, user: u, namespace: 'No Such'}"),
        KubeconfigCase.With("an empty namespace", context: "{cluster: c, user: u, namespace: ''}"),
    ];

    private static IEnumerable<KubeconfigCase> Plugins() =>
    [
        KubeconfigCase.With("a plugin", user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [$folder/login.sh], interactiveMode: Never}}"),
        KubeconfigCase.With("a plugin with a relative path", user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: ./shell, args: [$folder/login.sh], interactiveMode: IfAvailable}}"),
        KubeconfigCase.With("a plugin that is only in the working folder", user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: shell, args: [$folder/login.sh], interactiveMode: IfAvailable}}"),
        KubeconfigCase.With("a plugin that returns another version", user: "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: sh, args: [$folder/login.sh]}}"),
        KubeconfigCase.With("a plugin that fails", user: "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: 'false'}}"),
        KubeconfigCase.With("a plugin that is missing", user: "{exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin}}"),
        KubeconfigCase.With("a plugin and a token", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: no-such-plugin}}"),
        KubeconfigCase.With("a plugin without a version", user: "{exec: {command: sh}}"),
        KubeconfigCase.With("a plugin with a removed version", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1alpha1, command: sh}}"),
        KubeconfigCase.With("a plugin without a command", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1beta1}}"),
        KubeconfigCase.With("a plugin without the interactive mode that its version requires", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1, command: sh}}"),
        KubeconfigCase.With("a plugin with an invalid interactive mode", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: never}}"),
        KubeconfigCase.With("a plugin with a variable without a name", user: "{token: $viewer, exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: sh, env: [{value: a}]}}"),
        KubeconfigCase.With("a plugin that requires a prompt", user: "{exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, args: [$folder/login.sh], interactiveMode: Always}}"),
    ];

    private static IEnumerable<KubeconfigCase> Missing() =>
    [
        new("no file"),
        new("an empty file", ("config", "")),
        new("no current context", ("config", "contexts: [{name: x, context: {cluster: c, user: u}}]\n$cluster\n$user")),
        new("a current context that is missing", ("config", "current-context: y\ncontexts: [{name: x, context: {cluster: c, user: u}}]\n$cluster\n$user")),
        new("a cluster that is missing", ("config", "$context\n$user")),
        new("a user that is missing", ("config", "$context\n$cluster")),
        new("a context without a cluster", ("config", "current-context: x\ncontexts: [{name: x, context: {user: u}}]\n$cluster\n$user")),
        new("a context without a user", ("config", "current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\n$cluster\n$user")) { ConnectsAnyway = "kubectl asks for a username, but the test is not interactive" },
        new("a context without content", ("config", "current-context: x\ncontexts: [{name: x}]\n$cluster\n$user")),
        KubeconfigCase.With("a cluster without a server", cluster: "{certificate-authority-data: $ca}"),
        KubeconfigCase.With("an invalid entry that is not used", more: "extra: 1") with
        {
            Files = [("config", $"{Whole}\n".Replace("$user", "users: [{name: u, user: {token: $viewer}}, {name: v, user: {client-certificate: none, as-uid: a}}]", StringComparison.Ordinal))],
        },
        new("data that is not base64 and not used", ("config", "$context\n$cluster\nusers: [{name: u, user: {token: $viewer}}, {name: v, user: {client-key-data: '%'}}]")),
    ];

    private static IEnumerable<KubeconfigCase> Yaml() => KubeconfigYamlCases.All;
}

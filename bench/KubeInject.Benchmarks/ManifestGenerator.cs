using System.Globalization;
using System.Text;

namespace KubeInject.Benchmarks;

/// <summary>Generates manifests for benchmarks.</summary>
internal static class ManifestGenerator
{
    /// <summary>Typical manifests of a repository: a Deployment and its Service, some with many variables; a quarter request credentials, a few with an error.</summary>
    public static string[] Make(int count) => [.. Enumerable.Range(0, count).Select(One)];

    /// <summary>A Deployment that requests credentials, with two containers of thirteen variables each and ten annotations, like the pods of the list benchmark.</summary>
    public static string Large(int number)
    {
        var variables = string.Concat(Enumerable.Range(0, 13).Select(i => $"""

                        - name: VARIABLE_{i:d2}
                          value: "{i} of {number}"
            """));
        var notes = string.Concat(Enumerable.Range(0, 7).Select(i => $"""

                    example.com/note-{i}: a note of some length about what {number} is for
            """));
        return $"""
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: app-{number}   # one of many
            spec:
              template:
                metadata:
                  labels: {"{"}app: app-{number}, vault-db-injector: "true"{"}"}
                  annotations:
                    db-creds-injector.numberly.io/orders.role: orders-rw
                    db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
                    db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD{notes}
                spec:
                  containers:
                    - name: app
                      image: example/app:1.0
                      env:{variables}
                    - name: proxy
                      image: example/proxy:1.0
                      env:{variables}

            """;
    }

    /// <summary>A minimal Deployment that requests credentials: one container, one variable.</summary>
    public static string Small(int number) => $"""
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: app-{number}   # one of many
        spec:
          template:
            metadata:
              labels: {"{"}app: app-{number}, vault-db-injector: "true"{"}"}
              annotations:
                db-creds-injector.numberly.io/orders.role: orders-rw
                db-creds-injector.numberly.io/orders.env-key-dbuser: PGUSER
                db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
            spec:
              containers:
                - name: app
                  image: registry.example/app:1.0
                  env:
                    - name: PGHOST
                      value: orders-db

        """;

    private static string One(int number)
    {
        var annotations = number % 4 != 0 ? "" : $"""

                    db-creds-injector.numberly.io/orders.role: orders-rw
                    db-creds-injector.numberly.io/orders.{(number % 100 == 0 ? "env-key-dbusr" : "env-key-dbuser")}: PGUSER
                    db-creds-injector.numberly.io/orders.env-key-dbpassword: PGPASSWORD
            """;
        var variables = new StringBuilder();
        for (var i = 0; i < 4 + (number % 20); i++)
            variables.Append(CultureInfo.InvariantCulture, $"\n            - name: SETTING_{i}\n              value: \"value {i} of {number}\"");
        return $"""
            # Generated: one of many.
            apiVersion: apps/v1
            kind: Deployment
            metadata:
              name: app-{number}
              namespace: shop
              labels: &labels
                app.kubernetes.io/name: app-{number}
                app.kubernetes.io/part-of: shop
            spec:
              replicas: 3
              selector:
                matchLabels:
                  app.kubernetes.io/name: app-{number}
              template:
                metadata:
                  labels:
                    app.kubernetes.io/name: app-{number}
                    vault-db-injector: "true"
                  annotations:
                    prometheus.io/scrape: "true"{annotations}
                spec:
                  serviceAccountName: app-{number}
                  containers:
                    - name: app
                      image: registry.example.org/shop/app:{number}.0.1
                      args: ["--listen", ":8080", "--verbose"]
                      ports:
                        - {"{"}name: http, containerPort: 8080{"}"}
                      readinessProbe:
                        httpGet:
                          path: /ready
                          port: http
                        periodSeconds: 5
                      resources:
                        requests:
                          cpu: 100m
                          memory: 128Mi
                        limits:
                          memory: 256Mi
                      env:{variables.Replace("\n            ", "\n                        ")}
                      volumeMounts:
                        - name: config
                          mountPath: /etc/app
                  volumes:
                    - name: config
                      configMap:
                        name: app-{number}
            ---
            apiVersion: v1
            kind: Service
            metadata:
              name: app-{number}
              namespace: shop
            spec:
              selector:
                app.kubernetes.io/name: app-{number}
              ports:
                - name: http
                  port: 80
                  targetPort: http

            """;
    }
}

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using KubeInject.Annotations;
using KubeInject.Kubernetes.Objects;
using KubeInject.Testing;
using static KubeInject.Tests.Annotations.TestPods;

namespace KubeInject.Tests.Annotations;

public sealed class PodInjectionReaderPropertyTests
{
    private const int Runs = 2000;

    private static readonly Gen<string> Piece = Gen.Elements(
        "", ".", "..", "a", "orders", "ünï", "😀", "\ud800", "\n", " ", "role", "rol", "mode", "uuid", "cluster", "template",
        "env-key-dbuser", "env-key-dbpassword", "env-key-uri", "revoke-tt", "revoke-ttl", InjectionAnnotation.Prefix);

    private static readonly Gen<string> Key = Gen.Frequency(
        (1, ArbMap.Default.GeneratorFor<string>().Where(text => text is not null)),
        (4, from pieces in Gen.ArrayOf(Piece, 3) select InjectionAnnotation.Prefix + string.Concat(pieces)),
        (8, from name in Gen.Elements("a", "a-b", "b", "orders")
            from setting in Gen.Elements("role", "mode", "template", "env-key-dbuser", "env-key-dbpassword", "env-key-uri", "uuid", "rol")
            select InjectionAnnotation.ForDatabase(name, setting)),
        (2, Gen.Elements(InjectionAnnotation.Cluster, InjectionAnnotation.Role, InjectionAnnotation.Mode, InjectionAnnotation.Uuid)));

    private static readonly Gen<string> Value = Gen.OneOf(
        ArbMap.Default.GeneratorFor<string>().Select(text => text ?? ""),
        Gen.Elements(
            "", " ", ",", "uri", "URI", "classic", "A", "A,B", "B, A,", "DBUSER", "pg://db", "pg://me:x@db", "pg://{{user}}@[::1]", "true",
            FirstUuid, FirstUuid + "," + SecondUuid, "{{", "://", "a://", "a://@", "a://%"));

    private static readonly Gen<PodTemplate> Pod =
        from annotations in Map
        from onWorkload in Map
        from label in Value
        from variables in Gen.ArrayOf(Value)
        from hasContainer in Gen.Elements(true, false)
        select With() with
        {
            Annotations = annotations,
            WorkloadAnnotations = onWorkload.Take(1).ToDictionary(),
            Labels = new Dictionary<string, string> { ["vault-db-injector"] = label },
            Containers = hasContainer ? [new PodContainer("app", false, variables)] : [],
        };

    /// <summary>One or two valid databases, and up to three settings that can replace one of theirs.</summary>
    private static readonly Gen<PodTemplate> LikelyPod =
        from first in LikelyDatabase("a")
        from second in Gen.Frequency((2, LikelyDatabase("b")), (1, Gen.Constant(Array.Empty<(string, string)>())))
        from count in Gen.Choose(0, 3)
        from odd in Odd.ListOf(count)
        select With([.. odd.Concat(first).Concat(second).Append(("role", "r")).DistinctBy(pair => pair.Item1)]);

    /// <summary>Settings that are invalid or incomplete in most combinations.</summary>
    private static Gen<(string Key, string Value)> Odd =>
        from name in Gen.Elements("a", "b")
        from setting in Gen.Elements(
            ("mode", "other"), ("template", "pg:db"), ("template", "pg://me:x@db"), ("env-key-uri", ","), ("env-key-uri", "U"),
            ("env-key-dbuser", "1"), ("env-key-dbuser", "U"), ("env-key-dbpassword", ","), ("env-key-dbpassword", "U"), ("role", ""))
        select ($"{name}.{setting.Item1}", setting.Item2);

    private static Gen<Dictionary<string, string>> Map =>
        from pairs in Gen.ListOf(Key.Zip(Value))
        select pairs.DistinctBy(pair => pair.Item1).ToDictionary(pair => pair.Item1, pair => pair.Item2);

    private static Gen<(string Key, string Value)[]> LikelyDatabase(string name) => Gen.OneOf(
        from user in Gen.Elements($"{name}U", $"{name}U, {name}V")
        from settings in Gen.Elements<(string, string)[]>([], [($"{name}.mode", "classic")], [($"{name}.role", "rw")])
        select ((string, string)[])[($"{name}.env-key-dbuser", user), ($"{name}.env-key-dbpassword", $"{name}P"), .. settings],
        from template in Gen.Elements("pg://db", "pg://{{user}}@db", "pg://a:1,b:2/db?x=y")
        from variable in Gen.Elements($"{name}URI", $"{name}URI,{name}URL")
        select ((string, string)[])[($"{name}.mode", "uri"), ($"{name}.template", template), ($"{name}.env-key-uri", variable)]);

    [Fact]
    public void No_content_of_a_pod_makes_the_reader_throw()
    {
        var codes = new HashSet<string>();
        var cases = new CaseCounter();
        ForAll(Pod, pod =>
        {
            var injection = Read(pod);
            Assert.Equal(injection.Findings.Any(finding => finding.Severity == FindingSeverity.Error), injection.HasErrors);
            Assert.Equal(injection.Databases.Select(database => database.Name).Order(StringComparer.Ordinal), injection.Databases.Select(database => database.Name));
            Assert.DoesNotContain('\n', injection.ToString());
            Assert.All(injection.Findings, finding => Assert.DoesNotContain('\n', finding.ToString()));
            codes.UnionWith(injection.Findings.Select(finding => finding.Code));
            cases.Count($"{injection.State}", injection.HasErrors ? "errors" : "no errors");
            if (injection.Databases.Count > 1)
                cases.Count("several databases");
        });

        cases.Require(Runs / 100, [.. Enum.GetNames<InjectionState>(), "errors", "no errors", "several databases"]);
        Assert.InRange(codes.Count, 20, int.MaxValue);
    }

    [Fact]
    public void A_pending_pod_without_errors_is_complete_for_injection()
    {
        var cases = new CaseCounter();
        ForAll(LikelyPod, pod =>
        {
            var injection = Read(pod);
            cases.Count(injection.HasErrors ? "errors" : "no errors");
            if (injection.HasErrors || injection.State != InjectionState.Pending)
                return;
            Assert.All(injection.Databases, database =>
            {
                cases.Count($"{database.Mode}");
                Assert.NotNull(database.Role);
                if (database.Mode == InjectionMode.Uri)
                    Assert.NotEmpty(ConnectionUri.Fill(database.Template!, "u", "p"));
                Assert.Equal(database.Mode == InjectionMode.Uri, database.UriVariables.Count > 0);
                Assert.Equal(database.Mode == InjectionMode.Classic, database.UsernameVariables.Count > 0);
                Assert.Equal(database.Mode == InjectionMode.Classic, database.PasswordVariables.Count > 0);
            });
            if (injection.Databases.Count > 1)
                cases.Count("several databases");
            var variables = injection.Databases.SelectMany(database => database.UsernameVariables.Concat(database.PasswordVariables).Concat(database.UriVariables)).ToList();
            Assert.Equal(variables.Count, variables.Distinct().Count());
        });

        cases.Require(Runs / 10, "errors", "no errors", "Classic", "Uri", "several databases");
    }

    [Fact]
    public void The_order_of_the_keys_never_matters() => ForAll(Pod, pod =>
    {
        var expected = Read(pod).Describe();
        for (var seed = 0; seed < 3; seed++)
        {
            var pairs = pod.Annotations.ToArray();
            new System.Random(seed).Shuffle(pairs);
            Assert.Equal(expected, Read(pod with { Annotations = pairs.ToDictionary() }).Describe());
        }
    });

    [Fact]
    public void The_culture_never_matters()
    {
        var pod = With(("I.role", "r"), ("i.ROLE", "r"), ("ı.mode", "URI"), ("İ.mode", "CLASSIC"), ("ROLİ", "x"));
        var expected = Read(pod).Describe();
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
            Assert.Equal(expected, Read(pod).Describe());
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static void ForAll(Gen<PodTemplate> pods, Action<PodTemplate> body) => Prop.ForAll(Arb.From(pods), body).CheckSeeded(Runs);
}

using System.Globalization;
using System.Text.Json.Nodes;
using KubeInject.Annotations;
using KubeInject.Manifests;
using KubeInject.Manifests.Editing;
using KubeInject.Manifests.Syntax;

namespace KubeInject.Installation;

/// <summary>The manifests in the folder <c>deploy</c>, with options. Only the text of changed values differs from the files.</summary>
internal static class InstallationManifests
{
    // In the order in which they are applied. MSBuild embeds them.
    private static readonly string[] Files = ["namespace.yaml", "rbac.yaml", "deployment.yaml", "webhook.yaml"];

    /// <summary>Returns the manifests as YAML.</summary>
    public static string Render(InstallationOptions options) => string.Join("---\n", Files.Select(file => Render(Read(file), options)));

    /// <summary>Returns the objects of the manifests.</summary>
    public static IReadOnlyList<InstallationObject> GetObjects(InstallationOptions options) =>
        [.. Manifest.Parse(new ManifestText(Render(options))).Documents.Select(InstallationObject.Of)];

    private static string Render(string file, InstallationOptions options)
    {
        var text = new ManifestText(file);
        return string.Concat(Manifest.Parse(text).Documents.Select(document =>
            TextEdit.Apply(file, document.Place, GetEdits(file, (MappingNode)document.Syntax.Root!, options))));
    }

    private static IEnumerable<TextEdit> GetEdits(string file, MappingNode root, InstallationOptions options)
    {
        var edits = ScalarsOf(root, "").Where(scalar => IsNamespace(root, scalar.Key, scalar.Node)).Select(scalar => Replace(scalar.Node, ScalarWriter.Write(options.Namespace)));
        return InstallationObject.Text(root, "kind") switch
        {
            "Deployment" => [.. edits, .. EditsOfDeployment(file, root, options)],
            "MutatingWebhookConfiguration" => [.. edits, .. EditsOfWebhook(file, root, options)],
            _ => edits,
        };
    }

    private static IEnumerable<TextEdit> EditsOfDeployment(string file, MappingNode root, InstallationOptions options)
    {
        var spec = Child<MappingNode>(root, "spec");
        var container = (MappingNode)Child<SequenceNode>(Child<MappingNode>(Child<MappingNode>(spec, "template"), "spec"), "containers").Items[0];
        yield return Replace(Child<ScalarNode>(spec, "replicas"), options.Replicas.ToString(CultureInfo.InvariantCulture));
        yield return Replace(Child<ScalarNode>(container, "image"), ScalarWriter.Write(options.Image));

        var settings = new SortedDictionary<string, string>(options.Settings.ToDictionary(), StringComparer.Ordinal);
        if (options.Annotations.LabelKey != InjectionOptions.Default.LabelKey)
            settings[InjectionOptions.LabelVariable] = options.Annotations.LabelKey;
        var variables = settings.Select(setting => new JsonObject { ["name"] = setting.Key, ["value"] = setting.Value });
        foreach (var edit in Add(file, Child<SequenceNode>(container, "env"), variables))
            yield return edit;
    }

    private static IEnumerable<TextEdit> EditsOfWebhook(string file, MappingNode root, InstallationOptions options)
    {
        var webhook = (MappingNode)Child<SequenceNode>(root, "webhooks").Items[0];
        yield return Replace(Child<ScalarNode>(webhook, "failurePolicy"), $"{options.FailurePolicy}");
        yield return Replace(Child<MappingNode>(Child<MappingNode>(webhook, "objectSelector"), "matchLabels").Entries[0].Key, ScalarWriter.Write(options.Annotations.LabelKey));

        var labels = options.NamespaceLabels.OrderBy(label => label.Key, StringComparer.Ordinal)
            .Select(label => new JsonObject { ["key"] = label.Key, ["operator"] = "In", ["values"] = new JsonArray(label.Value) });
        foreach (var edit in Add(file, Child<SequenceNode>(Child<MappingNode>(webhook, "namespaceSelector"), "matchExpressions"), labels))
            yield return edit;
    }

    private static IEnumerable<TextEdit> Add(string file, SequenceNode list, IEnumerable<JsonObject> items) => new JsonArray([.. items]) is { Count: > 0 } added
        ? TextEditor.GetEdits(file, new AddItems(list, added, list.Items.Count))
        : [];

    // The namespace: its name, each field "namespace", the label of the installation, and the item of the namespaceSelector that leaves it out.
    private static bool IsNamespace(MappingNode root, string key, ScalarNode scalar) => scalar.Value == InstallationOptions.DefaultName
        && (key is "namespace" or Installer.InstanceLabel or "values" || (InstallationObject.Text(root, "kind") == "Namespace" && scalar == Child<MappingNode>(root, "metadata").Find("name")!.Value));

    private static IEnumerable<(string Key, ScalarNode Node)> ScalarsOf(ManifestNode node, string key) => node switch
    {
        ScalarNode scalar => [(key, scalar)],
        SequenceNode list => list.Items.SelectMany(item => ScalarsOf(item, key)),
        MappingNode mapping => mapping.Entries.SelectMany(entry => ScalarsOf(entry.Value, entry.Key.Value)),
        _ => [],
    };

    private static string Read(string file)
    {
        using var reader = new StreamReader(typeof(InstallationManifests).Assembly.GetManifestResourceStream($"deploy/{file}")!);
        return reader.ReadToEnd();
    }

    private static T Child<T>(MappingNode mapping, string key)
        where T : ManifestNode => (T)mapping.Find(key)!.Value;

    private static TextEdit Replace(ScalarNode node, string text) => new(node.Start, node.End - node.Start, text);
}

using System.Text.Json;
using KubeInject.Testing;

namespace KubeInject.Tests.Contributing;

/// <summary>The settings of Visual Studio Code and of development containers.</summary>
public sealed class EditorTests
{
    [Theory]
    [InlineData("launch.json", "configurations", "preLaunchTask")]
    [InlineData("tasks.json", "tasks", "dependsOn")]
    public void Referenced_tasks_exist(string file, string list, string property)
    {
        using var tasks = Read(".vscode", "tasks.json");
        using var document = Read(".vscode", file);
        var labels = tasks.RootElement.GetProperty("tasks").EnumerateArray().Select(task => task.GetProperty("label").GetString()).ToList();
        var named = document.RootElement.GetProperty(list).EnumerateArray().Where(entry => entry.TryGetProperty(property, out _)).Select(entry => entry.GetProperty(property).GetString()).ToList();

        Assert.NotEmpty(named);
        Assert.Subset(labels.ToHashSet(), named.ToHashSet());
    }

    [Fact]
    public void The_development_container_installs_the_tools()
    {
        using var container = Read(".devcontainer", "devcontainer.json");

        Assert.Contains("dotnet tool restore", container.RootElement.GetProperty("postCreateCommand").GetString(), StringComparison.Ordinal);
    }

    private static JsonDocument Read(params string[] parts) =>
        JsonDocument.Parse(File.ReadAllText(Repository.File(parts)), new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip });
}

namespace KubeInject.Tests.Certificates;

/// <summary>Keeps messages for the log.</summary>
internal sealed class MessageList : IProgress<ServerMessage>
{
    public List<string> Texts { get; } = [];

    public void Report(ServerMessage value) => Texts.Add(value.Text);
}

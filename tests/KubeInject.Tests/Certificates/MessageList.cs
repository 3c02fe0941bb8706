using KubeInject.Controller;

namespace KubeInject.Tests.Certificates;

/// <summary>Keeps messages for the log.</summary>
internal sealed class MessageList : IProgress<ControllerMessage>
{
    public List<string> Texts { get; } = [];

    public void Report(ControllerMessage value) => Texts.Add(value.Text);
}

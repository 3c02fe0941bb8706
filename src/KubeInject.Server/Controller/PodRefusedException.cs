namespace KubeInject.Controller;

/// <summary>A pod that does not get credentials. The message contains the reason and the remedy, and no secret.</summary>
internal sealed class PodRefusedException(string message) : Exception(DisplayText.Escape(message));

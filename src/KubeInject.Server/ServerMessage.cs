namespace KubeInject;

/// <summary>A message for the log of <c>kubeinject serve</c>. Contains no secret.</summary>
/// <param name="IsWarning">Whether an administrator might have to act.</param>
/// <param name="Text">The message.</param>
internal sealed record ServerMessage(bool IsWarning, string Text);

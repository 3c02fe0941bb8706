namespace KubeInject.Controller;

/// <summary>A message for the log of the controller. Contains no secret.</summary>
/// <param name="IsWarning">Whether an administrator might have to act.</param>
/// <param name="Text">The message.</param>
internal sealed record ControllerMessage(bool IsWarning, string Text);

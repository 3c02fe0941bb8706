namespace KubeInject.Installation;

/// <summary>The installation is refused, because it would conflict with something in the cluster or could not work.</summary>
/// <param name="message">What prevents the installation.</param>
public sealed class InstallationException(string message) : Exception(DisplayText.Escape(message));

namespace KubeInject.Injector.Settings;

/// <summary>A setting is missing or makes no sense. The message says which, where it stands, and what would be right; never a secret.</summary>
internal sealed class SettingException(string message) : Exception(DisplayText.Escape(message));

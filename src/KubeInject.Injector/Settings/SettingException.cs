namespace KubeInject.Injector.Settings;

/// <summary>A setting is missing or invalid. The message contains the setting, its location, and the valid values; never a secret.</summary>
internal sealed class SettingException(string message) : Exception(DisplayText.Escape(message));

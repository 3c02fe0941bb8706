using System.Globalization;
using KubeInject.Annotations;
using KubeInject.Injection;
using KubeInject.Injection.Annotating;
using KubeInject.Injector.Settings;
using KubeInject.Kubernetes.Errors;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Tests.Shown;

/// <summary>A displayed text never controls a terminal, a log or a CI run.</summary>
public sealed class DisplayTextTests
{
    /// <summary>Control characters and invisible characters, and how they are displayed.</summary>
    public static TheoryData<string, string> Invisible => new()
    {
        { "\e[31m", @"\u001b[31m" },
        { "\a\b\f\v\0", @"\u0007\u0008\u000c\u000b\u0000" },
        { "\u007F\u0085\u009B", @"\u007f\u0085\u009b" },
        { "a\r\nb\nc\td", @"a\u000d\u000ab\u000ac\u0009d" },
        { "\u2028\u2029", @"\u2028\u2029" },
        { "\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069\u200E\u200F\u061C", @"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c" },
        { "\u200B\u200C\u200D\u2060\uFEFF\u00AD\u180E\u034F\u3164\uFE0F", @"\u200b\u200c\u200d\u2060\ufeff\u00ad\u180e\u034f\u3164\ufe0f" },
        { "\U000E0041", @"\udb40\udc41" },
        { "\uFFFE\uFFFF", @"\ufffe\uffff" },
    };

    [Theory]
    [MemberData(nameof(Invisible))]
    public void Invisible_characters_are_escaped(string text, string shown)
    {
        Assert.Equal(shown, DisplayText.Escape(text));
        Assert.Equal($"x {shown} y", DisplayText.Escape($"x {text} y"));
        Assert.Equal(shown, DisplayText.Escape(shown));
    }

    [Theory]
    [InlineData("")]
    [InlineData("shop/deployment/orders: KI001 Annotation 'x' is not known.")]
    [InlineData("Größe 東京 😀 ‚…' 10 000")]
    [InlineData(@"C:\users\new")]
    [InlineData("https://[::1]:6443 fe80::abcd fe80::1 [fe80::a]")]
    [InlineData("## Heading, #[x], a::b, ::, ::1::")]
    public void Visible_text_does_not_change(string text)
    {
        Assert.Same(text, DisplayText.Escape(text));
        Assert.Same(text, DisplayText.EscapeLines(text));
    }

    [Fact]
    public void Every_control_and_format_character_is_escaped()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            var text = code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code);
            var isInvisible = CharUnicodeInfo.GetUnicodeCategory(text, 0) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.Surrogate;
            if (isInvisible)
            {
                Assert.StartsWith(@"\u", DisplayText.Escape(text), StringComparison.Ordinal);
                if (text is not ("\n" or "\t"))
                    Assert.StartsWith(@"\u", DisplayText.EscapeLines(text), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void Half_of_a_surrogate_pair_is_escaped() => Assert.Equal(@"\ud800x\udc00\ud83d", DisplayText.Escape("\uD800x\uDC00\uD83D"));

    [Fact]
    public void Text_of_several_lines_keeps_its_lines() =>
        Assert.Equal("a\n\tb\\u000d\\u001b", DisplayText.EscapeLines("a\n\tb\r\e"));

    [Fact]
    public void Only_the_first_of_several_lines_could_be_a_workflow_command() =>
        Assert.Equal("::error::a\n :\\u003aerror::b\nfe80::abcd c\n", DisplayText.EscapeLines("::error::a\n ::error::b\nfe80::abcd c\n"));

    [Theory]
    [InlineData("::error::x")]
    [InlineData("  ::warning file=a.yaml,line=1::x")]
    [InlineData("::add-mask::x")]
    [InlineData("::set-output name=a::b")]
    [InlineData("::stop-commands::x")]
    [InlineData("a\n::error::x")]
    [InlineData("##[error]x")]
    [InlineData("x ##vso[task.setvariable variable=a]b")]
    [InlineData("##teamcity[message text='x']")]
    public void Text_is_never_a_workflow_command(string text)
    {
        var shown = DisplayText.Escape(text);

        Assert.DoesNotMatch("::(error|warning|add-mask|set-output|stop-commands)", shown);
        Assert.DoesNotMatch(@"##[a-z]*\[", shown);
        Assert.Equal(shown, DisplayText.Escape(shown));
    }

    [Fact]
    public void The_text_of_an_object_is_escaped_and_its_properties_are_not()
    {
        const string Hostile = "a\n::error::x\e[2J\u202Eb";
        var reference = new ObjectReference("Pod", Hostile, Hostile);

        var finding = new Finding { Code = "KI001", Severity = FindingSeverity.Error, Object = reference, Message = Hostile, Suggestion = Hostile, Location = new SourceLocation(Hostile, 1, 1) };

        Assert.Equal(Hostile, finding.Object.Name);
        AssertEscaped(
            $"{reference}", $"{finding}", $"{finding.Location}", $"{new Fix(Hostile, [])}", $"{new SetMetadata(MetadataField.Label, Hostile, "")}", $"{new RenameMetadata(MetadataField.Label, "a", Hostile)}",
            new InjectionResult { Object = reference, Location = null, Status = InjectionStatus.Failed, Error = Hostile }.FailureText,
            new AnnotationResult { Object = reference, Location = null, Status = AnnotationStatus.Failed, Warnings = [Hostile] }.Warnings[0]);
    }

    [Fact]
    public void The_message_of_every_exception_is_escaped()
    {
        const string Hostile = "a\n::error::x\e[2J\u202Eb";
        var types = new[] { typeof(DisplayText).Assembly, typeof(SettingException).Assembly }.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsAssignableTo(typeof(Exception))).ToList();

        Assert.NotEmpty(types);
        foreach (var type in types)
        {
            var constructor = type.GetConstructors()[0];
            var arguments = constructor.GetParameters().Select(parameter =>
                parameter.ParameterType == typeof(string) ? Hostile
                : parameter.ParameterType == typeof(SourceLocation) ? new SourceLocation(Hostile, 1, 1)
                : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null).ToArray();

            // The hint of an exec plugin can have several lines.
            AssertEscaped(((Exception)constructor.Invoke(arguments)).Message.Replace("\n", type == typeof(KubeConnectionException) ? "" : "\n", StringComparison.Ordinal));
        }
    }

    private static void AssertEscaped(params string[] texts) => Assert.All(texts, text =>
    {
        Assert.Contains(@"\u001b[2J\u202eb", text, StringComparison.Ordinal);
        Assert.DoesNotMatch(@"[\p{Cc}\p{Cf}]|::error", text);
    });
}

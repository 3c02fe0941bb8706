using System.Text;

namespace KubeInject.Injector;

/// <summary>
/// Escapes control and invisible characters in all output of the console. Text that is passed to WriteLine becomes exactly one
/// line. Text that is passed to Write can have several lines.
/// </summary>
/// <param name="inner">The writer that receives the escaped text. It is disposed with this writer.</param>
internal sealed class DisplayWriter(TextWriter inner) : TextWriter
{
    public override Encoding Encoding => inner.Encoding;

    /// <summary>Escapes all output of the console from now on.</summary>
    public static void ProtectConsole()
    {
        Console.SetOut(new DisplayWriter(Console.Out));
        Console.SetError(new DisplayWriter(Console.Error));
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => inner.Write(DisplayText.EscapeLines(value ?? ""));

    public override void WriteLine() => inner.WriteLine();

    public override void WriteLine(string? value) => inner.WriteLine(DisplayText.Escape(value ?? ""));

    public override void Flush() => inner.Flush();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            inner.Dispose();
        base.Dispose(disposing);
    }
}

using System.Text;
using System.Text.Json;
using KubeInject.Annotations;
using KubeInject.Injector.Reports;
using KubeInject.Kubernetes.Objects;

namespace KubeInject.Injector;

/// <summary>Writes injections in a format, batch by batch.</summary>
internal abstract class ListFormat : IDisposable
{
    public static ListFormat Create(string name, TextWriter output) => name switch
    {
        "json" => new Json(output),
        "names" => new Names(output),
        _ => new Table(output),
    };

    /// <summary>Writes a batch of injections.</summary>
    public abstract void Write(IReadOnlyList<PodInjection> injections);

    /// <summary>Completes the output after the last batch.</summary>
    public abstract void End();

    public virtual void Dispose()
    {
    }

    private sealed class Names(TextWriter output) : ListFormat
    {
        public override void Write(IReadOnlyList<PodInjection> injections)
        {
            foreach (var injection in injections)
                output.WriteLine($"{new ObjectReference(injection.Kind, injection.Namespace, injection.Name)}");
        }

        public override void End()
        {
        }
    }

    /// <summary>Writes each batch immediately; columns become wider when a wider cell arrives.</summary>
    private sealed class Table(TextWriter output) : ListFormat
    {
        private static readonly string[] Header = ["NAMESPACE", "NAME", "STATE", "DATABASES", "FINDINGS"];

        private readonly int[] widths = new int[Header.Length];
        private bool hasHeader;

        public override void Write(IReadOnlyList<PodInjection> injections)
        {
            if (injections.Count > 0)
                WriteRows([.. injections.Select(Row)]);
        }

        public override void End()
        {
            if (!hasHeader)
                Messages.Note("No pod requests credentials.");
        }

        private void WriteRows(IReadOnlyList<string[]> rows)
        {
            foreach (var row in hasHeader ? rows : [Header, .. rows])
            {
                for (var i = 0; i < row.Length; i++)
                    widths[i] = Math.Max(widths[i], row[i].Length);
            }

            foreach (var row in hasHeader ? rows : [Header, .. rows])
                output.WriteLine(string.Concat(row.Select((cell, column) => cell.PadRight(widths[column] + 3))).TrimEnd());

            hasHeader = true;
        }

        private static string NameOf(PodInjection injection) =>
            injection.Kind == KubeResource.Pods.Kind ? DisplayText.Escape(injection.Name) : $"{new ObjectReference(injection.Kind, null, injection.Name)}";

        private static string[] Row(PodInjection injection) =>
        [
            DisplayText.Escape(injection.Namespace ?? ""), NameOf(injection), $"{injection.State}",
            DisplayText.Escape(string.Join(",", injection.Databases.Select(database => database.Name))),
            string.Join(",", injection.Findings.Where(finding => finding.Severity > FindingSeverity.Information).Select(finding => finding.Code).Distinct()),
        ];
    }

    private sealed class Json : ListFormat
    {
        private readonly TextWriter output;
        private readonly MemoryStream buffer = new();
        private readonly Utf8JsonWriter writer;

        public Json(TextWriter output)
        {
            this.output = output;
            writer = new Utf8JsonWriter(buffer, JsonReport.Readable);
            writer.WriteStartArray();
        }

        public override void Write(IReadOnlyList<PodInjection> injections)
        {
            foreach (var injection in injections)
                Write(injection);
            Flush();
        }

        public override void End()
        {
            writer.WriteEndArray();
            Flush();
            output.WriteLine();
        }

        public override void Dispose()
        {
            writer.Dispose();
            base.Dispose();
        }

        private void Write(PodInjection injection)
        {
            writer.WriteStartObject();
            writer.WriteString("namespace", injection.Namespace);
            writer.WriteString("kind", injection.Kind);
            writer.WriteString("name", injection.Name);
            writer.WriteString("dialect", $"{injection.Dialect}");
            writer.WriteString("state", $"{injection.State}");
            writer.WriteStartArray("databases");
            foreach (var database in injection.Databases)
            {
                writer.WriteStartObject();
                writer.WriteString("name", database.Name);
                writer.WriteString("role", database.Role);
                writer.WriteString("mount", database.Mount);
                writer.WriteString("mode", $"{database.Mode}");
                writer.WriteString("uuid", database.Uuid);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WritePropertyName("findings");
            JsonSerializer.Serialize(writer, [.. injection.Findings.Select(ReportedFinding.Of)], ReportJson.Default.IReadOnlyListReportedFinding);
            writer.WriteEndObject();
        }

        private void Flush()
        {
            writer.Flush();
            output.Write(DisplayText.EscapeLines(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)));
            buffer.SetLength(0);
        }
    }
}

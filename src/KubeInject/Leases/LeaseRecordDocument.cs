using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeInject.Http;

namespace KubeInject.Leases;

/// <summary>The JSON document that a lease record is stored as, in files and in Secrets.</summary>
internal static class LeaseRecordDocument
{
    private const int LongestDepth = 32;
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Writes a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="others">Fields to write beside its own.</param>
    public static byte[] Write(LeaseRecord record, params (string Name, string Value)[] others)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(record, LeaseRecordJson.Default.LeaseRecord)!;
        foreach (var (name, value) in others)
            json[name] = value;
        return Encoding.UTF8.GetBytes(json.ToJsonString(Format));
    }

    /// <summary>Reads a record.</summary>
    /// <param name="utf8">The document.</param>
    /// <param name="uuid">The lease that the name of its file or Secret names; null for none.</param>
    /// <returns>The record, and its document for the fields beside its own.</returns>
    /// <exception cref="InvalidDataException">It is no record, or not that one's; the message says why and quotes nothing.</exception>
    public static (LeaseRecord Record, JsonElement Document) Read(ReadOnlySpan<byte> utf8, Guid? uuid)
    {
        if (utf8.IsEmpty)
            throw new InvalidDataException("It is empty.");
        JsonElement document;
        try
        {
            // Bytes that are no UTF-8 pass the JSON reader until their text is asked for.
            _ = Utf8.GetCharCount(utf8);
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = LongestDepth });
            document = JsonElement.ParseValue(ref reader);
            reader.Read();
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException)
        {
            throw new InvalidDataException("It is incomplete or not JSON.");
        }

        if (document.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException("It is not a JSON object.");
        CheckVersion(document.Get(nameof(LeaseRecord.Version)));
        var record = Deserialize(document);
        if (record.Uuid == Guid.Empty || uuid is null)
            throw new InvalidDataException("Its name is not the UUID of a lease.");
        if (record.Uuid != uuid)
            throw new InvalidDataException($"It is the record of another lease, {record.Uuid}.");
        return (record, document);
    }

    /// <exception cref="InvalidDataException">A later version of KubeInject wrote it.</exception>
    public static void CheckVersion(JsonElement version)
    {
        if (!version.Exists())
            return; // the first version had none
        if (version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number < 1)
            throw new InvalidDataException("The version of its format is not a number.");
        if (number > LeaseRecord.CurrentVersion)
            throw new InvalidDataException($"It has version {number} of the format, but this program reads only versions up to {LeaseRecord.CurrentVersion}. Use the version of KubeInject that wrote it.");
    }

    private static LeaseRecord Deserialize(JsonElement document)
    {
        LeaseRecord? record;
        try
        {
            record = document.Deserialize(LeaseRecordJson.Default.LeaseRecord);
        }
        catch (JsonException exception)
        {
            throw new InvalidDataException($"A field is missing or has the wrong type{(exception.Path is { Length: > 2 and < 40 } path && path.All(c => char.IsAsciiLetterOrDigit(c) || c is '$' or '.') ? $", at {path}" : "")}.");
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException)
        {
            throw new InvalidDataException("A field has the wrong type.");
        }

        // What is required may still be null.
        if (record is not { Source.Length: > 0, ServiceAccountName: not null, Owner: { Kind: not null, Name: not null } } || record.Secret is { Name: null } or { Kind: null })
            throw new InvalidDataException("It has no source or no owner.");

        // What the document does not have is null, whatever the default is.
        return record with
        {
            Version = LeaseRecord.CurrentVersion,
            Database = record.Database ?? "",
            Role = record.Role ?? "",
            Mount = record.Mount ?? "",
            OtherFields = record.OtherFields ?? new Dictionary<string, string>(),
        };
    }
}

[JsonSourceGenerationOptions(WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LeaseRecord))]
internal sealed partial class LeaseRecordJson : JsonSerializerContext;

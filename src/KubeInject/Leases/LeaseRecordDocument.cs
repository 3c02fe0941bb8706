using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using KubeInject.Credentials;
using KubeInject.Http;

namespace KubeInject.Leases;

/// <summary>The JSON format of lease records in files and Secrets.</summary>
internal static class LeaseRecordDocument
{
    private const int MaxDepth = 32;
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Serializes a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="others">Additional fields.</param>
    public static byte[] Write(LeaseRecord record, params (string Name, string Value)[] others)
    {
        var json = (JsonObject)JsonSerializer.SerializeToNode(record, LeaseRecordJson.Default.LeaseRecord)!;
        foreach (var (name, value) in others)
            json[name] = value;
        return Encoding.UTF8.GetBytes(json.ToJsonString(Format));
    }

    /// <summary>Parses a record.</summary>
    /// <param name="utf8">The document in UTF-8.</param>
    /// <param name="uuid">The UUID in the name of the file or Secret; null if the name contains none.</param>
    /// <returns>The record, and the document with additional fields.</returns>
    /// <exception cref="InvalidDataException">The document is not a record of that lease. The message contains the reason and quotes no content.</exception>
    public static (LeaseRecord Record, JsonElement Document) Read(ReadOnlySpan<byte> utf8, Guid? uuid)
    {
        if (utf8.IsEmpty)
            throw new InvalidDataException("It is empty.");
        JsonElement document;
        try
        {
            // The JSON reader accepts invalid UTF-8 until the text is read.
            _ = Utf8.GetCharCount(utf8);
            var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth });
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

    /// <summary>Checks the format version.</summary>
    /// <exception cref="InvalidDataException">The version is invalid or later than <see cref="LeaseRecord.CurrentVersion"/>.</exception>
    public static void CheckVersion(JsonElement version)
    {
        if (!version.Exists())
            return; // records of the first release have no version
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

        // Required properties can be null in the document.
        if (record is not { Source.Length: > 0, ServiceAccountName: not null, Owner: { Kind: not null, Name: not null } } || record.Secret is { Name: null } or { Kind: null })
            throw new InvalidDataException("It has no source or no owner.");

        // The deserializer sets missing properties to null regardless of their defaults.
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

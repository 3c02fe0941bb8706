using System.Text;
using System.Text.Json;

namespace KubeInject.Kubernetes.Configuration;

/// <summary>Converts a node of a kubeconfig to JSON.</summary>
internal static class KubeconfigJson
{
    // Nested aliases can expand a few lines beyond the available memory and stack.
    private const int MaxBytes = 1 << 20;
    private const int MaxDepth = 200;

    public static string Write(KubeconfigNode node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
            Write(writer, node, MaxDepth);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter writer, KubeconfigNode node, int depth)
    {
        if (depth == 0 || writer.BytesCommitted + writer.BytesPending > MaxBytes)
            throw node.Error("This is too long or nested too deeply.");
        switch (node)
        {
            case KubeconfigNode.Mapping mapping:
                writer.WriteStartObject();
                foreach (var (key, value) in mapping.Entries)
                {
                    writer.WritePropertyName(Utf8(key));
                    Write(writer, value, depth - 1);
                }

                writer.WriteEndObject();
                break;
            case KubeconfigNode.Sequence sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                    Write(writer, item, depth - 1);
                writer.WriteEndArray();
                break;
            case KubeconfigNode.Scalar scalar:
                Write(writer, scalar);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, KubeconfigNode.Scalar scalar)
    {
        switch (scalar.Kind)
        {
            case KubeconfigScalar.Null:
                writer.WriteNullValue();
                break;
            case KubeconfigScalar.Boolean:
                writer.WriteBooleanValue(KubeconfigScalars.IsTrue(scalar.Value));
                break;
            case KubeconfigScalar.Number:
                writer.WriteRawValue(KubeconfigScalars.JsonNumber(scalar.Value) ?? throw scalar.Error("JSON cannot represent this number."));
                break;
            default:
                writer.WriteStringValue(Utf8(scalar.Value));
                break;
        }
    }

    // Replaces unpaired surrogates, which are possible in YAML but not in JSON.
    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}

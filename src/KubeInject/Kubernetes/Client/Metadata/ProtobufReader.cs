using System.Globalization;
using System.Runtime.CompilerServices;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>
/// Reads the fields of a protobuf message without copying them. Supports the two wire types of Kubernetes metadata
/// and skips the others. (https://protobuf.dev/programming-guides/encoding)
/// </summary>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int LengthDelimited = 2;
    private const int Fixed32 = 5;

    private readonly ReadOnlySpan<byte> message = message;
    private ReadOnlySpan<byte> content;
    private int wireType;

    /// <summary>The number of bytes that were read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of the current field.</summary>
    public int Field { get; private set; }

    /// <summary>The numeric value of the current field; the length of a field with bytes.</summary>
    public long Number { get; private set; }

    /// <summary>The bytes of the current field.</summary>
    /// <exception cref="InvalidDataException">The field has another wire type.</exception>
    public readonly ReadOnlySpan<byte> Bytes => wireType == LengthDelimited ? content : throw OtherWireType();

    /// <summary>The numeric value of the current field, which is not a length.</summary>
    /// <exception cref="InvalidDataException">The field has another wire type.</exception>
    public readonly long Integer => wireType == Varint ? Number : throw OtherWireType();

    /// <summary>Reads the next field completely.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">The message ends within a field or is not protobuf.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        if (Position == message.Length)
            return false;
        return TryReadHead() && TryReadBytes() ? true : throw new InvalidDataException("protobuf that ends within a field");
    }

    /// <summary>Reads the number of the next field and its numeric value or length. <see cref="TryReadBytes"/> reads the rest.</summary>
    /// <returns>False if the data are incomplete.</returns>
    /// <exception cref="InvalidDataException">The data are not a field.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadHead()
    {
        content = default;
        if (!TryReadVarint(out var tag))
            return false;
        Field = (int)(tag >> 3);
        wireType = (int)(tag & 7);
        switch (wireType)
        {
            case Varint or LengthDelimited:
                if (!TryReadVarint(out var number))
                    return false;
                Number = (long)number;
                return wireType == Varint || Number is >= 0 and <= int.MaxValue ? true : throw new InvalidDataException("protobuf with a field that is too long");
            case Fixed64 or Fixed32:
                Number = wireType == Fixed64 ? 8 : 4;
                return true;
            default:
                throw new InvalidDataException("data that is not protobuf");
        }
    }

    /// <summary>Reads the rest of a field.</summary>
    /// <returns>False if the data are incomplete.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadBytes()
    {
        if (wireType == Varint)
            return true;
        if (message.Length - Position < Number)
            return false;
        content = message.Slice(Position, (int)Number);
        Position += (int)Number;
        return true;
    }

    /// <summary>Validates that the current field contains bytes.</summary>
    /// <exception cref="InvalidDataException">The field has another wire type.</exception>
    public readonly void RequireBytes()
    {
        if (wireType != LengthDelimited)
            throw OtherWireType();
    }

    private readonly InvalidDataException OtherWireType() => new(string.Create(CultureInfo.InvariantCulture, $"protobuf whose field {Field} has the unexpected wire type {wireType}"));

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; Position < message.Length; shift += 7)
        {
            if (shift > 63)
                throw new InvalidDataException("data that is not protobuf");
            var next = message[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }
}

using System.Globalization;
using System.Runtime.CompilerServices;

namespace KubeInject.Kubernetes.Client.Metadata;

/// <summary>
/// Reads the fields of a protobuf message without copying them: the two wire types that Kubernetes' metadata is made of,
/// and how to pass over the others. (https://protobuf.dev/programming-guides/encoding)
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

    /// <summary>How far it has read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The number in that field; the length of one that is bytes.</summary>
    public long Number { get; private set; }

    /// <summary>The bytes of that field.</summary>
    /// <exception cref="InvalidDataException">The field holds none: it has another wire type than Kubernetes gives it.</exception>
    public readonly ReadOnlySpan<byte> Bytes => wireType == LengthDelimited ? content : throw OtherWireType();

    /// <summary>The number in that field, which is no length.</summary>
    /// <exception cref="InvalidDataException">The field holds none.</exception>
    public readonly long Integer => wireType == Varint ? Number : throw OtherWireType();

    /// <summary>Reads the next field, the whole of it.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">The message ends within a field, or is none.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        if (Position == message.Length)
            return false;
        return TryReadHead() && TryReadBytes() ? true : throw new InvalidDataException("protobuf that ends within a field");
    }

    /// <summary>Reads the number of the next field and, for one that is bytes, its length; <see cref="TryReadBytes"/> reads the rest.</summary>
    /// <returns>False where not all of it is there.</returns>
    /// <exception cref="InvalidDataException">This is no field.</exception>
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
    /// <returns>False where not all of it is there.</returns>
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

    /// <summary>Makes sure that the field whose head was read is bytes.</summary>
    /// <exception cref="InvalidDataException">It is not.</exception>
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

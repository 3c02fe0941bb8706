using System.Runtime.CompilerServices;

namespace KubeInject.Kubernetes;

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
    private int wireType;

    /// <summary>How far it has read.</summary>
    public int Position { get; private set; }

    /// <summary>The number of the field that was read last.</summary>
    public int Field { get; private set; }

    /// <summary>The bytes of that field; empty for one that is a number.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>The number in that field; the length of one that is bytes.</summary>
    public long Number { get; private set; }

    /// <summary>Reads the next field, the whole of it.</summary>
    /// <returns>False at the end of the message.</returns>
    /// <exception cref="InvalidDataException">The message ends within a field, or is none.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read()
    {
        if (Position == message.Length)
            return false;
        return TryReadHead() && TryReadBytes() ? true : throw new InvalidDataException("A protobuf message ends within a field.");
    }

    /// <summary>Reads the number of the next field and, for one that is bytes, its length; <see cref="TryReadBytes"/> reads the rest.</summary>
    /// <returns>False where not all of it is there.</returns>
    /// <exception cref="InvalidDataException">This is no field.</exception>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TryReadHead()
    {
        Bytes = default;
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
                return wireType == Varint || Number is >= 0 and <= int.MaxValue ? true : throw new InvalidDataException("A protobuf field is too long.");
            case Fixed64 or Fixed32:
                Number = wireType == Fixed64 ? 8 : 4;
                return true;
            default:
                throw new InvalidDataException("This is no protobuf message.");
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
        Bytes = message.Slice(Position, (int)Number);
        Position += (int)Number;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var shift = 0; Position < message.Length; shift += 7)
        {
            if (shift > 63)
                throw new InvalidDataException("This is no protobuf message.");
            var next = message[Position++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return true;
        }

        return false;
    }
}

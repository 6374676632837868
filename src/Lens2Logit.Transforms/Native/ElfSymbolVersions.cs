using System.Buffers.Binary;
using System.Text;

namespace Lens2Logit.Native;

/// <summary>Edits the symbol versions that an ELF image demands of its dependencies (Linux Standard Base, "Symbol Versioning").</summary>
internal static class ElfSymbolVersions
{
    // Section types of the generic ABI and its GNU extensions, and the flag that makes a demand optional.
    private const uint DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, VersionOfSymbol = 0x6fffffff;
    private const ushort Weak = 2;
    private const int SymbolSize = 24;

    /// <summary>
    /// Marks the demand for <paramref name="version"/> weak, so that the dynamic linker only warns without it, provided that
    /// <paramref name="onlySymbol"/> is the only symbol of that version. Returns whether it did; otherwise the image is unchanged.
    /// </summary>
    public static bool TryWeaken(Span<byte> image, string version, string onlySymbol)
    {
        const byte class64 = 2, littleEndian = 1;
        if (image.Length < 64 || !image.StartsWith("\u007fELF"u8) || image[4] != class64 || image[5] != littleEndian)
            return false;
        var elf = new Sections(image);
        if (!elf.TryFind(VersionNeeds, out var needs) || !elf.TryFind(VersionOfSymbol, out var versions) || !elf.TryFind(DynamicSymbols, out var symbols))
            return false;
        int entry = FindVersion(elf, needs, version);
        if (entry < 0)
            return false;

        int index = elf.UInt16(entry + 6);
        int count = (int)(symbols.Size / SymbolSize);
        for (int i = 0; i < count; i++)
        {
            int versionOfSymbol = elf.UInt16((int)versions.Offset + 2 * i) & 0x7fff;
            if (versionOfSymbol == index && elf.Text((int)symbols.StringTable + (int)elf.UInt32((int)symbols.Offset + SymbolSize * i)) != onlySymbol)
                return false;
        }
        BinaryPrimitives.WriteUInt16LittleEndian(image[(entry + 4)..], (ushort)(elf.UInt16(entry + 4) | Weak));
        return true;
    }

    /// <summary>Offset of the auxiliary entry (Vernaux) with that name, or −1.</summary>
    private static int FindVersion(Sections elf, Section needs, string version)
    {
        int file = (int)needs.Offset;
        for (uint i = 0; i < needs.Info; i++)
        {
            int entry = file + (int)elf.UInt32(file + 8);
            for (int j = 0; j < elf.UInt16(file + 2); j++)
            {
                if (elf.Text((int)needs.StringTable + (int)elf.UInt32(entry + 8)) == version)
                    return entry;
                entry += (int)elf.UInt32(entry + 12);
            }
            file += (int)elf.UInt32(file + 12);
        }
        return -1;
    }

    private readonly record struct Section(ulong Offset, ulong Size, uint Info, ulong StringTable);

    private readonly ref struct Sections(ReadOnlySpan<byte> image)
    {
        private readonly ReadOnlySpan<byte> _image = image;

        public ushort UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(_image[offset..]);

        public uint UInt32(int offset) => BinaryPrimitives.ReadUInt32LittleEndian(_image[offset..]);

        public string Text(int offset)
        {
            var text = _image[offset..];
            return Encoding.ASCII.GetString(text[..text.IndexOf((byte)0)]);
        }

        public bool TryFind(uint type, out Section section)
        {
            int count = UInt16(0x3C);
            for (int i = 0; i < count; i++)
            {
                int header = Header(i);
                if (UInt32(header + 4) != type)
                    continue;
                int strings = Header((int)UInt32(header + 0x28));
                section = new(UInt64(header + 0x18), UInt64(header + 0x20), UInt32(header + 0x2C), UInt64(strings + 0x18));
                return true;
            }
            section = default;
            return false;
        }

        private int Header(int index) => (int)UInt64(0x28) + index * UInt16(0x3A);

        private ulong UInt64(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(_image[offset..]);
    }
}

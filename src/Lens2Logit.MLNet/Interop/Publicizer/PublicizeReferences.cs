using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies reference assemblies with the accessibility bits of their types, fields and methods set to public.
/// Only flag words of the metadata tables change (ECMA-335, II.22.15, II.22.26, II.22.37); no layout, no code.
/// Compiled inside MSBuild against netstandard2.0, hence plain C# 7 and nothing beyond the base class library.
/// </summary>
public class PublicizeReferences : Task
{
    [Required] public ITaskItem[] References { get; set; }
    [Required] public string Names { get; set; }
    [Required] public string OutputDirectory { get; set; }
    [Output] public ITaskItem[] Removed { get; set; }
    [Output] public ITaskItem[] Added { get; set; }

    public override bool Execute()
    {
        var wanted = new HashSet<string>(Names.Split(new[] { ';', ',' }, StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
        var removed = new List<ITaskItem>();
        var added = new List<ITaskItem>();
        foreach (var reference in References)
        {
            var path = reference.GetMetadata("FullPath");
            if (!wanted.Remove(Path.GetFileNameWithoutExtension(path)))
                continue;
            removed.Add(reference);
            added.Add(new TaskItem(reference) { ItemSpec = PublicCopy(path) });
        }
        foreach (var name in wanted)
            Log.LogError("There is no reference named '" + name + "' to make public.");
        Removed = removed.ToArray();
        Added = added.ToArray();
        return !Log.HasLoggedErrors;
    }

    /// <summary>The copy lives in a folder named after the original's content, so that a changed package never meets a stale copy.</summary>
    private string PublicCopy(string path)
    {
        var image = File.ReadAllBytes(path);
        string key;
        using (var sha = SHA256.Create())
            key = BitConverter.ToString(sha.ComputeHash(image), 0, 8).Replace("-", "");
        var target = Path.Combine(OutputDirectory, key, Path.GetFileName(path));
        if (!File.Exists(target))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(target));
            new MetadataTables(image).MakeAllPublic();
            var unfinished = target + "." + Guid.NewGuid().ToString("N");
            File.WriteAllBytes(unfinished, image);
            try { File.Move(unfinished, target); }
            catch (IOException) when (File.Exists(target)) { File.Delete(unfinished); } // a parallel build was first
        }
        return target;
    }

    private sealed class MetadataTables
    {
        private const int TypeRef = 0x01, TypeDef = 0x02, FieldPtr = 0x03, Field = 0x04, MethodPtr = 0x05, MethodDef = 0x06,
            Param = 0x08, Module = 0x00, ModuleRef = 0x1A, TypeSpec = 0x1B, AssemblyRef = 0x23;

        private readonly byte[] _image;
        private readonly int[] _rows = new int[64];
        private readonly int _firstRow, _heapSizes;

        public MetadataTables(byte[] image)
        {
            _image = image;
            int tables = TableStream();
            _heapSizes = image[tables + 6];
            ulong present = BitConverter.ToUInt64(image, tables + 8);
            int position = tables + 24;
            for (int table = 0; table < 64; table++)
            {
                if ((present >> table & 1) == 0)
                    continue;
                _rows[table] = Int32(position);
                position += 4;
            }
            _firstRow = position;
        }

        public void MakeAllPublic()
        {
            int strings = (_heapSizes & 1) != 0 ? 4 : 2, guids = (_heapSizes & 2) != 0 ? 4 : 2, blobs = (_heapSizes & 4) != 0 ? 4 : 2;
            int resolutionScope = CodedIndex(2, Module, ModuleRef, AssemblyRef, TypeRef), typeDefOrRef = CodedIndex(2, TypeDef, TypeRef, TypeSpec);
            int typeDefSize = 4 + 2 * strings + typeDefOrRef + Index(Field) + Index(MethodDef);
            int fieldSize = 2 + strings + blobs;
            int methodSize = 8 + strings + blobs + Index(Param);

            int typeDefs = _firstRow + _rows[Module] * (2 + strings + 3 * guids) + _rows[TypeRef] * (resolutionScope + 2 * strings);
            int fields = typeDefs + _rows[TypeDef] * typeDefSize + _rows[FieldPtr] * Index(Field);
            int methods = fields + _rows[Field] * fieldSize + _rows[MethodPtr] * Index(MethodDef);

            const int visibilityMask = 7, privateMember = 1, publicMember = 6, publicType = 1, nestedPublic = 2;
            for (int i = 0; i < _rows[TypeDef]; i++)
            {
                int flags = typeDefs + i * typeDefSize;
                int visibility = _image[flags] & visibilityMask;
                _image[flags] = (byte)(_image[flags] & ~visibilityMask | (visibility <= publicType ? publicType : nestedPublic));
            }
            // Private members stay private: an event's backing field bears the event's own name and would make it ambiguous.
            for (int i = 0; i < _rows[Field]; i++)
                RaiseMember(fields + i * fieldSize);
            for (int i = 0; i < _rows[MethodDef]; i++)
                RaiseMember(methods + i * methodSize + 6);

            void RaiseMember(int flags)
            {
                if ((_image[flags] & visibilityMask) > privateMember)
                    _image[flags] = (byte)(_image[flags] & ~visibilityMask | publicMember);
            }
        }

        /// <summary>Offset of the "#~" stream: PE header → CLI header (data directory 14) → metadata root → streams.</summary>
        private int TableStream()
        {
            int pe = Int32(0x3C), sectionCount = UInt16(pe + 6), optionalHeader = pe + 24;
            int sections = optionalHeader + UInt16(pe + 20);
            bool pe32Plus = UInt16(optionalHeader) == 0x20b;
            int cliHeader = FileOffset(Int32(optionalHeader + (pe32Plus ? 112 : 96) + 14 * 8));
            int root = FileOffset(Int32(cliHeader + 8));
            int position = root + 16 + Int32(root + 12);
            int streams = UInt16(position + 2);
            position += 4;
            for (int i = 0; i < streams; i++)
            {
                int name = position + 8, end = Array.IndexOf(_image, (byte)0, name);
                if (Encoding.ASCII.GetString(_image, name, end - name) == "#~")
                    return root + Int32(position);
                position = name + ((end - name) / 4 + 1) * 4;
            }
            throw new BadImageFormatException("The metadata has no '#~' stream.");

            int FileOffset(int address)
            {
                for (int i = 0; i < sectionCount; i++)
                {
                    int section = sections + 40 * i, start = Int32(section + 12);
                    if (address >= start && address < start + Math.Max(Int32(section + 8), Int32(section + 16)))
                        return address - start + Int32(section + 20);
                }
                throw new BadImageFormatException("An address lies in no section.");
            }
        }

        private int Index(int table) { return _rows[table] < 65536 ? 2 : 4; }

        private int CodedIndex(int tagBits, params int[] tables)
        {
            foreach (int table in tables)
                if (_rows[table] >= 1 << (16 - tagBits))
                    return 4;
            return 2;
        }

        private ushort UInt16(int offset) { return BitConverter.ToUInt16(_image, offset); }
        private int Int32(int offset) { return BitConverter.ToInt32(_image, offset); }
    }
}

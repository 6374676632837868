using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lens2Logit.Native;

/// <summary>Loads a shared library from bytes in memory.</summary>
internal static partial class ElfImage
{
    private const uint CloseOnExec = 1;

    /// <summary>
    /// Loads through an anonymous file in memory, so that neither a writable program folder nor a home is needed; where the kernel
    /// has none, through a private temporary file that is removed at once (its mapping survives).
    /// </summary>
    public static bool TryLoad(byte[] image, string name, out IntPtr handle)
    {
        if (TryLoadFromMemory(image, name, out handle))
            return true;
        var directory = Directory.CreateTempSubdirectory("lens2logit-");
        try
        {
            var path = Path.Combine(directory.FullName, name);
            File.WriteAllBytes(path, image);
            return NativeLibrary.TryLoad(path, out handle);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static bool TryLoadFromMemory(byte[] image, string name, out IntPtr handle)
    {
        handle = IntPtr.Zero;
        int descriptor;
        try
        {
            descriptor = MemfdCreate(name, CloseOnExec);
        }
        catch (EntryPointNotFoundException)
        {
            return false;
        }
        if (descriptor < 0)
            return false;
        using var file = new FileStream(new SafeFileHandle(descriptor, ownsHandle: true), FileAccess.Write);
        file.Write(image);
        file.Flush();
        return NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out handle);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);
}

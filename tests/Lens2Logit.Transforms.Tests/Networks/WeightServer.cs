using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lens2Logit.Tests.Networks;

/// <summary>Serves one file over HTTP/1.1, ranges included, and can break off.</summary>
internal sealed class WeightServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _file;

    public WeightServer(byte[] file)
    {
        _file = file;
        _listener.Start();
        Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/weights.safetensors";
        _ = Serve();
    }

    public string Address { get; }

    /// <summary>Bytes of the body after which the connection ends.</summary>
    public int BreakOffAfter { get; set; } = int.MaxValue;

    /// <summary>Whether the connection stays open there and says nothing more, until the client gives up.</summary>
    public bool FallsSilent { get; init; }

    public bool Resumes { get; init; } = true;

    /// <summary>Status of the answer; 0 for no answer.</summary>
    public int Status { get; init; } = 200;

    /// <summary>What was asked for: all, or from which byte.</summary>
    public List<string> Requests { get; } = [];

    public void Dispose() => _listener.Dispose();

    private async Task Serve()
    {
        try
        {
            while (true)
            {
                using var client = await _listener.AcceptTcpClientAsync();
                try
                {
                    await Answer(client.GetStream());
                }
                catch (IOException)
                {
                    // The client gave up.
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task Answer(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        int start = 0;
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase) && Resumes)
                start = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
        }
        Requests.Add(start == 0 ? "all" : $"from {start}");
        var head = Status != 200 ? $"HTTP/1.1 {Status} No\r\nContent-Length: 0\r\n"
            : start == 0 ? $"HTTP/1.1 200 OK\r\nContent-Length: {_file.Length}\r\n"
            : $"HTTP/1.1 206 Partial Content\r\nContent-Length: {_file.Length - start}\r\nContent-Range: bytes {start}-{_file.Length - 1}/{_file.Length}\r\n";
        if (Status != 0)
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head + "Connection: close\r\n\r\n"));
        if (Status == 200)
            await stream.WriteAsync(_file.AsMemory(start, Math.Min(BreakOffAfter, _file.Length - start)));
        if (FallsSilent && start + BreakOffAfter < _file.Length)
            await stream.ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false);
    }
}

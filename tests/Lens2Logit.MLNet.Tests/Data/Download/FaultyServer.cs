using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lens2Logit.Tests.Data.Download;

/// <summary>An HTTP request as it came over the line.</summary>
/// <param name="Path">Path of the request line.</param>
/// <param name="From">First byte asked for, 0 without a range.</param>
/// <param name="UserAgent">Who asks.</param>
internal sealed record Request(string Path, long From, string UserAgent);

/// <summary>What is sent back, and how it goes wrong.</summary>
internal sealed record Answer(int Status, byte[] Body)
{
    public Dictionary<string, string> Headers { get; init; } = [];

    /// <summary>Length that the header declares; null for the body's, negative for none.</summary>
    public long? DeclaredLength { get; init; }

    /// <summary>Bytes of the body after which the connection is cut; null for none.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Bytes of the body after which nothing more comes; null for none.</summary>
    public int? SilentAfter { get; init; }
}

/// <summary>
/// A web server on a port of this machine that can fail in every way a network can. It speaks through a socket, because a proper server
/// does not let one cut a connection or lie about a length.
/// </summary>
internal sealed class FaultyServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Request, Answer> _answer;

    public FaultyServer(Func<Request, Answer> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public ConcurrentQueue<Request> Requests { get; } = [];

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var held = client;
        try
        {
            var stream = client.GetStream();
            var request = await ReadAsync(stream);
            Requests.Enqueue(request);
            var answer = _answer(request);
            await SendAsync(client, stream, answer);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // The client went away, or the test is over.
        }
    }

    private static async Task<Request> ReadAsync(NetworkStream stream)
    {
        using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
        var path = (await reader.ReadLineAsync())!.Split(' ')[1];
        long from = 0;
        string agent = "";
        while (await reader.ReadLineAsync() is { Length: > 0 } line)
        {
            if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                from = long.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            if (line.StartsWith("User-Agent: ", StringComparison.OrdinalIgnoreCase))
                agent = line["User-Agent: ".Length..];
        }
        return new(path, from, agent);
    }

    private async Task SendAsync(TcpClient client, NetworkStream stream, Answer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} Status\r\nConnection: close\r\n");
        if ((answer.DeclaredLength ?? answer.Body.Length) is >= 0 and var length)
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {length}\r\n");
        foreach (var (name, value) in answer.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        await stream.WriteAsync(answer.Body.AsMemory(0, answer.CutAfter ?? answer.SilentAfter ?? answer.Body.Length), _stop.Token);
        await stream.FlushAsync(_stop.Token);
        if (answer.SilentAfter is not null)
            await Task.Delay(Timeout.Infinite, _stop.Token);
        // A cut after which the client has had time to read: what counts is that no more comes.
        if (answer.CutAfter is not null)
            await Task.Delay(50, _stop.Token);
        client.Client.Shutdown(SocketShutdown.Send);
    }
}

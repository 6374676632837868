using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using Polly;
using Polly.Retry;

namespace Lens2Logit.MLNet.Data.Download;

/// <summary>Requests that are repeated with growing delays while what went wrong may pass, and tell it in plain words when it does not.</summary>
internal sealed class HttpTransfer : IDisposable
{
    private readonly DatasetDownloadOptions _options;
    private readonly Action<string> _warn;
    private readonly HttpClient _client;
    private readonly ResiliencePipeline _retries;

    public HttpTransfer(DatasetDownloadOptions options, Action<string> warn)
    {
        _options = options;
        _warn = warn;
        _client = new(new SocketsHttpHandler { ConnectTimeout = options.StallTimeout, MaxAutomaticRedirections = 10 })
        {
            // Bodies may take hours; silence is what counts, and it is watched read by read.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        // Zenodo asks its clients to name themselves, so that it need not take them for an attack.
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Lens2Logit", typeof(HttpTransfer).Assembly.GetName().Version!.ToString(3)));
        _retries = options.Attempts == 1 ? ResiliencePipeline.Empty : new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<TransientTransferException>(),
            MaxRetryAttempts = options.Attempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = options.FirstDelay,
            MaxDelay = options.MaximumDelay,
            UseJitter = true,
            DelayGenerator = static arguments => ValueTask.FromResult((arguments.Outcome.Exception as TransientTransferException)?.RetryAfter),
            OnRetry = arguments =>
            {
                _warn(string.Create(CultureInfo.InvariantCulture,
                    $"{arguments.Outcome.Exception!.Message} Attempt {arguments.AttemptNumber + 2} of {options.Attempts} follows in {arguments.RetryDelay.TotalSeconds:0.#} s."));
                return ValueTask.CompletedTask;
            },
        }).Build();
    }

    /// <summary>Repeats an operation while it throws <see cref="TransientTransferException"/>, as often as the options say.</summary>
    public async Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> operation, CancellationToken cancellation) =>
        await _retries.ExecuteAsync(async token => await operation(token).ConfigureAwait(false), cancellation).ConfigureAwait(false);

    /// <summary>Sends a request and returns the head of its answer.</summary>
    /// <exception cref="TransientTransferException">It failed in a way that may pass.</exception>
    /// <exception cref="IOException">It failed for good.</exception>
    public async Task<HttpResponseMessage> GetAsync(Uri address, long from, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (from > 0)
            request.Headers.Range = new(from, null);
        var response = await WatchedAsync(address, token => _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token), cancellation).ConfigureAwait(false);
        try
        {
            if (response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
                return response;
            throw Failure(address, response);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    /// <summary>Runs one step of a transfer, which must end before the server was silent for too long.</summary>
    public async Task<T> WatchedAsync<T>(Uri address, Func<CancellationToken, Task<T>> step, CancellationToken cancellation)
    {
        using var watch = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        watch.CancelAfter(_options.StallTimeout);
        try
        {
            return await step(watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientTransferException($"{address.Host} was silent for {_options.StallTimeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError && !NetworkInterface.GetIsNetworkAvailable())
        {
            throw new IOException($"{address.Host} cannot be reached: this machine has no network connection.", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError)
        {
            throw new TransientTransferException($"{address.Host} cannot be reached ({e.Message}).", e);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new IOException($"No secure connection to {address.Host} could be made ({e.InnerException?.Message ?? e.Message}). Check the clock, the certificates and the proxy of this machine.", e);
        }
        catch (Exception e) when (e is HttpRequestException or (IOException and not TransientTransferException))
        {
            throw new TransientTransferException($"The connection to {address.Host} was lost ({e.Message}).", e);
        }
    }

    public void Dispose() => _client.Dispose();

    private IOException Failure(Uri address, HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        var answer = $"{address} answered {status} ({response.ReasonPhrase}).";
        // Reached only after as many redirects as are followed, or where one leads from https to http.
        if (status is >= 300 and < 400)
            return new IOException($"{answer} It redirects without end or to an unsafe address, last to {response.Headers.Location}.");
        if (status is not (408 or 429 or >= 500))
            return new IOException($"{answer} Asking again would not help.");
        var wait = RequestedWait(response);
        if (wait > _options.MaximumDelay)
        {
            return new IOException($"{answer} It asks to wait until {DateTimeOffset.Now + wait:t}, longer than {nameof(_options.MaximumDelay)} ({_options.MaximumDelay}). " +
                "Start again then; what has arrived is kept.");
        }
        return new TransientTransferException(answer) { RetryAfter = wait };
    }

    /// <summary>Retry-After (RFC 9110, section 10.2.3), or Zenodo's X-RateLimit-Reset, the second since 1970 in which new requests are welcome.</summary>
    private static TimeSpan? RequestedWait(HttpResponseMessage response)
    {
        var now = DateTimeOffset.UtcNow;
        var wait = response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - now : null;
        if (wait is null && response.StatusCode == HttpStatusCode.TooManyRequests && response.Headers.TryGetValues("X-RateLimit-Reset", out var values)
            && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var reset) && reset < 253402300800)
            wait = DateTimeOffset.FromUnixTimeSeconds(reset) - now;
        return wait is { } known ? known > TimeSpan.Zero ? known : TimeSpan.Zero : null;
    }
}

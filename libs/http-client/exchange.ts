import type { Dispatcher } from 'undici';
import type { RawResponse } from '@millrace/component-sdk';

/** One request and its response, no redirects and no meaning attached to statuses. */
export interface ExchangeOptions {
  dispatcher: Dispatcher;
  url: URL;
  method: string;
  headers: Readonly<Record<string, string>>;
  body?: Uint8Array;
  signal?: AbortSignal;
  timeoutMs: number;
  maxResponseBytes: number;
}

/** Sends one request and gives what came back. Rejects with an ExchangeError whose cause says why nothing did. */
export type Exchange = (options: ExchangeOptions) => Promise<RawResponse>;

/** Why an exchange gave no response. */
export class ExchangeError extends Error {
  /** Whether the request may have left: its connection was there and writing had begun. */
  readonly sent: boolean;

  constructor(cause: unknown, sent: boolean) {
    super('The exchange failed', { cause });
    this.name = 'ExchangeError';
    this.sent = sent;
  }
}

/** The total time limit of an exchange passed. */
export class TimeLimitError extends Error {}

/** The response body is larger than allowed. */
export class SizeLimitError extends Error {}

/** The caller's signal aborted the exchange; `cause` is the signal's reason. */
export class AbortedError extends Error {}

/** Sends one request. Rejects with an ExchangeError whose cause says why. */
export function exchange(options: ExchangeOptions): Promise<RawResponse> {
  return new Promise((resolve, reject) => {
    if (options.signal?.aborted) {
      reject(new ExchangeError(new AbortedError('aborted', { cause: options.signal.reason }), false));
      return;
    }
    const handler = new ExchangeHandler(options, resolve, reject);
    const { url, method, headers, body } = options;
    try {
      options.dispatcher.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method, headers: headers as Record<string, string>, body },
        handler,
      );
    } catch (error) {
      handler.fail(error);
    }
  });
}

/**
 * Collects a response from undici's dispatcher. `dispatch` with a handler of our own is about the cheapest way through
 * undici: no stream, no async resource and no second copy of the body per request.
 */
class ExchangeHandler implements Dispatcher.DispatchHandler {
  private controller: Dispatcher.DispatchController | undefined;
  private settled = false;
  private status = 0;
  private headers: Record<string, string> = {};
  private readonly chunks: Buffer[] = [];
  private size = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly options: ExchangeOptions,
    private readonly resolve: (response: RawResponse) => void,
    private readonly reject: (error: ExchangeError) => void,
  ) {
    this.timer = setTimeout(() => this.fail(new TimeLimitError()), options.timeoutMs);
    options.signal?.addEventListener('abort', this.onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // A request given up while it waited for a connection must not go out after all.
    if (this.settled) controller.abort(new AbortedError());
    else this.controller = controller;
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.status = status;
    this.headers = flatten(headers);
    if (this.options.method !== 'HEAD') this.checkSize(Number(this.headers['content-length'] ?? 0));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.settled) return;
    this.size += chunk.byteLength;
    this.chunks.push(chunk);
    this.checkSize(this.size);
  }

  onResponseEnd(): void {
    if (this.settle()) this.resolve({ status: this.status, headers: this.headers, bytes: joinChunks(this.chunks) });
  }

  onResponseError(_controller: Dispatcher.DispatchController | undefined, error: Error): void {
    this.fail(error);
  }

  fail(cause: unknown): void {
    if (!this.settle()) return;
    this.reject(new ExchangeError(cause, this.controller !== undefined));
    this.controller?.abort(new AbortedError());
  }

  private readonly onAbort = (): void => this.fail(new AbortedError('aborted', { cause: this.options.signal?.reason }));

  private checkSize(bytes: number): void {
    if (bytes > this.options.maxResponseBytes) this.fail(new SizeLimitError());
  }

  /** True the first time. */
  private settle(): boolean {
    if (this.settled) return false;
    this.settled = true;
    clearTimeout(this.timer);
    this.options.signal?.removeEventListener('abort', this.onAbort);
    return true;
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const name in headers) {
    const value = headers[name];
    if (value !== undefined) flat[name] = typeof value === 'string' ? value : value.join(', ');
  }
  return flat;
}

function joinChunks(chunks: readonly Buffer[]): Uint8Array {
  const [first] = chunks;
  return chunks.length === 1 && first ? first : Buffer.concat(chunks);
}

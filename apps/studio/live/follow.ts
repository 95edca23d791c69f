import type { Changes } from '../api/wire.js';

/** What a page is told. `resync`: something may have been missed, load anew. */
export type LiveMessage =
  | { readonly kind: 'changes'; readonly id: string; readonly changes: Changes }
  | { readonly kind: 'resync'; readonly id: string }
  | { readonly kind: 'link'; readonly connected: boolean };

/** What the browser offers; parts of it are missing in a page that came over plain HTTP from another machine. */
export interface Surroundings {
  /** Runs `work` once this page is the only one of the browser that does, and until the promise of it settles. */
  readonly lock: ((work: () => Promise<void>) => void) | undefined;
  /** To all other pages of this browser. */
  readonly channel: BroadcastChannel | undefined;
  /** Of the stream, when the page was sent: all that the page has loaded is later. Unknown of a page from elsewhere. */
  readonly position: string | undefined;
  open(url: string): EventSource;
}

const AGAIN_MS = 3_000;
const STREAM = '/api/v1/stream';

/**
 * Follows the changes of the server with one connection per browser: the page that holds the lock reads the stream and
 * passes it on to the others; when it closes, the next one goes on after the last message. Without locks each page
 * reads for itself. Answers how to stop.
 */
export function followChanges(onMessage: (message: LiveMessage) => void, around: Surroundings = browser()): () => void {
  const follower = new Follower(onMessage, around);
  follower.start();
  return () => follower.stop();
}

class Follower {
  /** After which message it goes on. */
  private lastId: string | undefined;
  private source: EventSource | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private release: (() => void) | undefined;
  private stopped = false;

  constructor(
    private readonly onMessage: (message: LiveMessage) => void,
    private readonly around: Surroundings,
  ) {
    this.lastId = around.position;
  }

  start(): void {
    const { channel, lock } = this.around;
    if (channel) channel.onmessage = ({ data }: MessageEvent<LiveMessage | 'hello'>) => this.hear(data);
    channel?.postMessage('hello');
    if (!lock) return this.connect();
    lock(() => {
      if (this.stopped) return Promise.resolve();
      this.connect();
      return new Promise((resolve) => (this.release = resolve));
    });
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.source?.close();
    this.around.channel?.close();
    this.release?.();
  }

  /** From the page that leads, or from one that has just come. */
  private hear(data: LiveMessage | 'hello'): void {
    if (data !== 'hello') return this.take(data);
    if (this.source) this.around.channel?.postMessage({ kind: 'link', connected: this.source.readyState === OPEN });
  }

  private take(message: LiveMessage): void {
    if ('id' in message) this.lastId = message.id;
    this.onMessage(message);
  }

  private tell(message: LiveMessage): void {
    this.take(message);
    this.around.channel?.postMessage(message);
  }

  private connect(): void {
    if (this.stopped) return;
    const after = this.lastId === undefined ? '' : `?after=${encodeURIComponent(this.lastId)}`;
    const source = this.around.open(STREAM + after);
    this.source = source;
    source.addEventListener('open', () => this.tell({ kind: 'link', connected: true }));
    source.addEventListener('hello', (event) => this.greeted((event as MessageEvent<string>).lastEventId));
    source.addEventListener('resync', (event) => this.tell({ kind: 'resync', id: (event as MessageEvent<string>).lastEventId }));
    source.addEventListener('changes', (event) => {
      const { lastEventId, data } = event as MessageEvent<string>;
      this.tell({ kind: 'changes', id: lastEventId, changes: JSON.parse(data) as Changes });
    });
    source.addEventListener('error', () => this.failed(source));
  }

  /** Nothing was missed since `lastId`; without one, whatever the page has loaded may be older than this stream. */
  private greeted(id: string): void {
    const known = this.lastId;
    this.lastId = id;
    if (known !== id) this.tell({ kind: 'resync', id });
  }

  /** The browser connects again by itself, unless the server refused. */
  private failed(source: EventSource): void {
    this.tell({ kind: 'link', connected: false });
    if (source.readyState !== CLOSED) return;
    this.timer = setTimeout(() => this.connect(), AGAIN_MS);
  }
}

/** EventSource.OPEN and EventSource.CLOSED, which tests have no EventSource to read from. */
const OPEN = 1;
const CLOSED = 2;

function browser(): Surroundings {
  const { locks } = navigator as { locks?: LockManager };
  return {
    lock: locks && ((work) => void locks.request('millrace-live', work)),
    channel: locks && new BroadcastChannel('millrace-live'),
    position: document.querySelector('meta[name="millrace-stream"]')?.getAttribute('content') ?? undefined,
    open: (url) => new EventSource(url),
  };
}

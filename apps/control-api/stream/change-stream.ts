import { randomUUID } from 'node:crypto';
import type { ChangeRow } from '@millrace/postgres';
import { Backlog, frame } from './backlog.js';
import { difference, type Seen } from './differences.js';

export interface ChangeStreamParts {
  look(now: number, runIds: readonly string[]): Promise<readonly ChangeRow[]>;
  /** Told when a look fails; the next one is tried all the same. */
  onError(error: unknown): void;
  /** Milliseconds between two looks. */
  readonly every?: number;
  /** Milliseconds for which it goes on looking after the last listener left, so that a reload misses nothing. */
  readonly linger?: number;
}

export interface Listener {
  /** Takes a piece of the stream, ready to be written. */
  write(text: string): void;
}

/** Twice as often as a person would notice. */
const EVERY_MS = 300;
const LINGER_MS = 30_000;

/**
 * The changes of this instance as one stream that any number of listeners share: one look at the stores per interval
 * while anybody listens, none otherwise. Because it looks, it sees what other processes write too.
 */
export class ChangeStream {
  /** With what is still to be said to those who came before the first look. */
  private readonly listeners = new Map<Listener, { readonly greet: string | undefined } | undefined>();
  private backlog = newBacklog();
  private seen: Seen | undefined;
  private vanished: readonly string[] = [];
  private timer: NodeJS.Timeout | undefined;
  private looking = false;
  private idleSince: number | undefined;

  constructor(private readonly parts: ChangeStreamParts) {}

  /**
   * Writes what came after `lastId` and goes on with what comes. Where that would leave a gap, the first message is
   * `resync`: load anew. Otherwise it may be `hello`: whatever is loaded from now on misses nothing. Answers how to stop.
   */
  listen(listener: Listener, lastId: string | undefined): () => void {
    this.listeners.set(listener, this.seen === undefined ? { greet: lastId } : undefined);
    if (this.seen !== undefined) this.greet(listener, lastId);
    this.idleSince = undefined;
    this.start();
    return () => this.leave(listener);
  }

  /**
   * Where the stream stands now: whoever reads something from now on and then listens after this misses no change of it.
   * Goes on looking for a while, so that there is time to come. Undefined when it cannot be known within `ms` milliseconds.
   */
  async position(ms: number): Promise<string | undefined> {
    let leave = (): void => undefined;
    let late: NodeJS.Timeout | undefined;
    const greeted = new Promise<string>((resolve) => {
      leave = this.listen({ write: () => resolve(this.backlog.latest) }, undefined);
    });
    const tooLate = new Promise<undefined>((resolve) => {
      late = setTimeout(() => resolve(undefined), ms);
    });
    return Promise.race([greeted, tooLate]).finally(() => {
      clearTimeout(late);
      leave();
    });
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.listeners.clear();
  }

  private greet(listener: Listener, lastId: string | undefined): void {
    const missed = lastId === undefined ? [] : this.backlog.after(lastId);
    if (missed === undefined) listener.write(frame(this.backlog.latest, 'resync', {}));
    else if (missed.length === 0) listener.write(frame(this.backlog.latest, 'hello', {}));
    else for (const { text } of missed) listener.write(text);
  }

  private greetAll(): void {
    for (const [listener, late] of this.listeners) {
      if (late) this.greet(listener, late.greet);
      this.listeners.set(listener, undefined);
    }
  }

  private leave(listener: Listener): void {
    this.listeners.delete(listener);
    if (this.listeners.size === 0) this.idleSince = Date.now();
  }

  private start(): void {
    if (this.timer !== undefined || this.looking) return;
    void this.look();
  }

  private async look(): Promise<void> {
    this.timer = undefined;
    this.looking = true;
    try {
      this.take(await this.parts.look(Date.now(), this.vanished));
    } catch (error) {
      this.parts.onError(error);
    } finally {
      this.looking = false;
    }
    this.schedule();
  }

  private schedule(): void {
    if (this.listeners.size === 0 && (this.idleSince === undefined || Date.now() - this.idleSince > this.linger)) {
      // Whatever happens from now on is not seen: nobody can go on where this series ends.
      this.backlog = newBacklog();
      this.seen = undefined;
      return;
    }
    this.timer = setTimeout(() => void this.look(), this.parts.every ?? EVERY_MS);
    this.timer.unref();
  }

  private send(text: string): void {
    for (const listener of this.listeners.keys()) listener.write(text);
  }

  private get linger(): number {
    return this.parts.linger ?? LINGER_MS;
  }

  private take(rows: readonly ChangeRow[]): void {
    const { seen, changes, vanished } = difference(this.seen ?? new Map<string, ChangeRow>(), rows);
    const first = this.seen === undefined;
    this.seen = seen;
    this.vanished = vanished;
    if (first) this.greetAll();
    else if (changes !== undefined) this.send(this.backlog.add('changes', changes).text);
  }
}

function newBacklog(): Backlog {
  return new Backlog(randomUUID().slice(0, 8));
}

/**
 * Group commit without a timer: at most `inFlight` flushes run at once, and whatever is added meanwhile
 * waits for the next one. Under light load every item travels alone and at once; under heavy load batches
 * grow by themselves, as fast as the store takes them.
 */
export interface BatcherOptions<Item, Result> {
  /** Writes all items as one commit; answers one result per item, in order. */
  flush(items: readonly Item[]): Promise<readonly Result[]>;
  inFlight: number;
  maxItems: number;
  maxBytes: number;
  /** Size of an item towards `maxBytes`. */
  bytes(item: Item): number;
  /** Whether a failed flush may have been the fault of a single item; those are then retried alone. */
  isItemFault(error: unknown): boolean;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export class Batcher<Item, Result> {
  private queue: Waiting<Item, Result>[] = [];
  private flying = 0;
  private scheduled = false;
  private idle: (() => void)[] = [];

  constructor(private readonly options: BatcherOptions<Item, Result>) {}

  /** Resolves once the item's commit is durable. */
  add(item: Item): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.queue.push({ item, resolve, reject });
      this.pump();
    });
  }

  /** Items waiting for a flush. */
  get backlog(): number {
    return this.queue.length;
  }

  /** Resolves when nothing waits and nothing is in flight. */
  async drained(): Promise<void> {
    if (this.isIdle) return;
    await new Promise<void>((resolve) => this.idle.push(resolve));
  }

  private get isIdle(): boolean {
    return this.flying === 0 && this.queue.length === 0;
  }

  /** At the end of the event loop's round, so that all that arrived in it travels together. */
  private pump(): void {
    if (this.scheduled || this.queue.length === 0 || this.flying >= this.options.inFlight) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.flying += 1;
      void this.fly(this.take());
      this.pump();
    });
  }

  private async fly(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    await this.settle(batch);
    this.flying -= 1;
    this.pump();
    if (this.isIdle) for (const done of this.idle.splice(0)) done();
  }

  private take(): Waiting<Item, Result>[] {
    const { maxItems, maxBytes, bytes } = this.options;
    let count = 0;
    for (let size = 0; count < this.queue.length && count < maxItems; count += 1) {
      size += bytes(this.queue[count]!.item);
      if (size > maxBytes && count > 0) break;
    }
    if (count === this.queue.length) {
      const all = this.queue;
      this.queue = [];
      return all;
    }
    return this.queue.splice(0, count);
  }

  /** A batch that fails for one item's sake is retried item by item, so that the others still get in. */
  private async settle(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await this.options.flush(batch.map(({ item }) => item));
      batch.forEach((waiting, index) => waiting.resolve(results[index] as Result));
    } catch (error) {
      if (batch.length > 1 && this.options.isItemFault(error)) await this.settleAlone(batch);
      else for (const waiting of batch) waiting.reject(error);
    }
  }

  private async settleAlone(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    for (const waiting of batch) await this.settle([waiting]);
  }
}

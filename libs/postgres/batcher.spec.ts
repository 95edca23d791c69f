import { describe, expect, it } from '@jest/globals';
import { Batcher, type BatcherOptions } from './batcher.js';

/** Flushes that end when the test says so. */
function slowStore(options: Partial<BatcherOptions<number, number>> = {}) {
  const flushes: { readonly items: readonly number[]; readonly end: () => void }[] = [];
  const batcher = new Batcher<number, number>({
    flush: (items) => new Promise((resolve) => flushes.push({ items, end: () => resolve(items.map((item) => item * 10)) })),
    inFlight: 1,
    maxItems: 100,
    maxBytes: 1_000,
    bytes: () => 1,
    isItemFault: () => true,
    ...options,
  });
  const next = async (): Promise<{ readonly items: readonly number[]; readonly end: () => void }> => {
    while (flushes.length === 0) await new Promise((resolve) => setImmediate(resolve));
    return flushes.shift()!;
  };
  return { batcher, flushes, next };
}

const settled = async (): Promise<void> => {
  for (let i = 0; i < 5; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

describe('a batcher', () => {
  it('lets whatever comes while a flush is under way share the next one', async () => {
    const { batcher, flushes, next } = slowStore();
    const first = batcher.add(1);
    const one = await next();
    const rest = [2, 3, 4].map((item) => batcher.add(item));
    await settled();
    expect([one.items, flushes.length, batcher.backlog]).toEqual([[1], 0, 3]);
    one.end();
    const two = await next();
    expect(two.items).toEqual([2, 3, 4]);
    two.end();
    expect(await Promise.all([first, ...rest])).toEqual([10, 20, 30, 40]);
  });

  it('has no more flushes under way than it may', async () => {
    const { batcher, next, flushes } = slowStore({ inFlight: 2, maxItems: 1 });
    const all = Promise.all([1, 2, 3, 4, 5].map((item) => batcher.add(item)));
    await settled();
    expect(flushes).toHaveLength(2);
    for (let i = 0; i < 5; i += 1) (await next()).end();
    expect(await all).toEqual([10, 20, 30, 40, 50]);
  });

  it('cuts batches by count and by bytes, but takes a single item of any size', async () => {
    const sizes: Record<number, number> = { 1: 5, 2: 600, 3: 300, 4: 200, 5: 5_000, 6: 1 };
    const { batcher, next } = slowStore({ bytes: (item) => sizes[item]!, maxItems: 3 });
    const all = [1, 2, 3, 4, 5, 6].map((item) => batcher.add(item));
    const batches: (readonly number[])[] = [];
    while (batches.flat().length < 6) {
      const { items, end } = await next();
      batches.push(items);
      end();
    }
    await Promise.all(all);
    expect(batches).toEqual([[1, 2, 3], [4], [5], [6]]);
  });

  it('retries the items of a failed flush alone when one of them may be at fault', async () => {
    const flush = async (items: readonly number[]): Promise<readonly number[]> => {
      if (items.includes(3)) throw new Error(`refused with ${items.length}`);
      return items;
    };
    const { batcher } = slowStore({ flush });
    const results = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(results[2]).toMatchObject({ reason: new Error('refused with 1') });
  });

  it('fails a whole flush at once when the store is away', async () => {
    let flushes = 0;
    const flush = async (): Promise<never> => {
      flushes += 1;
      throw new Error('away');
    };
    const { batcher } = slowStore({ flush, isItemFault: () => false });
    const results = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(flushes).toBeLessThan(4);
  });

  it('is drained when nothing waits and nothing is under way, at once when there was nothing', async () => {
    const { batcher, next } = slowStore();
    await batcher.drained();
    const added = batcher.add(1);
    let drained = false;
    const draining = batcher.drained().then(() => (drained = true));
    const { end } = await next();
    await settled();
    expect(drained).toBe(false);
    end();
    await Promise.all([added, draining]);
  });
});

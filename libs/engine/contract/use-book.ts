import { beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { UseRate } from '../allowances.js';
import type { UseBook } from '../ports.js';

export interface BookUnderTest {
  /** Two processes. */
  readonly books: readonly [UseBook, UseBook];
}

/** A book on an empty store, by a clock that stands in milliseconds since the epoch. */
export type OpenUseBooks = (now: () => number) => Promise<BookUnderTest>;

/** What every UseBook has to do. */
export function describeUseBook(name: string, open: OpenUseBooks): void {
  describe(`UseBook on ${name}`, () => {
    const rate: UseRate = { limit: 3, perMs: 1_000 };
    let time: number;
    let books: BookUnderTest['books'];

    beforeEach(async () => {
      time = Date.UTC(2026, 0, 1);
      ({ books } = await open(() => time));
    });

    const waits = async (takes: readonly Promise<{ readonly waitMs: number }>[]): Promise<number[]> =>
      (await Promise.all(takes)).map(({ waitMs }) => waitMs);

    it('allows as many as the rate has, over processes that ask at the same time', async () => {
      const waited = await waits(Array.from({ length: 20 }, (_, n) => books[n % 2]!.take('crm', rate, false)));
      expect(waited.filter((ms) => ms === 0)).toHaveLength(3);
      expect(new Set(waited.filter((ms) => ms > 0)).size).toBe(17);
    });

    it('tells credentials apart', async () => {
      expect(await waits(['a', 'b', 'c', "d'; --", 'NULL'].map((one) => books[0].take(one, { limit: 1, perMs: 1_000 }, false)))).toEqual([
        0, 0, 0, 0, 0,
      ]);
    });

    it('allows again when the uses are old enough', async () => {
      await waits(Array.from({ length: 3 }, () => books[0].take('crm', rate, false)));
      expect((await books[1].take('crm', rate, false)).waitMs).toBe(1_000);
      time += 1_000;
      expect((await books[1].take('crm', rate, true)).waitMs).toBe(0);
    });

    it('counts charges and keeps holds for all processes', async () => {
      for (let n = 0; n < 3; n += 1) await books[0].charge('crm', rate);
      expect((await books[1].take('crm', rate, false)).waitMs).toBe(1_000);
      await books[1].hold('crm', rate, 30_000);
      time += 1_000;
      expect((await books[0].take('crm', rate, true)).waitMs).toBe(29_000);
    });

    it('never allows more than the rate within any period, and gives every step its turn', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }), fc.integer(), async (gaps, salt) => {
          const credential = `property ${salt} ${time}`;
          const used: number[] = [];
          const waiting = gaps.map((gap, n) => ({ at: (time += gap), n, waited: false }));
          while (waiting.length > 0) {
            waiting.sort((a, b) => a.at - b.at);
            const now = waiting[0]!.at;
            const asking = waiting.splice(0, waiting.filter(({ at }) => at <= now).length);
            time = now;
            const told = await waits(asking.map(({ n, waited }) => books[n % 2]!.take(credential, rate, waited)));
            asking.forEach((one, index) =>
              told[index] === 0 ? used.push(now) : waiting.push({ ...one, at: now + told[index]!, waited: true }),
            );
          }
          for (const from of used) expect(used.filter((at) => at >= from && at < from + rate.perMs).length).toBeLessThanOrEqual(rate.limit);
          expect(used).toHaveLength(gaps.length);
        }),
        { numRuns: 15 },
      );
    });
  });
}

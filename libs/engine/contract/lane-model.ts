import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ClaimedRun } from '../records.js';
import { inLane, type LaneStore, type OpenLaneStore } from './lanes.js';
import { entry, newRunner, queued } from './store.js';

const LIMITS: Readonly<Record<string, number>> = { one: 1, two: 2, many: 4 };
const LANES = Object.keys(LIMITS);

/** What may happen next. `pick` chooses among the runs that it may happen to. */
type Happening =
  | { readonly kind: 'accept'; readonly lanes: readonly string[]; readonly held: boolean }
  | { readonly kind: 'claim'; readonly most: number }
  | { readonly kind: 'finish' | 'fail' | 'suspend'; readonly pick: number }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'crash' }
  | { readonly kind: 'release' };

const pick = fc.nat(1_000);
const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('accept' as const),
      lanes: fc.array(fc.constantFrom(...LANES, ''), { minLength: 1, maxLength: 6 }),
      held: fc.nat(9).map((n) => n === 0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('claim' as const), most: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constantFrom('finish' as const, 'fail' as const, 'suspend' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), pick }) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: 'crash' as const }, { kind: 'release' as const }) },
);

/** One life of a store, beside the simplest account of who came and who is gone. */
class LaneWorld {
  /** By lane, in the order in which they were accepted; those that ended are taken out. */
  private readonly lines = new Map(LANES.map((lane) => [lane, [] as string[]]));
  private readonly alive = new Set<string>();
  private claimed: ClaimedRun[] = [];
  private runner = '';

  constructor(private readonly store: LaneStore) {}

  async begin(): Promise<void> {
    this.runner = await newRunner(this.store, 0);
  }

  async happen(what: Happening): Promise<void> {
    if (what.kind === 'accept') await this.accept(what.lanes, what.held);
    else if (what.kind === 'claim') await this.claim(what.most);
    else if (what.kind === 'crash') await this.crash();
    else if (what.kind === 'release') await this.store.release();
    else if (what.kind === 'cancel') await this.cancel(what.pick);
    else await this.move(what.kind, what.pick);
    await this.check();
  }

  /** Everything that was accepted comes to its end, with nothing left in between. */
  async drain(): Promise<void> {
    await this.store.release();
    while (this.alive.size > 0) {
      const before = this.alive.size;
      await this.claim(100);
      for (const run of this.claimed.splice(0)) await this.end(run, 'succeeded');
      await this.check();
      expect(this.alive.size).toBeLessThan(before);
    }
  }

  private async accept(lanes: readonly string[], held: boolean): Promise<void> {
    const status = held ? ('held' as const) : ('queued' as const);
    const all = lanes.map((lane) => (lane === '' ? queued() : inLane(lane, LIMITS[lane], { status })));
    await Promise.all(all.map((each) => this.store.events.accept(each)));
    for (const [index, { run }] of all.entries()) {
      this.lines.get(lanes[index]!)?.push(run.id);
      this.alive.add(run.id);
    }
  }

  /** By id, as a hint does, so that nothing has to become due first. */
  private async claim(most: number): Promise<void> {
    const works = [
      ...(await this.store.claims.claim(this.runner, [...this.alive], most)),
      ...(await this.store.claims.claimDue(this.runner, most)),
    ];
    this.claimed.push(...works.map(({ run }) => run));
  }

  private async move(kind: 'finish' | 'fail' | 'suspend', at: number): Promise<void> {
    const [run] = this.claimed.splice(at % Math.max(1, this.claimed.length), 1);
    if (!run) return;
    if (kind === 'suspend') await this.store.journal.suspend(run, entry([]), Date.now() - 1);
    else await this.end(run, kind === 'fail' ? 'failed' : 'succeeded');
  }

  private async end(run: ClaimedRun, status: 'failed' | 'succeeded'): Promise<void> {
    const error = status === 'failed' ? { error: { code: 'x', message: 'y' } } : {};
    if (await this.store.journal.finish(run, entry([]), { status, ...error })) this.forget(run.id);
  }

  private async cancel(at: number): Promise<void> {
    const id = [...this.alive][at % Math.max(1, this.alive.size)];
    if (id === undefined) return;
    await this.store.cancel([id]);
    this.forget(id);
  }

  private async crash(): Promise<void> {
    this.claimed = [];
    await this.store.leases.reclaimExpired();
    this.runner = await newRunner(this.store, 0);
  }

  private forget(id: string): void {
    this.alive.delete(id);
    for (const [lane, line] of this.lines)
      this.lines.set(
        lane,
        line.filter((each) => each !== id),
      );
  }

  /** First come, first served; never more than the limit, and never fewer than might go. */
  private async check(): Promise<void> {
    for (const [lane, line] of this.lines) {
      const states = await Promise.all(line.map(async (id) => (await this.store.activeRun(id))?.status));
      const waits = states.map((status) => status === 'behind' || status === 'held');
      const going = waits.indexOf(true) < 0 ? waits.length : waits.indexOf(true);
      expect({ lane, states, overtaken: waits.lastIndexOf(false) >= going }).toEqual({ lane, states, overtaken: false });
      expect({ lane, states, going }).toEqual({ lane, states, going: Math.min(going, LIMITS[lane]!) });
      if (states[going] === 'behind') expect({ lane, states, going }).toEqual({ lane, states, going: LIMITS[lane] });
    }
  }
}

/** Random lives of a store: whatever happens, lanes keep their order and their limits. */
export function describeLaneModel(name: string, open: OpenLaneStore, lives: number): void {
  describe(`Lanes on ${name}, whatever happens`, () => {
    it('serves first who came first, up to the limit, and loses nobody', async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 40 }), async (life) => {
          const world = new LaneWorld(await open());
          await world.begin();
          for (const each of life) await world.happen(each);
          await world.drain();
        }),
        { numRuns: lives, seed: 20_261_129 },
      );
    }, 120_000);
  });
}

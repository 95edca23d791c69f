import { describe, expect, it } from '@jest/globals';
import { StepError } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import type { UseRate } from '../allowances.js';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import { MemoryUseBook } from '../memory/memory-use-book.js';
import type { CredentialRates } from '../ports.js';
import { walk, type SliceOutcome } from '../walk.js';
import { parseTrigger } from '../triggers/webhook.js';

const use = (id: string, more: object = {}): Step => ({ id, use: 'test.step', credential: 'crm', ...more });

/** A rig whose credential `crm` has a rate. */
class RatedRig extends Rig {
  readonly asked: boolean[] = [];
  readonly book = new MemoryUseBook(() => this.clock.now());
  readonly begun: number[] = [];

  constructor(
    steps: readonly Step[],
    private readonly rate: UseRate,
    run: (attempt: number) => unknown = () => null,
  ) {
    super(flowOf(steps), [componentOf('test.step', ({ attempt }) => (this.begun.push(this.clock.now()), run(attempt)))]);
  }

  readonly rates: CredentialRates = {
    take: (credential, waited) => {
      if (credential !== 'crm') return undefined;
      this.asked.push(waited);
      return this.book.take(credential, this.rate, waited);
    },
  };

  /** One slice, in which time passes when nothing else can happen. */
  async rated(dry = false): Promise<SliceOutcome> {
    const work = await this.claim();
    const outcome = walk(
      {
        run: { ...work.run, dry },
        plan: this.plan,
        trigger: await parseTrigger(work.event),
        journal: work.journal,
        giveUp: { signal: new AbortController().signal },
        shouldYield: () => false,
      },
      { journal: this.journal, host: this['host'], clock: this.clock, calls: this.store, resumptions: this.store, rates: this.rates },
    );
    let ended = false;
    void outcome.finally(() => (ended = true));
    for (let rounds = 0; !ended && rounds < 10_000; rounds += 1) {
      await new Promise(setImmediate);
      const { next } = this.clock;
      if (!ended && next !== undefined) this.clock.advanceTo(next);
    }
    return outcome;
  }
}

describe('a step whose credential has a rate', () => {
  it('gives the slot up until its time, without an attempt, and says what it waits for', async () => {
    const rig = new RatedRig([use('a'), use('b')], { limit: 1, perMs: 60_000 });
    await rig.accept();
    const outcome = await rig.rated();
    expect(outcome).toEqual({ kind: 'suspended', resumeAt: rig.begun[0]! + 60_000 });
    expect(rig.trail).toEqual(['a#1 succeeded', 'b#1 waiting']);
    expect(rig.rows[1]).toMatchObject({ rateOf: 'crm', resumeAt: rig.begun[0]! + 60_000 });
    expect((await rig.rated()).kind).toBe('ended');
    expect(rig.trail).toEqual(['a#1 succeeded', 'b#1 succeeded']);
    expect(rig.begun[1]! - rig.begun[0]!).toBe(60_000);
    expect(rig.asked).toEqual([false, false, true]);
  });

  it('waits in memory where it is not for long', async () => {
    const rig = new RatedRig([use('a'), use('b'), use('c')], { limit: 1, perMs: 400 });
    await rig.accept();
    expect((await rig.rated()).kind).toBe('ended');
    expect(rig.begun.map((time) => time - rig.begun[0]!)).toEqual([0, 400, 800]);
  });

  it('counts each attempt, and a wait between two of them uses up none', async () => {
    const failing = (attempt: number): unknown => {
      if (attempt < 3) throw new StepError({ code: 'http.503', message: 'busy', retryable: true, arrived: 'no' });
      return 'done';
    };
    const retry = { attempts: 3, delay: '1s', jitter: false, backoff: 'fixed' } as const;
    const rig = new RatedRig([use('a', { retry })], { limit: 1, perMs: 60_000 }, failing);
    await rig.accept();
    let outcome = await rig.rated();
    while (outcome.kind === 'suspended') outcome = await rig.rated();
    expect(outcome).toMatchObject({ kind: 'ended', result: { status: 'succeeded' } });
    expect(rig.trail).toEqual(['a#1 retrying', 'a#2 retrying', 'a#3 succeeded']);
    expect(rig.begun.map((time) => time - rig.begun[0]!)).toEqual([0, 60_000, 120_000]);
  });

  it('measures the deadline of its retries from its first attempt, not from its wait', async () => {
    const failing = (attempt: number): unknown => {
      if (attempt < 2) throw new StepError({ code: 'http.503', message: 'busy', retryable: true, arrived: 'no' });
      return 'done';
    };
    const rig = new RatedRig(
      [use('a', { retry: { attempts: 2, delay: '1s', deadline: '2s', jitter: false } })],
      { limit: 10, perMs: 600_000 },
      failing,
    );
    await rig.book.hold('crm', { limit: 10, perMs: 600_000 }, 300_000);
    await rig.accept();
    let outcome = await rig.rated();
    while (outcome.kind === 'suspended') outcome = await rig.rated();
    expect(outcome).toMatchObject({ result: { status: 'succeeded' } });
  });

  it('takes nothing in a rehearsal, nor for another credential', async () => {
    const dry = new RatedRig([use('a'), use('b')], { limit: 1, perMs: 60_000 });
    await dry.accept();
    expect((await dry.rated(true)).kind).toBe('ended');
    const other = new RatedRig([use('a', { credential: 'free' }), use('b', { credential: undefined })], { limit: 1, perMs: 60_000 });
    await other.accept();
    expect((await other.rated()).kind).toBe('ended');
    expect([dry.asked, other.asked]).toEqual([[], []]);
  });

  it('waits beside others that work, each in its own time', async () => {
    const rig = new RatedRig([{ id: 'all', forEach: [1, 2, 3, 4], concurrency: 4, steps: [use('a')] }], { limit: 2, perMs: 10_000 });
    await rig.accept();
    let outcome = await rig.rated();
    while (outcome.kind === 'suspended') outcome = await rig.rated();
    expect(outcome).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.begun.map((time) => time - rig.begun[0]!)).toEqual([0, 0, 10_000, 15_000]);
  });
});

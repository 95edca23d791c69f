import { describe, expect, it } from '@jest/globals';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import type { ClaimedRun, RunResult } from '../records.js';

const echo = componentOf('test.echo', ({ props }) => props);

function call(parts: Record<string, unknown> = {}): Step {
  return { id: 'sub', call: 'callee', input: { n: '{{ trigger.body.n }}' }, ...parts } as Step;
}

function rigOf(...steps: Step[]): Rig {
  const rig = new Rig(flowOf(steps), [echo]);
  rig.store.callable.set('callee', 1);
  return rig;
}

/** Claims the called run and ends it. */
async function endCallee(rig: Rig, result: RunResult): Promise<ClaimedRun> {
  const runner = `callee ${rig.clock.now()}`;
  await rig.store.register(runner, 1_000);
  const ids = [...rig.store.active.keys()].filter((id) => id !== rig.runId);
  const [work] = await rig.store.claim(runner, ids, 1);
  await rig.store.finish(work!.run, { rows: [], drops: [] }, result);
  return work!.run;
}

const after: Step = { id: 'a', use: 'test.echo', with: { got: '{{ steps.sub }}' } };
const row = (rig: Rig): object | undefined => rig.rows.findLast(({ path }) => path === 'sub');

describe('a call that is awaited', () => {
  it('begins a run one level deeper, waits, and gives its output', async () => {
    const rig = rigOf(call(), after);
    await rig.accept({ n: 7 });
    expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
    const callee = await endCallee(rig, { status: 'succeeded', output: { x: 1 } });
    expect(callee).toMatchObject({ flowId: 'callee', depth: 1, awaited: true });
    expect(Buffer.from(rig.store.events.get(callee.eventId)!.body).toString()).toBe('{"n":7}');
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls[0]?.props).toEqual({ got: { x: 1 } });
  });

  it('is woken by the end, and looks for itself in case the wake is lost', async () => {
    const rig = rigOf(call());
    await rig.accept({ n: 7 });
    await rig.slice(await rig.claim());
    await endCallee(rig, { status: 'succeeded' });
    expect(rig.store.active.get(rig.runId)?.dueAt).toBe(rig.clock.now());

    const deaf = rigOf(call());
    await deaf.accept({ n: 7 });
    const outcome = await deaf.slice(await deaf.claim());
    expect(outcome).toEqual({ kind: 'suspended', resumeAt: deaf.clock.now() + 60_000 });
  });

  it('fails with the error of the called run, under its code', async () => {
    const rig = rigOf({
      id: 'safe',
      try: [call()],
      on: ['http.4xx'],
      catch: [{ id: 'a', use: 'test.echo', with: { m: '{{ error.message }}' } }],
    });
    await rig.accept({ n: 7 });
    await rig.slice(await rig.claim());
    await endCallee(rig, { status: 'failed', error: { code: 'http.404', message: 'no such thing', step: 'x' } });
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect(JSON.stringify(rig.calls[0]?.props)).toMatch(/callee.*no such thing/);
  });

  it.each(['flow.stopped', 'run.poison'])('can be caught where the called run ended for good (%s)', async (code) => {
    const rig = rigOf(call({ onError: 'continue' }), after);
    await rig.accept({ n: 7 });
    await rig.slice(await rig.claim());
    await endCallee(rig, { status: 'failed', error: { code, message: 'enough' } });
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls[0]?.props).toMatchObject({ got: { error: { code: 'call.failed', details: { code } } } });
  });

  it.each(['cancelled', 'filtered'] as const)('fails when the called run ends %s', async (status) => {
    const rig = rigOf(call());
    await rig.accept({ n: 7 });
    await rig.slice(await rig.claim());
    await endCallee(rig, { status });
    expect(await rig.toEnd()).toMatchObject({ result: { error: { code: `call.${status}`, step: 'sub' } } });
  });

  it('calls again where its own retry says so, as another run', async () => {
    const rig = rigOf(call({ retry: { attempts: 2, delay: '10s', jitter: false } }), after);
    await rig.accept({ n: 7 });
    await rig.slice(await rig.claim());
    const first = await endCallee(rig, { status: 'failed', error: { code: 'http.500', message: 'x' } });
    await rig.slice(await rig.claim());
    expect(row(rig)).toMatchObject({ attempt: 1, status: 'retrying', retryAt: rig.clock.now() + 10_000 });
    await rig.slice(await rig.claim());
    const second = await endCallee(rig, { status: 'succeeded', output: 'ok' });
    expect(second.id).not.toBe(first.id);
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
  });

  it('fails when its timeout is over, and leaves the called run alone', async () => {
    const rig = rigOf(call({ timeout: '5m' }));
    await rig.accept({ n: 7 });
    const began = rig.clock.now();
    for (let slices = 0; rig.store.active.has(rig.runId); slices += 1) {
      const due = rig.store.active.get(rig.runId)!.dueAt!;
      rig.clock.advanceTo(due);
      await rig.store.register(`r${slices}`, 1);
      const works = await rig.store.claimDue(`r${slices}`, 10);
      const own = works.find(({ run }) => run.id === rig.runId);
      if (own) await rig.slice(own);
    }
    expect(rig.store.ended.get(rig.runId)).toMatchObject({ error: { code: 'timeout', message: expect.stringContaining('300 s') } });
    expect(rig.clock.now() - began).toBe(300_000);
    expect(rig.store.active.size).toBe(1);
  });
});

describe('a call that is not awaited', () => {
  it('gives the id of the run, which nobody waits for', async () => {
    const rig = rigOf(call({ await: false }), after);
    await rig.accept({ n: 7 });
    expect(await rig.slice(await rig.claim())).toMatchObject({ kind: 'ended' });
    const callee = await endCallee(rig, { status: 'succeeded' });
    expect(callee.awaited).toBe(false);
    expect(rig.calls[0]?.props).toEqual({ got: { runId: callee.id } });
  });
});

describe('a call that cannot be made', () => {
  it('fails for a flow that is unknown', async () => {
    const rig = rigOf(call({ call: 'nowhere' }));
    expect(await rig.run({ n: 7 })).toMatchObject({ result: { error: { code: 'call.unknown-flow', step: 'sub' } } });
  });

  it('fails where too many calls stand above it', async () => {
    const rig = rigOf(call());
    await rig.accept({ n: 7 });
    const work = await rig.claim();
    expect(await rig.slice({ ...work, run: { ...work.run, depth: 20 } })).toMatchObject({ result: { error: { code: 'call.too-deep' } } });
    expect(rig.store.active.size).toBe(0);
  });

  it('fails where its input is none that the called run could read, and calls nothing', async () => {
    const rig = rigOf(call({ input: { n: { wrapped: '{{ trigger.body.n }}' } } }));
    await rig.accept({ n: JSON.parse('['.repeat(99) + ']'.repeat(99)) });
    const error = { code: 'call.invalid-input', message: 'sub cannot call callee: its input is nested deeper than 100 levels.' };
    expect(await rig.slice(await rig.claim())).toMatchObject({ result: { error } });
    expect([...rig.store.active.keys()]).toEqual([]);
  });

  it('breaks the walk off when the store is away, which is no failure of the step', async () => {
    for (const method of ['begin', 'outcome'] as const) {
      const rig = rigOf(call({ onError: 'continue' }));
      await rig.accept({ n: 7 });
      Object.assign(rig.store, { [method]: () => Promise.reject(new Error('the database is away')) });
      await expect(rig.slice(await rig.claim())).rejects.toThrow('the database is away');
      expect(row(rig)).toMatchObject({ status: 'waiting' });
    }
  });

  it('breaks the walk off when it cannot be journalled, and then there is no run', async () => {
    const rig = rigOf(call());
    await rig.accept({ n: 7 });
    const journal = { ...rig.journal, record: () => Promise.reject(new Error('away')) };
    await expect(rig.slice(await rig.claim(), { journal })).rejects.toThrow('away');
    expect([...rig.store.active.keys()]).toEqual([rig.runId]);
  });
});

describe('a run that is awaited', () => {
  const result = async (...steps: Step[]): Promise<unknown> => {
    const rig = rigOf(...steps);
    await rig.accept({ n: 7 });
    const work = await rig.claim();
    const outcome = await rig.slice({ ...work, run: { ...work.run, awaited: true } });
    return outcome.kind === 'ended' ? outcome.result.output : outcome;
  };
  const v: Step = { id: 'v', set: { x: 1 } };
  const reply: Step = { id: 'reply', respond: { body: { ok: true } } };
  const stop: Step = { id: 'stop', stop: { as: 'succeeded' } };

  it.each<[string, Step[], unknown]>([
    ['its last step’s output', [v], { x: 1 }],
    ['the body of its answer rather than that', [reply, v], { ok: true }],
    ['that also where it stops itself', [reply, v, stop], { ok: true }],
    ['the output before a stop', [v, stop], { x: 1 }],
    ['null where nothing has an output', [], null],
  ])('gives %s', async (_, steps, output) => {
    expect(await result(...steps)).toEqual(output);
  });
});

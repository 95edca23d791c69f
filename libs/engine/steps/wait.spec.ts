import { describe, expect, it } from '@jest/globals';
import type { Json } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';

const HOUR_MS = 3_600_000;
const echo = componentOf('test.echo', ({ props }) => props);

function use(id: string, props: Record<string, unknown> = {}): Step {
  return { id, use: 'test.echo', with: props } as Step;
}

function rigOf(...steps: Step[]): Rig {
  return new Rig(flowOf(steps), [echo]);
}

const wait = (how: object): Step => ({ id: 'nap', wait: how }) as Step;
const outputOf = (rig: Rig): Json | undefined => rig.rows.find(({ path }) => path === 'nap')?.output;

describe('a wait for a time', () => {
  it.each<[string, object, Json, number]>([
    ['a duration', { for: '10m' }, {}, 600_000],
    ['an expression that gives a duration', { for: '{{ trigger.body.pause }}' }, { pause: '2h' }, 2 * HOUR_MS],
    ['a number of milliseconds', { for: '{{ trigger.body.pause }}' }, { pause: 1_500.4 }, 1_500],
  ])('gives the run up for %s', async (_, how, body, ms) => {
    const rig = rigOf(wait(how), use('a'));
    await rig.accept(body);
    const work = await rig.claim();
    const began = rig.clock.now();
    expect(await rig.slice(work)).toEqual({ kind: 'suspended', resumeAt: began + ms });
    expect(rig.rows).toMatchObject([{ path: 'nap', kind: 'wait', status: 'waiting', resumeAt: began + ms }]);
    await rig.toEnd();
    expect(rig.clock.now()).toBe(began + ms);
    expect(outputOf(rig)).toEqual({ until: new Date(began + ms).toISOString() });
  });

  it.each([
    ['2025-01-01T05:00:00Z', Date.UTC(2025, 0, 1, 5)],
    ['2025-01-01T05:00:00+02:00', Date.UTC(2025, 0, 1, 3)],
    [Date.UTC(2025, 0, 1, 4), Date.UTC(2025, 0, 1, 4)],
  ])('until %s', async (at, time) => {
    const rig = rigOf(wait({ until: '{{ trigger.body.at }}' }));
    await rig.accept({ at });
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: time });
  });

  it('that has come already costs nothing', async () => {
    const rig = rigOf(wait({ until: '2001-01-01T00:00:00Z' }), use('a'));
    await rig.accept();
    expect(await rig.slice(await rig.claim())).toMatchObject({ kind: 'ended' });
  });

  it.each<[string, object, Json]>([
    ['a duration that is none', { for: '{{ trigger.body.x }}' }, 'soon'],
    ['a negative number', { for: '{{ trigger.body.x }}' }, -1],
    ['an object', { for: '{{ trigger.body.x }}' }, { a: 1 }],
    ['more time than there is', { for: '{{ trigger.body.x }}' }, 1e300],
    ['a time without its zone', { until: '{{ trigger.body.x }}' }, '2025-01-01T05:00:00'],
    ['a time that does not exist', { until: '{{ trigger.body.x }}' }, '2025-13-01T05:00:00Z'],
    ['a time beyond all stores', { until: '{{ trigger.body.x }}' }, 8.64e15],
  ])('fails for %s, saying so', async (_, how, x) => {
    const rig = rigOf(wait(how));
    expect(await rig.run({ x })).toMatchObject({ result: { status: 'failed', error: { code: 'wait.bad-time', step: 'nap' } } });
    expect(rig.rows[0]?.error?.message).not.toContain('object Object');
  });

  it('waits for the same moment when it is taken up early', async () => {
    const rig = rigOf(wait({ for: '1h' }));
    await rig.accept();
    const first = await rig.slice(await rig.claim());
    rig.clock.advance(1_000);
    rig.store.active.get(rig.runId)!.dueAt = rig.clock.now();
    expect(await rig.slice(await rig.claim())).toEqual(first);
  });

  it('beside a sibling goes on at its time, and not before, however long the sibling works', async () => {
    const days = 40 * 24 * HOUR_MS;
    const slow = componentOf('test.echo', () => new Promise<void>((resolve) => void rig.clock.after(days + HOUR_MS, resolve)));
    const both: Step = { id: 'both', parallel: { one: [wait({ for: '40d' })], two: [{ ...use('a'), timeout: '90d' } as Step] } };
    const rig: Rig = new Rig(flowOf([both]), [slow]);
    await rig.accept();
    const slice = rig.slice(await rig.claim());
    const began = rig.clock.now();
    while (rig.store.active.size > 0) {
      await new Promise(setImmediate);
      if (rig.clock.next !== undefined) rig.clock.advanceTo(rig.clock.next);
    }
    expect((await slice).kind).toBe('ended');
    expect(rig.rows.find(({ path }) => path === 'nap')?.finishedAt).toBe(began + days);
  });
});

describe('a wait for a request', () => {
  const approval = wait({ webhook: { timeout: '3d' } });

  it('goes on when it comes, with its body as the output', async () => {
    const rig = rigOf(use('ask', { url: '{{ resume.nap.url }}' }), approval, use('a', { ok: '{{ steps.nap.ok }}' }));
    await rig.accept();
    const outcome = await rig.slice(await rig.claim());
    expect(outcome).toEqual({ kind: 'suspended', resumeAt: rig.clock.now() + 72 * HOUR_MS });
    expect(rig.calls[0]?.props).toEqual({ url: rig.store.url(rig.runId, 'nap') });
    rig.clock.advance(HOUR_MS);
    rig.store.resume(rig.runId, 'nap', { ok: true });
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls.at(-1)?.props).toEqual({ ok: true });
  });

  it('that came before the step was reached does not wait', async () => {
    const rig = rigOf(use('a'), approval);
    await rig.accept();
    rig.store.resume(rig.runId, 'nap', 'early');
    expect(await rig.slice(await rig.claim())).toMatchObject({ kind: 'ended' });
    expect(outputOf(rig)).toBe('early');
  });

  it('that comes while a sibling keeps the run in memory goes on within a second or so', async () => {
    const slow = componentOf('test.echo', ({ path }) =>
      path === 'slow' ? new Promise<void>((resolve) => void rig.clock.after(20_000, resolve)) : undefined,
    );
    const rig: Rig = new Rig(flowOf([{ id: 'both', parallel: { one: [approval, use('a')], two: [use('slow')] } }]), [slow]);
    await rig.accept();
    const slice = rig.slice(await rig.claim());
    const began = rig.clock.now();
    rig.clock.after(5_500, () => rig.store.resume(rig.runId, 'nap', 'now'));
    while (rig.store.active.size > 0) {
      await new Promise(setImmediate);
      if (rig.clock.next !== undefined) rig.clock.advanceTo(rig.clock.next);
    }
    expect((await slice).kind).toBe('ended');
    expect(rig.rows.find(({ path }) => path === 'nap')!.finishedAt - began).toBeLessThanOrEqual(6_500);
  });

  it('that never comes fails with a code that can be caught', async () => {
    const rig = rigOf({ id: 'safe', try: [approval], catch: [use('a', { code: '{{ error.code }}' })], on: ['wait.timeout'] });
    expect(await rig.run()).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.calls[0]?.props).toEqual({ code: 'wait.timeout' });
    expect(rig.rows.find(({ path }) => path === 'nap')?.error?.message).toContain('waited 3d for');
  });

  it('has a URL per item in a loop', async () => {
    const steps: Step[] = [use('ask', { url: '{{ resume.nap.url }}' }), approval];
    const rig = rigOf({ id: 'each', forEach: [1, 2], concurrency: 2, steps });
    await rig.accept();
    expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
    expect(rig.calls.map(({ props }) => (props as { url: string }).url)).toEqual(
      [0, 1].map((index) => rig.store.url(rig.runId, `each[${index}].nap`)),
    );
    rig.store.resume(rig.runId, 'each[1].nap', 'second');
    await rig.slice(await rig.claim());
    rig.store.resume(rig.runId, 'each[0].nap', 'first');
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect(rig.rows.find(({ path }) => path === 'each')?.output).toEqual(['first', 'second']);
  });
});

describe('a question to a person', () => {
  const answers = { approve: 'Approve', decline: 'Decline' };
  const asking = (question: object, more: object = {}): Step =>
    wait({ webhook: { timeout: '3d', ask: { answers, ...question }, ...more } });
  const question = asking({
    title: 'Refund {{ trigger.body.amount }} €?',
    text: 'Asked {{ $now() }}\nby {{ trigger.body.by ?? "nobody" }}',
  });
  const askedIn = (rig: Rig): Json | undefined => rig.rows.find(({ path }) => path === 'nap')?.input;

  it('is journalled as it was when the step began, and goes on with the answer', async () => {
    const rig = rigOf(question, use('a', { said: '{{ steps.nap.answer }}' }));
    await rig.accept({ amount: 40 });
    expect(await rig.slice(await rig.claim())).toEqual({ kind: 'suspended', resumeAt: rig.clock.now() + 72 * HOUR_MS });
    const asked = askedIn(rig);
    expect(asked).toEqual({ title: 'Refund 40 €?', text: expect.stringMatching(/^Asked 20\d\d-.*\nby nobody$/) as unknown });
    rig.clock.advance(HOUR_MS);
    rig.store.resume(rig.runId, 'nap', { answer: 'approve' });
    expect(await rig.toEnd()).toMatchObject({ result: { status: 'succeeded' } });
    expect([askedIn(rig), outputOf(rig)]).toEqual([asked, { answer: 'approve' }]);
    expect(rig.calls[0]?.props).toEqual({ said: 'approve' });
  });

  it('is the same for every walk, one after a crash and one on another plan included', async () => {
    const rig = rigOf(question);
    await rig.accept({ amount: 40 });
    await rig.slice(await rig.claim());
    const asked = askedIn(rig);
    rig.plan = rig.planned(flowOf([asking({ title: 'Something else?' })]));
    rig.store.active.get(rig.runId)!.dueAt = rig.clock.now();
    expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
    expect(askedIn(rig)).toEqual(asked);
  });

  it('that a crash kept out of the journal is evaluated again, at the same time as before', async () => {
    const [one, two] = await Promise.all(
      [true, false].map(async (crashes) => {
        const rig = new Rig(flowOf([question]), [echo], '00000000-0000-7000-8000-000000000001');
        await rig.accept({ amount: 40 });
        const refuses = {
          ...rig.store,
          record: async () => false,
          suspend: async () => false,
          finish: async () => false,
          items: async () => [],
        };
        if (crashes) expect((await rig.slice(await rig.claim(), { journal: refuses })).kind).toBe('lost');
        await rig.slice(await rig.claim());
        return askedIn(rig);
      }),
    );
    expect(one).toEqual(two);
  });

  it('is in the journal before the run waits, while a sibling works', async () => {
    const slow = componentOf('test.echo', () => new Promise<void>((resolve) => void rig.clock.after(HOUR_MS, resolve)));
    const rig: Rig = new Rig(flowOf([{ id: 'both', parallel: { one: [question], two: [use('slow')] } }]), [slow]);
    await rig.accept({ amount: 40 });
    void rig.slice(await rig.claim());
    for (let turns = 0; turns < 50 && !askedIn(rig); turns += 1) await new Promise(setImmediate);
    expect(rig.rows.find(({ path }) => path === 'nap')).toMatchObject({ status: 'waiting', input: { title: 'Refund 40 €?' } });
  });

  it.each<[string, object, Json, string, string]>([
    ['a missing value', { title: 'Refund {{ trigger.body.amount }}?' }, {}, 'expression.missing', '`ask.title`'],
    ['a title that is no text', { title: '{{ trigger.body.x }}' }, { x: [1] }, 'wait.bad-question', '`ask.title` of nap is no text.'],
    ['a title that is null', { title: '{{ trigger.body.x }}' }, { x: null }, 'wait.bad-question', '`ask.title` of nap is null.'],
    ['an empty title', { title: '{{ trigger.body.x }}' }, { x: ' ' }, 'wait.bad-question', '`ask.title` of nap is empty'],
    [
      'a title that is too long with its text',
      { title: '{{ trigger.body.x }}', text: 'T' },
      { x: 'x'.repeat(4_998) },
      'wait.bad-question',
      'has 5001 characters; at most 5000',
    ],
    [
      'a text that is too long',
      { title: 'T', text: '{{ trigger.body.x }}' },
      { x: 'x'.repeat(5_001) },
      'wait.bad-question',
      'at most 5000',
    ],
  ])('fails for %s, saying so', async (_, parts, body, code, words) => {
    const rig = rigOf(asking(parts));
    expect(await rig.run(body)).toMatchObject({ result: { status: 'failed', error: { code, step: 'nap' } } });
    expect(rig.rows[0]?.error?.message).toContain(words);
  });

  it.each<[string, string, object, object]>([
    ['as long as it may be', '€'.repeat(200), {}, { title: '€'.repeat(200) }],
    ['too long', '😀'.repeat(201), {}, { title: `${'😀'.repeat(199)}…`, text: '😀'.repeat(201) }],
    ['too long above a text', 'x'.repeat(300), { text: 'Now.' }, { title: `${'x'.repeat(199)}…`, text: `${'x'.repeat(300)}\n\nNow.` }],
  ])('hides nothing of a title that is %s', async (_, title, parts, shown) => {
    const rig = rigOf(asking({ title: '{{ trigger.body.x }}', ...parts }));
    await rig.accept({ x: title });
    expect((await rig.slice(await rig.claim())).kind).toBe('suspended');
    expect(askedIn(rig)).toEqual(shown);
  });

  it('that nobody answers fails, and says what was waited for', async () => {
    const rig = rigOf(asking({ title: 'Well?' }));
    expect(await rig.run()).toMatchObject({ result: { error: { code: 'wait.timeout' } } });
    expect(rig.rows[0]?.error?.message).toBe(
      'nap waited 3d for an answer on its page, and none came. Raise its timeout, or catch wait.timeout.',
    );
  });

  it.each<[string, Step, Json]>([
    ['the first answer', asking({ title: 'Well?' }), { answer: 'approve' }],
    ['a body that fits the schema', wait({ webhook: { schema: { properties: { ok: { type: 'boolean' } } } } }), { ok: false }],
    ['nothing where any body would do', wait({ webhook: {} }), null],
  ])('is rehearsed as %s', async (_, step, output) => {
    const rig = rigOf(step);
    await rig.accept();
    const work = await rig.claim();
    await rig.slice({ ...work, run: { ...work.run, dry: true } });
    expect(outputOf(rig)).toEqual(output);
  });
});

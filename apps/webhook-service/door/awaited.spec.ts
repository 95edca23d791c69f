import { jest } from '@jest/globals';
import type { RunAnswer } from '@millrace/engine';
import { statusUrl, type Answers } from '@millrace/platform';
import type { Answer } from './answers.js';
import { answersOf, contentOf, liveFlow, request, world, type Setting, type World } from './rig.js';

type Respond = NonNullable<Parameters<typeof liveFlow>[0]>['respond'];

interface Waiting extends World {
  readonly answers: Answers;
  /** Sends a request and resolves when its run is written down, with the caller still waiting. */
  send(whenGone?: (callback: () => void) => void): Promise<{ runId: string; answer: Promise<Answer> }>;
}

function waiting(respond: Respond = 'when-finished', { answers = answersOf(), ...setting }: Setting & { answers?: Answers } = {}): Waiting {
  const live = liveFlow({ respond, schema: {} });
  let written: () => void = () => undefined;
  const made = world({ live, answers, runner: 'shared', ...setting });
  made.started.push = (...works) => {
    const count = Array.prototype.push.apply(made.started, works);
    written();
    return count;
  };
  return {
    ...made,
    answers,
    send: async (whenGone) => {
      const starting = new Promise<void>((resolve) => (written = resolve));
      const origin = { caller: '192.0.2.1', encrypted: true, ...(whenGone && { whenGone }) };
      const answer = made.door.receive('orders', request(), origin);
      await starting;
      return { runId: made.accepted.at(-1)!.run!.id, answer };
    },
  };
}

function isPending(answer: Promise<Answer>): Promise<boolean> {
  return Promise.race([answer.then(() => false), new Promise<boolean>((resolve) => setImmediate(() => resolve(true)))]);
}

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'], now: 0 }));
afterEach(() => jest.useRealTimers());

const response = { status: 201, headers: { 'X-A': 'b' }, body: { ok: true } };

describe('a caller who waits', () => {
  it('is written down with the run, which a runner here knows to be awaited', async () => {
    const { accepted, started, answers, send } = waiting({ from: 'step', deadline: '3s' });
    await send();
    expect(accepted[0]?.run?.awaited).toEqual({ from: 'step', by: answers.instance });
    expect(started[0]?.run.awaited).toBe(true);
  });

  it('is told what the run answers, once, and is forgotten', async () => {
    const { answers, send } = waiting({ from: 'step' });
    const { runId, answer } = await send();
    expect(await isPending(answer)).toBe(true);
    answers.tell(runId, 'step', { kind: 'response', response });
    answers.tell(runId, 'end', { kind: 'end', status: 'failed' });
    expect(await answer).toEqual({
      status: 201,
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-a': 'b' },
      body: '{"ok":true}',
    });
    expect([answers.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('for the end is not told before it', async () => {
    const { answers, send } = waiting();
    const { runId, answer } = await send();
    answers.tell(runId, 'step', { kind: 'response', response });
    expect(await isPending(answer)).toBe(true);
    answers.tell(runId, 'end', { kind: 'response', response });
    expect((await answer).status).toBe(201);
  });

  it.each<[string, Respond, Exclude<RunAnswer, { kind: 'none' }>, number, unknown]>([
    ['an output', 'when-finished', { kind: 'end', status: 'succeeded', output: [1] }, 200, [1]],
    ['an output of null', 'when-finished', { kind: 'end', status: 'succeeded', output: null }, 200, null],
    ['nothing, and no output', { from: 'step' }, { kind: 'end', status: 'succeeded', output: [1] }, 204, {}],
    ['a filter', 'when-finished', { kind: 'end', status: 'filtered' }, 200, { runId: expect.any(String), status: 'filtered' }],
    ['a failure', 'when-finished', { kind: 'end', status: 'failed' }, 500, { error: { code: 'run.failed', message: expect.any(String) } }],
    [
      'a cancel',
      'when-finished',
      { kind: 'end', status: 'cancelled' },
      500,
      { error: { code: 'run.cancelled', message: expect.any(String) } },
    ],
  ])('is told of %s', async (_, respond, given, status, content) => {
    const { answers, send } = waiting(respond);
    const { runId, answer } = await send();
    answers.tell(runId, 'end', given);
    const told = await answer;
    expect([told.status, contentOf(told)]).toEqual([status, content]);
  });

  it('gets a status URL at the deadline and not before', async () => {
    const { answers, accepted, send } = waiting({ from: 'end', deadline: '3s' }, { now: () => new Date() });
    const { runId, answer } = await send();
    jest.advanceTimersByTime(2_999);
    expect(await isPending(answer)).toBe(true);
    jest.advanceTimersByTime(1);
    const told = await answer;
    const url = statusUrl('https://hooks.example.com', Buffer.alloc(32), runId);
    const eventId = accepted[0]!.event.id;
    expect([told.status, contentOf(told)]).toEqual([202, { eventId, runIds: [runId], runId, statusUrl: url }]);
    expect([answers.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('is forgotten when it hangs up', async () => {
    let hangUp = (): void => undefined;
    const { answers, send } = waiting();
    const { answer } = await send((callback) => (hangUp = callback));
    expect(await isPending(answer)).toBe(true);
    hangUp();
    await answer;
    expect([answers.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('gets a status URL when the process ends, as does whoever comes then', async () => {
    const { answers, send } = waiting();
    const { answer } = await send();
    answers.release();
    expect((await answer).status).toBe(202);
    const late = await send();
    expect(contentOf(await late.answer)).toHaveProperty('statusUrl');
  });

  it('gets a status URL at once when all places are taken, and its output is kept for it', async () => {
    const { accepted, send } = waiting('when-finished', { answers: answersOf({ maxWaiting: 1 }) });
    await send();
    const { answer } = await send();
    expect(contentOf(await answer)).toHaveProperty('statusUrl');
    expect(accepted[1]?.run?.awaited).toEqual({ from: 'end' });
  });

  it('does not hold the memory for bodies', async () => {
    const { send } = waiting('when-finished', { maxPending: 5 });
    for (let i = 0; i < 5; i += 1) await send();
  });
});

describe('nobody is kept', () => {
  it('for a run that was not written down', async () => {
    const answers = answersOf();
    const live = liveFlow({ respond: 'when-finished', dedupe: { key: '{{ trigger.id }}' } });
    const failing = world({ live, answers, accept: () => Promise.reject(new Error('disk full')) });
    expect((await failing.door.receive('orders', request())).status).toBe(503);
    const repeating = world({ live, answers, accept: () => Promise.resolve({ kind: 'duplicate', eventId: 'first' }) });
    expect((await repeating.door.receive('orders', request())).status).toBe(200);
    expect([answers.size, jest.getTimerCount()]).toEqual([0, 0]);
  });

  it('for a body that does not fit: 422 with the place, a refusal, and no event', async () => {
    const live = liveFlow({ respond: 'when-finished', schema: {}, dedupe: { key: '{{ trigger.body }}' } });
    const { door, accepted, refusals } = world({ live });
    const answer = await door.receive('orders', request({ body: '"misfit"' }));
    expect([answer.status, contentOf(answer).error]).toEqual([
      422,
      { code: 'trigger.schema', message: expect.stringContaining('/ is a misfit'), pointers: [''] },
    ]);
    expect(refusals).toMatchObject([{ code: 'trigger.schema', status: 422 }]);
    expect(accepted).toEqual([]);
  });

  it('for a paused flow, or a request that matches nothing', async () => {
    const held = world({ live: liveFlow({ respond: 'when-finished' }, { enabled: false }) });
    expect(contentOf(await held.door.receive('orders', request()))).toHaveProperty('statusUrl');
    const picky = world({ live: liveFlow({ respond: 'when-finished', when: '{{ trigger.body.a = 1 }}' }) });
    expect(contentOf(await picky.door.receive('orders', request()))).toMatchObject({ runIds: [] });
  });

  it('for a run that fails at its trigger', async () => {
    const { door, accepted } = world({ live: liveFlow({ respond: 'when-finished', when: '{{ trigger.body.a > 1 }}' }) });
    const answer = await door.receive('orders', request({ body: '{"a":"x"}' }));
    expect([answer.status, contentOf(answer).error?.code]).toEqual([500, 'run.failed']);
    expect(accepted[0]?.run?.status).toBe('failed');
  });
});

describe('an answer whose ring was lost', () => {
  const found = { answer: { kind: 'end', status: 'succeeded', output: 7 } as const };

  it('is found within a second', async () => {
    const store = { answered: (ids: readonly string[]) => Promise.resolve([...ids]), find: () => Promise.resolve(found) };
    const { send } = waiting('when-finished', { answers: answersOf({ store }) });
    const { answer } = await send();
    jest.advanceTimersByTime(1_000);
    expect((await answer).body).toBe('7');
  });

  it('is found later when the database was away', async () => {
    let away = true;
    const store = {
      answered: (ids: readonly string[]) => (away ? Promise.reject(new Error('away')) : Promise.resolve([...ids])),
      find: () => Promise.resolve(found),
    };
    const { send } = waiting('when-finished', { answers: answersOf({ store }) });
    const { answer } = await send();
    jest.advanceTimersByTime(1_000);
    expect(await isPending(answer)).toBe(true);
    away = false;
    jest.advanceTimersByTime(1_000);
    expect((await answer).body).toBe('7');
  });

  it('is read when it is rung for, and no ring for others is minded', async () => {
    const asked: string[] = [];
    const store = {
      answered: () => Promise.resolve([]),
      find: (id: string) => {
        asked.push(id);
        return Promise.resolve(found);
      },
    };
    const { answers, send } = waiting('when-finished', { answers: answersOf({ store }) });
    const { runId, answer } = await send();
    await answers.ring('of-somebody-else');
    await answers.ring(runId);
    expect([(await answer).body, asked]).toEqual(['7', [runId]]);
  });
});

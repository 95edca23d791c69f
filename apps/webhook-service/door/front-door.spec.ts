import { setImmediate as turn } from 'node:timers/promises';
import type { LiveFlow } from '@millrace/catalog';
import { createCredential, type Diagnosis } from '@millrace/credentials';
import type { Acceptance, Accepted, Refusal } from '@millrace/engine';
import type { Log } from '@millrace/telemetry';
import { contentOf, liveFlow, NOW, request, world } from './rig.js';

const KEY = 'a-key-of-the-front-door-spec';

/** Explained refusals are recorded a moment after the answer. */
async function recorded(refusals: readonly Refusal[], count: number): Promise<void> {
  while (refusals.length < count) await turn();
  expect(refusals).toHaveLength(count);
}

describe('a draft', () => {
  it('keeps all that comes, without a run and without taking a key, whatever `when` and `schema` say', async () => {
    const trigger = {
      when: '{{ trigger.body.a = 1 }}',
      schema: {},
      dedupe: { key: '{{ trigger.body.id }}' },
      respond: 'when-finished',
    } as const;
    const { door, accepted, hinted, births } = world({ live: liveFlow(trigger, { version: 0, draft: true }), runner: 'shared' });
    const answer = await door.receive('orders', request({ body: '"misfit"' }));
    expect([answer.status, contentOf(answer)]).toEqual([202, { eventId: accepted[0]?.event.id, runIds: [] }]);
    expect(accepted[0]).toEqual({ event: expect.objectContaining({ flowId: 'orders', draft: true }) });
    expect([hinted, births]).toEqual([[], []]);
  });
});

describe('an accepted request', () => {
  it('is written down with its run and hinted, where no runner shares the process', async () => {
    const { door, accepted, hinted } = world();
    const answer = await door.receive('orders', request({ url: '/flows/orders/hook?a=1' }));
    const [{ event, run, dedupe } = {} as Acceptance] = accepted;
    expect(event).toMatchObject({ flowId: 'orders', receivedAt: NOW, method: 'POST', url: '/flows/orders/hook?a=1', caller: '192.0.2.1' });
    expect(run).toEqual({ id: expect.any(String), version: 3, status: 'queued' });
    expect(dedupe).toBeUndefined();
    expect(hinted).toEqual([run?.id]);
    expect([answer.status, contentOf(answer)]).toEqual([202, { eventId: event.id, runIds: [run?.id], runId: run?.id }]);
  });

  it('is born claimed and handed over, where a runner has room', async () => {
    const { door, accepted, hinted, births, started } = world({ runner: 'shared' });
    await door.receive('orders', request());
    const { event, run } = accepted[0]!;
    expect(run).toEqual({ id: run?.id, version: 3, status: 'running', lease: { runner: 'runner-1', claim: 1 } });
    expect(births).toEqual([[run?.id, 'started']]);
    expect(started[0]).toMatchObject({ run: { id: run?.id, startedAt: NOW, lease: { runner: 'runner-1', claim: 1 } }, event, journal: [] });
    expect(hinted).toEqual([]);
  });

  it('is queued and hinted, where the runner has no room', async () => {
    const { door, accepted, hinted } = world({ runner: 'full' });
    await door.receive('orders', request());
    expect(accepted[0]?.run?.status).toBe('queued');
    expect(hinted).toEqual([accepted[0]?.run?.id]);
  });

  it('is not answered, handed over or hinted before it is written down', async () => {
    let commit = (): void => undefined;
    const written = new Promise<Accepted>((resolve) => (commit = () => resolve({ kind: 'stored' })));
    const { door, hinted, births, accepted } = world({ accept: () => written, runner: 'shared' });
    let answered = false;
    const answer = door.receive('orders', request()).finally(() => (answered = true));
    while (accepted.length === 0) await turn();
    await turn();
    expect([answered, hinted, births]).toEqual([false, [], []]);
    commit();
    expect((await answer).status).toBe(202);
    expect(births).toHaveLength(1);
  });

  it('is 202 also when the queue is away', async () => {
    const { door } = world({ hints: { offer: () => Promise.reject(new Error('ECONNREFUSED')) } });
    expect((await door.receive('orders', request())).status).toBe(202);
  });

  it('is held, not hinted and not born, while its flow is paused', async () => {
    const { door, accepted, hinted, births } = world({ live: liveFlow({}, { enabled: false }), runner: 'shared' });
    expect((await door.receive('orders', request())).status).toBe(202);
    expect([accepted[0]?.run?.status, hinted, births]).toEqual(['held', [], []]);
  });

  it('gets the answer that the flow says', async () => {
    const { door } = world({ live: liveFlow({ respond: { status: 201, headers: { 'X-A': 'b' }, body: 'made' } }) });
    expect(await door.receive('orders', request())).toEqual({
      status: 201,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-a': 'b' },
      body: 'made',
    });
  });
});

describe('a duplicate', () => {
  const accept = (): Promise<Accepted> => Promise.resolve({ kind: 'duplicate', eventId: 'the-first' });

  it('is answered 200 with the first event, releases its place, and starts nothing', async () => {
    const { door, births, hinted, accepted } = world({
      accept,
      runner: 'shared',
      live: liveFlow({ dedupe: { key: '{{ trigger.body.id }}' } }),
    });
    const answer = await door.receive('orders', request({ body: '{"id":"a"}' }));
    expect([answer.status, contentOf(answer)]).toEqual([200, { eventId: 'the-first', duplicate: true }]);
    expect(accepted[0]?.dedupe).toEqual({ key: 'a', windowMs: 24 * 3_600_000 });
    expect([births, hinted]).toEqual([[[accepted[0]?.run?.id, 'released']], []]);
  });
});

describe('an event that does not fit its trigger', () => {
  it('is kept with a run that failed, takes no key and no place', async () => {
    const live = liveFlow({ schema: {}, dedupe: { key: '{{ trigger.body }}' } });
    const { door, accepted, births, hinted } = world({ live, runner: 'shared' });
    expect((await door.receive('orders', request({ body: '"misfit"' }))).status).toBe(202);
    expect(accepted[0]).toMatchObject({ run: { status: 'failed', error: { code: 'trigger.schema', step: 'trigger' } } });
    expect([accepted[0]?.dedupe, births, hinted]).toEqual([undefined, [], []]);
  });

  it('is logged once its failed run is committed, as runs that fail later are', async () => {
    const said: [fields: object, line: string][] = [];
    const log = { warn: (fields: object, line: string) => void said.push([fields, line]) } as unknown as Log;
    const live = liveFlow({ schema: {} });
    const { door, accepted } = world({ live, log, accept: () => Promise.resolve({ kind: 'stored' }) });
    await door.receive('orders', request({ body: '"misfit"' }));
    const { id: runId, error } = accepted[0]!.run!;
    expect(said).toEqual([[{ flow: 'orders', runId, step: 'trigger', code: 'trigger.schema' }, `Run failed: ${error?.message}`]]);
  });

  it('is not logged as a failed run when it could not be written down', async () => {
    const said: string[] = [];
    const log = { warn: (_: object, line: string) => said.push(line), error: () => undefined } as unknown as Log;
    const { door } = world({ live: liveFlow({ schema: {} }), log, accept: () => Promise.reject(new Error('disk full')) });
    expect((await door.receive('orders', request({ body: '"misfit"' }))).status).toBe(503);
    expect(said).toEqual([]);
  });

  it('is kept without a run and with its clause, when `when` does not hold', async () => {
    const { door, accepted, hinted } = world({ live: liveFlow({ when: '{{ trigger.body.a = 1 }}' }) });
    const answer = await door.receive('orders', request());
    expect(contentOf(answer)).toEqual({ eventId: accepted[0]?.event.id, runIds: [] });
    expect([accepted[0]?.event.unmatched, accepted[0]?.run, hinted]).toEqual(['{{ trigger.body.a = 1 }}', undefined, []]);
  });
});

describe('an event that cannot be written down', () => {
  it('is answered 503 with Retry-After, doubts its place, and is hinted to nobody', async () => {
    const { door, births, hinted, refusals } = world({ accept: () => Promise.reject(new Error('disk full')), runner: 'shared' });
    const answer = await door.receive('orders', request());
    expect([answer.status, answer.headers['retry-after'], contentOf(answer).error?.code]).toEqual([503, '5', 'event.not-written']);
    expect(answer.body).not.toContain('disk full');
    expect([births.map(([, fate]) => fate), hinted]).toEqual([['doubted'], []]);
    expect(refusals).toMatchObject([{ status: 503, code: 'event.not-written', reason: 'The database refused the event: disk full' }]);
  });

  it('is not the last one: memory and place are free again', async () => {
    let away = true;
    const { door } = world({
      maxPending: 2,
      accept: () => (away ? Promise.reject(new Error('away')) : Promise.resolve({ kind: 'stored' })),
    });
    expect((await door.receive('orders', request())).status).toBe(503);
    away = false;
    expect((await door.receive('orders', request())).status).toBe(202);
  });
});

describe('over the memory bound', () => {
  it('callers are told to come again, until what waits is written', async () => {
    let commit = (): void => undefined;
    const written = new Promise<Accepted>((resolve) => (commit = () => resolve({ kind: 'stored' })));
    const { door, accepted } = world({ maxPending: 5, accept: () => written });
    const first = door.receive('orders', request({ body: '[1,2]' }));
    while (accepted.length === 0) await turn();
    const second = await door.receive('orders', request({ body: '1' }));
    expect([second.status, second.headers['retry-after'], contentOf(second).error?.code]).toEqual([503, '5', 'door.overloaded']);
    commit();
    expect((await first).status).toBe(202);
    expect((await door.receive('orders', request({ body: '[1,2]' }))).status).toBe(202);
  });
});

describe('the credential', () => {
  const { credential } = createCredential('key', { type: 'api-key', in: 'header', name: 'X-Key', value: { env: 'KEY' } }, () => KEY);
  const live = liveFlow({ methods: ['PUT'] }, { credential });

  it('is looked at before method, type and body', async () => {
    const { door, refusals } = world({ live });
    const answer = await door.receive('orders', request({ method: 'DELETE', rawHeaders: ['X-Key', 'wrong'], body: '{' }));
    await recorded(refusals, 1);
    expect([answer.status, refusals[0]?.code]).toEqual([401, 'credential.mismatch']);
  });

  it('that failed is explained to the owner, after the caller had its constant answer', async () => {
    const { door, refusals } = world({ live });
    const answers = [
      await door.receive('orders', request({ rawHeaders: ['X-Elsewhere', KEY] })),
      await door.receive('orders', request({ rawHeaders: [] })),
    ];
    expect(answers[0]).toEqual(answers[1]);
    expect(refusals).toEqual([]);
    await recorded(refusals, 2);
    expect(refusals.map(({ diagnosis }) => (diagnosis as Diagnosis).findings[0]?.code)).toEqual(['token.place', 'token.missing']);
    expect(JSON.stringify(refusals)).not.toContain(KEY);
  });

  it('tells who keeps count whether it passed', async () => {
    const used: [string, string | undefined][] = [];
    const { door } = world({ live, credentialUsed: (name, failure) => void used.push([name, failure?.code]) });
    await door.receive('orders', request({ method: 'PUT', rawHeaders: ['content-type', 'application/json', 'X-Key', KEY] }));
    await door.receive('orders', request({ rawHeaders: ['X-Key', 'wrong'] }));
    expect(used).toEqual([
      ['key', undefined],
      ['key', 'credential.mismatch'],
    ]);
  });

  it('is kept neither with the event nor with a refusal', async () => {
    const { door, accepted, refusals } = world({ live });
    const rawHeaders = ['Content-Type', 'application/json', 'x-KEY', KEY, 'X-Kept', 'yes'];
    await door.receive('orders', request({ method: 'PUT', rawHeaders }));
    await door.receive('orders', request({ method: 'POST', rawHeaders }));
    expect({ ...accepted[0]?.event.headers }).toEqual({ 'content-type': 'application/json', 'x-kept': 'yes' });
    expect({ ...refusals[0]?.headers }).toEqual({ 'content-type': 'application/json', 'x-kept': 'yes' });
    expect(refusals[0]).toMatchObject({ status: 405, code: 'method.not-allowed' });
  });

  it('that fails too often is sampled in the records, and a right one still passes', async () => {
    const { door, refusals } = world({ live });
    for (let i = 0; i < 40; i += 1) await door.receive('orders', request({ rawHeaders: [] }));
    await recorded(refusals, 31);
    expect(refusals.filter(({ diagnosis }) => diagnosis !== undefined)).toHaveLength(6);
    const answer = await door.receive('orders', request({ method: 'PUT', rawHeaders: ['content-type', 'application/json', 'x-key', KEY] }));
    expect(answer.status).toBe(202);
  });
});

describe('a flow that is not there', () => {
  it('is 404 whoever asks, and is recorded with samples only when it is asked for again and again', async () => {
    const { door, refusals } = world();
    for (let i = 0; i < 40; i += 1) expect((await door.receive(`guess-${i}`, request())).status).toBe(404);
    expect(refusals).toHaveLength(31);
    expect(refusals[0]).toMatchObject({ flowId: 'guess-0', code: 'flow.not-found', reason: 'There is no flow "guess-0".' });
  });

  it('is not enabled while it has no rules, and takes nothing', async () => {
    const problems = [{ code: 'credential.missing-secret', message: 'Set KEY.' }] as unknown as LiveFlow['problems'];
    const { door, accepted, refusals } = world({ live: { ...liveFlow(), rules: undefined, problems } });
    const answer = await door.receive('orders', request({ rawHeaders: ['X-Key', KEY] }));
    expect([answer.status, answer.headers['retry-after'], contentOf(answer).error?.code]).toEqual([503, '5', 'flow.not-enabled']);
    expect(accepted).toEqual([]);
    expect(refusals[0]?.reason).toContain('Set KEY.');
    expect(JSON.stringify(refusals)).not.toContain(KEY);
  });
});

describe('a defect of ours', () => {
  it('is a 503 that says nothing about itself', async () => {
    const decide = (): never => {
      throw new Error('inner detail');
    };
    const { door, refusals } = world({ live: { ...liveFlow(), rules: { ...liveFlow().rules!, decide } } });
    const answer = await door.receive('orders', request());
    expect([answer.status, contentOf(answer).error?.code]).toEqual([503, 'door.failed']);
    expect(answer.body).not.toContain('inner detail');
    expect(refusals[0]?.reason).toContain('inner detail');
  });
});

describe('metrics', () => {
  it('count every answer by its status, and by its code where it is a refusal', async () => {
    const { door, answered } = world();
    await door.receive('orders', request());
    await door.receive('nowhere', request());
    await door.receive('orders', request({ body: '{' }));
    expect(answered).toEqual([
      [202, ''],
      [404, 'flow.not-found'],
      [400, expect.stringMatching(/^body\./)],
    ]);
  });
});

import { setImmediate as turn } from 'node:timers/promises';
import type { Accepted } from '@millrace/engine';
import { createCredential } from '@millrace/credentials';
import { contentOf, liveEndpoint, liveFlow, request, world, type Setting } from './rig.js';

const one = liveFlow({ endpoint: 'shop', when: '{{ trigger.body.a = 1 }}' }, { id: 'one', endpoint: 'shop' });
const two = liveFlow({ endpoint: 'shop', schema: {} }, { id: 'two', endpoint: 'shop', version: 9 });

function shop(setting: Setting = {}): ReturnType<typeof world> {
  return world({ shared: liveEndpoint({}, [one, two]), ...setting });
}

describe('an event at a shared endpoint', () => {
  it('has one run of each flow whose condition holds, written with it in one commit', async () => {
    const { door, accepted, hinted } = shop();
    const answer = await door.receiveShared('shop', request({ url: '/endpoints/shop?x=1', body: '{"a":1}' }));
    expect(accepted).toHaveLength(1);
    const { event, listeners = [], run } = accepted[0]!;
    expect(event).toMatchObject({ flowId: 'endpoints/shop', url: '/endpoints/shop?x=1' });
    expect(listeners.map(({ flowId, version, status }) => [flowId, version, status])).toEqual([
      ['one', 3, 'queued'],
      ['two', 9, 'queued'],
    ]);
    const runIds = listeners.map(({ id }) => id);
    expect([run, hinted]).toEqual([undefined, runIds]);
    expect([answer.status, contentOf(answer)]).toEqual([202, { eventId: event.id, runIds }]);
  });

  it('names the one run, where there is only one, and keeps the clause that the others had', async () => {
    const { door, accepted } = shop();
    const answer = await door.receiveShared('shop', request({ body: '{"a":2}' }));
    const { event, listeners } = accepted[0]!;
    expect(contentOf(answer)).toEqual({ eventId: event.id, runIds: [listeners![0]!.id], runId: listeners![0]!.id });
    expect(event.unmatchedBy).toEqual({ one: '{{ trigger.body.a = 1 }}' });
  });

  it('is captured where nobody listens, or nobody that is live', async () => {
    for (const listeners of [[], [liveFlow({}, { id: 'three', rules: undefined })]]) {
      const { door, accepted } = shop({ shared: liveEndpoint({}, listeners) });
      const answer = await door.receiveShared('shop', request());
      expect([answer.status, contentOf(answer)]).toEqual([202, { eventId: accepted[0]?.event.id, runIds: [] }]);
    }
  });

  it('has a failed run for the flow whose schema does not hold, and lets the others run', async () => {
    const { door, accepted } = shop({ shared: liveEndpoint({}, [two, liveFlow({}, { id: 'three' })]) });
    expect((await door.receiveShared('shop', request({ body: '"misfit"' }))).status).toBe(202);
    expect(accepted[0]?.listeners).toMatchObject([
      { flowId: 'two', status: 'failed', error: { code: 'trigger.schema' } },
      { flowId: 'three', status: 'queued' },
    ]);
  });

  it('is held for a flow that is paused', async () => {
    const { door, accepted, hinted } = shop({ shared: liveEndpoint({}, [{ ...two, enabled: false }]) });
    await door.receiveShared('shop', request());
    expect([accepted[0]?.listeners?.[0]?.status, hinted]).toEqual(['held', []]);
  });

  it('is born in the runner of this process, each run by itself', async () => {
    const { door, births, started, hinted } = shop({ runner: 'shared' });
    await door.receiveShared('shop', request({ body: '{"a":1}' }));
    expect(births.map(([, fate]) => fate)).toEqual(['started', 'started']);
    expect([started.map(({ run }) => run.flowId), hinted]).toEqual([['one', 'two'], []]);
  });

  it('gives all places back when it is a duplicate, and doubts all when it is not known whether it was written', async () => {
    const duplicate = (): Promise<Accepted> => Promise.resolve({ kind: 'duplicate', eventId: 'the-first' });
    const shared = liveEndpoint({ dedupe: { key: '{{ trigger.body.a }}' } }, [one, two]);
    const first = shop({ runner: 'shared', accept: duplicate, shared });
    const answer = await first.door.receiveShared('shop', request({ body: '{"a":1}' }));
    expect([answer.status, contentOf(answer)]).toEqual([200, { eventId: 'the-first', duplicate: true }]);
    expect([first.accepted[0]?.dedupe?.key, first.births.map(([, fate]) => fate)]).toEqual(['1', ['released', 'released']]);
    const second = shop({ runner: 'shared', accept: () => Promise.reject(new Error('away')) });
    expect((await second.door.receiveShared('shop', request({ body: '{"a":1}' }))).status).toBe(503);
    expect(second.births.map(([, fate]) => fate)).toEqual(['doubted', 'doubted']);
  });

  it('is answered as the endpoint says', async () => {
    const { door } = shop({ shared: liveEndpoint({ respond: { status: 204 } }, [one]) });
    expect(await door.receiveShared('shop', request())).toEqual({ status: 204, headers: {}, body: undefined });
  });
});

describe('what is said of requests at a shared endpoint', () => {
  const { credential } = createCredential(
    'key',
    { type: 'api-key', name: 'x-key', value: { env: 'K' } },
    () => 'the-key-of-the-shared-endpoint',
  );

  it('is its own credential, methods, types and size', async () => {
    const shared = liveEndpoint({ methods: ['PUT'], accept: ['text/plain'], limit: '5b' }, [two], { credential });
    const { door, refusals } = shop({ shared });
    const put = (body: string, rawHeaders: string[]): Promise<{ status: number }> =>
      door.receiveShared('shop', request({ method: 'PUT', rawHeaders, body }));
    const key = ['X-Key', 'the-key-of-the-shared-endpoint'];
    expect((await put('x', [])).status).toBe(401);
    expect((await put('x', [...key, 'Content-Type', 'text/html'])).status).toBe(415);
    expect((await put('123456', [...key, 'Content-Type', 'text/plain'])).status).toBe(413);
    expect((await put('12345', [...key, 'Content-Type', 'text/plain'])).status).toBe(202);
    expect((await door.receiveShared('shop', request({ rawHeaders: key }))).status).toBe(405);
    expect(new Set(refusals.map(({ flowId }) => flowId))).toEqual(new Set(['endpoints/shop']));
  });

  it('closes the URL while its credential cannot be had', async () => {
    const { door, accepted } = shop({ shared: liveEndpoint({}, [two], { rules: undefined }) });
    expect((await door.receiveShared('shop', request())).status).toBe(503);
    expect(accepted).toEqual([]);
  });
});

describe('a name that is not declared', () => {
  it('is 404, and so is the own URL of a flow that listens elsewhere', async () => {
    const { door, refusals } = world({ live: { ...one, id: 'one' } });
    expect((await door.receiveShared('nobody', request())).status).toBe(404);
    expect((await door.receive('one', request())).status).toBe(404);
    expect(refusals.map(({ reason }) => reason)).toEqual(['There is no endpoint "endpoints/nobody".', 'There is no flow "one".']);
  });
});

describe('a request that fails the credential of a shared endpoint', () => {
  it('is explained to the owner and counted, and its record holds no secret', async () => {
    const key = 'a-key-of-the-shared-endpoint-spec';
    const config = { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'KEY' } } as const;
    const { credential } = createCredential('key', config, () => key);
    const used: unknown[] = [];
    const { door, refusals } = shop({
      shared: liveEndpoint({}, [one], { credential }),
      credentialUsed: (name, failure) => void used.push([name, failure?.code]),
    });
    const answer = await door.receiveShared('shop', request({ rawHeaders: ['X-Elsewhere', key] }));
    while (refusals.length === 0) await turn();
    expect([answer.status, used]).toEqual([401, [['key', 'credential.missing']]]);
    expect(refusals[0]).toMatchObject({ flowId: 'endpoints/shop', diagnosis: { findings: [{ code: 'token.place' }] } });
    expect(JSON.stringify(refusals)).not.toContain(key);
  });
});

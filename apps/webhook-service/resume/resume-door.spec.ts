import { setImmediate as turn } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import type { Diagnosis } from '@millrace/credentials';
import type { Refusal } from '@millrace/engine';
import { contentOf, request } from '../door/rig.js';
import { KEY, SIGNATURE, TARGET, URL, worldOf, type World, type Standing } from './rig.js';

const wait = { webhook: { credential: 'approver', timeout: '3d' } };

function world(): World {
  return worldOf(wait);
}

/** Explained refusals are recorded a moment after the answer. */
async function recorded(refusals: readonly Refusal[]): Promise<void> {
  while (refusals.length === 0) await turn();
}

describe('a request to a resume URL', () => {
  it('that fails its credential is explained to the owner, after its constant answer', async () => {
    const { door, refusals } = world();
    const answer = await door.receive(TARGET, request({ url: URL, rawHeaders: ['X-Elsewhere', KEY] }));
    expect([answer.status, refusals.length]).toEqual([401, 0]);
    await recorded(refusals);
    expect((refusals[0]?.diagnosis as Diagnosis).findings[0]?.code).toBe('token.place');
    expect(refusals[0]?.flowId).toBe('orders');
  });

  it('leaves neither secret nor signature with the refusal, in whatever header they came', async () => {
    const { door, refusals } = world();
    const rawHeaders = ['X-Elsewhere', KEY, 'X-Forwarded-Uri', `/base${URL}`];
    await door.receive(TARGET, request({ url: `${URL}?kept=yes&note=${KEY}`, rawHeaders }));
    await recorded(refusals);
    const kept = JSON.stringify(refusals);
    expect(kept).toContain('kept=yes');
    expect([kept.includes(KEY), kept.includes(SIGNATURE)]).toEqual([false, false]);
  });

  it('under a URL that was made up has nothing of its body read, and its connection closed', async () => {
    const { door, refusals } = world();
    const sent = request({ url: URL, body: 'x'.repeat(99) });
    const answer = await door.receive({ ...TARGET, signature: 'made-up' }, sent, { caller: '203.0.113.7', encrypted: true });
    expect([answer.status, answer.headers['connection'], sent.readableLength]).toEqual([404, 'close', 99]);
    expect(contentOf(answer).error).toEqual({
      code: 'resume.not-found',
      message: 'There is nothing at this URL. Use it whole, exactly as it was sent to you, or ask whoever sent it for another one.',
    });
    expect(refusals).toMatchObject([{ code: 'resume.bad-signature', caller: '203.0.113.7' }]);
  });

  it('is asked to come again where there is no memory left for its body', async () => {
    const { door, refusals } = world();
    const endless = Object.assign(new PassThrough(), { method: 'POST', url: URL, rawHeaders: ['X-Key', KEY], headers: {}, socket: {} });
    endless.write('x'.repeat(90));
    const first = door.receive(TARGET, endless as unknown as IncomingMessage);
    await turn();
    expect(door.pendingBytes).toBe(90);
    const second = await door.receive(TARGET, request({ url: URL, rawHeaders: ['X-Key', KEY], body: 'x'.repeat(90) }));
    expect([second.status, second.headers['retry-after'], refusals[0]?.code]).toEqual([503, '5', 'door.overloaded']);
    endless.end();
    await first;
    const third = await door.receive(
      TARGET,
      request({ url: URL, rawHeaders: ['X-Key', KEY, 'Content-Type', 'text/plain'], body: 'x'.repeat(90) }),
    );
    expect([third.status, door.pendingBytes]).toEqual([202, 0]);
  });

  it('tells who keeps count whether its credential passed', async () => {
    const { door, resumed, used } = world();
    await door.receive(TARGET, request({ url: URL, rawHeaders: ['Content-Type', 'application/json', 'X-Key', KEY] }));
    await door.receive(TARGET, request({ url: URL, rawHeaders: ['X-Key', 'wrong'] }));
    expect(resumed).toHaveLength(1);
    expect(used).toEqual([
      ['approver', undefined],
      ['approver', 'credential.mismatch'],
    ]);
  });

  it.each<[string, Standing]>([
    ['the run has ended', { status: 'succeeded' }],
    ['another request was taken', { resumption: { body: { amount: 1 }, receivedAt: 0 } }],
    ['its time was over and the run went on', { row: { status: 'failed' } }],
  ])('whose body does not fit is not asked for another one once %s', async (_, standing) => {
    const { door, refusals } = worldOf({ webhook: { schema: { required: ['amount'] } } }, standing);
    const answer = await door.receive(TARGET, request({ url: URL, rawHeaders: ['Content-Type', 'application/json'], body: '{}' }));
    expect([answer.status, contentOf(answer).error]).toMatchObject([410, { code: 'resume.over' }]);
    expect(refusals.map(({ code }) => code)).toEqual(['resume.over']);
  });

  it('whose body does not fit the schema of the step is told what does not, and the run waits on', async () => {
    const { door, resumed, refusals } = worldOf({
      webhook: { schema: { properties: { amount: { type: 'number' } }, required: ['amount'] } },
    });
    const send = (body: string) => door.receive(TARGET, request({ url: URL, rawHeaders: ['Content-Type', 'application/json'], body }));
    const misfit = await send('{"amount":"much"}');
    expect([misfit.status, contentOf(misfit)]).toEqual([
      422,
      {
        error: {
          code: 'resume.schema',
          message: "The body does not fit the step's schema: /amount must be number. The run still waits.",
          pointers: ['/amount'],
        },
      },
    ]);
    expect(contentOf(await send('{}')).error).toMatchObject({
      message: expect.stringContaining("must have required property 'amount'") as string,
    });
    expect([resumed.length, refusals.map(({ code, status }) => [code, status])]).toEqual([
      0,
      [
        ['resume.schema', 422],
        ['resume.schema', 422],
      ],
    ]);
    expect((await send('{"amount":3}')).status).toBe(202);
    expect(resumed).toMatchObject([{ body: { amount: 3 } }]);
  });

  it('that nobody is to see in a browser shows nobody anything', async () => {
    const { door } = worldOf({ webhook: {} });
    const answer = await door.receive(TARGET, request({ method: 'GET', url: URL, rawHeaders: ['Accept', 'text/html'], body: '' }));
    expect([answer.status, answer.headers['allow'], contentOf(answer).error?.code]).toEqual([405, 'POST', 'method.not-allowed']);
  });
});

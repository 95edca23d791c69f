import { setImmediate as turn } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { createCredential, type Diagnosis } from '@millrace/credentials';
import { planFlow, type Refusal, type ResumeRequest } from '@millrace/engine';
import { parseFlow } from '@millrace/flow';
import { createLogger } from '@millrace/telemetry';
import { Consultations } from '../door/consultations.js';
import { contentOf, NOW, request } from '../door/rig.js';
import { ResumeDoor } from './resume-door.js';

const KEY = 'a-key-of-the-resume-door-spec';
const SIGNATURE = 'c2lnbmF0dXJlLW9mLWEtdXJs';
const TARGET = { runId: '0195a000-0000-7000-8000-000000000001', path: 'approval', signature: SIGNATURE };
const URL = `/resume/${TARGET.runId}/approval/${SIGNATURE}`;

const { credential } = createCredential('approver', { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'KEY' } }, () => KEY);

const { flow } = parseFlow(
  JSON.stringify({
    format: 1,
    id: 'orders',
    name: 'Orders',
    trigger: { type: 'webhook' },
    steps: [{ id: 'approval', wait: { webhook: { credential: 'approver', timeout: '3d' } } }],
  }),
);

function world(): { door: ResumeDoor; refusals: Refusal[]; resumed: ResumeRequest[]; used: unknown[] } {
  const made = { refusals: [] as Refusal[], resumed: [] as ResumeRequest[], used: [] as unknown[] };
  const door = new ResumeDoor({
    isSigned: (_run, _path, signature) => signature === SIGNATURE,
    run: async (id) => ({ id, flowId: 'orders', version: 1 }),
    plan: async () => planFlow(flow!, 1, () => undefined),
    credential: (name) => (name === 'approver' ? credential : undefined),
    resume: async (resume) => {
      made.resumed.push(resume);
      return 'kept';
    },
    keepRefusal: (refusal) => void made.refusals.push(refusal),
    consultations: new Consultations(),
    credentialUsed: (name, failure) => void made.used.push([name, failure?.code]),
    ring: () => undefined,
    publicUrl: () => 'https://hooks.example.com',
    now: () => new Date(NOW),
    log: createLogger({ level: 'silent', format: 'json' }),
    maxBody: 100,
    maxPending: 150,
  });
  return { door, ...made };
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
});

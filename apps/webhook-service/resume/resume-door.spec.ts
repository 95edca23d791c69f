import { setImmediate as turn } from 'node:timers/promises';
import { createCredential, type Diagnosis } from '@millrace/credentials';
import { planFlow, type Refusal, type ResumeRequest } from '@millrace/engine';
import { parseFlow } from '@millrace/flow';
import { createLogger } from '@millrace/telemetry';
import { Consultations } from '../door/consultations.js';
import { NOW, request } from '../door/rig.js';
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

import { schemaCheck } from '@millrace/catalog';
import { createCredential, type Credential } from '@millrace/credentials';
import { planFlow, type Refusal, type Resumed, type ResumeRequest, type Resumption, type RunStatus, type StepRow } from '@millrace/engine';
import { createLogger } from '@millrace/telemetry';
import { Consultations } from '../door/consultations.js';
import { NOW } from '../door/rig.js';
import { ResumeDoor } from './resume-door.js';

/** What the credentials of the specs keep secret. */
export const KEY = 'a-key-of-the-resume-door-spec';
export const SIGNATURE = 'c2lnbmF0dXJlLW9mLWEtdXJs';
export const TARGET = { runId: '0195a000-0000-7000-8000-000000000001', path: 'approval', signature: SIGNATURE };
export const URL = `/resume/${TARGET.runId}/approval/${SIGNATURE}`;

const CREDENTIALS = new Map<string, Credential>();
for (const [name, config] of [
  ['approver', { type: 'api-key', in: 'header', name: 'x-key', value: { env: 'KEY' } }],
  ['office', { type: 'basic', username: 'office', password: { env: 'KEY' } }],
] as const)
  CREDENTIALS.set(name, createCredential(name, config, () => KEY).credential!);

/** How a run stands, for the door to find it so. */
export interface Standing {
  readonly status?: RunStatus;
  readonly row?: Partial<StepRow>;
  readonly resumption?: Resumption;
  /** False: it is not kept any more. */
  readonly isKept?: boolean;
}

/** A resume door, how the run behind it stands, and what came of its decisions. */
export interface World {
  readonly door: ResumeDoor;
  readonly standing: { -readonly [K in keyof Standing]: Standing[K] };
  readonly refusals: Refusal[];
  readonly resumed: ResumeRequest[];
  /** Credential and, where it did not pass, why. */
  readonly used: unknown[];
}

/** A door in front of a run that waits, at `approval`, in this way. The first request is kept, as a store does. */
export function worldOf(wait: object, standing: Standing = {}): World {
  const flow = { format: 1, id: 'orders', trigger: { type: 'webhook' }, steps: [{ id: 'approval', wait }] };
  const plan = planFlow(flow as unknown as Parameters<typeof planFlow>[0], 1, () => undefined);
  const made = {
    standing: { ...standing } as World['standing'],
    refusals: [] as Refusal[],
    resumed: [] as ResumeRequest[],
    used: [] as unknown[],
  };
  const door = new ResumeDoor({
    isSigned: (_run, _path, signature) => signature === SIGNATURE,
    run: async (id) =>
      made.standing.isKept === false ? undefined : { id, flowId: 'orders', version: 1, status: made.standing.status ?? 'waiting' },
    plan: async () => plan,
    credential: (name) => CREDENTIALS.get(name),
    resume: async (request) => resumedBy(made, request),
    resumption: async () => made.standing.resumption,
    step: async () => made.standing.row && ({ kind: 'wait', ...made.standing.row } as StepRow),
    schemaCheck,
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

function resumedBy({ standing, resumed }: Pick<World, 'standing' | 'resumed'>, request: ResumeRequest): Resumed {
  if (!['queued', 'running', 'waiting'].includes(standing.status ?? 'waiting')) return 'over';
  if (standing.row?.status === 'succeeded' || standing.row?.status === 'failed') return 'over';
  if (standing.resumption) return 'used';
  standing.resumption = { body: request.body, receivedAt: request.receivedAt };
  resumed.push(request);
  return 'kept';
}

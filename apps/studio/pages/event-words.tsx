import { Clock3, LockKeyhole, LockKeyholeOpen } from 'lucide-react';
import type { EventItem, ListedRun } from '../api/wire.js';

type Told = Pick<EventItem, 'verified' | 'origin'>;

const ORIGINS: Readonly<Record<NonNullable<EventItem['origin']>['kind'], string>> = {
  schedule: 'By schedule',
  event: 'Emitted by a run',
  call: 'Called by a run',
  api: 'Started by hand',
  batch: 'Collected events',
  rerun: 'Run again with another body',
  replay: 'Replayed',
  sample: 'Made up to test a draft',
};

/** What proves where an event came from, in one sentence. */
export function proofWords({ verified, origin }: Told): string {
  if (origin) return `${ORIGINS[origin.kind]}: no request brought it, so that there was nothing to verify.`;
  if (!verified) return 'Not verified: the URL is open, and asks for no credential.';
  const secret = verified.secret === null ? '' : `, by the secret ${verified.secret}`;
  const old = verified.old ? ' That is an older secret: give its sender the current one.' : '';
  return `Verified by the credential ${verified.credential}${secret}.${old}`;
}

/** The same as a sign with a name. */
export function Proof({ verified, origin }: Told) {
  const Icon = origin ? Clock3 : verified ? LockKeyhole : LockKeyholeOpen;
  return (
    <Icon
      className="proof"
      size={14}
      strokeWidth={1.6}
      role="img"
      aria-label={proofWords({ verified, origin })}
      data-verified={verified !== null}
    />
  );
}

/** The URL, or what came in place of a request. */
export function requestWords({ url, origin, flowId }: Pick<EventItem, 'url' | 'origin' | 'flowId'>): string {
  if (url !== '') return url;
  return `${origin?.name ?? flowId}${origin ? ` · ${ORIGINS[origin.kind].toLowerCase()}` : ''}`;
}

/** The same behind its method, where it has one: `POST /flows/orders/hook`. */
export function requestLine(event: Pick<EventItem, 'method' | 'url' | 'origin' | 'flowId'>): string {
  return `${event.method} ${requestWords(event)}`.trim();
}

/** What started a run: what the event calls itself, else the request, else where it came from. Nothing once the event is not kept. */
export function triggerWords(trigger: ListedRun['trigger']): string {
  if (!trigger) return '';
  const { name, method, url, origin } = trigger;
  if (name !== null) return name;
  return url === '' ? (isOrigin(origin) ? ORIGINS[origin] : '') : `${method} ${url.split('?')[0]}`;
}

function isOrigin(kind: string | null): kind is keyof typeof ORIGINS {
  return kind !== null && Object.hasOwn(ORIGINS, kind);
}

/** Why an event made no run, as a few words; nothing when it made one. */
export function noRunWords({
  runs,
  unmatched,
  unmatchedBy,
  draft,
}: Pick<EventItem, 'runs' | 'unmatched' | 'unmatchedBy' | 'draft'>): string {
  if (runs.length > 0) return '';
  if (draft) return 'Captured: the flow is a draft ·';
  return unmatched === null && unmatchedBy === null ? 'No run ·' : 'No run, the condition did not hold ·';
}

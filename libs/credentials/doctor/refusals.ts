import type { Refused } from '../verdict.js';
import { likely, proven, type Finding, type FindingCode } from './diagnosis.js';

/** A request whose time lies too far from now; `say` is how sure it is that only the time is wrong. */
export function clockFinding(say: typeof proven, toleranceMs: number, ageMs: number): Finding {
  const late = ageMs > 0;
  const right = say === proven ? 'The signature is right, but the request' : 'The request';
  const message = `${right} was signed ${duration(Math.abs(ageMs))} ${late ? 'ago' : 'in the future'} by the clock here; ${toleranceMs / 1000} s are allowed.`;
  const code: FindingCode = late ? 'clock.late' : 'clock.early';
  return say(code, message, late ? LATE : 'Set the clock of this machine by NTP, and have the sender do the same.');
}

const LATE = [
  'If every request is late by as much, a clock is off: set both by NTP.',
  'If only this one is, it waited on its way or was sent again with its old signature: raise "toleranceSeconds" or have the sender sign each attempt.',
].join(' ');

function duration(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} minutes`;
  return seconds < 172_800 ? `${Math.round(seconds / 3_600)} hours` : `${Math.round(seconds / 86_400)} days`;
}

export function expired({ reason }: Refused): Finding {
  return proven(
    'secret.expired',
    reason,
    'Give the sender the current secret, or let the old one count for longer while it is being changed.',
  );
}

export function duplicate({ reason }: Refused): Finding {
  return likely('signature.duplicate', reason, 'Have the sender, or the proxy that adds it a second time, send the header once.');
}

/** Nothing that was tried would have helped. `place` is where the signature is looked for. */
export function fallback({ code, reason }: Refused, place: string): Finding {
  if (code === 'credential.missing') return missing(reason, place);
  if (code === 'credential.malformed') {
    return likely(
      'signature.malformed',
      reason,
      'Compare the header with what the vendor documents; a placeholder or an unset secret on its side gives such values.',
    );
  }
  const advice = 'Most likely the sender has another secret: set it on both sides again, and check that this is the URL of that sender.';
  return likely('secret.unknown', `${reason} No near miss explains it.`, advice);
}

function missing(reason: string, place: string): Finding {
  if (!reason.includes(place)) {
    return likely('signature.part-missing', reason, 'Have the sender send what it signed, and proxies pass that header on.');
  }
  const advice =
    'Set the secret at the sender too: most send no signature without one. If it has one, look whether a proxy drops the header.';
  return likely('signature.missing', reason, advice);
}

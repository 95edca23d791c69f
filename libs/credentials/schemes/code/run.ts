import { createHash } from 'node:crypto';
import { sameDigest } from '../../bytes.js';
import type { ApplyContext } from '../../credential.js';
import { headerValues, withHeader, type IncomingRequest, type OutgoingRequest } from '../../request.js';
import { activeSecrets, judgeMatches } from '../../rotation.js';
import { refuse, type SecretCarriers, type Verdict } from '../../verdict.js';
import { hmacOf, type KeyMaterial } from '../digest.js';
import type { Key } from '../keys.js';
import { noMatch, replayIdOf, withinWindow } from '../verify.js';
import type { CodeScheme } from './code-scheme.js';

const NOTHING: SecretCarriers = { headers: [], query: [] };

/** Checks a signature of a scheme that is code. Every key meets every spelling of the content, whatever matched before. */
export function verifyByCode(scheme: CodeScheme, keys: readonly Key[], request: IncomingRequest, now: Date): Verdict {
  const duplicate = scheme.guarded.find((name) => headerValues(request, [name]).length > 1);
  if (duplicate) return refuse('credential.duplicate', `The header ${duplicate} was sent more than once.`);
  const claim = scheme.read(request);
  if ('ok' in claim) return claim;
  const window = windowMs(scheme);
  const timely = claim.signedAt === undefined ? undefined : withinWindow('', now.getTime() - claim.signedAt, window);
  if (timely?.ok === false) return timely;
  const matched = keys.map(({ material }) =>
    claim.contents.map((content) => sameDigest(digestOf(scheme, material, content), claim.signature)).includes(true),
  );
  const match = judgeMatches(keys, matched, now, noMatch(keys));
  if (!match.ok || claim.signedAt === undefined) return match.ok ? { ...match, consumed: NOTHING } : match;
  return { ...match, replayId: replayIdOf('content', claim.contents.slice(0, 1)), replayWindowMs: 2 * window, consumed: NOTHING };
}

/** Signs with the first active secret. Throws `credential.secret-expired` when there is none. */
export function signByCode(
  name: string,
  scheme: CodeScheme,
  keys: readonly Key[],
  request: OutgoingRequest,
  { now }: ApplyContext,
): OutgoingRequest {
  const [key] = activeSecrets(name, keys, now);
  const { request: prepared, content } = scheme.prepare(request, now);
  const signature = digestOf(scheme, key.material, content).toString(scheme.encoding);
  return { ...prepared, headers: withHeader(prepared.headers, scheme.about.header, signature) };
}

function windowMs({ toleranceSeconds = 0 }: CodeScheme): number {
  return toleranceSeconds * 1000;
}

function digestOf({ digest }: CodeScheme, material: KeyMaterial, content: Buffer): Buffer {
  if (material.kind !== 'hmac') throw new Error('A scheme that is code has a secret for its key.');
  if (digest !== 'sha256-of-secret') return hmacOf(material, [content]);
  return createHash('sha256').update(material.key).update(content).digest();
}

import type { Credential, SecretRef } from '../credential.js';
import type { Report } from '../problem.js';
import type { Key } from '../schemes/keys.js';
import { answerHandshake } from './answer.js';
import { handshakesOf } from './table.js';

interface Asked {
  readonly scheme?: string;
  readonly verifyToken?: SecretRef;
}

interface Lookup {
  readonly report: Report;
  secret(ref: SecretRef): string | undefined;
}

/** What a credential has for the handshakes of its vendor. */
export interface Greeting {
  readonly handshake: Credential['handshake'];
  readonly secrets: readonly string[];
  /** Parameters in which a handshake carries the token. */
  readonly queries: readonly string[];
}

/** Reports a token that nothing asks for. */
export function greetingOf({ scheme = '', verifyToken: ref }: Asked, keys: readonly Key[], { secret, report }: Lookup): Greeting {
  const list = handshakesOf(scheme);
  const asks = list.flatMap(({ when = [] }) => when).filter(({ isVerifyToken }) => isVerifyToken);
  if (ref !== undefined && asks.length === 0) {
    report(
      'credential.bad-scheme',
      '/verifyToken',
      `The scheme ${scheme || 'described here'} has no handshake with a token: remove "verifyToken".`,
    );
  }
  const verifyToken = ref && secret(ref);
  const material = keys.map((key) => key.material);
  const handshake: Credential['handshake'] = (request, verdict) => {
    const used = material[verdict?.secretIndex ?? 0];
    const key = used?.kind === 'hmac' ? used.key : undefined;
    return answerHandshake(list, request, verdict !== undefined, { key, verifyToken });
  };
  return {
    handshake: list.length > 0 ? handshake : undefined,
    secrets: verifyToken === undefined ? [] : [verifyToken],
    queries: asks.map(({ at }) => at.slice('query:'.length)),
  };
}

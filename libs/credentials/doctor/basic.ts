import { decodeBase64, decodeUtf8, sameSecret } from '../bytes.js';
import { headerValues, type IncomingRequest } from '../request.js';
import type { Refused, Verdict } from '../verdict.js';
import { likely, proven, withoutSecrets, type Diagnosis, type Finding } from './diagnosis.js';
import { expired } from './refusals.js';

/** The user names and passwords that are expected in one header, the current ones first. */
export interface BasicCheck {
  readonly pairs: readonly { readonly username: string; readonly password: string }[];
  readonly secrets: readonly string[];
  verify(request: IncomingRequest, now: Date): Verdict;
}

/** Explains why Basic authentication failed: which half is wrong, and how. Pure. */
export function diagnoseBasic(check: BasicCheck, request: IncomingRequest, now: Date): Diagnosis {
  const verdict = check.verify(request, now);
  if (verdict.ok) return { findings: [] };
  return withoutSecrets({ findings: [findingOf(check, request, verdict)] }, check.secrets);
}

function findingOf(check: BasicCheck, request: IncomingRequest, refused: Refused): Finding {
  const { code, reason } = refused;
  if (code === 'credential.secret-expired') return expired(refused);
  const [value, ...more] = headerValues(request, ['authorization']);
  if (more.length > 0) return likely('token.duplicate', reason, 'Have the sender, or the proxy that adds its own, send the header once.');
  if (value === undefined || value === '') {
    return likely(
      'token.missing',
      reason,
      'Set user name and password at the sender; some wait for a 401 first, some want them in the URL.',
    );
  }
  const [user, password] = pairOf(value);
  if (password === undefined) return malformed(check, value, reason);
  return wrongHalf(check, user, password, reason);
}

function malformed({ pairs }: BasicCheck, value: string, reason: string): Finding {
  const bare = value.replace(/^basic +/i, '');
  if (pairs.some(({ username, password }) => same(bare, `${username}:${password}`) || same(bare, password))) {
    return proven(
      'token.encoding',
      'The header Authorization holds the right text without base64.',
      'Have the sender encode user:password in base64 (RFC 7617).',
    );
  }
  return likely('token.prefix', reason, 'Have the sender write "Basic " and the base64 of user:password (RFC 7617).');
}

function wrongHalf({ pairs }: BasicCheck, user: string, password: string, reason: string): Finding {
  if (pairs.some((pair) => same(password.trim(), pair.password) && same(user.trim(), pair.username))) {
    return proven(
      'token.whitespace',
      'User name and password are right but for white space around them.',
      'Have the sender remove it; files written by echo end in a line break.',
    );
  }
  if (pairs.some((pair) => same(password, pair.password)))
    return proven(
      'token.user',
      'The password is right, the user name is not.',
      'Compare the user name at the sender with "username" of the credential.',
    );
  if (pairs.some(({ username }) => same(user, username)))
    return likely('token.unknown', 'The user name is right, the password is not.', 'Set the password on both sides again.');
  return likely('token.unknown', reason, 'Set user name and password on both sides again.');
}

function pairOf(header: string): [string, string | undefined] {
  const token = /^basic +(\S+)$/i.exec(header)?.[1] ?? '';
  const bytes = decodeBase64(token);
  const text = (bytes && decodeUtf8(bytes)) ?? '';
  const colon = text.indexOf(':');
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

function same(a: string, b: string): boolean {
  return sameSecret(Buffer.from(a.normalize('NFC'), 'utf8'), Buffer.from(b.normalize('NFC'), 'utf8'));
}

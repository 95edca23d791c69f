import { decodeBase64, decodeUtf8, hasControl, sameSecret } from '../bytes.js';
import { defineCredential, type Credential } from '../credential.js';
import { diagnoseBasic } from '../doctor/basic.js';
import { headerValues, withHeader, type IncomingRequest } from '../request.js';
import { activeSecrets, judgeMatches, secretTexts, type DatedSecret, type RotatingSecret, type SecretText } from '../rotation.js';
import { refuse, type Verdict } from '../verdict.js';
import {
  entrySchema,
  secretListSchema,
  secretRefSchema,
  viewOf,
  weakBelowCharacters,
  type Build,
  type CommonConfig,
  type CredentialType,
} from './type.js';

export interface BasicConfig extends CommonConfig {
  readonly type: 'basic';
  /** A list only beside an empty password: one half is the secret, and that one rotates. */
  readonly username: string | RotatingSecret;
  /** Empty only as the literal `""`, for vendors whose key is the user name. */
  readonly password: RotatingSecret | '';
}

/** User name and password in one Authorization header (RFC 7617). */
export const basic: CredentialType<BasicConfig> = {
  name: 'basic',
  schema: entrySchema(
    'basic',
    'User name and password in the Authorization header.',
    {
      username: {
        anyOf: [{ type: 'string' }, secretRefSchema, secretListSchema],
        description: 'A text, or a reference such as { "env": "API_KEY" }; a list of references only beside an empty password',
      },
      password: {
        anyOf: [secretRefSchema, secretListSchema, { const: '' }],
        description:
          'A reference such as { "env": "PARTNER_PASSWORD" }, or a list of up to five, the current one first; never the password itself',
      },
    },
    ['username', 'password'],
  ),
  create: createBasic,
};

const carriers = { headers: ['authorization'], query: [] };

/** A user name and password that count, and until when. */
interface Pair extends DatedSecret {
  readonly username: string;
  readonly password: string;
}

function createBasic(config: BasicConfig, build: Build): Credential | undefined {
  const usernames = halves(config.username, '/username', build);
  const passwords = halves(config.password, '/password', build);
  checkHalves(config, usernames, passwords, build);
  const secretHalf = config.password === '' ? usernames : passwords;
  const [first, ...others] = usernames.flatMap((user) => passwords.map((password) => pairOf(user, password, secretHalf)));
  if (first === undefined) return undefined;
  const pairs = [first, ...others] as const;
  const named = typeof config.username === 'string' ? [] : usernames.map(({ text }) => text);
  const secrets = [...pairs.flatMap((pair) => [encoded(pair), pair.password]), ...named].filter((text) => text !== '');
  const verify: Credential['verify'] = (request, now) => verifyBasic(pairs, request, now);
  return defineCredential({
    name: build.name,
    type: 'basic',
    view: viewOf(build),
    carriers,
    secrets,
    verify,
    diagnose: (request, now) => diagnoseBasic({ pairs, secrets, verify }, request, now),
    apply: (request, { now }) => {
      const [current] = activeSecrets(build.name, pairs, now);
      return { ...request, headers: withHeader(request.headers, 'authorization', `Basic ${encoded(current)}`) };
    },
  });
}

/** A literal has no name and no end. */
function halves(half: string | RotatingSecret, path: string, build: Build): readonly SecretText[] {
  return typeof half === 'string' ? [{ text: half, label: '', notAfter: undefined, path }] : secretTexts(half, path, build);
}

/** One of the halves is the secret that rotates; the pair is called after it. */
function pairOf(user: SecretText, password: SecretText, secretHalf: readonly SecretText[]): Pair {
  const { label, notAfter } = secretHalf.includes(password) ? password : user;
  return { username: user.text, password: password.text, label, notAfter };
}

// RFC 7617 section 2.1: charset="UTF-8" in the challenge means that senders normalise to NFC.
function normalized({ username, password }: Pair): Buffer {
  return Buffer.from(`${username}:${password}`.normalize('NFC'), 'utf8');
}

function encoded(pair: Pair): string {
  return normalized(pair).toString('base64');
}

function checkHalves(
  { username, password }: BasicConfig,
  usernames: readonly SecretText[],
  passwords: readonly SecretText[],
  build: Build,
): void {
  if (Array.isArray(username) && password !== '') {
    build.report('credential.bad-shape', '/username', 'A list of user names goes with an empty password only: list the passwords instead.');
  }
  for (const { text, path } of usernames) {
    if (text.includes(':')) {
      build.report('credential.secret-unusable', path, 'A user name cannot hold a colon: Basic ends the user name at the first one.');
    }
    if (hasControl(text)) build.report('credential.secret-unusable', path, 'The user name holds a line break or control character.');
  }
  for (const { text, path } of passwords) {
    if (hasControl(text)) build.report('credential.secret-unusable', path, 'The password holds a line break or control character.');
  }
  checkStrength(username, password === '' ? usernames : passwords, password === '' ? 'user name' : 'password', build);
}

function checkStrength(username: BasicConfig['username'], secretHalf: readonly SecretText[], word: string, build: Build): void {
  if (word === 'user name' && typeof username === 'string') {
    const message = 'An empty password needs a user name that is a reference: nothing else here is secret.';
    return build.report('credential.secret-empty', '/password', message);
  }
  for (const { text, path } of secretHalf) {
    if (text.length >= weakBelowCharacters) continue;
    build.warn('credential.secret-weak', path, `The ${word} is shorter than ${weakBelowCharacters} characters: use a random one.`);
  }
}

function verifyBasic(pairs: readonly Pair[], request: IncomingRequest, now: Date): Verdict {
  const [value, ...more] = headerValues(request, carriers.headers);
  if (more.length > 0) return refuse('credential.duplicate', 'The header Authorization was sent more than once.');
  if (value === undefined || value === '') return refuse('credential.missing', 'The header Authorization was not sent.');
  const given = decodePair(value);
  if (given === undefined) {
    return refuse('credential.malformed', 'The header Authorization is not "Basic" with base64 of user:password in UTF-8.');
  }
  // One comparison over both halves: whether the user name alone is right must not show.
  const bytes = Buffer.from(given.normalize('NFC'), 'utf8');
  const matched = pairs.map((pair) => sameSecret(bytes, normalized(pair)));
  const match = judgeMatches(pairs, matched, now, 'User name or password are not the configured ones.');
  return match.ok ? { ...match, consumed: carriers } : match;
}

/** Since no user name holds a colon, comparing the whole text is comparing the parts around its first colon. */
function decodePair(header: string): string | undefined {
  const token = /^basic +(\S+)$/i.exec(header)?.[1];
  const bytes = token === undefined ? undefined : decodeBase64(token);
  const text = bytes && decodeUtf8(bytes);
  return text?.includes(':') && !hasControl(text) ? text : undefined;
}

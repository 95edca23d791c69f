import { decodeBase64, decodeUtf8, hasControl, sameSecret } from '../bytes.js';
import { defineCredential, type Credential, type SecretRef } from '../credential.js';
import { diagnoseBasic } from '../doctor/basic.js';
import { headerValues, withHeader, type IncomingRequest } from '../request.js';
import { refuse, type Verdict } from '../verdict.js';
import { entrySchema, secretRefSchema, viewOf, weakBelowCharacters, type Build, type CommonConfig, type CredentialType } from './type.js';

export interface BasicConfig extends CommonConfig {
  readonly type: 'basic';
  readonly username: string | SecretRef;
  /** Empty only as the literal `""`, for vendors whose key is the user name. */
  readonly password: SecretRef | '';
}

/** User name and password in one Authorization header (RFC 7617). */
export const basic: CredentialType<BasicConfig> = {
  name: 'basic',
  schema: entrySchema(
    'basic',
    'User name and password in the Authorization header.',
    {
      username: { anyOf: [{ type: 'string' }, secretRefSchema], description: 'A text, or a reference such as { "env": "API_KEY" }' },
      password: {
        anyOf: [secretRefSchema, { const: '' }],
        description: 'A reference such as { "env": "PARTNER_PASSWORD" }, never the password itself',
      },
    },
    ['username', 'password'],
  ),
  create: createBasic,
};

const carriers = { headers: ['authorization'], query: [] };

function createBasic(config: BasicConfig, build: Build): Credential | undefined {
  const username = typeof config.username === 'string' ? config.username : build.secret(config.username);
  const password = config.password === '' ? '' : build.secret(config.password);
  checkParts(config, username, password, build);
  if (username === undefined || password === undefined) return undefined;
  // RFC 7617 section 2.1: charset="UTF-8" in the challenge means that senders normalise to NFC.
  const pair = `${username}:${password}`.normalize('NFC');
  const encoded = Buffer.from(pair, 'utf8').toString('base64');
  const verify = (request: IncomingRequest): Verdict => verifyBasic(pair, request);
  const secrets = [encoded, password, ...(typeof config.username === 'string' ? [] : [username])];
  return defineCredential({
    name: build.name,
    type: 'basic',
    view: viewOf(build),
    carriers,
    secrets,
    verify,
    diagnose: (request, now) => diagnoseBasic({ username, password, secrets: secrets.filter((text) => text !== ''), verify }, request, now),
    apply: (request) => ({ ...request, headers: withHeader(request.headers, 'authorization', `Basic ${encoded}`) }),
  });
}

function checkParts(config: BasicConfig, username: string | undefined, password: string | undefined, build: Build): void {
  const { report } = build;
  if (username?.includes(':')) {
    report('credential.secret-unusable', '/username', 'A user name cannot hold a colon: Basic ends the user name at the first one.');
  }
  if (hasControl(username ?? '')) {
    report('credential.secret-unusable', '/username', 'The user name holds a line break or control character.');
  }
  if (hasControl(password ?? '')) {
    report('credential.secret-unusable', '/password', 'The password holds a line break or control character.');
  }
  checkStrength(config, username, password, build);
}

function checkStrength({ username: named }: BasicConfig, username: string | undefined, password: string | undefined, build: Build): void {
  const [path, secret] = password === '' ? ['/username', username] : ['/password', password];
  if (password === '' && typeof named === 'string') {
    const message = 'An empty password needs a user name that is a reference: nothing else here is secret.';
    build.report('credential.secret-empty', '/password', message);
  } else if (secret !== undefined && secret.length < weakBelowCharacters) {
    build.warn('credential.secret-weak', path, `The ${path.slice(1)} is shorter than ${weakBelowCharacters} characters: use a random one.`);
  }
}

function verifyBasic(pair: string, request: IncomingRequest): Verdict {
  const [value, ...more] = headerValues(request, carriers.headers);
  if (more.length > 0) return refuse('credential.duplicate', 'The header Authorization was sent more than once.');
  if (value === undefined || value === '') return refuse('credential.missing', 'The header Authorization was not sent.');
  const given = decodePair(value);
  if (given === undefined) {
    return refuse('credential.malformed', 'The header Authorization is not "Basic" with base64 of user:password in UTF-8.');
  }
  // One comparison over both: whether the user name alone is right must not show.
  const same = sameSecret(Buffer.from(given.normalize('NFC'), 'utf8'), Buffer.from(pair, 'utf8'));
  return same ? { ok: true, consumed: carriers } : refuse('credential.mismatch', 'User name or password are not the configured ones.');
}

/** Since no user name holds a colon, comparing the whole text is comparing the parts around its first colon. */
function decodePair(header: string): string | undefined {
  const token = /^basic +(\S+)$/i.exec(header)?.[1];
  const bytes = token === undefined ? undefined : decodeBase64(token);
  const text = bytes && decodeUtf8(bytes);
  return text?.includes(':') && !hasControl(text) ? text : undefined;
}

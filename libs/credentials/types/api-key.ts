import { hasControl, sameSecret, textToWire, wireToBytes } from '../bytes.js';
import { defineCredential, type Credential, type CredentialParts } from '../credential.js';
import { diagnoseToken } from '../doctor/token.js';
import { headerValues, withHeader, type IncomingRequest } from '../request.js';
import { activeSecrets, judgeMatches, secretTexts, type RotatingSecret, type SecretText } from '../rotation.js';
import { addressProblem, queryValues, rebase, withQuery, withQueryOf } from '../url.js';
import { refuse, type SecretCarriers, type Verdict } from '../verdict.js';
import { pointer } from '../problem.js';
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

export interface ApiKeyConfig extends CommonConfig {
  readonly type: 'api-key';
  /** `url`: the address itself is the secret (Slack and Discord incoming webhooks). Default `header`. */
  readonly in?: 'header' | 'query' | 'url';
  /** Of the header or query parameter. */
  readonly name?: string;
  /** Before the key in a header: `Bearer `. */
  readonly prefix?: string;
  /** An address has one, for it is only sent to. */
  readonly value: RotatingSecret;
}

/** One secret text in a header, in a query parameter, or as the address itself. */
export const apiKey: CredentialType<ApiKeyConfig> = {
  name: 'api-key',
  schema: entrySchema(
    'api-key',
    'A secret text in a header or query parameter, or a secret address.',
    {
      in: {
        enum: ['header', 'query', 'url'],
        default: 'header',
        description: 'Where it travels; in a query it ends up in logs on the way.',
      },
      name: { type: 'string', minLength: 1, description: 'The name of the header or query parameter' },
      prefix: { type: 'string', pattern: '^[\\x20-\\x7e]*$', description: 'Printable ASCII before the key in a header, such as "Bearer "' },
      value: {
        anyOf: [secretRefSchema, secretListSchema],
        description:
          'A reference such as { "env": "INTERNAL_KEY" }, or a list of up to five, the current one first; never the secret itself',
      },
    },
    ['value'],
  ),
  create: createApiKey,
};

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function createApiKey(config: ApiKeyConfig, build: Build): Credential | undefined {
  const place = config.in ?? 'header';
  checkKeys(config, place, build);
  const secrets = secretTexts(config.value, '/value', build);
  for (const secret of secrets) checkEdges(secret, build);
  const [first, ...others] = secrets;
  if (first === undefined) return undefined;
  if (place === 'url') return secretAddress(first, build);
  for (const secret of secrets) checkStrength(secret, build);
  const name = config.name ?? '';
  const keys: Keys = [first, ...others];
  return place === 'query' ? inQuery(name, keys, build) : inHeader(name, config.prefix ?? '', keys, build);
}

type Keys = readonly [SecretText, ...SecretText[]];

function checkEdges({ text, label, path }: SecretText, { report }: Build): void {
  if (!hasControl(text) && text.trim() === text) return;
  const message = `The value of ${label} starts or ends with white space or holds a line break: copy the key alone.`;
  report('credential.secret-unusable', pointer(path, 'env'), message);
}

function checkStrength({ text, label, path }: SecretText, { warn }: Build): void {
  if (text.length >= weakBelowCharacters) return;
  warn('credential.secret-weak', pointer(path, 'env'), `${label} is shorter than ${weakBelowCharacters} characters: use a random one.`);
}

function checkKeys(config: ApiKeyConfig, place: string, { report }: Build): void {
  if (place === 'url' && !('env' in config.value)) {
    report('credential.bad-shape', '/value', 'A secret address has one "value": it is only sent to, so no older one has to count.');
  }
  if (place === 'url' && config.name !== undefined) report('credential.bad-shape', '/name', 'A secret address has no "name": remove it.');
  if (place !== 'url' && config.name === undefined) {
    report('credential.bad-shape', '', `The credential needs "name": which ${place} holds the key.`);
  }
  if (place !== 'header' && config.prefix !== undefined) {
    report('credential.bad-shape', '/prefix', 'Only a key in a header has a "prefix".');
  }
  if (place === 'header' && config.name !== undefined && !HEADER_NAME.test(config.name)) {
    report('credential.bad-shape', '/name', '"name" must be a header name: letters, digits and dashes.');
  }
}

type Specific = Pick<CredentialParts, 'carriers' | 'secrets' | 'verify' | 'diagnose' | 'apply'>;

function define(build: Build, place: 'header' | 'query' | 'url', specific: Specific): Credential {
  return defineCredential({ name: build.name, type: 'api-key', view: viewOf(build, { in: place }), ...specific });
}

function inHeader(name: string, prefix: string, keys: Keys, build: Build): Credential {
  const carriers = { headers: [name.toLowerCase()], query: [] };
  const extract = (given: string): string | undefined => withoutPrefix(given, prefix, carriers.headers[0] === 'authorization');
  const place = `header ${name}`;
  const sent = (request: IncomingRequest): string[] => headerValues(request, carriers.headers);
  const verify: Credential['verify'] = (request, now) => judge({ place, extract, keys, carriers }, sent(request), now);
  return define(build, 'header', {
    carriers,
    secrets: keys.map(({ text }) => text),
    verify,
    diagnose: (request, now) => diagnoseToken({ place, prefix, secrets: keys.map(({ text }) => text), sent, verify }, request, now),
    apply: (request, { now }) => {
      const [{ text }] = activeSecrets(build.name, keys, now);
      return { ...request, headers: withHeader(request.headers, name, textToWire(prefix + text)) };
    },
  });
}

// RFC 9110 section 11.1: the scheme in an Authorization header has no case.
function withoutPrefix(given: string, prefix: string, anyCase: boolean): string | undefined {
  const start = given.slice(0, prefix.length);
  const same = anyCase ? start.toLowerCase() === prefix.toLowerCase() : start === prefix;
  return same ? given.slice(prefix.length) : undefined;
}

function inQuery(name: string, keys: Keys, build: Build): Credential {
  const carriers = { headers: [], query: [name] };
  const place = `query parameter ${name}`;
  const sent = (request: IncomingRequest): string[] => queryValues(request.url, name).map(textToWire);
  const verify: Credential['verify'] = (request, now) => judge({ place, extract: (given) => given, keys, carriers }, sent(request), now);
  return define(build, 'query', {
    carriers,
    secrets: keys.flatMap(({ text }) => [text, encodeURIComponent(text)]),
    verify,
    diagnose: (request, now) => diagnoseToken({ place, prefix: '', secrets: keys.map(({ text }) => text), sent, verify }, request, now),
    apply: (request, { now }) => ({ ...request, url: withQuery(request.url, name, activeSecrets(build.name, keys, now)[0].text) }),
  });
}

interface Expected {
  readonly place: string;
  /** The key in a value that was sent, without what stands before it. */
  extract(given: string): string | undefined;
  readonly keys: Keys;
  readonly carriers: SecretCarriers;
}

function judge({ place, extract, keys, carriers }: Expected, values: readonly string[], now: Date): Verdict {
  const [given, ...more] = values;
  if (more.length > 0) return refuse('credential.duplicate', `The ${place} was sent more than once.`);
  if (given === undefined || given === '') return refuse('credential.missing', `The ${place} was not sent.`);
  const key = extract(given);
  if (key === undefined) return refuse('credential.malformed', `The ${place} does not start with the configured prefix.`);
  const bytes = wireToBytes(key);
  const matched = keys.map(({ text }) => sameSecret(bytes, Buffer.from(text, 'utf8')));
  const match = judgeMatches(keys, matched, now, `The ${place} is not the configured key.`);
  return match.ok ? { ...match, consumed: carriers } : match;
}

function secretAddress({ text: value, label, path }: SecretText, build: Build): Credential | undefined {
  const problem = addressProblem(value);
  if (problem !== undefined) {
    build.report('credential.bad-url', pointer(path, 'env'), `The value of ${label} ${problem}.`);
    return undefined;
  }
  const address = build.baseUrl === undefined ? value : rebase(value, build.baseUrl);
  const { pathname, search } = new URL(value);
  return define(build, 'url', {
    secrets: [value, address, ...(pathname + search === '/' ? [] : [pathname + search])],
    verify: refuseIncoming,
    diagnose: (request, now) =>
      diagnoseToken({ place: 'URL', prefix: '', secrets: [value], sent: () => [], verify: refuseIncoming }, request, now),
    apply: (request) => ({ ...request, url: withQueryOf(address, request.url) }),
  });
}

function refuseIncoming(_request: IncomingRequest): Verdict {
  return refuse(
    'credential.not-for-incoming',
    'A credential with "in": "url" is an address to send to; it cannot check a request that comes in.',
  );
}

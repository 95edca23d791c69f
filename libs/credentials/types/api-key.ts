import { hasControl, sameSecret, textToWire, wireToBytes } from '../bytes.js';
import { defineCredential, type Credential, type CredentialParts, type SecretRef } from '../credential.js';
import { diagnoseToken } from '../doctor/token.js';
import { headerValues, withHeader, type IncomingRequest } from '../request.js';
import { addressProblem, queryValues, rebase, withQuery, withQueryOf } from '../url.js';
import { refuse, type SecretCarriers, type Verdict } from '../verdict.js';
import { entrySchema, secretRefSchema, viewOf, weakBelowCharacters, type Build, type CommonConfig, type CredentialType } from './type.js';

export interface ApiKeyConfig extends CommonConfig {
  readonly type: 'api-key';
  /** `url`: the address itself is the secret (Slack and Discord incoming webhooks). Default `header`. */
  readonly in?: 'header' | 'query' | 'url';
  /** Of the header or query parameter. */
  readonly name?: string;
  /** Before the key in a header: `Bearer `. */
  readonly prefix?: string;
  readonly value: SecretRef;
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
      value: secretRefSchema,
    },
    ['value'],
  ),
  create: createApiKey,
};

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

function createApiKey(config: ApiKeyConfig, build: Build): Credential | undefined {
  const place = config.in ?? 'header';
  checkKeys(config, place, build);
  const value = build.secret(config.value);
  if (value === undefined) return undefined;
  if (hasControl(value) || value.trim() !== value) {
    const message = `The value of ${config.value.env} starts or ends with white space or holds a line break: copy the key alone.`;
    build.report('credential.secret-unusable', '/value/env', message);
  }
  if (place === 'url') return secretAddress(config, value, build);
  if (value.length < weakBelowCharacters) {
    build.warn(
      'credential.secret-weak',
      '/value/env',
      `${config.value.env} is shorter than ${weakBelowCharacters} characters: use a random one.`,
    );
  }
  const name = config.name ?? '';
  return place === 'query' ? inQuery(name, value, build) : inHeader(name, config.prefix ?? '', value, build);
}

function checkKeys(config: ApiKeyConfig, place: string, { report }: Build): void {
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

function inHeader(name: string, prefix: string, value: string, build: Build): Credential {
  const wire = textToWire(prefix + value);
  const carriers = { headers: [name.toLowerCase()], query: [] };
  const extract = (given: string): string | undefined => withoutPrefix(given, prefix, carriers.headers[0] === 'authorization');
  const place = `header ${name}`;
  const sent = (request: IncomingRequest): string[] => headerValues(request, carriers.headers);
  const verify = (request: IncomingRequest): Verdict => judge(place, sent(request), extract, textToWire(value), carriers);
  return define(build, 'header', {
    carriers,
    secrets: [value],
    verify,
    diagnose: (request, now) => diagnoseToken({ place, prefix, secrets: [value], sent, verify }, request, now),
    apply: (request) => ({ ...request, headers: withHeader(request.headers, name, wire) }),
  });
}

// RFC 9110 section 11.1: the scheme in an Authorization header has no case.
function withoutPrefix(given: string, prefix: string, anyCase: boolean): string | undefined {
  const start = given.slice(0, prefix.length);
  const same = anyCase ? start.toLowerCase() === prefix.toLowerCase() : start === prefix;
  return same ? given.slice(prefix.length) : undefined;
}

function inQuery(name: string, value: string, build: Build): Credential {
  const carriers = { headers: [], query: [name] };
  const place = `query parameter ${name}`;
  const values = (request: IncomingRequest): string[] => queryValues(request.url, name);
  const verify = (request: IncomingRequest): Verdict => judge(place, values(request), textToWire, textToWire(value), carriers);
  const sent = (request: IncomingRequest): string[] => values(request).map(textToWire);
  return define(build, 'query', {
    carriers,
    secrets: [value, encodeURIComponent(value)],
    verify,
    diagnose: (request, now) => diagnoseToken({ place, prefix: '', secrets: [value], sent, verify }, request, now),
    apply: (request) => ({ ...request, url: withQuery(request.url, name, value) }),
  });
}

function judge(
  where: string,
  values: readonly string[],
  extract: (given: string) => string | undefined,
  expected: string,
  consumed: SecretCarriers,
): Verdict {
  const [given, ...more] = values;
  if (more.length > 0) return refuse('credential.duplicate', `The ${where} was sent more than once.`);
  if (given === undefined || given === '') return refuse('credential.missing', `The ${where} was not sent.`);
  const key = extract(given);
  if (key === undefined) return refuse('credential.malformed', `The ${where} does not start with the configured prefix.`);
  const same = sameSecret(wireToBytes(key), wireToBytes(expected));
  return same ? { ok: true, consumed } : refuse('credential.mismatch', `The ${where} is not the configured key.`);
}

function secretAddress(config: ApiKeyConfig, value: string, build: Build): Credential | undefined {
  const problem = addressProblem(value);
  if (problem !== undefined) {
    build.report('credential.bad-url', '/value/env', `The value of ${config.value.env} ${problem}.`);
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

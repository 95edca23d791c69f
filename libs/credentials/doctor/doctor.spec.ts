import { createHash, createHmac, generateKeyPairSync, sign as signWith } from 'node:crypto';
import {
  createCredential,
  diagnose,
  schemes,
  type Credential,
  type Diagnosis,
  type IncomingRequest,
  type SignatureScheme,
} from '../index.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const URL_HERE = 'https://hooks.example.com/flows/orders/hook?shop=1';
const HMACS = ['sha1', 'sha256', 'sha384', 'sha512'];

/** What a sender signs with; made by hand, so that the doctor is not measured by its own code. */
interface Key {
  /** As it is configured here. */
  readonly secret: string;
  sign(scheme: SignatureScheme, content: Buffer): Buffer;
}

function seed(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function keyOf(name: string, scheme: SignatureScheme): Key {
  const { secret: rule = {}, algorithm } = scheme;
  const shown = (bytes: Buffer): string => (rule.stripPrefix ?? '') + bytes.toString(rule.decode === 'hex' ? 'hex' : 'base64');
  if (algorithm === 'ed25519' || algorithm === 'ecdsa-p256-sha256') return keyPair(algorithm, shown);
  const bytes = seed(name);
  // Where the text itself is the key, it looks like base64, as most vendors' secrets do.
  const secret = rule.decode === undefined ? `whsec_${bytes.toString('base64')}` : shown(bytes);
  return hmacKey(secret, rule.decode === undefined ? Buffer.from(secret) : bytes);
}

function hmacKey(secret: string, bytes: Buffer): Key {
  return {
    secret,
    sign: ({ algorithm }, content) => (algorithm === 'equals' ? bytes : createHmac(algorithm, bytes).update(content).digest()),
  };
}

function keyPair(algorithm: 'ed25519' | 'ecdsa-p256-sha256', shown: (bytes: Buffer) => string): Key {
  if (algorithm === 'ed25519') {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    const bytes = Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
    return { secret: shown(bytes), sign: (_scheme, content) => signWith(null, content, privateKey) };
  }
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const bytes = publicKey.export({ format: 'der', type: 'spki' });
  return { secret: shown(bytes), sign: (_scheme, content) => signWith('sha256', content, privateKey) };
}

/** What a sender may do differently from its scheme. */
interface Sending {
  readonly scheme: SignatureScheme;
  readonly key: Key;
  readonly time?: number;
  readonly unit?: string;
  readonly url?: string;
  readonly body?: string;
  /** Under which name the signature is sent. */
  readonly as?: string;
  /** What is done to the body after it was signed. */
  readonly arrives?: (body: string) => string;
  readonly headers?: readonly string[];
}

function timeText(time: number, unit = 's'): string {
  if (unit === 'iso8601') return new Date(time).toISOString();
  return String(unit === 's' ? Math.floor(time / 1000) : time);
}

function bodyText(time: string, signature = ''): string {
  const text = { id: 'evt_1', webhookTimestamp: Number(time), text: 'Grüße / ok', n: [1, { a: true }] };
  return JSON.stringify({ ...text, signature: { timestamp: time, token: 'token-of-mailgun', signature } });
}

/** Signs and sends as the scheme says. */
function sent(sending: Sending): IncomingRequest {
  const { scheme, url = URL_HERE } = sending;
  const time = timeText(sending.time ?? NOW, sending.unit ?? scheme.timestamp?.unit);
  const unsigned = sending.body ?? bodyText(time);
  const signature = signatureText(sending, contentOf(scheme, unsigned, time, url));
  const name = sending.as ?? [scheme.header ?? []].flat()[0];
  const arrived = sending.arrives?.(unsigned) ?? unsigned;
  const own = name === undefined ? [] : [name, listed(scheme, time, signature)];
  const rawHeaders = ['Host', 'hooks.example.com', ...declared(scheme.timestamp?.from, time), ...declared(scheme.id, 'msg_1'), ...own];
  const body = Buffer.from(name === undefined ? bodyText(time, signature) : arrived);
  return { method: 'POST', url: URL_HERE, rawHeaders: [...rawHeaders, ...(sending.headers ?? [])], body };
}

function signatureText({ scheme, key }: Sending, content: Buffer): string {
  const digest = key.sign(scheme, content);
  return (scheme.prefix ?? '') + (scheme.algorithm === 'equals' ? digest.toString() : digest.toString(scheme.encoding ?? 'hex'));
}

/** The signature alone, or after the time where both share a header. */
function listed({ timestamp, separator }: SignatureScheme, time: string, signature: string): string {
  const item = /^sig:(.*)$/.exec(timestamp?.from ?? '')?.[1];
  return item === undefined ? signature : `${item}${time}${separator}${signature}`;
}

/** A header, where the scheme has a value in one. */
function declared(source: string | undefined, value: string): string[] {
  const name = /^header:(.*)$/.exec(source ?? '')?.[1];
  return name === undefined ? [] : [name, value];
}

function contentOf({ signed = '{body}' }: SignatureScheme, body: string, time: string, url: string): Buffer {
  const text = signed.replace(/\{([^{}]+)\}/g, (_all, part: string) => {
    if (part === 'body') return body;
    if (part === 'timestamp') return time;
    if (part === 'method') return 'POST';
    if (part === 'url') return url;
    return part.startsWith('header:') ? 'msg_1' : 'token-of-mailgun';
  });
  return Buffer.from(text);
}

function credentialOf(scheme: string, secret: string, more: object = {}): Credential {
  const { credential, problems } = createCredential('c', { type: 'hmac', scheme, secrets: [{ env: 'SECRET', ...more }] }, () => secret);
  if (!credential) throw new Error(JSON.stringify(problems));
  return credential;
}

function isHmac({ algorithm }: SignatureScheme): boolean {
  return HMACS.includes(algorithm);
}

function covers({ signed = '{body}', algorithm }: SignatureScheme, part: string): boolean {
  return algorithm !== 'equals' && signed.includes(part);
}

/** A way to break a well-signed request: the first finding that it must give, or undefined where it does not apply. */
interface Breakage {
  readonly name: string;
  readonly code: string;
  applies(scheme: SignatureScheme, name: string): boolean;
  request(scheme: SignatureScheme, key: Key, name: string): IncomingRequest;
  /** Otherwise it was tried and held. */
  readonly guess?: boolean;
}

const timed = ({ timestamp }: SignatureScheme): boolean => timestamp !== undefined;
const signs = ({ algorithm }: SignatureScheme): boolean => algorithm !== 'equals';
const inHeader = ({ header }: SignatureScheme): boolean => header !== undefined;
const PRETTY = (body: string): string => JSON.stringify(JSON.parse(body), null, 2);
const python = (body: string): string =>
  body
    .replaceAll('":', '": ')
    .replaceAll(',', ', ')
    .replace(/[ü ß]/g, (c) => (c === ' ' ? c : `\\u00${c.charCodeAt(0).toString(16)}`));

/** A vendor whose requests have nothing in common with those of the scheme. */
function stranger(scheme: SignatureScheme): SignatureScheme {
  return schemes[scheme === schemes['zendesk'] ? 'slack' : 'zendesk']!;
}

const BODY: readonly [string, string, (signed: string) => string, ((body: string) => string)?][] = [
  ['a line feed added', 'body.newline', (body) => `${body}\n`],
  ['a CRLF added', 'body.newline', (body) => `${body}\r\n`],
  ['its line feed removed', 'body.newline', (body) => body.slice(0, -1), (body) => `${body}\n`],
  ['LF made CRLF', 'body.line-ends', (body) => body.replaceAll('\n', '\r\n'), PRETTY],
  ['CRLF made LF', 'body.line-ends', (body) => body.replaceAll('\r\n', '\n'), (body) => PRETTY(body).replaceAll('\n', '\r\n')],
  ['its JSON indented', 'body.re-encoded', PRETTY],
  ['its JSON minified', 'body.re-encoded', (body) => JSON.stringify(JSON.parse(body)), PRETTY],
  ['the spaces and escapes of Python removed', 'body.re-encoded', (body) => JSON.stringify(JSON.parse(body)), python],
  ['escaped slashes removed', 'body.re-encoded', (body) => body.replaceAll('\\/', '/'), (body) => body.replaceAll('/', '\\/')],
  ['a byte order mark added', 'body.charset', (body) => `\uFEFF${body}`],
];

const BREAKAGES: readonly Breakage[] = [
  {
    name: 'signed an hour ago',
    code: 'clock.late',
    applies: timed,
    request: (scheme, key) => sent({ scheme, key, time: NOW - 3_600_000 }),
  },
  {
    name: 'signed in an hour',
    code: 'clock.early',
    applies: timed,
    request: (scheme, key) => sent({ scheme, key, time: NOW + 3_600_000 }),
  },
  {
    name: 'a time of another unit',
    code: 'time.unit',
    applies: timed,
    request: (scheme, key) => sent({ scheme, key, unit: scheme.timestamp?.unit === 's' ? 'ms' : 's' }),
  },
  {
    name: 'without its prefix',
    code: 'signature.prefix',
    applies: ({ prefix }) => prefix !== undefined,
    request: (scheme, key) => sent({ scheme: { ...scheme, prefix: '' }, key }),
  },
  {
    name: 'with a prefix of its own',
    code: 'signature.prefix',
    applies: (scheme) => signs(scheme) && inHeader(scheme),
    request: (scheme, key) => sent({ scheme: { ...scheme, prefix: 'hmac=' }, key }),
  },
  {
    name: 'in the other encoding',
    code: 'signature.encoding',
    applies: signs,
    request: (scheme, key) => sent({ scheme: { ...scheme, encoding: scheme.encoding === 'base64' ? 'hex' : 'base64' }, key }),
  },
  {
    name: 'with another algorithm',
    code: 'signature.algorithm',
    applies: isHmac,
    request: (scheme, key) => sent({ scheme: { ...scheme, algorithm: 'sha512' }, key }),
  },
  {
    name: 'in another header',
    code: 'signature.header',
    applies: (scheme) => signs(scheme) && inHeader(scheme),
    request: (scheme, key) => sent({ scheme, key, as: 'X-Somewhere-Else' }),
  },
  {
    name: 'a token in another header',
    code: 'token.place',
    applies: (scheme) => !signs(scheme),
    request: (scheme, key) => sent({ scheme, key, as: 'X-Somewhere-Else' }),
  },
  {
    name: "in another vendor's way",
    code: 'signature.scheme',
    applies: isHmac,
    request: (scheme, { secret }) => sent({ scheme: stranger(scheme), key: hmacKey(secret, Buffer.from(secret)) }),
  },
  {
    name: "in another vendor's way with its own secret",
    code: 'signature.scheme',
    guess: true,
    applies: signs,
    request: (scheme) => sent({ scheme: stranger(scheme), key: keyOf('stranger', stranger(scheme)) }),
  },
  {
    name: 'with another secret',
    code: 'secret.unknown',
    guess: true,
    applies: signs,
    request: (scheme) => sent({ scheme, key: keyOf('other', scheme) }),
  },
  {
    name: 'with another token',
    code: 'token.unknown',
    guess: true,
    applies: (scheme) => !signs(scheme),
    request: (scheme) => sent({ scheme, key: keyOf('other', scheme) }),
  },
  {
    name: 'with the secret decoded',
    code: 'secret.encoding',
    applies: (scheme) => isHmac(scheme) && scheme.secret === undefined,
    request: (scheme, { secret }) => sent({ scheme, key: hmacKey(secret, Buffer.from(secret.slice('whsec_'.length), 'base64')) }),
  },
  {
    name: 'with the secret as text',
    code: 'secret.encoding',
    applies: (scheme) => isHmac(scheme) && scheme.secret !== undefined,
    request: (scheme, { secret }) => sent({ scheme, key: hmacKey(secret, Buffer.from(secret)) }),
  },
  {
    name: 'with the secret without its mark',
    code: 'secret.prefix',
    applies: (scheme) => isHmac(scheme) && scheme.secret === undefined,
    request: (scheme, { secret }) => sent({ scheme, key: hmacKey(secret, Buffer.from(secret.slice('whsec_'.length))) }),
  },
  {
    name: 'with a line break after the secret',
    code: 'secret.whitespace',
    applies: (scheme) => isHmac(scheme) && scheme.secret === undefined,
    request: (scheme, { secret }) => sent({ scheme, key: hmacKey(secret, Buffer.from(`${secret}\n`)) }),
  },
  ...BODY.map(([name, code, arrives, as = (body: string) => body]): Breakage => ({
    name: `a body with ${name}`,
    code,
    applies: (scheme) => covers(scheme, '{body}'),
    request: (scheme, key) => sent({ scheme, key, arrives, body: as(bodyText(timeText(NOW, scheme.timestamp?.unit))) }),
  })),
  {
    name: 'a URL with http',
    code: 'url.differs',
    applies: (scheme) => covers(scheme, '{url}'),
    request: (scheme, key) => sent({ scheme, key, url: URL_HERE.replace('https:', 'http:') }),
  },
  {
    name: 'a URL before the proxy',
    code: 'url.differs',
    applies: (scheme) => covers(scheme, '{url}'),
    request: (scheme, key) =>
      sent({
        scheme,
        key,
        url: 'https://public.example.org/in/flows/orders/hook?shop=1',
        headers: ['X-Forwarded-Host', 'public.example.org', 'X-Forwarded-Prefix', '/in'],
      }),
  },
  {
    name: 'a URL with a slash more',
    code: 'url.differs',
    applies: (scheme) => covers(scheme, '{url}'),
    request: (scheme, key) => sent({ scheme, key, url: URL_HERE.replace('/hook?', '/hook/?') }),
  },
  {
    name: 'a URL with its port',
    code: 'url.differs',
    applies: (scheme) => covers(scheme, '{url}'),
    request: (scheme, key) => sent({ scheme, key, url: URL_HERE.replace('.com', '.com:443') }),
  },
  {
    name: 'without the signature',
    code: 'signature.missing',
    guess: true,
    applies: (scheme) => signs(scheme) && inHeader(scheme),
    request: (scheme, key) => without(sent({ scheme, key }), [scheme.header ?? []].flat()),
  },
  {
    name: 'without the time',
    code: 'time.missing',
    guess: true,
    applies: ({ timestamp }) => timestamp?.from.startsWith('header:') === true,
    request: (scheme, key) => without(sent({ scheme, key }), [scheme.timestamp!.from.slice('header:'.length)]),
  },
];

function without(request: IncomingRequest, names: readonly string[]): IncomingRequest {
  const hidden = names.map((name) => name.toLowerCase());
  const { rawHeaders } = request;
  return { ...request, rawHeaders: rawHeaders.filter((_, at) => !hidden.includes(rawHeaders[at - (at % 2)]!.toLowerCase())) };
}

/** Every spelling of the secret and of the right signature, whole. */
function forbidden(scheme: SignatureScheme, key: Key, request: IncomingRequest): readonly string[] {
  const bare = key.secret.replace(/^wh(sec|pk)_/, '');
  const right = isHmac(scheme) ? [key.sign(scheme, Buffer.from(request.body))] : [];
  return [key.secret, bare, ...right.flatMap((digest) => [digest.toString('hex'), digest.toString('base64')])];
}

describe.each(Object.entries(schemes))('the doctor, with %s', (name, scheme) => {
  const key = keyOf(name, scheme);
  const credential = credentialOf(name, key.secret);

  it('finds nothing in a request that is accepted', () => {
    const request = sent({ scheme, key });
    expect(credential.verify(request, new Date(NOW))).toMatchObject({ ok: true });
    expect(diagnose(credential, request, new Date(NOW)).findings).toEqual([]);
  });

  for (const breakage of BREAKAGES.filter(({ applies }) => applies(scheme, name))) {
    it(`explains ${breakage.name}`, () => {
      const request = breakage.request(scheme, key, name);
      expect(credential.verify(request, new Date(NOW)).ok).toBe(false);
      const diagnosis = diagnose(credential, request, new Date(NOW));
      expect(diagnosis.findings[0]).toMatchObject({ code: breakage.code, certain: breakage.guess !== true });
      expectDiscreet(diagnosis, forbidden(scheme, key, request));
    });
  }

  it('explains a secret that has expired', () => {
    const expired = credentialOf(name, key.secret, { notAfter: '2026-01-01T00:00:00Z' });
    expect(diagnose(expired, sent({ scheme, key }), new Date(NOW)).findings[0]).toMatchObject({ code: 'secret.expired', certain: true });
  });
});

function expectDiscreet(diagnosis: Diagnosis, forbiddenTexts: readonly string[]): void {
  const text = JSON.stringify(diagnosis);
  for (const secret of forbiddenTexts) expect(text).not.toContain(secret);
  for (const { digest } of [...(diagnosis.signed?.expected ?? []), ...(diagnosis.signed?.received ?? [])])
    expect(digest).toMatch(/^[0-9a-f]{1,6}$/);
  expect(text.length).toBeLessThan(4_096);
}

describe('what was signed', () => {
  const scheme = schemes['stripe']!;
  const key = keyOf('stripe', scheme);
  const credential = credentialOf('stripe', key.secret);

  it('is shown by its parts, their lengths and first characters, and the first digits of both digests', () => {
    const body = '{"id":"evt_1","much":"more"}';
    const request = sent({ scheme, key: keyOf('other', scheme), body });
    const right = createHmac('sha256', key.secret)
      .update(`${NOW / 1000}.${body}`)
      .digest('hex');
    expect(diagnose(credential, request, new Date(NOW)).signed).toEqual({
      algorithm: 'sha256',
      encoding: 'hex',
      template: '{timestamp}.{body}',
      parts: [
        { part: '{timestamp}', bytes: 10, start: String(NOW / 1000) },
        { part: 'literal', bytes: 1, start: '.' },
        { part: '{body}', bytes: body.length, start: '{"id":"evt_1' },
      ],
      place: 'header stripe-signature',
      expected: [{ secret: 'SECRET', digest: right.slice(0, 6) }],
      received: [{ bytes: 32, digest: expect.not.stringMatching(right.slice(0, 6)) }],
    });
  });

  it('does not show a secret that was sent inside of it', () => {
    const request = sent({ scheme, key: keyOf('other', scheme), body: key.secret });
    const diagnosis = diagnose(credential, request, new Date(NOW));
    expect(diagnosis.signed?.parts?.[2]?.start).toBe('[redacted]');
    expectDiscreet(diagnosis, [key.secret, key.secret.slice(0, 10)]);
  });
});

describe('the work of a diagnosis', () => {
  it('is bounded: a large body is not tried in every way, and still explained', () => {
    const scheme = schemes['github']!;
    const credential = credentialOf('github', keyOf('github', scheme).secret);
    const request = { ...sent({ scheme, key: keyOf('other', scheme) }), body: Buffer.alloc(32 * 1024 * 1024, '{') };
    expect(diagnose(credential, request, new Date(NOW)).findings[0]).toMatchObject({ code: 'secret.unknown' });
  });

  it.each([
    ['deeply nested JSON', '['.repeat(60_000) + ']'.repeat(60_000)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x80]).toString('latin1')],
    ['nothing', ''],
  ])('ends for %s', (_name, body) => {
    const scheme = schemes['slack']!;
    const credential = credentialOf('slack', keyOf('slack', scheme).secret);
    const request = { ...sent({ scheme, key: keyOf('other', scheme) }), body: Buffer.from(body, 'latin1') };
    expect(diagnose(credential, request, new Date(NOW)).findings[0]).toMatchObject({ code: 'secret.unknown' });
  });
});

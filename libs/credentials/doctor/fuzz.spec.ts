import { seededRandom } from '../../../test/support/random.js';
import { createCredential, diagnose, schemes, type IncomingRequest } from '../index.js';

const ROUNDS = 1_000;
const SECRET = 'whsec_c2VjcmV0LW9mLXRoZS1kb2N0b3ItZnV6eg==';

const BODIES = [
  '',
  '{}',
  '[',
  '{"a":{"b":[1,2,"ü"]}}',
  'a=1&b=%ZZ',
  '\uFEFF{"id":1}',
  'x'.repeat(5_000),
  '"\\ud800"',
  SECRET,
  '{"signature":{"timestamp":1,"token":[],"signature":null}}',
];
const VALUES = [
  '',
  ' ',
  'sha256=',
  't=,v1=',
  't=1,t=2,v1=zz',
  'v1,AAAA',
  '1'.repeat(400),
  SECRET,
  'deadbeef'.repeat(8),
  '-_-_'.repeat(11),
  '1e9',
  '\u00ff\u00fe',
  ','.repeat(100),
  '1772366400',
  '../..',
  'https://x/%',
];
const URLS = ['https://hooks.example.com/flows/x/hook', 'http://[::1]:3000/?a=%', '/relative', '', 'https://h/a?b?c#d'];

it(`the doctor never fails, finds at least something, and never says the secret: ${ROUNDS} requests`, () => {
  const random = seededRandom(20260301);
  const any = <T>(list: readonly T[]): T => list[random.between(0, list.length - 1)]!;
  const names = Object.values(schemes).flatMap(({ header, timestamp, id }) => [
    ...[header ?? []].flat(),
    timestamp?.from.slice('header:'.length) ?? 'x-time',
    id?.slice('header:'.length) ?? 'x-id',
  ]);
  const credentials = Object.keys(schemes).flatMap(
    (scheme) => createCredential(scheme, { type: 'hmac', scheme, secrets: [{ env: 'S' }] }, () => SECRET).credential ?? [],
  );
  expect(credentials.length).toBeGreaterThan(30);
  for (let round = 0; round < ROUNDS; round += 1) {
    const rawHeaders = Array.from({ length: random.between(0, 5) }, () => [
      any([...names, 'Host', 'X-Forwarded-Host', 'X-Forwarded-Prefix']),
      any(VALUES),
    ]).flat();
    const request: IncomingRequest = {
      method: any(['POST', 'GET', '']),
      url: any(URLS),
      rawHeaders,
      body: Buffer.from(any(BODIES), any(['utf8', 'latin1'] as const)),
    };
    const credential = any(credentials);
    const now = new Date(1_772_366_400_000);
    const diagnosis = diagnose(credential, request, now);
    expect(diagnosis.findings.length > 0).toBe(!credential.verify(request, now).ok);
    const text = JSON.stringify(diagnosis);
    expect(text).not.toContain(SECRET);
    expect(text.length).toBeLessThan(8_192);
  }
});

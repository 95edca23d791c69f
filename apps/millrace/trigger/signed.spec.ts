import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCredential, verify, type CredentialConfig } from '@millrace/credentials';
import { signedRequest, triggerCredential } from './signed.js';

const PUBLIC = 'https://hooks.example';
const trigger = { type: 'webhook' as const, url: `${PUBLIC}/flows/orders/hook`, methods: ['POST'], credential: 'shop' };
const payload = { body: Buffer.from('{"id": 1,  "odd":"spacing"}'), contentType: 'application/json' };

function credentialOf(config: CredentialConfig) {
  const { credential } = createCredential('shop', config, () => 'a-long-enough-secret');
  if (!credential) throw new Error('The example credential is wrong.');
  return credential;
}

describe('a request that is signed as the provider would', () => {
  it.each<[string, CredentialConfig]>([
    ['github', { type: 'hmac', scheme: 'github', secrets: [{ env: 'S' }] }],
    ['trello, which signs the public address', { type: 'hmac', scheme: 'trello', secrets: [{ env: 'S' }] }],
    ['an api key in the query', { type: 'api-key', in: 'query', name: 'key', value: { env: 'S' } }],
  ])('goes to the instance and still holds for the public address: %s', (_, config) => {
    const credential = credentialOf(config);
    const { url, headers, body } = signedRequest(trigger, payload, credential, 'http://127.0.0.1:3000');
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:3000\/flows\/orders\/hook(\?key=|$)/);
    expect(Buffer.from(body ?? []).equals(payload.body)).toBe(true);
    const seen = { method: 'POST', url: url.replace('http://127.0.0.1:3000', PUBLIC), rawHeaders: Object.entries(headers).flat() };
    expect(verify(credential, { ...seen, body: payload.body }, new Date())).toMatchObject({ ok: true });
  });

  it('has nothing added for an open URL', () => {
    expect(signedRequest(trigger, payload, undefined, 'http://127.0.0.1:3000').headers).toEqual({ 'content-type': 'application/json' });
  });

  it('uses a method that the trigger takes', () => {
    expect(signedRequest({ ...trigger, methods: ['PUT'] }, payload, undefined, 'http://x').method).toBe('PUT');
  });
});

describe('the credential of a trigger', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'millrace-trigger-'));
    const shop = { type: 'hmac', scheme: 'github', secrets: [{ env: 'SHOP_SECRET' }] };
    await writeFile(join(folder, 'credentials.json'), JSON.stringify({ shop }));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const find = (credential: string | null, secret?: string) =>
    triggerCredential({ ...trigger, credential }, { credentials: join(folder, 'credentials.json'), variable: () => secret });

  it('is none for an open URL, else the one of the credentials file', async () => {
    expect(await find(null)).toBeUndefined();
    expect((await find('shop', 'a-long-enough-secret'))?.name).toBe('shop');
  });

  it('that lacks its secret says which variable to set', async () => {
    await expect(find('shop')).rejects.toThrow(/environment variable SHOP_SECRET/);
  });

  it('that is not there says which file does not have it', async () => {
    await expect(find('other')).rejects.toThrow(/credential other, which .*credentials\.json/);
  });
});

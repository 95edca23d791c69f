import { createHmac } from 'node:crypto';
import { execFile } from 'node:child_process';
import { jest } from '@jest/globals';
import { newKeyText } from '@millrace/credentials';
import type { CredentialItem, CredentialList, NewSecret, RefusalDetail, RefusalPage, RotatedKey } from '../../apps/control-api/index.js';
import { startPrivatePostgres, type PrivatePostgres } from '../contract/private-postgres.js';
import { endOf, eventually, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';
import { startReceiver, type Receiver } from '../support/receiver.js';

jest.setTimeout(300_000);

const INCOMING = 'whsec-of-the-sealed-credentials-spec';
const OUTGOING = 'bearer-of-the-sealed-credentials-spec';

let postgres: PrivatePostgres;
let receiver: Receiver;
let first: TestInstance;
let second: TestInstance;

beforeAll(async () => {
  postgres = await startPrivatePostgres();
  receiver = await startReceiver();
  const env = { DATABASE_URL: await postgres.newUrl(), MILLRACE_KEY: newKeyText() };
  const send = { id: 'send', use: 'http.request', credential: 'out', with: { url: `${receiver.url}/sent`, method: 'PUT', body: { n: 1 } } };
  const flows = {
    credentials: { shadowed: { type: 'api-key', name: 'x-key', value: { env: 'NOBODY_SET_THIS' } } },
    ...webhookFlow('orders', { credential: 'in' }, [send]),
    ...webhookFlow('guarded', { credential: 'shadowed' }),
  };
  first = await startInstance({ flows, env });
  second = await startInstance({ flows: first.flows, env });
});
afterAll(async () => {
  await Promise.all([first.stop(), second.stop(), receiver.close()]);
  await postgres.stop();
});

function put(name: string, definition: object, at = first): Promise<unknown> {
  return at.api(`credentials/${name}`, { method: 'PUT', body: JSON.stringify(definition) });
}

function post<T>(path: string, body: object = {}): Promise<T> {
  return first.api<T>(path, { method: 'POST', body: JSON.stringify(body) });
}

async function sendOrder({ url }: TestInstance, secret: string, body = '{"n":1}'): Promise<Response> {
  const signature = `sha256=${createHmac('sha256', secret).update('{"n":1}').digest('hex')}`;
  return fetch(`${url}/flows/orders/hook`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
  });
}

/** The answer once it is not one of these statuses any more. */
function settled(at: TestInstance, secret: string, ...not: number[]): Promise<Response> {
  return eventually(`an answer that is not ${not.join(' or ')}`, async () => {
    const response = await sendOrder(at, secret);
    // Whoever fails often is told to wait; the right secret passes all the same.
    return response.status === 429 || not.includes(response.status) ? undefined : response;
  });
}

function millrace(args: readonly string[], input = ''): Promise<{ code: number; out: string; err: string }> {
  const env = { ...process.env, MILLRACE_HOME: first.home, MILLRACE_TOKEN: first.token, MILLRACE_FLOWS: first.flows, MILLRACE_PLUGINS: '' };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...args, '--url', first.url], { env, cwd: first.home }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
    child.stdin?.end(input);
  });
}

describe('sealed credentials', () => {
  it('are taken by every process without a restart, for what comes in and what goes out', async () => {
    expect((await sendOrder(second, INCOMING)).status).toBe(503);
    await put('out', { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ', value: { secret: OUTGOING } });
    await put('in', { type: 'hmac', scheme: 'github', secrets: [{ secret: INCOMING }] });
    const response = await settled(second, INCOMING, 503);
    expect(response.status).toBe(202);
    const { runId } = (await response.json()) as { runId: string };
    expect(await endOf(second, runId)).toMatchObject({ status: 'succeeded' });
    expect(receiver.requests.at(-1)?.headers['authorization']).toBe(`Bearer ${OUTGOING}`);
  });

  it('are shown with where they come from, who uses them and how it went, never with their secrets', async () => {
    await sendOrder(first, 'another-secret');
    const { items } = await eventually('both uses', async () => {
      const list = await first.api<CredentialList>('credentials');
      return list.items.every(({ name, lastSuccessAt }) => name === 'shadowed' || lastSuccessAt !== null) && list.items[0]?.lastFailure
        ? list
        : undefined;
    });
    expect(items.map(({ name, source, usable, usedBy, missing }) => [name, source, usable, usedBy, missing])).toEqual([
      ['in', 'sealed', true, ['orders'], null],
      ['out', 'sealed', true, ['orders'], null],
      ['shadowed', 'file', false, [], 'NOBODY_SET_THIS'],
    ]);
    expect(items[0]).toMatchObject({
      definition: { scheme: 'github', secrets: [{ sealed: 'sealed_1' }] },
      lastFailure: { code: 'credential.mismatch' },
    });
    expect(JSON.stringify(items)).not.toMatch(new RegExp(`${INCOMING}|${OUTGOING}`));
  });

  it('take a generated secret, shown once, and let the old one go on for a while', async () => {
    const { secret, keepUntil } = await post<NewSecret>('credentials/in/secret', { keepOldFor: '1h' });
    expect(Date.parse(keepUntil ?? '')).toBeGreaterThan(Date.now());
    expect((await settled(second, secret ?? '', 401)).status).toBe(202);
    expect((await sendOrder(second, INCOMING)).status).toBe(202);
    expect(JSON.stringify(await first.api('credentials/in'))).not.toContain(secret);
    const { secret: only } = await post<NewSecret>('credentials/in/secret');
    expect((await settled(first, only ?? '', 401)).status).toBe(202);
    await eventually('the end of the old secret', async () =>
      [401, 429].includes((await sendOrder(second, INCOMING)).status) ? true : undefined,
    );
  });

  it('go before the file, and give way to it again', async () => {
    const guarded = (): Promise<Response> =>
      fetch(`${first.url}/flows/guarded/hook`, { method: 'POST', headers: { 'x-key': 'sealed-key-of-the-spec' } });
    expect((await guarded()).status).toBe(503);
    await post('credentials/shadowed/secret', { secret: 'sealed-key-of-the-spec' });
    expect((await guarded()).status).toBe(202);
    expect(await first.api<CredentialItem>('credentials/shadowed')).toMatchObject({ source: 'sealed', shadowsFile: true, usable: true });
    await first.api('credentials/shadowed', { method: 'DELETE' });
    expect((await guarded()).status).toBe(503);
  });

  it('of a key keep the old one as well, and the event says which it was', async () => {
    const old = 'sealed-key-of-the-spec';
    const guarded = (key: string): Promise<Response> =>
      fetch(`${first.url}/flows/guarded/hook`, { method: 'POST', headers: { 'x-key': key } });
    await post('credentials/shadowed/secret', { secret: old });
    const { out, err } = await millrace(['credentials', 'rotate', 'shadowed', '--generate', '--keep-old-for', '1h']);
    expect(err).toContain('older ones count until');
    const fresh = out.trim();
    const verifiedWith = async (key: string): Promise<unknown> => {
      const response = await guarded(key);
      const { eventId } = (await response.json()) as { eventId: string };
      return (await first.api<{ verified: unknown }>(`events/${eventId}`)).verified;
    };
    expect(await verifiedWith(fresh)).toMatchObject({ credential: 'shadowed', old: false });
    expect(await verifiedWith(old)).toMatchObject({ credential: 'shadowed', old: true });
    expect(await first.api('credentials/shadowed')).toMatchObject({ expiresAt: null, oldSecretUntil: expect.any(String) as string });
    await post('credentials/shadowed/secret', { secret: fresh });
    expect([(await guarded(fresh)).status, (await guarded(old)).status]).toEqual([202, 401]);
    await first.api('credentials/shadowed', { method: 'DELETE' });
  });

  it('take a rate without their secret being asked for, and give it up again', async () => {
    const set = (...options: string[]): ReturnType<typeof millrace> => millrace(['credentials', 'set', 'out', ...options]);
    const defined = async (): Promise<unknown> => (await first.api<CredentialItem>('credentials/out')).definition;
    const before = (await defined()) as object;
    expect(await set('--rate', '90/10s')).toMatchObject({
      code: 0,
      out: expect.stringContaining('The rate of the credential out is set.'),
    });
    expect(await defined()).toEqual({ ...before, rate: { limit: 90, per: '10s' } });
    expect(await set('--rate', 'fast')).toMatchObject({ code: 1, err: expect.stringContaining('such as 90/10s, or none') });
    expect(await set('--rate', '1/1ms')).toMatchObject({ code: 1, err: expect.stringContaining('"rate.per" is "1ms"') });
    await set('--rate', 'none');
    expect(await defined()).toEqual(before);
    expect(await first.api('credentials/out')).toMatchObject({ usable: true });
  });

  it('are not removed while flows use them, unless that is forced', async () => {
    await expect(first.api('credentials/out', { method: 'DELETE' })).rejects.toThrow(/409.*used by orders/);
    await expect(first.api('credentials/nobody', { method: 'DELETE' })).rejects.toThrow('404');
    await expect(first.api('credentials/shadowed', { method: 'DELETE' })).rejects.toThrow(/409.*credentials file/);
    expect(await first.api('credentials/out?force=true', { method: 'DELETE' })).toEqual({ removed: true });
    expect((await settled(second, INCOMING, 401, 202)).status).toBe(503);
    await put('out', { type: 'api-key', name: 'authorization', value: { secret: OUTGOING } });
  });

  it('are made with a secret of their own, and only where nothing has the name', async () => {
    const make = (name: string, definition: object, query = ''): Promise<Response> =>
      fetch(`${first.url}/api/v1/credentials/${name}${query}`, {
        method: 'PUT',
        body: JSON.stringify(definition),
        headers: { authorization: `Bearer ${first.token}`, 'if-none-match': '*' },
      });
    const made = await make('fresh', { type: 'hmac', scheme: 'standard-webhooks' }, '?generate=true');
    expect(await made.json()).toEqual({ name: 'fresh', secret: expect.stringMatching(/^whsec_[\w+/=]{44}$/) as string, warnings: [] });
    expect(await first.api('credentials/fresh')).toMatchObject({ usable: true, source: 'sealed' });
    for (const name of ['fresh', 'shadowed']) {
      const again = await make(name, { type: 'api-key', name: 'x-key', value: { secret: OUTGOING } });
      expect([again.status, await again.json()]).toEqual([
        412,
        { error: { code: 'credential.exists', message: expect.stringContaining(name) as string } },
      ]);
    }
    const address = await make('address', { type: 'api-key', in: 'url' }, '?generate=true');
    expect([address.status, ((await address.json()) as { error: { code: string } }).error.code]).toEqual([
      422,
      'credential.takes-no-secret',
    ]);
    await expect(first.api('credentials/address')).rejects.toThrow('404');
    await first.api('credentials/fresh', { method: 'DELETE' });
  });

  it.each([
    ['no JSON', '{', 400],
    ['a list', '[]', 400],
    ['nesting', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, 400],
    ['too much', JSON.stringify({ type: 'none', note: 'x'.repeat(70_000) }), 413],
    ['an unknown type', '{"type":"magic"}', 422],
    ['a misplaced secret', `{"type":"basic","username":"u","password":"${OUTGOING}"}`, 422],
  ])('refuse %s by a sentence that repeats nothing of it', async (_name, body, status) => {
    const headers = { authorization: `Bearer ${first.token}` };
    const response = await fetch(`${first.url}/api/v1/credentials/bad`, { method: 'PUT', body, headers });
    const text = await response.text();
    expect([response.status, text]).toEqual([status, expect.stringMatching(/^\{"error":\{"code":"[a-z.-]+","message":".*\."\}\}$/)]);
    expect(text).not.toContain(OUTGOING);
  });

  it('say with MILLRACE_KEY which key seals, and go on after it was rotated', async () => {
    const { current } = await first.api<{ current: string }>('key');
    expect(await post<RotatedKey>('key/rotate')).toEqual({ current, resealed: 0 });
  });
});

describe('a key that is none', () => {
  it('stops the start with a sentence that does not repeat it', async () => {
    const error = await startInstance({ flows: first.flows, env: { MILLRACE_KEY: 'not-much-of-a-key' } }).catch(
      (thrown: unknown) => thrown as Error,
    );
    expect((error as Error).message).toContain('MILLRACE_KEY is not 32 bytes in base64 or hexadecimal.');
    expect((error as Error).message).not.toContain('not-much-of-a-key');
  });
});

describe('the command line', () => {
  it('seals a secret from standard input, lists it, changes and removes it', async () => {
    const set = await millrace(['credentials', 'set', 'partner', '--username', 'ada'], 'password-of-the-partner\n');
    expect([set.code, set.out]).toEqual([0, 'The credential partner is sealed.\n']);
    expect((await millrace(['credentials'])).out).toMatch(/^partner +basic +sealed +usable/m);
    const rotated = await millrace(['credentials', 'rotate', 'partner', '--generate']);
    expect(rotated.out).toMatch(/^[A-Za-z0-9_-]{43}\n$/);
    const shown = await millrace(['credentials', 'show', 'partner']);
    expect(shown.out).toContain('{"type":"basic","username":"ada","password":{"sealed":"sealed_2"}}');
    const removed = await millrace(['credentials', 'remove', 'partner']);
    expect([removed.code, removed.out]).toEqual([0, 'The sealed credential partner is gone.\n']);
  });

  it('takes no secret from the command line, and none that is empty', async () => {
    expect((await millrace(['credentials', 'set', 'partner', 'password'])).err).toContain('never goes on the command line');
    expect((await millrace(['credentials', 'set', 'partner', '--username', 'ada'])).err).toContain('No secret came on standard input');
    expect((await millrace(['credentials', 'set', 'nobody'], 'x')).err).toContain('There is no credential');
  });
});

describe('a refusal', () => {
  it('is explained to the owner: in the API and on the command line', async () => {
    const { secret } = await post<NewSecret>('credentials/in/secret');
    const answer = await settled(first, secret ?? '', 401, 503);
    expect(answer.status).toBe(202);
    expect((await sendOrder(first, secret ?? '', '{"n":1}\n')).status).toBe(401);
    const refusal = await eventually('the explained refusal', async () => {
      const { items } = await first.api<RefusalPage>('refusals?flow=orders&limit=1');
      const detail = items[0] && (await first.api<RefusalDetail>(`refusals/${items[0].id}`));
      return detail?.diagnosis?.findings[0]?.code === 'body.newline' ? detail : undefined;
    });
    expect(refusal.diagnosis?.findings[0]).toMatchObject({ certain: true, message: expect.stringContaining('a line feed was added') });
    expect(refusal.diagnosis?.signed).toMatchObject({ template: '{body}', parts: [{ part: '{body}', bytes: 8, start: '{"n":1}\n' }] });
    const { out } = await millrace(['refusals', 'show', refusal.id]);
    expect(out).toMatch(/Certain: The body was changed after it was signed: a line feed was added to its end\. \(body\.newline\)/);
    await expect(first.api('refusals/01920f7a-5c1e-7cc3-98c4-dc0c0c07398f')).rejects.toThrow('404');
  });
});

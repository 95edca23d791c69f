import { createHash, createHmac } from 'node:crypto';
import { createCredential, verify, type CredentialConfig, type IncomingRequest, type Verdict } from '../index.js';

const now = new Date('2025-10-09T08:53:20Z');
const nowSeconds = now.getTime() / 1000;
const json = '{"id":"evt_1","data":{"amount":1200}}';

type Headers = readonly (readonly [string, string])[];

function request(headers: Headers, body: string | Uint8Array = json): IncomingRequest {
  return { method: 'POST', url: 'https://hooks.example.com/in', rawHeaders: headers.flat(), body: Buffer.from(body as string) };
}

function check(config: Record<string, unknown>, secrets: readonly string[], incoming: IncomingRequest, at = now): Verdict {
  const refs = secrets.map((_, index) => ({ env: `S${index}` }));
  const entry = { type: 'hmac', secrets: refs, ...config } as unknown as CredentialConfig;
  const { credential, problems } = createCredential('test', entry, ({ env }) => secrets[Number(env.slice(1))]);
  expect(problems).toEqual([]);
  if (credential === undefined) throw new Error('no credential');
  return verify(credential, incoming, at);
}

function hmacHex(secret: string | Uint8Array, ...parts: readonly (string | Uint8Array)[]): string {
  const hmac = createHmac('sha256', secret);
  for (const part of parts) hmac.update(part);
  return hmac.digest('hex');
}

describe('rotation', () => {
  const [fresh, old] = ['the-new-secret-0123456789', 'the-old-secret-0123456789'];
  const signedBy = (secret: string): IncomingRequest => request([['X-Hub-Signature-256', `sha256=${hmacHex(secret, json)}`]]);

  it('says which secret matched, and warns about an older one', () => {
    expect(check({ scheme: 'github' }, [fresh, old], signedBy(fresh))).toEqual({
      ok: true,
      secretIndex: 0,
      secretName: 'S0',
      consumed: { headers: [], query: [] },
    });
    const verdict = check({ scheme: 'github' }, [fresh, old], signedBy(old));
    expect(verdict).toMatchObject({ ok: true, secretIndex: 1, warning: expect.stringContaining('S1') as string });
  });

  it('an expired secret never matches, and the owner learns that it was the one', () => {
    const secrets = [{ env: 'S0' }, { env: 'S1', notAfter: now.toISOString() }];
    const at = (ms: number): Verdict => check({ scheme: 'github', secrets }, [fresh, old], signedBy(old), new Date(now.getTime() + ms));
    expect(at(0)).toMatchObject({ ok: true, secretIndex: 1 });
    expect(at(1)).toMatchObject({
      ok: false,
      status: 401,
      code: 'credential.secret-expired',
      reason: expect.stringContaining('S1') as string,
    });
  });

  it('an active secret counts although an expired one matches as well', () => {
    const secrets = [{ env: 'S0', notAfter: '2020-01-01T00:00:00Z' }, { env: 'S1' }];
    expect(check({ scheme: 'github', secrets }, [old, old], signedBy(old))).toMatchObject({ ok: true, secretIndex: 1 });
  });
});

describe('replay key', () => {
  const secret = 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0';
  const key = Buffer.from('c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0', 'base64');
  const sha = (text: string): string => createHash('sha256').update(text).digest('base64url');

  function standard(id: string, at: number): Verdict {
    const signature = Buffer.from(hmacHex(key, `${id}.${at}.${json}`), 'hex').toString('base64');
    const headers: Headers = [
      ['webhook-id', id],
      ['webhook-timestamp', String(at)],
      ['webhook-signature', `v1,${signature}`],
    ];
    return check({ scheme: 'standard-webhooks' }, [secret], request(headers));
  }

  it('is the signed id for a day, the same over retries that were signed anew', () => {
    const expected = { replayId: `id:${sha('msg_1')}`, replayWindowMs: 86_400_000 };
    expect(standard('msg_1', nowSeconds)).toMatchObject(expected);
    expect(standard('msg_1', nowSeconds - 100)).toMatchObject(expected);
  });

  it('is the signed content for twice the tolerance where there is no id, whatever spelling the signature has', () => {
    const content = `v0:${nowSeconds}:${json}`;
    const digest = hmacHex(secret, content);
    const verdicts = [digest, digest.toUpperCase()].map((hex) =>
      check(
        { scheme: 'slack' },
        [secret],
        request([
          ['X-Slack-Request-Timestamp', String(nowSeconds)],
          ['X-Slack-Signature', `v0=${hex}`],
        ]),
      ),
    );
    for (const verdict of verdicts) expect(verdict).toMatchObject({ replayId: `content:${sha(content)}`, replayWindowMs: 600_000 });
  });

  it('falls back to the content when the body has no id', () => {
    const header = `t=${nowSeconds},v1=${hmacHex(secret, `${nowSeconds}.no json`)}`;
    const verdict = check({ scheme: 'stripe' }, [secret], request([['Stripe-Signature', header]], 'no json'));
    expect(verdict).toMatchObject({ replayId: `content:${sha(`${nowSeconds}.no json`)}` });
  });

  it('is absent where nothing signed tells two equal requests apart', () => {
    const verdict = check(
      { scheme: 'squake' },
      [secret],
      request([
        ['SQUAKE-TIMESTAMP', now.toISOString()],
        ['SQUAKE-SIGNATURE', hmacHex(secret, json)],
      ]),
    );
    expect(verdict.ok && verdict.replayId).toBeUndefined();
  });

  it('is absent when the time is checked but not signed', () => {
    const config = { header: 'x-sig', algorithm: 'sha256', timestamp: { from: 'header:x-time', unit: 's' } };
    const verdict = check(
      config,
      [secret],
      request([
        ['x-sig', hmacHex(secret, json)],
        ['x-time', String(nowSeconds)],
      ]),
    );
    expect(verdict).toMatchObject({ ok: true });
    expect(verdict).not.toHaveProperty('replayId');
  });
});

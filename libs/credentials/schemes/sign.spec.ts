import fc from 'fast-check';
import { isStepError } from '@millrace/component-sdk';
import {
  createCredential,
  schemes,
  verify,
  type Credential,
  type CredentialConfig,
  type IncomingRequest,
  type OutgoingRequest,
} from '../index.js';

const now = new Date('2025-10-09T08:53:20.123Z');

function credentialOf(config: Record<string, unknown>, secrets: readonly string[]): Credential {
  const entry = { type: 'hmac', secrets: secrets.map((_, at) => ({ env: `S${at}` })), ...config } as unknown as CredentialConfig;
  const { credential, problems } = createCredential('partner', entry, ({ env }) => secrets[Number(env.slice(1))]);
  if (credential === undefined) throw new Error(JSON.stringify(problems));
  return credential;
}

function received(request: OutgoingRequest): IncomingRequest {
  return { ...request, rawHeaders: Object.entries(request.headers).flat(), body: request.body ?? new Uint8Array() };
}

function codeThrown(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return isStepError(error) ? error.code : error;
  }
  return undefined;
}

/** In whatever way the scheme decodes it, this is a secret. */
const secret = Buffer.from('0123456789abcdef0123456789abcdef').toString('base64');
const backward = Object.entries(schemes)
  .filter(([, scheme]) => scheme.signature === undefined && !scheme.algorithm.includes('-') && scheme.algorithm !== 'ed25519')
  .map(([name]) => name);

it('all presets but those with a public key or a signature inside the body can sign', () => {
  const cannot = Object.keys(schemes).filter((name) => !backward.includes(name));
  expect(cannot.sort()).toEqual(['discord', 'mailgun', 'sendgrid', 'standard-webhooks-v1a']);
});

describe.each(backward)('%s', (scheme) => {
  const credential = credentialOf({ scheme }, [secret]);
  // Linear states the time in the body.
  const bodies =
    scheme === 'linear' ? fc.json().map((text) => Buffer.from(`{"webhookTimestamp":${now.getTime()},"x":${text}}`)) : fc.uint8Array();

  it('accepts what it signed, for any body, and refuses it with one byte more', () => {
    fc.assert(
      fc.property(bodies, fc.constantFrom('POST', 'PUT'), fc.webUrl({ withQueryParameters: true }), (body, method, url) => {
        const signed = credential.apply({ method, url, headers: { accept: '*/*' }, body }, { now });
        expect(verify(credential, received(signed), now)).toMatchObject({ ok: true });
        if (schemes[scheme]?.algorithm === 'equals') return;
        const longer = { ...received(signed), body: Buffer.concat([body, Buffer.from('0')]) };
        expect(verify(credential, longer, now).ok).toBe(false);
      }),
      { numRuns: 30 },
    );
  });
});

describe('signing', () => {
  const request: OutgoingRequest = { method: 'POST', url: 'https://partner.example/in', headers: {}, body: Buffer.from('{}') };

  it('changes neither the request it was given nor its other headers', () => {
    const given = Object.freeze({ ...request, headers: Object.freeze({ Accept: 'application/json' }) });
    const signed = credentialOf({ scheme: 'github' }, [secret]).apply(given, { now });
    expect(signed.headers).toEqual({
      Accept: 'application/json',
      'X-Hub-Signature-256': expect.stringMatching(/^sha256=[0-9a-f]{64}$/) as string,
    });
  });

  it('replaces a signature header of the author in any spelling', () => {
    const signed = credentialOf({ scheme: 'github' }, [secret]).apply({ ...request, headers: { 'x-hub-signature-256': 'mine' } }, { now });
    expect(Object.keys(signed.headers)).toEqual(['X-Hub-Signature-256']);
  });

  it('takes a fresh time for every attempt and keeps the id', () => {
    const credential = credentialOf({ scheme: 'standard-webhooks' }, [secret]);
    const attempt = (ms: number): OutgoingRequest['headers'] =>
      credential.apply(request, { now: new Date(now.getTime() + ms), id: 'msg_7' }).headers;
    expect(attempt(0)).toMatchObject({ 'webhook-id': 'msg_7', 'webhook-timestamp': '1760000000' });
    expect(attempt(5000)).toMatchObject({ 'webhook-id': 'msg_7', 'webhook-timestamp': '1760000005' });
  });

  it('gives an id that would blur the signed content another, constant form', () => {
    const credential = credentialOf({ scheme: 'standard-webhooks' }, [secret]);
    const idOf = (id?: string): string | undefined => credential.apply(request, { now, id }).headers['webhook-id'];
    expect(idOf('run.loop[3]\r\n')).toMatch(/^msg_[A-Za-z0-9_-]{43}$/);
    expect(idOf('run.loop[3]')).toBe(idOf('run.loop[3]'));
    expect(idOf()).not.toBe(idOf());
  });

  it('signs with every active secret where the header is a list, so that the receiver may hold either', () => {
    const secrets = ['the-new-secret-0123456789', 'the-old-secret-0123456789', 'the-dead-secret-012345678'];
    const refs = [{ env: 'S0' }, { env: 'S1' }, { env: 'S2', notAfter: '2020-01-01T00:00:00Z' }];
    const signed = credentialOf({ scheme: 'stripe', secrets: refs }, secrets).apply(request, { now });
    expect(signed.headers['Stripe-Signature']).toMatch(/^t=1760000000,v1=[0-9a-f]{64},v1=[0-9a-f]{64}$/);
    const accepted = secrets.map((held) => verify(credentialOf({ scheme: 'stripe' }, [held]), received(signed), now).ok);
    expect(accepted).toEqual([true, true, false]);
  });

  it('signs with the first active secret where the header holds one signature', () => {
    const refs = [{ env: 'S0', notAfter: '2020-01-01T00:00:00Z' }, { env: 'S1' }];
    const signed = credentialOf({ scheme: 'github', secrets: refs }, ['dead-secret-0123456789', 'live-secret-0123456789']).apply(request, {
      now,
    });
    expect(verify(credentialOf({ scheme: 'github' }, ['live-secret-0123456789']), received(signed), now).ok).toBe(true);
  });

  it('says why when it cannot', () => {
    const publicKey = '81c2466b961b6523338813b8fb0fab817b0942d1292868c177a7af4d714bc7d5';
    const expiredRef = { env: 'S0', notAfter: '2020-01-01T00:00:00Z' };
    const sign =
      (config: Record<string, unknown>, value = secret) =>
      () =>
        credentialOf(config, [value]).apply(request, { now });
    const codes = [
      sign({ scheme: 'discord' }, publicKey),
      sign({ scheme: 'mailgun' }),
      sign({ scheme: 'linear' }),
      sign({ header: 'x-sig', algorithm: 'sha256', signed: '{header:x-tenant}{body}' }),
      sign({ scheme: 'github', secrets: [expiredRef] }),
    ].map(codeThrown);
    const cannot = 'credential.cannot-sign';
    expect(codes).toEqual([cannot, cannot, cannot, cannot, 'credential.secret-expired']);
  });
});

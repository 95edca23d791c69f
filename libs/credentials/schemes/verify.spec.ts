import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { createCredential, schemes, verify, type CredentialConfig, type IncomingRequest, type Verdict } from '../index.js';

const now = new Date('2025-10-09T08:53:20Z');
const nowSeconds = now.getTime() / 1000;
const json = '{"id":"evt_1","data":{"amount":1200}}';

type Headers = readonly (readonly [string, string])[];

function request(headers: Headers, body: string | Uint8Array = json, url = 'https://hooks.example.com/flows/a/hook'): IncomingRequest {
  return { method: 'POST', url, rawHeaders: headers.flat(), body: Buffer.from(body as string) };
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

function codeOf(verdict: Verdict): string {
  return verdict.ok ? 'ok' : `${verdict.status} ${verdict.code}`;
}

describe('published examples', () => {
  it('GitHub: Validating webhook deliveries', () => {
    const signature = 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const incoming = request([['X-Hub-Signature-256', signature]], 'Hello, World!');
    expect(check({ scheme: 'github' }, ["It's a Secret to Everybody"], incoming)).toMatchObject({ ok: true, secretIndex: 0 });
  });

  it('Slack: Verifying requests from Slack, a form', () => {
    const form =
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar' +
      '&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands' +
      '%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';
    const headers: Headers = [
      ['X-Slack-Request-Timestamp', '1531420618'],
      ['X-Slack-Signature', 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503'],
    ];
    const verdict = check({ scheme: 'slack' }, ['8f742231b10e8888abcd99yyyzzz85a5'], request(headers, form), new Date(1531420618000));
    expect(verdict.ok).toBe(true);
  });

  it('Standard Webhooks: test of its JavaScript library', () => {
    const headers: Headers = [
      ['webhook-id', 'msg_p5jXN8AQM9LWM0D4loKWxJek'],
      ['webhook-timestamp', '1614265330'],
      ['webhook-signature', 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='],
    ];
    const incoming = request(headers, '{"test": 2432232314}');
    const verdict = check({ scheme: 'standard-webhooks' }, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], incoming, new Date(1614265330000));
    expect(verdict.ok).toBe(true);
  });
});

describe('presets by their recipe', () => {
  const secret = 'a-secret-of-sufficient-length';

  it('Stripe: time and signatures in one header, the whole whsec_ text is the key', () => {
    const key = 'whsec_0123456789abcdef';
    const header = `t=${nowSeconds},v0=00,v1=${hmacHex(key, `${nowSeconds}.${json}`)}`;
    expect(check({ scheme: 'stripe' }, [key], request([['Stripe-Signature', header]])).ok).toBe(true);
  });

  it('Shopify: base64, not hex', () => {
    const digest = createHmac('sha256', secret).update(json).digest();
    expect(check({ scheme: 'shopify' }, [secret], request([['X-Shopify-Hmac-Sha256', digest.toString('base64')]])).ok).toBe(true);
    expect(codeOf(check({ scheme: 'shopify' }, [secret], request([['X-Shopify-Hmac-Sha256', digest.toString('hex')]])))).toMatch(/^401/);
  });

  it('SQUAKE: either spelling of its header, not both at once', () => {
    const signature = hmacHex(secret, json);
    const [plain, rack]: Headers = [
      ['SQUAKE-SIGNATURE', signature],
      ['HTTP-SQUAKE-SIGNATURE', signature],
    ];
    const codes = [[plain], [rack], [plain, rack]].map((headers) =>
      codeOf(check({ scheme: 'squake' }, [secret], request(headers as Headers))),
    );
    expect(codes).toEqual(['ok', 'ok', '400 credential.duplicate']);
  });

  it('an underscore in a header name is not a dash', () => {
    expect(codeOf(check({ scheme: 'squake' }, [secret], request([['SQUAKE_SIGNATURE', hmacHex(secret, json)]])))).toBe(
      '401 credential.missing',
    );
  });

  it('Trigger.dev style: the sender chooses the header', () => {
    const config = { scheme: 'trigger.dev', header: 'X-Chatbot-Signature' };
    expect(check(config, [secret], request([['x-chatbot-signature', hmacHex(secret, json)]])).ok).toBe(true);
  });

  it('a preset keeps its other fields when one is overridden', () => {
    const at = nowSeconds - 20;
    const header = `ts=${at};h1=${hmacHex(secret, `${at}:${json}`)}`;
    const incoming = request([['Paddle-Signature', header]]);
    expect(codeOf(check({ scheme: 'paddle' }, [secret], incoming))).toBe('401 credential.timestamp-stale');
    expect(check({ scheme: 'paddle', timestamp: { toleranceSeconds: 60 } }, [secret], incoming).ok).toBe(true);
  });

  it('Square: the URL comes from the request as configured, whatever Host says', () => {
    const sign64 = (url: string): string =>
      createHmac('sha256', secret)
        .update(url + json)
        .digest('base64');
    const url = 'https://hooks.example.com/flows/a/hook?x=%20';
    const headers = (signed: string): Headers => [
      ['Host', 'evil.example'],
      ['x-square-hmacsha256-signature', sign64(signed)],
    ];
    expect(check({ scheme: 'square' }, [secret], request(headers(url), json, url)).ok).toBe(true);
    expect(check({ scheme: 'square' }, [secret], request(headers('https://evil.example/flows/a/hook?x=%20'), json, url)).ok).toBe(false);
  });

  it('Okta and GitLab: the token itself, whose bytes may be UTF-8, and which is named for removal', () => {
    const token = 'schlüssel-für-gitlab';
    const wire = Buffer.from(token, 'utf8').toString('latin1');
    const verdict = check({ scheme: 'gitlab-token' }, [token], request([['X-Gitlab-Token', wire]]));
    expect(verdict).toMatchObject({ ok: true, consumed: { headers: ['x-gitlab-token'], query: [] } });
    expect(check({ scheme: 'gitlab-token' }, [token], request([['X-Gitlab-Token', token]])).ok).toBe(false);
  });

  it('Discord: an Ed25519 public key in hexadecimal', () => {
    const pair = generateKeyPairSync('ed25519');
    const key = Buffer.from(pair.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url').toString('hex');
    const signature = sign(null, Buffer.from(`${nowSeconds}${json}`), pair.privateKey).toString('hex');
    const headers: Headers = [
      ['X-Signature-Timestamp', String(nowSeconds)],
      ['X-Signature-Ed25519', signature],
    ];
    expect(check({ scheme: 'discord' }, [key], request(headers)).ok).toBe(true);
    expect(codeOf(check({ scheme: 'discord' }, [key], request(headers, `${json} `)))).toBe('401 credential.mismatch');
  });

  it('SendGrid: an ECDSA signature that is no DER does not throw', () => {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const key = pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
    const names = ['X-Twilio-Email-Event-Webhook-Timestamp', 'X-Twilio-Email-Event-Webhook-Signature'] as const;
    const good = sign('sha256', Buffer.from(`${nowSeconds}${json}`), pair.privateKey);
    const codes = [good, Buffer.from('no der'), good.subarray(1), Buffer.concat([good, Buffer.from([0])])].map((signature) =>
      codeOf(
        check(
          { scheme: 'sendgrid' },
          [key],
          request([
            [names[0], String(nowSeconds)],
            [names[1], signature.toString('base64')],
          ]),
        ),
      ),
    );
    expect(codes).toEqual(['ok', '401 credential.mismatch', '401 credential.mismatch', '401 credential.mismatch']);
  });
});

describe('refusals', () => {
  const secret = 'a-secret-of-sufficient-length';
  const slack = (ts: string, signedTs = ts): IncomingRequest =>
    request([
      ['X-Slack-Request-Timestamp', ts],
      ['X-Slack-Signature', `v0=${hmacHex(secret, `v0:${signedTs}:${json}`)}`],
    ]);
  const github = (value: string): IncomingRequest => request([['X-Hub-Signature-256', value]]);
  const right = `sha256=${hmacHex(secret, json)}`;

  it.each([
    ['no header', request([]), '401 credential.missing'],
    ['an empty header', github(''), '401 credential.missing'],
    ['no prefix', github(right.slice(7)), '401 credential.malformed'],
    ['another prefix', github(right.replace('sha256=', 'sha512=')), '401 credential.malformed'],
    ['garbage after the digest', github(`${right}zz`), '401 credential.malformed'],
    ['white space inside', github(right.replace('=', '= ')), '401 credential.malformed'],
    ['a digest too short', github(right.slice(0, -2)), '401 credential.mismatch'],
    ['a digest too long', github(`${right}00`), '401 credential.mismatch'],
    ['only the prefix', github('sha256='), '401 credential.malformed'],
    [
      'the same header twice',
      request([
        ['X-Hub-Signature-256', right],
        ['x-hub-signature-256', right],
      ]),
      '400 credential.duplicate',
    ],
    ['another body', request([['X-Hub-Signature-256', right]], `${json}\n`), '401 credential.mismatch'],
  ])('%s', (_, incoming, expected) => {
    expect(codeOf(check({ scheme: 'github' }, [secret], incoming))).toBe(expected);
  });

  it('a digest in upper case is the same digest', () => {
    expect(check({ scheme: 'github' }, [secret], github(`sha256=${hmacHex(secret, json).toUpperCase()}`)).ok).toBe(true);
  });

  it.each([
    [-300, 'ok'],
    [-301, '401 credential.timestamp-stale'],
    [300, 'ok'],
    [301, '401 credential.timestamp-future'],
  ])('a time %d s from now', (offset, expected) => {
    expect(codeOf(check({ scheme: 'slack' }, [secret], slack(String(nowSeconds + offset))))).toBe(expected);
  });

  it('a time that was not the signed one', () => {
    expect(codeOf(check({ scheme: 'slack' }, [secret], slack(String(nowSeconds), String(nowSeconds - 900))))).toBe(
      '401 credential.mismatch',
    );
  });

  it('two times in a list, whichever was signed and though both are fresh', () => {
    const [first, last] = [nowSeconds - 2, nowSeconds - 1];
    const codes = [first, last].map((signed) => {
      const header = `t=${first},t=${last},v1=${hmacHex(secret, `${signed}.${json}`)}`;
      return codeOf(check({ scheme: 'stripe' }, [secret], request([['Stripe-Signature', header]])));
    });
    expect(codes).toEqual(['401 credential.timestamp-malformed', '401 credential.timestamp-malformed']);
  });

  it('a time sent twice', () => {
    const twice = slack(String(nowSeconds));
    const rawHeaders = ['x-slack-request-timestamp', String(nowSeconds), ...twice.rawHeaders];
    expect(codeOf(check({ scheme: 'slack' }, [secret], { ...twice, rawHeaders }))).toBe('400 credential.duplicate');
  });

  it('an id sent twice, even with one value', () => {
    const headers: Headers = [
      ['webhook-id', 'a'],
      ['Webhook-Id', 'a'],
      ['webhook-timestamp', String(nowSeconds)],
      ['webhook-signature', 'v1,AAAA'],
    ];
    const verdict = check({ scheme: 'standard-webhooks' }, ['whsec_c2VjcmV0c2VjcmV0c2VjcmV0'], request(headers));
    expect(codeOf(verdict)).toBe('400 credential.duplicate');
  });

  it('a list longer than sixteen signatures, though one of them is right', () => {
    const list = [...Array.from({ length: 16 }, () => 'v1=00'), `v1=${hmacHex(secret, json)}`];
    const check17 = check({ scheme: 'pagerduty' }, [secret], request([['X-PagerDuty-Signature', list.join(',')]]));
    const check16 = check({ scheme: 'pagerduty' }, [secret], request([['X-PagerDuty-Signature', list.slice(1).join(',')]]));
    expect([codeOf(check17), codeOf(check16)]).toEqual(['401 credential.malformed', 'ok']);
  });

  it('zeros moved from the end of the body into the time', () => {
    const headers = (ts: string): Headers => [
      ['X-HubSpot-Request-Timestamp', ts],
      [
        'X-HubSpot-Signature-v3',
        createHmac('sha256', secret).update(`POSThttps://hooks.example.com/flows/a/hookamount=1000${now.getTime()}`).digest('base64'),
      ],
    ];
    const genuine = check({ scheme: 'hubspot' }, [secret], request(headers(String(now.getTime())), 'amount=1000'));
    const forged = check({ scheme: 'hubspot' }, [secret], request(headers(`000${now.getTime()}`), 'amount=1'));
    expect([codeOf(genuine), codeOf(forged)]).toEqual(['ok', '401 credential.timestamp-malformed']);
  });

  it('no reason repeats a secret or what was sent', () => {
    const verdicts = [github('sha256=zz-what-was-sent'), github(`sha256=${'ab'.repeat(32)}`), slack('what-was-sent')].flatMap((incoming) =>
      ['github', 'slack'].map((scheme) => check({ scheme }, [secret], incoming)),
    );
    for (const verdict of verdicts) {
      expect(verdict.ok).toBe(false);
      expect(JSON.stringify(verdict)).not.toMatch(/what-was-sent|abab|a-secret/);
    }
  });
});

describe('values inside the body', () => {
  const secret = 'key-mailgun-signing-0123';
  const mailgun = (token: unknown, timestamp: unknown = String(nowSeconds)): Verdict => {
    const signature = hmacHex(secret, `${String(timestamp)}${String(token)}`);
    return check({ scheme: 'mailgun' }, [secret], request([], JSON.stringify({ signature: { timestamp, token, signature } })));
  };

  it('texts and whole numbers count', () => {
    expect(mailgun('t0k3n').ok).toBe(true);
    expect(mailgun('t0k3n', nowSeconds).ok).toBe(true);
  });

  it.each([[['x']], [{ a: 1 }], [null], [true], [1.5], [2 ** 60], ['\ud800']])('a token %j is as good as none', (token) => {
    expect(codeOf(mailgun(token))).toBe('401 credential.missing');
  });

  it('names of the prototype are no fields', () => {
    const config = { signature: 'json:/constructor/name', algorithm: 'equals' };
    expect(codeOf(check(config, ['Object'], request([], '{}')))).toBe('401 credential.missing');
  });

  it('a byte order mark and deep nesting neither throw nor hide a field', () => {
    const config = { signature: 'json:/token', algorithm: 'equals' };
    expect(check(config, ['t0k3n'], request([], '\ufeff{"token":"t0k3n"}')).ok).toBe(true);
    expect(check(config, ['t0k3n'], request([], '['.repeat(100_000))).ok).toBe(false);
  });
});

describe.each(Object.keys(schemes))('%s', (scheme) => {
  const secret = { discord: '81c2466b961b6523338813b8fb0fab817b0942d1292868c177a7af4d714bc7d5' }[scheme] ?? keyFor(scheme);
  const names = ['webhook-id', 'webhook-timestamp', 'svix-id', 'svix-timestamp', 'x-signature-timestamp', ...headersOf(scheme)];
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(String(nowSeconds), 't=1,v1=00', 'v1,AAAA', 'v1a,AAAA', 'sha256=00'),
  );
  const headers = fc.array(fc.tuple(fc.constantFrom(...names), text), { maxLength: 6 });

  it('refuses whatever was not signed, and never throws', () => {
    fc.assert(
      fc.property(headers, fc.oneof(fc.uint8Array(), fc.json().map(Buffer.from)), (lines, body) => {
        expect(check({ scheme }, [secret], request(lines, body)).ok).toBe(false);
      }),
      { numRuns: 50 },
    );
  });
});

function headersOf(scheme: string): readonly string[] {
  return [schemes[scheme]?.header ?? []].flat();
}

function keyFor(scheme: string): string {
  if (scheme === 'sendgrid') {
    return generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
  }
  return Buffer.from('0123456789abcdef0123456789abcdef')
    .toString('base64')
    .slice(0, scheme === 'standard-webhooks-v1a' ? 43 : 44);
}

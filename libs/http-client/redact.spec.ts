import { excerptOf, redact, redactUrl } from './redact.js';

describe('redact', () => {
  it('masks a secret in every spelling a vendor may echo', () => {
    const secret = 'p&ss "w"';
    const base64 = Buffer.from(secret).toString('base64');
    const text = [secret, encodeURIComponent(secret), JSON.stringify(secret), base64].join(' | ');
    expect(redact(text, [secret])).toBe('[redacted] | [redacted] | "[redacted]" | [redacted]');
  });

  it('masks the longer of two secrets that contain each other', () => {
    expect(redact('abcdef', ['abc', 'abcdef'])).toBe('[redacted]');
  });

  it('masks the path of a secret address where it appears without its host', () => {
    expect(redact('no POST /services/T0/B0/token here', ['https://hooks.example.com/services/T0/B0/token'])).toBe(
      'no POST [redacted] here',
    );
  });

  it('leaves text alone without secrets, and with empty ones', () => {
    expect([redact('abc', []), redact('abc', [''])]).toEqual(['abc', 'abc']);
  });
});

describe('what errors show', () => {
  it('of an address: no query values, no secrets, and only the origin when the address is the secret', () => {
    const url = new URL('https://api.example.com/v1/k3y/x?token=abc&b=1');
    expect(redactUrl(url, ['k3y'], false)).toBe('https://api.example.com/v1/[redacted]/x?token=…&b=…');
    expect(redactUrl(url, [], true)).toBe('https://api.example.com/…');
  });

  it('of a body: 2,048 characters, redacted before they are cut', () => {
    const bytes = Buffer.from(`${'a'.repeat(2040)}secret-token`);
    expect(excerptOf(bytes, 'text/plain', ['secret-token'])).toBe(`${'a'.repeat(2040)}[redacte`);
    expect(excerptOf(Buffer.from('x'), 'image/png', [])).toBe('(1 bytes of image/png)');
  });
});

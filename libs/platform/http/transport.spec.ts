import { resolve } from 'node:path';
import { originForm, prefixOf, transport, withoutPrefix } from './transport.js';

describe('the prefix of the public URL', () => {
  it.each([
    [undefined, ''],
    ['https://hooks.example.com', ''],
    ['https://hooks.example.com/', ''],
    ['https://example.com/in/hooks/', '/in/hooks'],
  ])('of %p is %p', (publicUrl, prefix) => {
    expect(prefixOf(publicUrl)).toBe(prefix);
  });

  it.each([
    ['/in/flows/a/hook?x=1', '/flows/a/hook?x=1'],
    ['/flows/a/hook', '/flows/a/hook'],
    ['/in', '/'],
    ['/in?x=1', '/?x=1'],
    ['/inside/flows', '/inside/flows'],
    ['/in/in/x', '/in/x'],
  ])('is taken away from %p, and from nothing that only begins like it', (url, rest) => {
    expect(withoutPrefix(url, '/in')).toBe(rest);
    expect(withoutPrefix(url, '')).toBe(url);
  });
});

it.each([
  ['/flows/a/hook?x=http://b/', '/flows/a/hook?x=http://b/'],
  ['http://a.test/flows/a/hook?x=1', '/flows/a/hook?x=1'],
  ['HTTPS://a.test:443/flows/a/hook', '/flows/a/hook'],
  ['http://a.test', '/'],
  ['http://a.test?x=1', '/?x=1'],
  ['ftp://a.test/x', 'ftp://a.test/x'],
  ['*', '*'],
])('the target %p is %p', (target, expected) => {
  expect(originForm(target)).toBe(expected);
});

describe('the transport', () => {
  const pem = (name: string): string => resolve('test/support/tls', name);

  it('is http without a certificate and https with one', async () => {
    expect(await transport({ tlsCert: undefined, tlsKey: undefined }, 1)).toEqual({ http: { maxHeaderSize: 1 } });
    const secured = await transport({ tlsCert: pem('cert.pem'), tlsKey: pem('key.pem') }, 1);
    expect(Object.keys(secured)).toEqual(['https']);
  });

  it.each([
    [pem('cert.pem'), pem('nobody.pem')],
    [pem('key.pem'), pem('key.pem')],
    [pem('cert.pem'), pem('cert.pem')],
  ])('that cannot be used stops the start and says what to look at', async (tlsCert, tlsKey) => {
    await expect(transport({ tlsCert, tlsKey }, 1)).rejects.toMatchObject({
      code: 'start.tls-unusable',
      message: expect.stringMatching(/cannot be used: .+ Check MILLRACE_TLS_CERT and MILLRACE_TLS_KEY\.$/) as string,
    });
  });
});

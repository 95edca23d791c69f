import { Refused } from './answers.js';
import { checkHeaders, headersWithout, soundsSecret, urlWithout } from './headers.js';

const NOTHING = (): boolean => false;

function refusalOf(...rawHeaders: string[]): unknown {
  try {
    checkHeaders(rawHeaders);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return [error.answer.status, error.code];
  }
}

describe('headers that make a request ambiguous', () => {
  it.each(['Host', 'Content-Type', 'CONTENT-LENGTH', 'authorization'])('%s twice', (name) => {
    expect(refusalOf(name, '1', 'X-Other', '2', name.toLowerCase(), '1')).toEqual([400, 'header.duplicate']);
  });

  it.each(['gzip', 'gzip, chunked', 'chunked, chunked', 'identity', ''])('Transfer-Encoding: %s', (value) => {
    expect(refusalOf('Transfer-Encoding', value)).toEqual([501, 'header.transfer-encoding']);
  });

  it('are not others, repeated or not', () => {
    const usual = ['Host', 'a', 'Transfer-Encoding', ' Chunked ', 'Content-Encoding', 'IDENTITY', 'Content-Type', 'text/plain'];
    expect(refusalOf(...usual, 'X-Tag', 'a', 'X-Tag', 'b', 'Cookie', 'a', 'Cookie', 'b')).toBeUndefined();
  });
});

describe('kept headers', () => {
  it('have lower-case names, repeats joined as RFC 9110 and RFC 6265 say', () => {
    const raw = ['X-A', '1', 'Cookie', 'a=1', 'x-a', '2', 'COOKIE', 'b=2'];
    expect({ ...headersWithout(raw, NOTHING) }).toEqual({ 'x-a': '1, 2', cookie: 'a=1; b=2' });
  });

  it('lack every spelling of what is hidden', () => {
    const raw = ['X-Key', 's', 'x-KEY', 's', 'X-Keys', 'kept'];
    expect({ ...headersWithout(raw, (name) => name === 'x-key') }).toEqual({ 'x-keys': 'kept' });
  });

  it('reach no prototype', () => {
    const headers = headersWithout(['__proto__', 'x', 'constructor', 'y'], NOTHING);
    expect(Object.keys(headers)).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });
});

describe('the kept URL', () => {
  const hideKey = (name: string): boolean => name === 'key';

  it.each([
    ['/a?key=1&b=2', '/a?b=2'],
    ['/a?b=2&key=1&key=3', '/a?b=2'],
    ['/a?%6bey=1&b=%20', '/a?b=%20'],
    ['/a?key=1', '/a'],
    ['/a?key', '/a'],
    ['/a?keys=1&k=key', '/a?keys=1&k=key'],
    ['/a?', '/a?'],
    ['/a?b=%zz&&=', '/a?b=%zz&&='],
    ['/key', '/key'],
    ['', ''],
  ])('of %p is %p', (url, kept) => {
    expect(urlWithout(url, hideKey)).toBe(kept);
  });
});

describe('a name that sounds secret', () => {
  it.each([
    'authorization',
    'x-api-key',
    'X-Gitlab-Token',
    'x-auth',
    'access_token',
    'client_secret',
    'PASSWORD',
    'cookie',
    'x-amz-credential',
  ])('%s', (name) => {
    expect(soundsSecret(name)).toBe(true);
  });

  it.each(['x-hub-signature-256', 'content-type', 'user-agent', 'x-github-delivery', 'page', 'id'])('not %s', (name) => {
    expect(soundsSecret(name)).toBe(false);
  });
});

import fc from 'fast-check';
import { decodeBase64, decodeHex, decodeUtf8, hasControl, sameDigest, sameSecret, textToWire, wireToBytes } from './bytes.js';

describe('strict decoding', () => {
  it('hex and base64 give back what an encoder wrote, for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const buffer = Buffer.from(bytes);
        expect(decodeHex(buffer.toString('hex'))).toEqual(buffer);
        expect(decodeBase64(buffer.toString('base64'))).toEqual(buffer);
      }),
    );
  });

  it('hex may be upper case', () => {
    expect(decodeHex('AbCd')).toEqual(Buffer.from([0xab, 0xcd]));
  });

  it.each(['abc', 'abzz', 'ab ', ' ab', 'ab\n', '0xab', 'abcd-'])('hex refuses %j', (text) => {
    expect(decodeHex(text)).toBeUndefined();
  });

  it.each(['YQ', 'YQ=', 'YQ===', 'YR==', 'YQ==YQ==', 'YQ==\n', ' YQ==', 'Y Q==', '-_-_', 'YWJ', 'YWJj!'])('base64 refuses %j', (text) => {
    expect(decodeBase64(text)).toBeUndefined();
  });

  it('no text has a second spelling in base64', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const bytes = decodeBase64(text);
        expect(bytes === undefined || bytes.toString('base64') === text).toBe(true);
      }),
    );
  });

  it('UTF-8 refuses overlong forms, surrogates and stray bytes', () => {
    expect(decodeUtf8(Buffer.from([0xc0, 0xaf]))).toBeUndefined();
    expect(decodeUtf8(Buffer.from([0xed, 0xa0, 0x80]))).toBeUndefined();
    expect(decodeUtf8(Buffer.from([0x61, 0xff]))).toBeUndefined();
  });

  it('a wire string holds the bytes of its text', () => {
    expect(wireToBytes(textToWire('schlüssel🔑'))).toEqual(Buffer.from('schlüssel🔑', 'utf8'));
  });
});

describe('comparison', () => {
  it('digests of unequal length are unequal and do not throw', () => {
    expect(sameDigest(Buffer.from('ab'), Buffer.from('abc'))).toBe(false);
    expect(sameDigest(Buffer.from('abc'), Buffer.from('abc'))).toBe(true);
  });

  it('secrets are equal only when every byte is', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(sameSecret(a, b)).toBe(Buffer.compare(a, b) === 0);
      }),
    );
  });
});

it('control characters are found, letters of any script are not taken for them', () => {
  expect(['a\nb', 'a\u0000', '\u007f', '\u0085'].map(hasControl)).toEqual([true, true, true, true]);
  expect(hasControl('Zoë 日本語 🚀')).toBe(false);
});

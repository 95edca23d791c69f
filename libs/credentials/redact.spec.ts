import { redact } from './redact.js';

const SECRET = 'k-"ey"/of+the=\\spec ü€ 𝄞';
const json = (text: string): string => JSON.stringify(text).slice(1, -1);
const escaped = (text: string): string => text.replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('redaction', () => {
  it.each<[string, (secret: string) => string]>([
    ['as it is', (text) => text],
    ['JSON', json],
    ['JSON within JSON', (text) => json(json(text))],
    ['JSON within JSON within JSON', (text) => json(json(json(text)))],
    ['JSON with escapes', (text) => escaped(json(text)).replaceAll('/', '\\/')],
    ['a URL', encodeURIComponent],
    ['a URL within a URL', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['a URL in lower case', (text) => encodeURIComponent(text).replace(/%../g, (code) => code.toLowerCase())],
    ['JSON within a URL', (text) => encodeURIComponent(json(text))],
    ['a form', (text) => new URLSearchParams({ text }).toString().slice('text='.length)],
    ['a URL in part', (text) => text.replaceAll('"', '%22')],
    ['base64', (text) => Buffer.from(text).toString('base64')],
    ['URL-safe base64', (text) => Buffer.from(text).toString('base64url')],
  ])('finds a secret in %s', (_name, spell) => {
    expect(redact(`<${spell(SECRET)}> and <${spell(SECRET)}>`, [SECRET])).toBe('<[redacted]> and <[redacted]>');
  });

  it('leaves everything else alone', () => {
    for (const text of ['', 'k-"ey"/of', '\\'.repeat(50), '%5C'.repeat(50), '{"a":[1,"ü"]}']) expect(redact(text, [SECRET])).toBe(text);
    expect(redact('anything', ['', ''])).toBe('anything');
  });

  it('takes the longer of two secrets that begin alike', () => {
    expect(redact('abcdef abc', ['abc', 'abcdef'])).toBe('[redacted] [redacted]');
  });

  it('leaves JSON that can be read, however many backslashes stand before', () => {
    for (let count = 0; count < 40; count += 1) {
      const text = JSON.stringify({ said: `${'\\'.repeat(count)}/s3cret` });
      expect(() => JSON.parse(redact(text, ['/s3cret'])) as unknown).not.toThrow();
      expect(redact(text, ['/s3cret'])).not.toContain('s3cret');
    }
  });

  it('is not held up by texts made for it', () => {
    const secrets = ['\\"\\"\\"\\"\\"'];
    expect(redact('\\'.repeat(200_000), secrets)).toHaveLength(200_000);
    expect(redact('%25'.repeat(70_000), secrets)).toHaveLength(210_000);
  });
});

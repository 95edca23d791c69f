import { bodyView } from './event-view.js';

describe('the view of a body', () => {
  it.each([
    ['', undefined, { kind: 'empty', value: null }],
    ['{"a":1}', 'application/json', { kind: 'parsed', value: { a: 1 } }],
    ['a=1&a=2', 'application/x-www-form-urlencoded', { kind: 'parsed', value: { a: ['1', '2'] } }],
    ['hello', 'text/plain', { kind: 'text', value: 'hello' }],
    ['{"a":', 'application/json', { kind: 'text', value: '{"a":' }],
    ['<a>1</a>', 'application/xml', { kind: 'parsed', value: { a: '1' } }],
    ['<a>', 'application/xml', { kind: 'text', value: '<a>' }],
    ['%PDF', 'application/pdf', { kind: 'text', value: '%PDF' }],
  ])('shows %p of type %p as a person can read it', (body, type, view) => {
    expect(bodyView(Buffer.from(body), type)).toEqual(view);
  });

  it('shows what is not UTF-8 as Base64, never with replaced characters', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    expect(bodyView(bytes, 'text/plain')).toEqual({ kind: 'base64', value: bytes.toString('base64') });
  });

  it('leaves a large body to the download', () => {
    expect(bodyView(Buffer.alloc(300 * 1024, 'x'), 'text/plain')).toEqual({ kind: 'large', value: null });
  });

  it('survives JSON that is nested a hundred thousand deep', () => {
    const { kind } = bodyView(Buffer.from('['.repeat(100_000)), 'application/json');
    expect(kind).toBe('text');
  });
});

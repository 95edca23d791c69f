import { parseBody } from '../body.js';

const FORM = 'application/x-www-form-urlencoded';

describe('a charset', () => {
  it.each([
    ['text/plain', Buffer.from('\ufeffü'), 'ü'],
    ['text/plain; charset=UTF-8', Buffer.from('ü'), 'ü'],
    ['text/plain; charset=iso-8859-1', Buffer.from([0xfc]), 'ü'],
    ['text/plain; charset=latin1', Buffer.from([0xfc]), 'ü'],
    ['text/plain; charset=windows-1252', Buffer.from([0x80]), '€'],
    ['text/plain; charset=utf-16', Buffer.from('ü', 'utf16le'), 'ü'],
    ['text/plain; charset=utf-16', Buffer.from('\ufeffü', 'utf16le').swap16(), 'ü'],
    ['text/plain; charset=utf-16be', Buffer.from('ü', 'utf16le').swap16(), 'ü'],
    ['text/plain; charset=shift_jis', Buffer.from([0x93, 0xfa]), '日'],
    ['application/json; charset=utf-16', Buffer.from('{"a":"ü"}', 'utf16le'), { a: 'ü' }],
    ['application/json; charset=iso-8859-1', Buffer.from('{"a":"\xfc"}', 'latin1'), { a: 'ü' }],
  ])('of %s is read', (type, bytes, value) => {
    expect(parseBody(bytes, type)).toEqual(value);
  });

  it.each([
    [FORM, 'a=%C3%BC+x', { a: 'ü x' }],
    [`${FORM}; charset=iso-8859-1`, 'a=%FC+x&%FC&b=%zz', { a: 'ü x', ü: '', b: '%zz' }],
  ])('counts for the escapes of a form of type %s', (type, text, fields) => {
    expect({ ...(parseBody(Buffer.from(text), type) as object) }).toEqual(fields);
  });

  it('that the bytes are not in is told', () => {
    expect(() => parseBody(Buffer.from([0xff, 0xd8, 0x00]), 'text/plain; charset=utf-16')).toThrow('The body is not valid utf-16.');
    expect(() => parseBody(Buffer.from([0xff]), 'text/plain; charset=us-ascii')).toThrow('The body is not valid UTF-8.');
  });
});

describe('a body of another type', () => {
  it.each(['application/pdf', 'image/png', 'application/octet-stream', 'multipart/mixed; boundary=x'])(
    'as %s has no value but is there',
    (type) => {
      expect(parseBody(Buffer.from([0, 1, 2]), type)).toBeNull();
    },
  );
});

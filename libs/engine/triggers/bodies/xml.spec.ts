import fc from 'fast-check';
import { BodyRefusal } from './refusal.js';
import { parseXml } from './xml.js';

function parse(xml: string | Uint8Array, charset?: string): unknown {
  const bytes = typeof xml === 'string' ? Buffer.from(xml) : xml;
  return JSON.parse(JSON.stringify(parseXml(bytes, charset)));
}

function refusalOf(xml: string | Uint8Array, charset?: string): unknown {
  try {
    return { parsed: parse(xml, charset) };
  } catch (error) {
    if (!(error instanceof BodyRefusal)) throw error;
    return [error.status, error.code];
  }
}

describe('XML', () => {
  it.each([
    ['<a/>', { a: '' }],
    ['<a>1</a>', { a: '1' }],
    ['<a>007</a>', { a: '007' }],
    ['<a> <b>x</b>\n <b>y</b> <c/> </a>', { a: { b: ['x', 'y'], c: '' } }],
    ['<a id="1">t</a>', { a: { '@id': '1', '#text': 't' } }],
    ['<a>x<b>y</b>z</a>', { a: { b: 'y', '#text': 'xz' } }],
    ['<a><![CDATA[<&>]]></a>', { a: '<&>' }],
    ['<a>&lt;&amp;&gt;&quot;&apos;&#8364;&#x20AC;</a>', { a: '<&>"\'€€' }],
    ['<?xml version="1.0"?><!-- c --><s:E xmlns:s="urn:x"><s:B>1</s:B></s:E>', { 's:E': { '@xmlns:s': 'urn:x', 's:B': '1' } }],
    ['\ufeff<a>ü</a>', { a: 'ü' }],
  ])('%p is %p', (xml, value) => {
    expect(parse(xml)).toEqual(value);
  });

  it.each([
    ['latin1 by its declaration', Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\xfc</a>', 'latin1'), undefined],
    [
      'latin1 by its Content-Type, over its declaration',
      Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a>\xfc</a>', 'latin1'),
      'iso-8859-1',
    ],
    ['UTF-16 by its byte order mark', Buffer.from('\ufeff<a>ü</a>', 'utf16le'), undefined],
    ['big-endian UTF-16 by its byte order mark', Buffer.from('\ufeff<a>ü</a>', 'utf16le').swap16(), undefined],
  ])('in %s is read', (_, bytes, charset) => {
    expect(parse(bytes, charset)).toEqual({ a: 'ü' });
  });

  it.each([
    ['an element that is not closed', '<a><b></a>', [400, 'body.malformed']],
    ['two roots', '<a/><b/>', [400, 'body.malformed']],
    ['no root', '<!-- -->', [400, 'body.malformed']],
    ['an attribute twice', '<a b="1" b="2"/>', [400, 'body.malformed']],
    ['an entity nobody declared', '<a>&x;</a>', [400, 'body.malformed']],
    ['text only', 'hello', [400, 'body.malformed']],
    ['entities that grow a billionfold', '<!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><l>&b;</l>', [400, 'body.doctype']],
    ['an entity that is a file', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', [400, 'body.doctype']],
    ['a document type in UTF-16', Buffer.from('\ufeff<!DOCTYPE a><a/>', 'utf16le'), [400, 'body.doctype']],
    ['a hundred and one levels', `${'<a>'.repeat(101)}${'</a>'.repeat(101)}`, [400, 'body.too-deep']],
    ['a hundred thousand levels', '<a>'.repeat(100_000), [400, 'body.too-deep']],
    ['a hundred and one attributes', `<a ${Array.from({ length: 101 }, (_, i) => `b${i}="1"`).join(' ')}/>`, [400, 'body.too-many-fields']],
    ['a __proto__ element', '<a><__proto__><b>1</b></__proto__></a>', [400, 'body.forbidden-key']],
    ['bytes that are not UTF-8', Buffer.from('<a>\xff</a>', 'latin1'), [400, 'body.not-utf8']],
  ])('with %s is refused', (_, xml, refusal) => {
    expect(refusalOf(xml)).toEqual(refusal);
  });

  it('of a hundred levels is read', () => {
    expect(refusalOf(`${'<a>'.repeat(100)}x${'</a>'.repeat(100)}`)).toHaveProperty('parsed');
  });

  it('is parsed or refused, whatever it is', () => {
    const pieces = fc.constantFrom(
      '<a>',
      '</a>',
      '<b c="d">',
      '</b>',
      '<![CDATA[',
      ']]>',
      '&amp;',
      '&x;',
      '<!DOCTYPE',
      '<?xml',
      '?>',
      '"',
      '>',
      '<!--',
      '-->',
      'é',
    );
    const texts = fc.oneof(
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
      fc.string({ unit: 'binary' }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const result = refusalOf(text);
        expect(Array.isArray(result) ? result[0] : 200).toBeLessThan(500);
      }),
      { numRuns: 1_000 },
    );
  });

  it('reaches no prototype through attributes', () => {
    const value = parseXml(Buffer.from('<a constructor="x" toString="y"/>'), undefined) as Record<string, object>;
    expect(Object.keys(value.a!)).toEqual(['@constructor', '@toString']);
    expect(Object.getPrototypeOf(value.a)).toBeNull();
  });
});

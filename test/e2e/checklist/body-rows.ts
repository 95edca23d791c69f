import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { chunked, type RawAnswer } from '../../support/raw-http.js';
import { errorOf, JSON_TYPE, receipt, told, type Row, type Site } from './site.js';

const MALFORMED = '400 body.malformed';

/** A body of some type to the flow that takes all. */
function typed({ hook }: Site, type: string, body: string | Buffer): Promise<RawAnswer> {
  return hook('open', { headers: [`Content-Type: ${type}`], body });
}

/** What a body may be, and what is made of it. */
export const bodyRows: readonly Row[] = [
  [
    12,
    'a body is kept byte for byte, with the type that it came with',
    async ({ hook, instance }) => {
      const bodies = [
        { type: 'application/json', body: Buffer.from('\ufeff"a\\u0000\ud83d\ude00"\r\n', 'utf8') },
        { type: 'application/x-unheard-of', body: Buffer.from([0, 0xff, 0x0d, 0x0a, 0, 0xc3, 0x28]) },
      ];
      for (const { type, body } of bodies) {
        const { eventId } = receipt(await hook('open', { headers: [`Content-Type: ${type}`], body }));
        const kept = await fetch(`${instance.url}/api/v1/events/${eventId}/body`, {
          headers: { authorization: `Bearer ${instance.token}` },
        });
        expect(Buffer.from(await kept.arrayBuffer()).equals(body)).toBe(true);
        const { headers } = await instance.api<{ headers: Record<string, string> }>(`events/${eventId}`);
        expect(headers['content-type']).toBe(type);
      }
    },
  ],
  [
    13,
    'too large is 413 before its end, too slow is 408, and neither holds anybody up',
    async ({ hook, slow }) => {
      const endless = chunked('x'.repeat(1024 * 1024), 'x').slice(0, -5);
      const large = await hook('open', { headers: [JSON_TYPE, 'Transfer-Encoding: chunked'], body: endless });
      expect(large.headers['connection']).toBe('close');
      expect(await told([Promise.resolve(large), hook('open'), slow])).toEqual(['413 body.too-large', 202, '408 body.too-slow']);
      expect((await slow).headers['connection']).toBe('close');
    },
  ],
  [
    14,
    'a coding is undone where it is asked for, once, and never beyond the limit',
    async ({ hook }) => {
      const send = (coding: string, body: Buffer, flow = 'coded'): Promise<RawAnswer> =>
        hook(flow, { headers: [JSON_TYPE, `Content-Encoding: ${coding}`], body });
      const bomb = Buffer.alloc(20 * 1024 * 1024);
      const sent = [
        send('gzip', gzipSync('{}')),
        send('deflate', deflateSync('{}')),
        send('br', brotliCompressSync('{}')),
        send('gzip', gzipSync(bomb)),
        send('br', brotliCompressSync(bomb)),
        send('gzip', gzipSync('{}'), 'open'),
        send('gzip, gzip', gzipSync(gzipSync('{}'))),
        send('gzip', Buffer.from('{}')),
      ];
      const notAccepted = '415 body.encoding-not-accepted';
      expect(await told(sent)).toEqual([202, 202, 202, '413 body.too-large', '413 body.too-large', notAccepted, notAccepted, MALFORMED]);
    },
  ],
  [
    19,
    'no key of a body reaches a prototype',
    async ({ hook, seen }) => {
      const bad = ['{"__proto__":{"admin":true}}', '{"a":[{"\\u005f_proto__":1}]}', '{"n":12345678901234567890,"__proto__":1}'];
      expect(await told(bad.map((body) => hook('open', { body })))).toEqual(bad.map(() => '400 body.forbidden-key'));
      const own = { constructor: { prototype: 1 } };
      expect((await seen(await hook('open', { body: JSON.stringify(own) }))).body).toEqual(own);
    },
  ],
  [
    20,
    'depth is limited, and large integers lose nothing',
    async ({ hook, seen }) => {
      const nested = [100, 101, 100_000].map((depth) => hook('open', { body: `${'['.repeat(depth)}${']'.repeat(depth)}` }));
      expect(await told(nested)).toEqual([202, '400 body.too-deep', '400 body.too-deep']);
      expect((await seen(await hook('open', { body: '[9007199254740993]' }))).body).toEqual(['9007199254740993']);
      expect(await told([hook('open', { body: `"${'['.repeat(200)}"` })])).toEqual([202]);
    },
  ],
  [
    21,
    'text is in the charset that it says, and valid in it',
    async (site) => {
      const sent = [
        typed(site, 'text/plain', Buffer.from([0xff])),
        typed(site, 'text/plain; charset=utf-7', 'x'),
        typed(site, 'text/plain; charset=iso-8859-1', Buffer.from([0xfc])),
        typed(site, 'application/json', Buffer.from([0x22, 0xff, 0x22])),
        typed(site, 'application/json; charset=utf-16', Buffer.from('"a"', 'utf16le')),
        typed(site, 'application/json; charset=utf-16', Buffer.from([0x22, 0, 0, 0xd8, 0x22, 0])),
        typed(site, 'application/json; charset=UTF-8', '\ufeff{}'),
        typed(site, 'application/x-www-form-urlencoded; charset=iso-8859-1', 'a=%fc'),
      ];
      const [invalid, unread] = ['400 body.not-utf8', '415 body.charset-not-accepted'];
      expect(await told(sent)).toEqual([invalid, unread, 202, invalid, 202, '400 body.not-of-charset', 202, 202]);
    },
  ],
  [
    22,
    'XML is well-formed, flat enough, guesses no types, and has no entities of its own',
    async (site) => {
      const xml = (body: string | Buffer): Promise<RawAnswer> => typed(site, 'text/xml', body);
      const laughs = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;</l>';
      const bad: [string | Buffer, string][] = [
        [laughs, '400 body.doctype'],
        ['<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', '400 body.doctype'],
        ['<a><b></a>', MALFORMED],
        ['<a/><a/>', MALFORMED],
        ['<a b="1" b="2"/>', MALFORMED],
        ['<a>&b;</a>', MALFORMED],
        ['<a>'.repeat(5000), '400 body.too-deep'],
        [`<a ${Array.from({ length: 2000 }, (_, i) => `x${i}=""`).join(' ')}/>`, '400 body.too-many-fields'],
        ['<a><__proto__/></a>', '400 body.forbidden-key'],
        [Buffer.from(`\ufeff${laughs}`, 'utf16le'), '400 body.doctype'],
      ];
      expect(await told(bad.map(([body]) => xml(body)))).toEqual(bad.map(([, expected]) => expected));
      expect((await site.seen(await xml('<a>&amp;&#65;<n>007</n></a>'))).body).toEqual({ a: { '#text': '&A', n: '007' } });
    },
  ],
  [
    23,
    'a form has a thousand fields, and no prototype',
    async (site) => {
      const form = (body: string): Promise<RawAnswer> => typed(site, 'application/x-www-form-urlencoded', body);
      const sent = [form('a=1&'.repeat(1000)), form('a=1&'.repeat(1001))];
      expect(await told(sent)).toEqual([202, '400 body.too-many-fields']);
      expect(Object.entries((await site.seen(await form('__proto__=1&constructor=2'))).body as object)).toEqual([
        ['__proto__', '1'],
        ['constructor', '2'],
      ]);
      expect((await site.seen(await form('a=1&a=2&b=3'))).body).toEqual({ a: ['1', '2'], b: '3' });
    },
  ],
  [
    24,
    'a multipart form is limited in parts, files, fields and headers',
    async (site) => {
      const part = (name: string, content = '', rest = ''): string =>
        `--x\r\nContent-Disposition: form-data; name="${name}"${rest}\r\n\r\n${content}\r\n`;
      const form = (parts: string): Promise<RawAnswer> => typed(site, 'multipart/form-data; boundary=x', `${parts}--x--\r\n`);
      const many = (count: number, rest = ''): string => Array.from({ length: count }, (_, i) => part(`f${i}`, '', rest)).join('');
      const sent = [
        form(many(100)),
        form(many(101)),
        form(many(10, '; filename="x"')),
        form(many(11, '; filename="x"')),
        form(part('a', 'x'.repeat(65_537))),
        form(part('a', '', `\r\nX: ${'y'.repeat(9000)}`)),
        form('--x\r\nX-A: b\r\n\r\nv\r\n'),
      ];
      const many413 = '413 body.too-many-parts';
      expect(await told(sent)).toEqual([202, many413, 202, many413, '413 body.field-too-large', many413, MALFORMED]);
    },
  ],
  [
    25,
    'what has no type at all is asked for one',
    async ({ hook }) => {
      const types = [[], ['Content-Type: nonsense'], ['Content-Type: application/x-unheard-of']];
      const sent = types.map((headers) => hook('open', { headers }));
      expect(await told(sent)).toEqual(['415 body.type-not-accepted', '415 body.type-not-accepted', 202]);
      expect(errorOf(await sent[0]!).message).toContain('Content-Type');
    },
  ],
];

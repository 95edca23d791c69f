import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';

/** A request as a fuzzer makes it: sent as it is, with a Content-Length of its body. */
export interface FuzzedRequest {
  readonly method: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: Buffer;
}

/** The methods that the fuzzed flows take. */
export const METHODS = ['POST', 'GET', 'PUT', 'HEAD', 'DELETE'];

const types = fc.constantFrom(
  'application/json',
  'application/json; charset=utf-16',
  'text/xml',
  'application/x-www-form-urlencoded; charset=iso-8859-1',
  'multipart/form-data; boundary=b',
  'text/plain; charset="shift_jis"',
  'image/png',
  ';;',
);
const names = fc.constantFrom(
  'Content-Type',
  'Content-Encoding',
  'X-Hub-Signature-256',
  'Authorization',
  'X-Any',
  'Host',
  'Cookie',
  'Expect',
);
const latin1 = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) });
const values = fc.oneof(types, fc.constantFrom('gzip', 'br', 'sha256=00', 'Basic eDp5', '100-continue', ''), latin1);

const query = fc.string({ unit: fc.constantFrom('a', '=', '&', '%', 'z', '+', 'hub.mode') });
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

function request(headers: fc.Arbitrary<[string, string][]>, body: fc.Arbitrary<Buffer>): fc.Arbitrary<FuzzedRequest> {
  return fc.record({ method: fc.constantFrom(...METHODS, 'PATCH', 'OPTIONS'), query, headers, body });
}

function typed(type: fc.Arbitrary<string>): fc.Arbitrary<[string, string][]> {
  return type.map((value) => [['Content-Type', value]]);
}

/** Texts made of pieces that mean something, in an order that does not. */
function made(maxLength: number, ...pieces: readonly string[]): fc.Arbitrary<Buffer> {
  return fc
    .array(fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: latin1 }), { maxLength })
    .map(joined);
}

function joined(parts: readonly string[]): Buffer {
  return Buffer.from(parts.join(''), 'latin1');
}

const json = ['{', '}', '"a":1', '[', ']', '9007199254740993', ',', '1e999', '"__proto__":1', '"\\ud800"', '\0', 'ÿ', '&', '=', '%zz'];
const part = fc
  .tuple(
    fc.constantFrom('--b\r\n', '--b--\r\n', '--c\r\n', '--b', ''),
    fc.array(
      fc.constantFrom(
        'Content-Disposition: form-data; name="x"\r\n',
        'Content-Disposition: form-data; name="__proto__"\r\n',
        'Content-Disposition: form-data; filename="../../x"; name=f\r\n',
        "Content-Disposition: form-data; name*=utf-8''%ff\r\n",
        'Content-Type: application/json\r\n',
        'Content-Type: text/plain; charset=utf-16\r\n',
        'Content-Transfer-Encoding: base64\r\n',
        'X: \xff\r\n',
        ': \r\n',
      ),
      { maxLength: 4 },
    ),
    fc.constantFrom('\r\n', '\n', ''),
    latin1,
    fc.constantFrom('\r\n', ''),
  )
  .map(([boundary, lines, blank, content, end]) => [boundary, ...lines, blank, content, end].join(''));
const xml = [
  '<a>',
  '</a>',
  '<a b="c">',
  '<a b=c>',
  '<b/>',
  '<!DOCTYPE a [',
  ']>',
  '<!ENTITY x "&y;">',
  '&x;',
  '&amp;',
  '&#0;',
  '&#x41;',
  '<![CDATA[',
  ']]>',
  '<!--',
  '-->',
  '<?xml version="1.0" encoding="utf-7"?>',
  '<__proto__>',
  '</__proto__>',
  'xmlns:p="u"',
];

/** What is fuzzed, by name. */
export const FUZZED: Readonly<Record<string, fc.Arbitrary<FuzzedRequest>>> = {
  headers: request(
    fc.array(fc.tuple(names, values), { maxLength: 6 }),
    fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      bytes,
    ),
  ),
  bodies: request(
    fc.oneof(
      typed(types),
      typed(types).map((headers): [string, string][] => [...headers, ['Content-Encoding', 'gzip']]),
    ),
    fc.oneof(
      made(20, ...json),
      bytes,
      fc.json().map((text) => Buffer.from(text)),
      fc.json().map((text) => gzipSync(text)),
    ),
  ),
  multipart: request(
    typed(
      fc.constantFrom(
        'multipart/form-data; boundary=b',
        'multipart/form-data; boundary="b"',
        'multipart/form-data',
        'multipart/mixed; boundary=b',
      ),
    ),
    fc.tuple(fc.array(part, { maxLength: 6 }), fc.constantFrom('--b--', '--b--\r\n', '')).map(([parts, end]) => joined([...parts, end])),
  ),
  XML: request(
    typed(fc.constantFrom('text/xml', 'application/xml; charset=utf-16', 'application/soap+xml; charset=iso-8859-1')),
    fc.oneof(
      made(15, ...xml),
      made(10, ...xml).map((inner) => Buffer.concat([Buffer.from('<r>'), inner, Buffer.from('</r>')])),
    ),
  ),
};

/** The request on a connection of its own. */
export function bytesOf({ method, query: search, headers, body }: FuzzedRequest, path: string): Buffer {
  const lines = headers.map(([name, value]) => `${name}: ${value}`);
  const host = headers.some(([name]) => name === 'Host') ? [] : ['Host: a.test'];
  const head = [`${method} ${path}?${search} HTTP/1.1`, ...host, 'Connection: close', ...lines, `Content-Length: ${body.length}`, '', ''];
  return Buffer.concat([Buffer.from(head.join('\r\n'), 'latin1'), body]);
}

/** The final status among what a server said; 0 when it said none. What it says before, such as 100, only invites. */
export function statusIn(said: string): number {
  const statuses = [...said.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
  return statuses.find((status) => status >= 200) ?? 0;
}

/** Counts what became of the cases, and the memory that was left with before and after. */
export class Tally {
  readonly byStatus: Record<number, number> = {};
  private readonly before = usedMegabytes();

  constructor(private readonly what: string) {}

  count(status: number): void {
    this.byStatus[status] = (this.byStatus[status] ?? 0) + 1;
  }

  /** How many of the cases ended in such a status. */
  of(test: (status: number) => boolean): number {
    return Object.entries(this.byStatus).reduce((sum, [status, count]) => sum + (test(Number(status)) ? count : 0), 0);
  }

  /** Says it in one line; returns by how many megabytes the memory in use grew. */
  report(memory: () => number = usedMegabytes, before = this.before): number {
    const after = memory();
    const refused = this.of((status) => status >= 400 && status < 500);
    console.log(
      `Fuzzed ${this.what}: ${this.of(() => true)} requests, ${this.of((status) => status >= 200 && status < 300)} accepted, ${refused} refused, ${this.of((status) => status >= 500)} answered 5xx, ${this.of((status) => status === 0)} without an answer; memory ${before} MB before, ${after} MB after. By status: ${JSON.stringify(this.byStatus)}`,
    );
    return after - before;
  }
}

/** Of the heap, after everything that nobody holds is gone. */
function usedMegabytes(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return Math.round(process.memoryUsage().heapUsed / 2 ** 20);
}

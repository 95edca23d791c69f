import { once } from 'node:events';
import { connect } from 'node:net';

/** What came back over a connection, as far as it was an HTTP answer. */
export interface RawAnswer {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Request lines and headers exactly as given, duplicates included. A body without a length of its own among them gets a Content-Length. */
export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
}

/** Sends bytes as they are and reads what the server says until it closes. */
export async function exchange(url: string, bytes: string | Buffer): Promise<RawAnswer> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const received: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => received.push(chunk));
  // A server that refuses a body before its end may reset the connection; what it said before counts.
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return parseAnswer(Buffer.concat(received).toString('latin1'));
}

/** One request on a connection of its own, which the server is asked to close. */
export function sendRaw(url: string, request: RawRequest): Promise<RawAnswer> {
  return exchange(url, requestBytes(request));
}

export function requestBytes({ method = 'POST', path, headers = [], body = '' }: RawRequest): Buffer {
  const framed = headers.some((header) => /^(content-length|transfer-encoding):/i.test(header));
  const own = [...(headers.some((header) => /^host:/i.test(header)) ? [] : ['Host: millrace.test']), 'Connection: close'];
  const length = framed ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${method} ${path} HTTP/1.1`, ...own, ...headers, ...length, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.from(body)]);
}

/** A body in the chunked transfer coding. */
export function chunked(...chunks: readonly string[]): string {
  return [...chunks, ''].map((chunk) => `${Buffer.byteLength(chunk).toString(16)}\r\n${chunk}\r\n`).join('');
}

function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map((header) => header.split(/:\s*/, 2) as [string, string]);
  return {
    status: Number(line.split(' ')[1] ?? 0),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join('\r\n\r\n'),
  };
}

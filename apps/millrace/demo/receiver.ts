import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request as it arrived. */
export interface ReceivedRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
  readonly text: string;
  /** The parsed body; undefined when it is not JSON. */
  readonly json: unknown;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What to answer. A string goes out as text, anything else as JSON; no body by default. */
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Handler = (request: ReceivedRequest) => Reply | Promise<Reply>;

/** An HTTP server on loopback that keeps what it gets. */
export interface Receiver {
  /** `http://127.0.0.1:<port>`, without a trailing slash. */
  readonly url: string;
  /** In the order in which they were complete. Grows. */
  readonly requests: readonly ReceivedRequest[];
  /** Resolves with the first `count` requests once they are there; rejects when the receiver is closed before. */
  waitFor(count: number): Promise<readonly ReceivedRequest[]>;
  /** Ends every connection; safe to call twice. */
  close(): Promise<void>;
}

interface Waiter {
  readonly count: number;
  resolve(): void;
  reject(reason: Error): void;
}

const ACCEPT_ALL: Handler = () => ({ status: 200, body: { ok: true } });

/** Listens on a free port. A handler that throws answers 500 with its message. */
export async function startReceiver(handler: Handler = ACCEPT_ALL): Promise<Receiver> {
  const requests: ReceivedRequest[] = [];
  const waiters = new Set<Waiter>();
  const server = createServer((incoming, response) => {
    void receive(incoming, response, handler, (request) => {
      requests.push(request);
      for (const waiter of waiters) if (requests.length >= waiter.count) waiter.resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    waitFor: (count) => waitFor(count, requests, waiters),
    close: () => {
      for (const { count, reject } of waiters) reject(new Error(`Closed after ${requests.length} requests while ${count} were awaited.`));
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

async function waitFor(count: number, requests: readonly ReceivedRequest[], waiters: Set<Waiter>): Promise<readonly ReceivedRequest[]> {
  if (requests.length < count) {
    let waiter: Waiter | undefined;
    const there = new Promise<void>((resolve, reject) => waiters.add((waiter = { count, resolve, reject })));
    await there.finally(() => waiter && waiters.delete(waiter));
  }
  return requests.slice(0, count);
}

async function receive(
  incoming: IncomingMessage,
  response: ServerResponse,
  handler: Handler,
  keep: (request: ReceivedRequest) => void,
): Promise<void> {
  try {
    const request = await read(incoming);
    keep(request);
    send(response, await handler(request));
  } catch (error) {
    if (!response.headersSent) send(response, { status: 500, body: (error as Error).message });
  }
}

async function read(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const bytes = Buffer.concat((await incoming.toArray()) as Buffer[]);
  const text = bytes.toString('utf8');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return { method: incoming.method ?? '', url: incoming.url ?? '', headers, bytes, text, json: parsed(text), at: Date.now() };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  const isText = typeof body === 'string';
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, { ...(body === undefined ? {} : { 'content-type': type }), ...headers });
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body));
}

// A load generator over raw sockets: keep-alive, one request in flight per connection, no parsing beyond the status
// and Content-Length. It costs the server's machine as little as it can, since both share two cores.
import { connect } from 'node:net';

/**
 * Sends `request` (a Buffer) over `connections` sockets for `seconds`, after `warmup` seconds that do not count.
 * @returns {Promise<{perSecond: number, statuses: Record<string, number>, p50: number, p99: number,
 *   perStatus: Record<string, {p50: number, p99: number}>}>} latencies in ms
 */
export async function load({ url, request, connections, seconds, warmup = 1 }) {
  const { hostname, port } = new URL(url);
  const state = { counting: false, stopped: false, done: 0, statuses: {}, latencies: [], sockets: new Set() };
  const workers = Array.from({ length: connections }, () => drive({ host: hostname, port: Number(port), request, state }));
  await sleep(warmup * 1000);
  state.counting = true;
  const start = process.hrtime.bigint();
  await sleep(seconds * 1000);
  state.counting = false;
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  state.stopped = true;
  // What is still unanswered counts no more; a server that never answers must not hold up the measurement.
  await Promise.race([Promise.all(workers), sleep(5000)]);
  for (const socket of state.sockets) socket.destroy();
  const sorted = state.latencies.map(([, ms]) => ms).sort((a, b) => a - b);
  return {
    perSecond: state.done / elapsed,
    statuses: state.statuses,
    p50: quantile(sorted, 0.5),
    p99: quantile(sorted, 0.99),
    perStatus: byStatus(state.latencies),
  };
}

/** Sends `request` exactly `count` times over `connections` sockets; rejects when one is not answered 202. */
export async function burst({ url, request, connections, count }) {
  const { hostname, port } = new URL(url);
  const state = { counting: true, stopped: false, left: count, done: 0, statuses: {}, latencies: [], sockets: new Set() };
  const drivers = Math.min(connections, count);
  state.left -= drivers;
  await Promise.all(Array.from({ length: drivers }, () => drive({ host: hostname, port: Number(port), request, state })));
  if (state.statuses['202'] !== count) throw new Error(`Expected ${count} times 202, but got ${JSON.stringify(state.statuses)}`);
}

function byStatus(latencies) {
  const found = {};
  for (const [status, ms] of latencies) (found[status] ??= []).push(ms);
  const quantiles = ([status, all]) => {
    all.sort((a, b) => a - b);
    return [status, { p50: quantile(all, 0.5), p99: quantile(all, 0.99) }];
  };
  return Object.fromEntries(Object.entries(found).map(quantiles));
}

/** The server closed while more was being sent, after it had answered. */
const TOO_LATE = new Set(['ECONNRESET', 'EPIPE']);

function drive({ host, port, request, state }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    state.sockets.add(socket);
    let sent = 0;
    let isDone = false;
    let rest = Buffer.alloc(0);
    const send = () => {
      sent = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', (error) => (state.stopped || TOO_LATE.has(error.code) ? undefined : reject(error)));
    socket.on('close', () => {
      state.sockets.delete(socket);
      // A server may close after an answer; whoever sends comes again.
      if (state.stopped || isDone) resolve();
      else drive({ host, port, request, state }).then(resolve, reject);
    });
    socket.on('data', (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = responseEnd(rest);
      if (end < 0) return;
      const status = rest.toString('latin1', 9, 12);
      rest = rest.subarray(end);
      if (state.counting) {
        state.done += 1;
        state.statuses[status] = (state.statuses[status] ?? 0) + 1;
        state.latencies.push([status, performance.now() - sent]);
      }
      isDone = state.stopped || state.left === 0;
      if (isDone) return void socket.destroy();
      if (state.left !== undefined) state.left -= 1;
      send();
    });
  });
}

/** Where the first response ends, or -1 while it is incomplete. Both servers send Content-Length. */
function responseEnd(buffer) {
  const head = buffer.indexOf('\r\n\r\n');
  if (head < 0) return -1;
  const length = Number(/content-length: (\d+)/i.exec(buffer.toString('latin1', 0, head))?.[1] ?? 0);
  return buffer.length >= head + 4 + length ? head + 4 + length : -1;
}

/** A complete POST as bytes. */
export function post(url, body, headers = {}, type = 'application/json') {
  const { host, pathname, search } = new URL(url);
  const lines = [`POST ${pathname}${search} HTTP/1.1`, `host: ${host}`, `content-type: ${type}`, `content-length: ${body.length}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

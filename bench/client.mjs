// A load generator over raw sockets: keep-alive, one request in flight per connection, no parsing beyond the status
// and Content-Length. It costs the server's machine as little as it can, since both share two cores.
import { connect } from 'node:net';

/**
 * Sends `request` (a Buffer) over `connections` sockets for `seconds`, after `warmup` seconds that do not count.
 * @returns {Promise<{perSecond: number, statuses: Record<string, number>, p50: number, p99: number}>} latencies in ms
 */
export async function load({ url, request, connections, seconds, warmup = 1 }) {
  const { hostname, port } = new URL(url);
  const state = { counting: false, stopped: false, done: 0, statuses: {}, latencies: [] };
  const workers = Array.from({ length: connections }, () => drive({ host: hostname, port: Number(port), request, state }));
  await sleep(warmup * 1000);
  state.counting = true;
  const start = process.hrtime.bigint();
  await sleep(seconds * 1000);
  state.counting = false;
  const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
  state.stopped = true;
  await Promise.all(workers);
  state.latencies.sort((a, b) => a - b);
  return {
    perSecond: state.done / elapsed,
    statuses: state.statuses,
    p50: quantile(state.latencies, 0.5),
    p99: quantile(state.latencies, 0.99),
  };
}

function drive({ host, port, request, state }) {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let sent = 0;
    let rest = Buffer.alloc(0);
    const send = () => {
      sent = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', (error) => (state.stopped ? resolve() : reject(error)));
    socket.on('close', resolve);
    socket.on('data', (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const end = responseEnd(rest);
      if (end < 0) return;
      const status = rest.toString('latin1', 9, 12);
      rest = rest.subarray(end);
      if (state.counting) {
        state.done += 1;
        state.statuses[status] = (state.statuses[status] ?? 0) + 1;
        state.latencies.push(performance.now() - sent);
      }
      if (state.stopped) socket.destroy();
      else send();
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
export function post(url, body, headers = {}) {
  const { host, pathname, search } = new URL(url);
  const lines = [`POST ${pathname}${search} HTTP/1.1`, `host: ${host}`, 'content-type: application/json', `content-length: ${body.length}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]);
}

export function quantile(sorted, q) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

export function sleep(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

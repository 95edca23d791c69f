// Requests that nobody should send, over raw sockets: each says what may be answered to it.
import { createHmac } from 'node:crypto';
import { connect } from 'node:net';
import { sleep } from './client.mjs';

const PATIENCE_MS = 20_000;
const MOST_SLOW = 40;
const host = 'host: 127.0.0.1';
const json = 'content-type: application/json';

const head = (...lines) => `${lines.join('\r\n')}\r\n\r\n`;
const hook = (flow) => `POST /flows/${flow}/hook HTTP/1.1`;

/** Kinds of abuse. `text` is what is sent at once; what is `slow` sends the rest byte by byte. */
const kinds = [
  { name: 'no signature', text: () => head(hook('accept-hmac'), host, json, 'content-length: 2') + '{}' },
  {
    name: 'wrong signature',
    text: () => head(hook('accept-hmac'), host, json, `x-hub-signature-256: ${signed('another-secret', '{}')}`, 'content-length: 2') + '{}',
  },
  {
    name: 'signature of another body',
    text: () => head(hook('accept-hmac'), host, json, `x-hub-signature-256: ${signed('x', '{}')}`, 'content-length: 7') + '{"a":1}',
  },
  { name: 'unknown flow', text: () => head(hook(`nobody-${Math.random().toString(36).slice(2)}`), host, json, 'content-length: 2') + '{}' },
  { name: 'too large by its length', text: () => head(hook('accept'), host, json, 'content-length: 900000000') },
  {
    name: 'too large in chunks',
    text: () => head(hook('accept'), host, json, 'transfer-encoding: chunked') + `200000\r\n${'x'.repeat(0x200000)}\r\n0\r\n\r\n`,
  },
  { name: 'no JSON', text: () => head(hook('accept'), host, json, 'content-length: 3') + '{"a' },
  { name: 'deep nesting', text: () => deep() },
  { name: 'a __proto__ key', text: () => head(hook('accept'), host, json, 'content-length: 16') + '{"__proto__":{}}' },
  {
    name: 'length and chunks',
    text: () => head(hook('accept'), host, json, 'content-length: 2', 'transfer-encoding: chunked') + '0\r\n\r\n',
  },
  { name: 'no HTTP', text: () => '\u0000\u0001garbage\r\n\r\n' },
  { name: 'two lengths', text: () => head(hook('accept'), host, json, 'content-length: 2', 'content-length: 3') + '{}x' },
  { name: 'a method that it does not take', text: () => head('PATCH /flows/accept/hook HTTP/1.1', host, json, 'content-length: 2') + '{}' },
  { name: 'a slow body', slow: true, text: () => head(hook('accept'), host, json, 'content-length: 100000') },
  { name: 'a slow head', slow: true, text: () => `${hook('accept')}\r\n${host}\r\nx-a: ` },
];

function signed(secret, body) {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

function deep() {
  const body = '['.repeat(5_000) + ']'.repeat(5_000);
  return head(hook('accept'), host, json, `content-length: ${body.length}`) + body;
}

/** Sends abuse of every kind at random. Stop it to learn what was answered. */
export function startAbuse({ url, perSecond, random }) {
  const { hostname, port } = new URL(url);
  const state = { sent: 0, open: 0, slow: 0, answers: {}, unanswered: {}, letIn: [], failed: [] };
  const started = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    while (state.sent < due) sendOne(kinds[Math.floor(random() * kinds.length)]);
  }, 20);

  function sendOne(kind) {
    state.sent += 1;
    if (kind.slow && state.slow >= MOST_SLOW) return;
    state.open += 1;
    if (kind.slow) state.slow += 1;
    void exchange({ hostname, port: Number(port), kind }).then((answer) => {
      state.open -= 1;
      if (kind.slow) state.slow -= 1;
      state.answers[answer] = (state.answers[answer] ?? 0) + 1;
      if (answer === 'open') state.unanswered[kind.name] = (state.unanswered[kind.name] ?? 0) + 1;
      if (answer.startsWith('2')) state.letIn.push(`${kind.name}: ${answer}`);
      if (/^5/.test(answer) && answer !== '503') state.failed.push(`${kind.name}: ${answer}`);
    });
  }

  const stop = async () => {
    clearInterval(timer);
    while (state.open > 0) await sleep(100);
    return state;
  };
  return { stop };
}

/** The status that was answered, `closed` without one, or `open` when the server let it stand for too long. */
function exchange({ hostname, port, kind: { text, slow } }) {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port });
    let received = '';
    const drip = slow ? setInterval(() => socket.write('x'), 500) : undefined;
    const patience = setTimeout(() => end('open'), PATIENCE_MS);
    const end = (answer) => {
      clearInterval(drip);
      clearTimeout(patience);
      socket.destroy();
      resolve(answer);
    };
    socket.on('connect', () => socket.write(Buffer.from(text(), 'latin1')));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      const status = /^HTTP\/1\.1 (\d{3})/.exec(received)?.[1];
      if (status !== undefined && status !== '100') end(status);
    });
    socket.on('error', () => end('closed'));
    socket.on('close', () => end('closed'));
  });
}

// A sender that keeps its pace whatever the server does: each request has its own moment, and the answers are counted.
import { Agent, request as httpRequest } from 'node:http';
import { quantile, sleep } from './client.mjs';

const TICK_MS = 20;
const MOST_OPEN = 512;

/** `make` gives the body of each request as bytes of JSON with an `id`. Stop it to learn what was answered, by id. */
export function startSteady({ url, perSecond, make }) {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_OPEN });
  const state = { sent: 0, answers: {}, accepted: [], refused: [], times: [], open: 0, stopped: false };
  const started = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * perSecond);
    // Whoever has so many requests under way would not send more either.
    while (state.sent < due && state.open < MOST_OPEN) send();
  }, TICK_MS);

  function send() {
    const body = make();
    const { id } = JSON.parse(body.toString());
    const at = performance.now();
    state.sent += 1;
    state.open += 1;
    const done = (answer) => {
      state.open -= 1;
      state.answers[answer] = (state.answers[answer] ?? 0) + 1;
      (answer === '202' ? state.accepted : state.refused).push(id);
      if (answer === '202') state.times.push(performance.now() - at);
    };
    const headers = { 'content-type': 'application/json', 'content-length': body.length };
    const request = httpRequest(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => done(String(response.statusCode)));
    });
    request.once('error', (error) => done(error.code ?? 'error'));
    request.end(body);
  }

  const stop = async () => {
    clearInterval(timer);
    while (state.open > 0) await sleep(50);
    agent.destroy();
    const { sent, answers, accepted, refused } = state;
    const times = state.times.sort((a, b) => a - b);
    return { sent, answers, accepted, refused, p50: quantile(times, 0.5), p99: quantile(times, 0.99), longest: times.at(-1) ?? NaN };
  };
  return { stop };
}

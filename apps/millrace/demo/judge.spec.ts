import { judge, type Performance } from './judge.js';
import type { ReceivedRequest } from './receiver.js';
import type { Scene } from './scenes.js';
import type { Arrival } from './stand-ins.js';

const scene: Scene = {
  title: 'A scene',
  flow: 'a-flow',
  credential: 'sender',
  headers: {},
  body: {},
  outcome: 'run',
  arrivals: [{ vendor: 'Slack', path: '/services/', says: 'hello' }],
};

function arrival(url: string, text: string): Arrival {
  const request: ReceivedRequest = { method: 'POST', url, headers: {}, bytes: Buffer.from(text), text, json: undefined, at: 0 };
  return { vendor: 'Slack', request };
}

const good: Performance = {
  scene,
  answer: { status: 202, runId: 'r' },
  run: { id: 'r', status: 'succeeded', steps: [], error: null },
  arrivals: [arrival('/services/x', 'hello there')],
};

it('has nothing to say about a performance that follows its script', () => {
  expect(judge(good)).toEqual([]);
});

it.each<[string, Partial<Performance>, string]>([
  ['another answer', { answer: { status: 503, runId: 'r', error: { code: 'flow.not-enabled', message: 'Not yet' } } }, 'is 503: Not yet.'],
  ['a run that failed', { run: { ...good.run!, status: 'failed', error: { code: 'x', message: 'It is down' } } }, 'is failed: It is down.'],
  ['a run that never began', { run: undefined }, 'none did'],
  ['a request that did not arrive', { arrivals: [] }, 'Slack should get /services/… with "hello"'],
  ['a request with another body', { arrivals: [arrival('/services/x', 'goodbye')] }, 'but did not'],
  ['a request that arrived twice', { arrivals: [arrival('/services/x', 'hello'), arrival('/services/x', 'hello')] }, 'was not expected'],
])('complains about %s', (_, change, complaint) => {
  expect(judge({ ...good, ...change }).join('\n')).toContain(complaint);
});

it.each<[Scene['outcome'], Performance['answer']]>([
  ['duplicate', { status: 200 }],
  ['duplicate', { status: 202, runId: 'r' }],
  ['refused', { status: 202, runId: 'r' }],
])('complains when what should be a %s is accepted', (outcome, answer) => {
  expect(judge({ scene: { ...scene, outcome, arrivals: [] }, answer, arrivals: [] })).not.toEqual([]);
});

it('does not ask for arrivals where flows send to the real vendors', () => {
  expect(judge({ ...good, arrivals: undefined })).toEqual([]);
});

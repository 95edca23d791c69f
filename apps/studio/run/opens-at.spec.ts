import type { RunView } from '../api/wire.js';
import { readFlow } from '../flow/structure.js';
import { opensAt } from './opens-at.js';

const tree = readFlow(
  JSON.stringify({
    id: 'f',
    steps: [
      { id: 'pay', use: 'log' },
      { id: 'ask', wait: { webhook: {} } },
    ],
  }),
);

function run(part: object): RunView {
  return { status: 'succeeded', error: null, steps: [], ...part } as unknown as RunView;
}

const waiting = { path: 'each[2].ask', kind: 'wait', status: 'waiting', resumeUrl: 'http://localhost/resume' };

describe('where a run opens', () => {
  it.each([
    ['at the step that failed', { status: 'failed', error: { code: 'x', message: 'x', step: 'each[3].pay' }, steps: [{}] }, 'pay'],
    ['at the trigger, which failed', { status: 'failed', error: { code: 'x', message: 'x', step: 'trigger' } }, 'trigger'],
    ['at the trigger when it names no step and began none', { status: 'failed', error: { code: 'x', message: 'x' } }, 'trigger'],
    [
      'at the run when it failed later, but of no step',
      { status: 'failed', error: { code: 'run.too-long', message: 'x' }, steps: [{}] },
      undefined,
    ],
    ['at the run when it has not begun', { status: 'queued' }, undefined],
    ['at the step that waits for a request', { status: 'waiting', steps: [waiting] }, 'ask'],
    ['at the run when it waits for a time', { status: 'waiting', steps: [{ ...waiting, resumeUrl: null }] }, undefined],
    ['at the run when it ended well', {}, undefined],
  ])('is %s', (_, part, place) => expect(opensAt(run(part), tree)).toBe(place));
});

import { describe, expect, it } from '@jest/globals';
import { awaitedIn, type WaitingRow } from './awaited.js';
import { flowOf, Rig } from './contract/rig.js';

const { plan } = new Rig(
  flowOf([
    { id: 'ask', wait: { webhook: {} } },
    { id: 'approve', wait: { webhook: { ask: { title: 'Well?', answers: { yes: 'Yes' } } } } },
    { id: 'nap', wait: { for: '1h' } },
  ]),
  [],
);
const row = (path: string, kind: string, part: Partial<WaitingRow>): WaitingRow => ({ path, kind, status: 'waiting', ...part });

describe('what a run waits for', () => {
  it.each([
    [row('ask', 'wait', { resumeAt: 50 }), { for: 'request', step: 'ask', until: 50 }],
    [row('approve', 'wait', { resumeAt: 50 }), { for: 'answer', step: 'approve', until: 50 }],
    [row('nap', 'wait', { resumeAt: 50 }), { for: 'time', step: 'nap', until: 50 }],
    [row('sub', 'call', {}), { for: 'call', step: 'sub', until: undefined }],
    [row('send', 'use', { resumeAt: 50, rateOf: 'crm' }), { for: 'rate', step: 'send', until: 50 }],
    [row('send', 'use', { status: 'retrying', retryAt: 50 }), { for: 'retry', step: 'send', until: 50 }],
    [row('block~tries', 'tries', { status: 'retrying', retryAt: 50 }), { for: 'retry', step: 'block', until: 50 }],
    [row('block~2.ask', 'wait', { resumeAt: 50 }), { for: 'request', step: 'ask', until: 50 }],
  ])('is told by %j', (waiting, awaited) => expect(awaitedIn(plan, [waiting], 40)).toEqual([awaited]));

  it('is first what is over first, and nothing that was over before', () => {
    const rows = [
      row('send', 'use', { status: 'retrying', retryAt: 10 }),
      row('both~', 'timer', { resumeAt: 45 }),
      row('ask', 'wait', { resumeAt: 90 }),
      row('nap', 'wait', { resumeAt: 50 }),
    ];
    expect(awaitedIn(plan, rows, 40).map(({ step }) => step)).toEqual(['nap', 'ask']);
    const calls = [row('one', 'call', {}), row('two', 'call', {}), row('nap', 'wait', { resumeAt: 50 })];
    expect(awaitedIn(plan, calls, 40).map(({ step }) => step)).toEqual(['nap', 'one', 'two']);
    expect(awaitedIn(plan, rows.slice(0, 2), 40)).toEqual([]);
  });
});

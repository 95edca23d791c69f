import { OPERATION_KINDS, orderFault } from './operation.js';

describe('an order', () => {
  it.each([
    [{ kind: 'replay', code: 'http.503' }, 'A replay takes no `code`; it takes `flow`, `since`, `until`, `q`, `outcome`, `ids`, '],
    [{ kind: 'replay', status: 'failed', step: 'send' }, 'A replay takes no `status` and no `step`; it takes '],
    [{ kind: 'rerun', code: 'http.503' }, 'A rerun takes no `code`; it takes '],
    [{ kind: 'rerun', outcome: 'failed' }, 'A rerun takes no `outcome`; it takes '],
    [{ kind: 'retry', from: 'start' }, 'A retry takes no `from`; it takes '],
    [{ kind: 'retry', status: 'failed' }, 'A retry takes no `status`; it takes '],
    [{ kind: 'discard', version: 'live' }, 'A discard takes no `version`; it takes '],
    [{ kind: 'cancel', code: 'timeout', reason: 'x' }, 'A cancel takes no `code` and no `reason`; it takes '],
  ] as const)('%j is refused for what its kind would pass over', (order, sentence) => {
    expect(orderFault(order)).toContain(sentence);
  });

  it('has ids or filters, not both', () => {
    expect(orderFault({ kind: 'retry', ids: ['x'], flow: 'hello', version: 'live' })).toBe(
      '`ids` says exactly which: leave `flow` out, or `ids`.',
    );
  });

  it.each([
    { kind: 'replay', flow: 'hello', outcome: 'failed', q: 'Ada', since: '2026-01-31T12:00:00Z' },
    { kind: 'rerun', status: 'failed', version: 'live', from: 'start' },
    { kind: 'retry', code: 'http.503', step: 'send', version: 'same' },
    { kind: 'discard', code: 'http.503', reason: 'known' },
    { kind: 'cancel', status: 'waiting' },
    ...OPERATION_KINDS.map((kind) => ({ kind, ids: ['x'], confirm: 1, perSecond: 5, key: 'k' })),
  ] as const)('%j has an effect in every member', (order) => {
    expect(orderFault(order)).toBeUndefined();
  });
});

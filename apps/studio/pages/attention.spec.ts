import type { FlowActivityView, FlowItem } from '../api/wire.js';
import { attentionOf } from './attention.js';

const flow = (id: string, part: Partial<FlowItem> = {}): FlowItem => ({
  id,
  name: null,
  note: null,
  version: 1,
  enabled: true,
  paused: false,
  state: 'live',
  problems: [],
  trigger: null,
  ...part,
});
const problem = { code: 'x', severity: 'error' as const, message: 'It is wrong.', path: '', line: 1, column: 1 };

function active(flowId: string, failing: number): FlowActivityView {
  const at = '2026-01-01T00:00:00.000Z';
  const base = { flowId, hours: [], runs: 9, failed: failing, refused: 0, p50Ms: 1, p95Ms: 2, lastRun: null };
  if (failing === 0) return { ...base, lastFailure: { id: 'r', at, error: null }, failing: null };
  return {
    ...base,
    lastFailure: { id: 'r', at, error: { code: 'http.500', message: 'It broke.', step: 'send' } },
    failing: { runs: failing, since: at },
  };
}

describe('what needs attention', () => {
  it('is ranked by the events that are affected, what cannot run last', () => {
    const flows = [flow('unready', { state: 'not-enabled', problems: [problem] }), flow('few'), flow('many'), flow('well')];
    const rows = attentionOf(flows, [active('few', 1), active('many', 7), active('well', 0)]);
    expect(rows.map(({ flowId, affected }) => [flowId, affected])).toEqual([
      ['many', 7],
      ['few', 1],
      ['unready', 0],
    ]);
    expect(rows[0]).toMatchObject({ what: 'send: It broke.', action: { href: '/runs/r' } });
  });

  it('is not a flow that failed and works again, nor one with a mere warning', () => {
    expect(attentionOf([flow('well'), flow('warned', { problems: [{ ...problem, severity: 'warning' }] })], [active('well', 0)])).toEqual(
      [],
    );
  });

  it('says that the version before stays live', () => {
    expect(attentionOf([flow('edited', { problems: [problem, problem] })], [])[0]?.what).toBe(
      'The newest text is not live. It is wrong. And 1 more problem.',
    );
  });
});

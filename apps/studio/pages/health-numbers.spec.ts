import type { ActivityView, StatusView } from '../api/wire.js';
import { healthNumbers } from './health-numbers.js';

const NOW = Date.parse('2026-01-01T12:00:00.000Z');
const base = { p50Ms: 1, p95Ms: 2, hours: [], runs: 9, failed: 0, refused: 0, lastRun: null, lastFailure: null };

function activity(part: Partial<ActivityView> = {}): ActivityView {
  return {
    from: '',
    flows: [],
    delivery: { p50Ms: null, p95Ms: null },
    retries: 0,
    questions: 0,
    storage: { freeBytes: null, databaseBytes: 9_000_000 },
    oldestQueued: null,
    samples: [],
    ...part,
  };
}

function status(runs: Partial<StatusView['runs']> = {}): StatusView {
  return { runs: { queued: 0, running: 0, waiting: 0, held: 0, ...runs } } as StatusView;
}

const told = (...parts: Parameters<typeof healthNumbers>): Record<string, string> =>
  Object.fromEntries(healthNumbers(...parts).map(({ label, value, note }) => [label, `${value}, ${note}`]));

it('six numbers say what is wrong, each with its list', () => {
  const failing = { ...base, flowId: 'a', failing: { runs: 40, since: '' } };
  const lately = activity({
    flows: [failing, { ...base, flowId: 'b', failing: null }],
    delivery: { p50Ms: 40, p95Ms: 1_240 },
    retries: 3,
    storage: { freeBytes: 12_000_000_000, databaseBytes: 2_000_000_000 },
    oldestQueued: { id: 'r', flowId: 'slow', at: '2026-01-01T11:55:00.000Z' },
  });
  expect(told(lately, status({ queued: 5, held: 2, waiting: 4 }), NOW)).toEqual({
    'Failing flows': '1, 40 events affected',
    'Oldest waiting item': '5 m, came to slow',
    '95 of 100 delivered within': '1.2 s, half within 40 ms',
    'In the queue': '7, 2 held by a pause',
    'Retries scheduled': '3, of 4 waiting runs',
    'Storage left': '12 GB, the database takes 2.0 GB',
  });
  for (const { href } of healthNumbers(lately, status(), NOW)) expect(href).toMatch(/^\/(runs\?|events)/);
});

it('what there is nothing of is said in words, not as a zero that could be a fault', () => {
  expect(told(activity(), status(), NOW)).toMatchObject({
    'Oldest waiting item': 'None, nothing waits for a runner',
    '95 of 100 delivered within': '—, nothing was, in 24 hours',
    'Storage left': '—, the database takes 9.0 MB',
  });
});

it('each has its line once something is known of the day', () => {
  const sample = { queued: 4, oldestMs: null, p95Ms: 900, retries: 1, databaseBytes: 9_000_000 };
  const lately = activity({
    from: '2025-12-31T13:00:00.000Z',
    flows: [{ ...base, flowId: 'a', failing: null, hours: Array.from({ length: 24 }, (_, n) => ({ runs: 9, failed: n === 3 ? 7 : 0 })) }],
    samples: [
      { at: '2026-01-01T11:40:00.000Z', ...sample },
      { at: '2026-01-01T11:50:00.000Z', ...sample, queued: 1_200, oldestMs: 61_000 },
    ],
  });
  expect(healthNumbers(lately, status(), NOW).map(({ trend }) => trend?.words)).toEqual([
    'at most 7 in 24 hours',
    'at most 1 m 01 s in 24 hours',
    'at most 900 ms in 24 hours',
    'at most 1,200 in 24 hours',
    'at most 1 in 24 hours',
    'at most 9.0 MB in 24 hours',
  ]);
  expect(healthNumbers(activity(), status(), NOW).some(({ trend }) => trend)).toBe(false);
});

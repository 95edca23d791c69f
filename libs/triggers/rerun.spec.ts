import type { RunSummary } from '@millrace/postgres';
import { rerunOf } from './rerun.js';
import type { RepeatParts } from './repeat.js';

const run = { id: 'a-run', flowId: 'orders', version: 1, status: 'failed', finishedAt: '2026-01-01T00:00:00.000Z' } as RunSummary;
/** Whatever is looked up fails the test. */
const parts = {} as RepeatParts;

describe('a run is not run again', () => {
  it.each([
    ['too deep', '['.repeat(101) + ']'.repeat(101), 'The payload is nested deeper than 100 levels.'],
    [
      'so deep that it could not be written as JSON',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'The payload is nested deeper than 100 levels.',
    ],
    ['of a forbidden key', '{"a":[{"__proto__":1}]}', 'The payload has a "__proto__" key, which is not accepted.'],
  ])('with a payload that it could not read: %s', async (_, text, message) => {
    const repeated = rerunOf(run, { payload: JSON.parse(text) as unknown }, parts);
    await expect(repeated).rejects.toMatchObject({ code: 'rerun.bad-payload', message });
  });
});

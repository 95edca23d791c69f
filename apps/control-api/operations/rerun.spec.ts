import type { EventRecord, Plan } from '@millrace/engine';
import { Bell, type Platform } from '@millrace/platform';
import type { RunSummary } from '@millrace/postgres';
import { replay, rerun, retry } from './rerun.js';

const run = { id: 'a-run', flowId: 'orders', version: 1, eventId: 'an-event', status: 'failed', finishedAt: '2026-01-01T00:00:00.000Z' };
const event = { id: 'an-event', flowId: 'orders' } as EventRecord;

/** What happens, in order. */
function stores(): { happened: string[]; platform: Platform } {
  const happened: string[] = [];
  const bell = new Bell();
  bell.listen(() => void happened.push('rung'));
  const live = { id: 'orders', version: 1, trigger: { type: 'webhook' }, problems: [] };
  const catalog = { flow: () => live, plan: () => Promise.resolve({ version: 1, flowId: 'orders' } as Plan) };
  const history = { journal: () => Promise.resolve([]) };
  const operations = { rerun: () => Promise.resolve(void happened.push('written')) };
  return { happened, platform: { bell, catalog, history, operations } as unknown as Platform };
}

it.each([
  ['a re-run', (platform: Platform) => rerun(run as RunSummary, { from: 'start' }, platform)],
  ['a retry', (platform: Platform) => retry({ ...run, resolution: null } as RunSummary, undefined, platform)],
  ['a replay', (platform: Platform) => replay(event, platform)],
])('%s is looked for as soon as it is written down, and does not wait for the next round', async (_, started) => {
  const { happened, platform } = stores();
  await started(platform);
  expect(happened).toEqual(['written', 'rung']);
});

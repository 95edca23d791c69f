import type { EventView, RunView } from '../api/wire.js';
import { replayedIn } from './replayed.js';

const run = (id: string, part: Partial<RunView> = {}): RunView =>
  ({ id, flowId: 'orders', rerunOf: null, parent: null, test: false, dry: false, ...part }) as RunView;
const event = (runs: readonly RunView[], part: Partial<EventView> = {}): EventView =>
  ({ id: 'e', origin: null, draft: false, runs, ...part }) as EventView;

describe('a run', () => {
  it('is a replay when its event had made one of the same flow before', () => {
    const runs = [run('3'), run('2'), run('1')];
    expect(replayedIn(runs[0]!, event(runs))).toEqual({ eventId: 'e', before: '2' });
    expect(replayedIn(runs[2]!, event(runs))).toBeUndefined();
  });

  it('is none beside re-runs, calls, tests and runs of other flows, nor when it is one of those', () => {
    const others = [run('1', { test: true }), run('2', { flowId: 'others' }), run('3', { parent: '2' }), run('4', { dry: true })];
    expect(replayedIn(run('5'), event(others))).toBeUndefined();
    expect(replayedIn(run('6', { rerunOf: '5' }), event([run('5')]))).toBeUndefined();
  });

  it('is one of an event that made none by itself: it came to a draft, was made up, or collected alone', () => {
    expect(replayedIn(run('1'), event([], { draft: true }))).toEqual({ eventId: 'e', before: undefined });
    expect(replayedIn(run('1'), event([], { origin: { kind: 'sample' } }))).toEqual({ eventId: 'e', before: undefined });
    expect(replayedIn(run('1'), event([], { origin: { kind: 'replay', eventId: 'first' } }))?.eventId).toBe('first');
  });

  it('says nothing while its event is not known', () => expect(replayedIn(run('1'), undefined)).toBeUndefined());
});

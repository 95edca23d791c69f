import { jest } from '@jest/globals';
import type { CausesView, EventPage, RunPage, RunView, StartedView } from '../../apps/control-api/index.js';
import { endOf, eventually } from '../support/flow-files.js';
import { startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const flow = (id: string, steps: readonly object[], trigger: object = { type: 'call' }): Record<string, object> => ({
  [id]: { format: 1, id, trigger, steps },
});
const call = (parts: object = {}): object => ({ id: 'ask', call: 'failing', ...parts });

let instance: TestInstance;
beforeAll(async () => {
  instance = await startInstance({
    flows: {
      ...flow('failing', [{ id: 'end', stop: { as: 'failed', message: 'No seats left' } }]),
      ...flow('careful', [{ id: 'guard', try: [call()], catch: [{ id: 'mend', set: { done: true } }] }]),
      ...flow('careless', [call()]),
      ...flow('detached', [call({ await: false })]),
      ...flow('alarm', [{ id: 'seen', set: { seen: true } }], { type: 'event', event: 'flow.failed' }),
    },
  });
}, 180_000);
afterAll(() => instance.stop(), 60_000);

/** The run of a flow, and the run that it called, both at their ends. */
async function calling(id: string): Promise<{ readonly caller: RunView; readonly called: RunView }> {
  const started = await instance.api<StartedView>(`flows/${id}/runs`, { method: 'POST', body: '{"input":null}' });
  const caller = await endOf(instance, started.runId);
  const called = await eventually('the run that was called', async () => {
    const { items } = await instance.api<RunPage>('runs?flow=failing&status=failed');
    return items.find(({ parent }) => parent === caller.id);
  });
  return { caller, called: await instance.api<RunView>(`runs/${called.id}`) };
}

const letters = async (): Promise<string[]> => (await instance.api<RunPage>('dead-letters')).items.map(({ id }) => id);
const toldOf = async (): Promise<(string | undefined)[]> =>
  (await instance.api<EventPage>('events?flow=events/flow.failed')).items.map(({ origin }) => origin?.runId);

it('a failure that a caller was told of is for the caller to deal with, and waits for nobody else', async () => {
  const careful = await calling('careful');
  expect([careful.caller.status, careful.called.resolution]).toEqual(['succeeded', 'caller']);
  const careless = await calling('careless');
  expect([careless.caller.status, careless.caller.resolution, careless.called.resolution]).toEqual(['failed', null, 'caller']);
  const detached = await calling('detached');
  expect([detached.caller.status, detached.called.resolution]).toEqual(['succeeded', null]);
  expect(await letters()).toEqual([detached.called.id, careless.caller.id]);
  const causes = (await instance.api<CausesView>('dead-letters/causes')).items;
  expect(causes.map(({ flowId, count }) => [flowId, count]).sort()).toEqual([
    ['careless', 1],
    ['failing', 1],
  ]);
  const told = await eventually('both failures to be told', async () => ((await toldOf()).length >= 2 ? toldOf() : undefined));
  expect([...told].sort()).toEqual([careless.caller.id, detached.called.id].sort());
});

it('who runs it again by hand can, for it is a run like others', async () => {
  const { called } = await calling('careful');
  const again = await instance.api<{ runId: string }>(`runs/${called.id}/rerun`, { method: 'POST', body: '{}' });
  expect(await endOf(instance, again.runId)).toMatchObject({ status: 'failed', parent: null, resolution: null });
});

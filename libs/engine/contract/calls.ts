import { beforeEach, describe, expect, it } from '@jest/globals';
import { isStepError, type StepError } from '@millrace/component-sdk';
import type { Call, ClaimedWork } from '../ports.js';
import type { ClaimedRun, RunResult } from '../records.js';
import { claimAgain, claimedRun, entry, newId, newRunner, type OpenCallStore, type CallStore } from './store.js';

/** What every Calls has to do. */
export function describeCalls(name: string, open: OpenCallStore): void {
  describe(`Calls on ${name}`, () => {
    let store: CallStore;
    let runner: string;
    let caller: ClaimedRun;

    beforeEach(async () => {
      store = await open();
      runner = await newRunner(store);
      await store.callable('callee');
      caller = (await claimedRun(store, runner)).run;
    });

    const callOf = (parts: Partial<Call> = {}): Call => ({
      runId: newId(),
      path: 'sub',
      flowId: 'callee',
      input: { a: [1] },
      awaited: true,
      ...parts,
    });

    const begun = async (parts?: Partial<Call>): Promise<Call> => {
      const call = callOf(parts);
      await store.calls.begin(caller, call);
      return call;
    };

    const claimed = async (runId: string): Promise<ClaimedWork> => (await store.claims.claim(runner, [runId], 1))[0]!;

    const ended = async (result: RunResult, parts?: Partial<Call>): Promise<string> => {
      const { runId } = await begun(parts);
      expect(await store.journal.finish((await claimed(runId)).run, entry([]), result)).toBe(true);
      return runId;
    };

    it('begins a run of the called flow, with its input as the body, one call deeper', async () => {
      const { runId } = await begun();
      const { run, event } = await claimed(runId);
      expect(run).toMatchObject({ id: runId, flowId: 'callee', version: 1, depth: (caller.depth ?? 0) + 1, awaited: true, crashes: 0 });
      expect(JSON.parse(Buffer.from(event.body).toString())).toEqual({ a: [1] });
      expect(event.headers['content-type']).toBe('application/json');
    });

    it('begins a test for a test, and for nobody else', async () => {
      const [inTest, live] = [callOf(), callOf()];
      await store.calls.begin({ ...caller, test: true }, inTest);
      await store.calls.begin(caller, live);
      expect([(await claimed(inTest.runId)).run.test ?? false, (await claimed(live.runId)).run.test ?? false]).toEqual([true, false]);
    });

    it('begins one run however often it is asked, also at the same moment, and none again when it has ended', async () => {
      const call = callOf();
      await Promise.all(Array.from({ length: 8 }, () => store.calls.begin(caller, call)));
      const { run } = await claimed(call.runId);
      await store.calls.begin(caller, call);
      expect(await store.activeRun(call.runId)).toMatchObject({ status: 'running', claim: 1 });
      await store.journal.finish(run, entry([]), { status: 'succeeded' });
      await store.calls.begin(caller, call);
      expect(await store.activeRun(call.runId)).toBeUndefined();
    });

    it('refuses a flow that does not exist as the failure of the step', async () => {
      const call = callOf({ flowId: 'nowhere' });
      const refused = await store.calls.begin(caller, call).catch((thrown: unknown) => thrown);
      expect([isStepError(refused), (refused as StepError).code]).toEqual([true, 'call.unknown-flow']);
      expect(await store.activeRun(call.runId)).toBeUndefined();
    });

    it('knows no outcome of what is active or was never begun', async () => {
      const { runId } = await begun();
      expect(await store.calls.outcome(runId)).toBeUndefined();
      expect(await store.calls.outcome(newId())).toBeUndefined();
    });

    it.each<[string, RunResult]>([
      ['its output', { status: 'succeeded', output: { b: [null, 'x'] } }],
      ['no output', { status: 'succeeded' }],
      ['its error', { status: 'failed', error: { code: 'http.500', message: 'no', step: 'a', details: { a: [1] } } }],
    ])('gives how a run ended, with %s', async (_, result) => {
      expect(await store.calls.outcome(await ended(result))).toMatchObject(result);
    });

    it('has the end of an awaited run make its waiting caller due at once', async () => {
      await store.journal.suspend(caller, entry([]), Date.now() + 60_000);
      await ended({ status: 'failed', error: { code: 'x', message: 'y' } });
      expect((await claimAgain(store, runner, caller.id)).run.lease.claim).toBe(2);
    });

    it('has an end that comes before its caller suspends make the caller due as soon as it does', async () => {
      await ended({ status: 'succeeded', output: 1 });
      await store.journal.suspend(caller, entry([]), Date.now() + 60_000);
      expect((await claimAgain(store, runner, caller.id)).run.lease.claim).toBe(2);
    });

    it('does not wake a caller that does not wait for the run', async () => {
      await store.journal.suspend(caller, entry([]), Date.now() + 60_000);
      await ended({ status: 'succeeded' }, { awaited: false });
      expect(await store.claims.claimDue(runner, 10)).toEqual([]);
    });

    it('forgets a wake that a claim has seen', async () => {
      await ended({ status: 'succeeded' });
      await store.journal.suspend(caller, entry([]), Date.now() + 60_000);
      const again = await claimAgain(store, runner, caller.id);
      await store.journal.suspend(again.run, entry([]), Date.now() + 60_000);
      expect(await store.claims.claimDue(runner, 10)).toEqual([]);
    });
  });
}

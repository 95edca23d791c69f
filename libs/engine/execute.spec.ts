import { describe, expect, it } from '@jest/globals';
import { StepError, type Component } from '@millrace/component-sdk';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig, type Run } from './contract/rig.js';

function rigOf(run: Run, step: Record<string, unknown> = {}, parts: Partial<Component> = {}): Rig {
  const use = { id: 'a', use: 'test.run', ...step } as Step;
  return new Rig(flowOf([use]), [componentOf('test.run', run, parts)]);
}

/** Resolves when the component is at work. */
function atWork(): { readonly begun: Promise<void>; readonly begin: () => void } {
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  return { begun, begin };
}

describe('the time limit of a step', () => {
  it.each([
    ['the step', { timeout: '5s' }, {}, 5_000],
    ['the component', {}, { timeout: '7s' }, 7_000],
    ['nobody', {}, {}, 30_000],
  ])('set by %s ends a component that ignores its signal', async (_, step, parts, limit) => {
    const { begun, begin } = atWork();
    let aborted = false;
    const rig = rigOf(
      ({ signal }) => {
        signal.addEventListener('abort', () => (aborted = true));
        begin();
        return new Promise(() => undefined);
      },
      step,
      parts,
    );
    await rig.accept();
    const slice = rig.slice(await rig.claim());
    await begun;
    rig.clock.advance(limit - 1);
    expect(aborted).toBe(false);
    rig.clock.advance(1);
    expect(await slice).toMatchObject({
      result: { status: 'failed', error: { code: 'timeout', message: expect.stringContaining(`${limit / 1000} s`) } },
    });
    expect(aborted).toBe(true);
  });

  it('is told as a timeout, whatever the component makes of its aborted signal', async () => {
    const { begun, begin } = atWork();
    const rig = rigOf(({ signal }) => {
      begin();
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('socket hang up'))));
    });
    await rig.accept();
    const slice = rig.slice(await rig.claim());
    await begun;
    rig.clock.advance(30_000);
    expect(await slice).toMatchObject({ result: { error: { code: 'timeout' } } });
  });

  it('leaves no timer behind', async () => {
    let late = false;
    const rig = rigOf(({ signal }) => void signal.addEventListener('abort', () => (late = true)));
    await rig.run();
    rig.clock.advance(60_000);
    expect(late).toBe(false);
  });
});

describe('a run that is given up', () => {
  it('aborts the component and writes nothing', async () => {
    const { begun, begin } = atWork();
    const controller = new AbortController();
    const rig = rigOf(() => {
      begin();
      return new Promise(() => undefined);
    });
    await rig.accept();
    const slice = rig.slice(await rig.claim(), { signal: controller.signal });
    await begun;
    controller.abort(new Error('the lease is lost'));
    expect(await slice).toEqual({ kind: 'abandoned' });
    expect(rig.rows).toEqual([]);
  });

  it('does not begin a component any more', async () => {
    const controller = new AbortController();
    const rig = rigOf(() => undefined, { onCrash: 'stop' });
    await rig.accept();
    const record = rig.journal.record.bind(rig.journal);
    const journal = {
      ...rig.journal,
      record: (...args: Parameters<typeof record>) => (controller.abort(new Error('lost')), record(...args)),
    };
    expect(await rig.slice(await rig.claim(), { signal: controller.signal, journal })).toEqual({ kind: 'abandoned' });
    expect(rig.calls).toEqual([]);
  });
});

describe('the output of a step', () => {
  it('is null when the component returns nothing', async () => {
    const rig = rigOf(() => undefined);
    await rig.run();
    expect(rig.rows[0]).toMatchObject({ status: 'succeeded', output: null });
  });

  it.each([
    ['a BigInt', () => ({ n: 1n })],
    [
      'a cycle',
      () => {
        const a: Record<string, unknown> = {};
        return (a.a = a);
      },
    ],
    ['a function', () => () => undefined],
  ])('may not be %s', async (_, run) => {
    const rig = rigOf(run);
    expect(await rig.run()).toMatchObject({ result: { status: 'failed', error: { code: 'output.not-json', step: 'a' } } });
  });

  it('and its error are kept without the secrets of the credential', async () => {
    const secret = 's3cret-value';
    const told = rigOf(() => ({ echoed: [`Bearer ${secret}`] }), { credential: 'vendor' });
    told.secrets.vendor = secret;
    await told.run();
    expect(told.rows[0]?.output).toEqual({ echoed: ['Bearer [redacted]'] });

    const details = { body: `token ${secret}` };
    const failing = rigOf(() => Promise.reject(new StepError({ code: 'x', message: `bad token ${secret}`, details })), {
      credential: 'vendor',
    });
    failing.secrets.vendor = secret;
    const outcome = await failing.run();
    expect(JSON.stringify([failing.rows, outcome])).not.toContain(secret);
    expect(failing.rows[0]?.error).toMatchObject({ message: 'bad token [redacted]', details: { body: 'token [redacted]' } });
  });
});

describe('a step whose component is gone', () => {
  it('fails saying which plugin to install', async () => {
    const rig = rigOf(() => undefined);
    await rig.accept();
    const other = new Rig(flowOf([]), []);
    other.plan = rig.plan;
    await other.accept();
    expect(await other.slice(await other.claim())).toMatchObject({
      result: { status: 'failed', error: { code: 'component.unknown', blame: 'operator', message: expect.stringContaining('test.run') } },
    });
  });
});

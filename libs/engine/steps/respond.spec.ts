import { describe, expect, it } from '@jest/globals';
import type { Step } from '@millrace/flow';
import { componentOf, flowOf, Rig } from '../contract/rig.js';
import type { SliceOutcome } from '../walk.js';

const echo = componentOf('test.echo', ({ props }) => props);
const use = (id: string): Step => ({ id, use: 'test.echo' });
const reply = (id: string, respond: object = { body: id }): Step => ({ id, respond }) as Step;
const nap: Step = { id: 'nap', wait: { for: '1h' } };

async function awaited(rig: Rig): Promise<SliceOutcome> {
  for (;;) {
    const work = await rig.claim();
    const outcome = await rig.slice({ ...work, run: { ...work.run, awaited: true } });
    if (outcome.kind !== 'suspended') return outcome;
  }
}

describe('an answer', () => {
  it('is committed before the run goes on, with 200 where the file names no status', async () => {
    const seen: string[][] = [];
    const spy = componentOf('test.echo', () => void seen.push(rig.trail));
    const rig: Rig = new Rig(flowOf([reply('reply', { headers: { 'x-a': '{{ trigger.body.h }}' }, body: { n: 1 } }), use('a')]), [spy]);
    await rig.run({ h: 'b' });
    expect(seen).toEqual([['reply#1 succeeded']]);
    expect(rig.rows[0]?.output).toEqual({ status: 200, headers: { 'x-a': 'b' }, body: { n: 1 } });
  });

  it.each([99, 600, 'x', 200.5])('fails with the status %s', async (status) => {
    const rig = new Rig(flowOf([reply('reply', { status: '{{ trigger.body.status }}' })]), [echo]);
    expect(await rig.run({ status })).toMatchObject({ result: { error: { code: 'respond.bad-status', step: 'reply' } } });
  });

  it('sends numbers as header texts, and no header that would become two', async () => {
    const reply200 = (value: string): Step => reply('reply', { headers: { 'x-a': value } });
    const rig = new Rig(flowOf([reply200('{{ trigger.body.h }}')]), [echo]);
    await rig.run({ h: 5 });
    expect(rig.rows[0]?.output).toMatchObject({ headers: { 'x-a': '5' } });
    for (const h of ['a\r\nx-b: c', null, { a: 1 }, '\u2028']) {
      const bad = new Rig(flowOf([reply200('{{ trigger.body.h }}')]), [echo]);
      expect(await bad.run({ h })).toMatchObject({ result: { error: { code: 'respond.bad-header', step: 'reply', blame: 'author' } } });
    }
  });

  it('stays with the end of the run, whole, however that ends', async () => {
    const failing: Step = { id: 'done', stop: { as: 'failed', message: 'No.' } };
    const rig = new Rig(flowOf([reply('one', { status: 201, headers: { 'x-a': 'b' }, body: 1 }), nap, failing]), [echo]);
    await rig.accept();
    const response = { status: 201, headers: { 'x-a': 'b' }, body: 1 };
    expect(await awaited(rig)).toMatchObject({ result: { status: 'failed', response } });
  });

  it('is given once: later ones are skipped, and the first counts', async () => {
    const rig = new Rig(flowOf([reply('one'), nap, reply('two'), use('a')]), [echo]);
    await rig.accept();
    expect(await awaited(rig)).toMatchObject({ result: { status: 'succeeded', output: 'one' } });
    expect(rig.trail).toEqual(['one#1 succeeded', 'nap#1 succeeded', 'two#1 skipped', 'a#1 succeeded']);
  });

  it('is given once also where branches race for it', async () => {
    const rig = new Rig(flowOf([{ id: 'both', parallel: { one: [reply('a')], two: [reply('b')] } }]), [echo]);
    await rig.accept();
    expect(await awaited(rig)).toMatchObject({ result: { output: 'a' } });
    expect(rig.trail.filter((row) => /^[ab]#/.test(row)).sort()).toEqual(['a#1 succeeded', 'b#1 skipped']);
  });

  it('outlives the item of a loop that gave it', async () => {
    const rig = new Rig(flowOf([{ id: 'each', forEach: [1, 2], steps: [reply('reply', { body: '{{ index }}' }), use('a')] }, nap]), [echo]);
    await rig.accept();
    expect(await awaited(rig)).toMatchObject({ result: { output: 0 } });
    expect(rig.trail.filter((row) => row.includes('.'))).toEqual(['each[0].reply#1 succeeded']);
  });
});

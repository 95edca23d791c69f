import { describe, expect, it } from '@jest/globals';
import type { Json } from '@millrace/component-sdk';
import { cutToStep, stepAt, stepsById } from './cut.js';

const set = (id: string, more: object = {}): object => ({ id, set: { value: id }, ...more });

function text(steps: readonly object[], more: object = {}): string {
  return JSON.stringify({ format: 1, id: 'cut', trigger: { type: 'webhook' }, steps, ...more });
}

interface CutJson {
  readonly trigger: Json;
  readonly steps: readonly { readonly [key: string]: Json }[];
}

function cut(of: string, step: string): CutJson & { readonly path: string; readonly around: readonly string[] } {
  const found = cutToStep(of, step);
  if (!found) throw new Error(`There is no step ${step}`);
  return { ...(JSON.parse(found.text) as CutJson), path: found.path, around: found.around };
}

describe('a flow that is cut to a step', () => {
  it('ends with the step, whatever stands behind it and however wrong that is', () => {
    const { steps } = cut(text([set('a'), set('b', { when: false }), { id: 'c', nonsense: 1 }], { onError: [{ id: 'd' }] }), 'b');
    expect(steps).toEqual([set('a'), set('b')]);
  });

  it('is accepted for every event', () => {
    const trigger = { type: 'webhook', credential: 'gone', when: '{{ false }}', schema: { type: 'object' }, respond: { from: 'step' } };
    expect(cut(text([set('a')], { trigger }), 'a').trigger).toEqual({ type: 'webhook', schema: { type: 'object' } });
  });

  it.each([
    ['b', { id: 'x', if: true, then: [set('b')] }],
    ['c', { id: 'x', if: false, then: [], else: [set('c')] }],
  ])('takes the branch that %s stands in', (step, expected) => {
    expect(cut(text([{ id: 'x', if: '{{ trigger.body.a }}', then: [set('b')], else: [set('c')] }]), step).steps).toEqual([expected]);
  });

  it('keeps the place of the case that is taken', () => {
    const steps = [
      {
        id: 'x',
        switch: '{{ 1 }}',
        cases: [
          { when: 1, steps: [set('a')] },
          { when: 2, steps: [set('b')] },
        ],
        default: [set('c')],
      },
    ];
    const cases = (taken: number, inside: object[]): object[] =>
      [0, 1].map((at) => ({ when: at === taken, steps: at === taken ? inside : [] }));
    expect(cut(text(steps), 'b').steps).toEqual([{ id: 'x', switch: true, cases: cases(1, [set('b')]) }]);
    expect(cut(text(steps), 'c').steps).toEqual([{ id: 'x', switch: true, cases: cases(-1, []), default: [set('c')] }]);
  });

  it('only decides where a branch is what is tested', () => {
    expect(cut(text([{ id: 'x', if: '{{ true }}', then: [set('b')], when: false }]), 'x').steps).toEqual([
      { id: 'x', if: '{{ true }}', then: [] },
    ]);
  });

  it('leads through loops by their first item, and keeps one branch of those side by side', () => {
    const steps = [
      {
        id: 'each',
        forEach: [1],
        onItemError: 'continue',
        steps: [{ id: 'both', parallel: { left: [set('a'), set('b')], right: [set('c')] } }],
      },
    ];
    const found = cutToStep(text(steps), 'a');
    expect(found).toMatchObject({ path: 'each[0].a', around: ['each', 'both'], loops: ['each'], tried: [] });
    expect((JSON.parse(found!.text) as CutJson).steps).toEqual([
      { id: 'each', forEach: [1], steps: [{ id: 'both', parallel: { left: [set('a')] } }] },
    ]);
  });

  it('leads through rounds by the first one, whatever decides about the next', () => {
    const steps = [{ id: 'pages', repeat: [set('a'), set('b')], while: '{{ steps.b.x }}', limit: 7, onError: 'continue' }];
    const found = cutToStep(text(steps), 'a');
    expect(found).toMatchObject({ path: 'pages[0].a', around: ['pages'], loops: ['pages'] });
    expect((JSON.parse(found!.text) as CutJson).steps).toEqual([{ id: 'pages', repeat: [set('a')], while: '{{ index < 0 }}' }]);
  });

  it('lets the error of what is tried be seen, and knows what has to fail for its handler', () => {
    const flow = text([{ id: 'safe', try: [set('a')], catch: [set('b')], finally: [set('c')], on: ['timeout'] }], {
      onError: [set('d'), set('e')],
    });
    expect(cut(flow, 'a').steps).toEqual([{ id: 'safe', if: true, then: [set('a')] }]);
    expect(cutToStep(flow, 'b')?.tried).toEqual([['a']]);
    expect(cut(flow, 'b').steps).toEqual([{ id: 'safe', try: [set('a')], catch: [set('b')] }]);
    expect(cut(flow, 'c').steps).toEqual([{ id: 'safe', try: [set('a')], catch: [set('b', { when: false })], finally: [set('c')] }]);
    expect(cut(flow, 'd').around).toEqual([]);
    expect(cutToStep(flow, 'd')?.tried).toEqual([['safe']]);
  });

  it('is none for a step that is not there, or a text that is no JSON', () => {
    expect(cutToStep(text([set('a')]), 'b')).toBeUndefined();
    expect(cutToStep('{', 'a')).toBeUndefined();
  });
});

describe('steps of a text', () => {
  const flow = text([{ id: 'x', if: true, then: [set('a')] }], { onError: [set('b')] });

  it('are found by id, also where an error is handled', () => {
    expect([...stepsById(flow).keys()]).toEqual(['x', 'a', 'b']);
    expect(stepsById(flow).get('a')).toEqual(set('a'));
  });

  it.each([
    ['/steps/0/then/0/set/value', 'a'],
    ['/steps/0/if', 'x'],
    ['/steps/0', 'x'],
    ['/trigger', undefined],
  ])('are known by what is in them: %s is in %p', (pointer, step) => {
    expect(stepAt(flow, pointer)).toBe(step);
  });
});

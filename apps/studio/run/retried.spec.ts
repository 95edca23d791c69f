import type { RunView, StepView } from '../api/wire.js';
import { readFlow } from '../flow/structure.js';
import { beganIn, givenFrom, givenIn } from './given.js';
import { retryWords, takenOver } from './retried.js';

const BEFORE = '01920f7a-5c1e-7cc3-98c4-dc0c0cabc123';

const step = (id: string, part: object = { use: 'log' }): object => ({ id, ...part });
const flow = (steps: object[], onError: object[] = []) => readFlow(JSON.stringify({ id: 'f', steps, onError }));

function row(path: string, part: Partial<StepView> = {}): StepView {
  return { path, kind: 'use', status: 'succeeded', given: null, ...part } as StepView;
}

const run = (steps: StepView[], part: object = {}): RunView => ({ rerunOf: BEFORE, error: null, steps, ...part }) as RunView;
const failed = (step: string, steps: StepView[]): RunView => run([...steps, row(step, { status: 'failed' })], { error: { step } });

const SHIPPING = flow(
  [
    step('normalize', { set: {} }),
    step('big', { name: 'Big', if: true, then: [step('note', { name: 'Note it', use: 'log' })], else: [step('small')] }),
    step('lines', { forEach: 'x', steps: [step('reserve'), step('print')] }),
    step('ship', { name: 'Create shipment', use: 'http.request' }),
    step('tell'),
  ],
  [step('alarm')],
);

describe('what is retried', () => {
  const before = [row('big', { kind: 'if' }), row('note'), row('lines', { kind: 'forEach' }), row('lines[0]', { kind: 'item' })];

  it('is the step that failed and what follows; what came before keeps what it gave', () => {
    expect(retryWords(failed('ship', before), SHIPPING)).toBe(
      'Retry from here runs Create shipment and what follows; Big, Note it and Lines keep what they gave.',
    );
    expect(retryWords(failed('ship', [row('note')]), SHIPPING)).toMatch(/; Note it keeps what it gave\.$/);
    expect(retryWords(failed('normalize', []), SHIPPING)).toBe(
      'Retry from here runs Normalize and what follows; no step before it gave anything.',
    );
    expect(retryWords(failed('tell', [row('ship')]), SHIPPING)).toBe('Retry from here runs Tell; Create shipment keeps what it gave.');
  });

  it('is counted where it would be a long list', () => {
    expect(retryWords(failed('tell', [row('normalize'), ...before, row('ship'), row('alarm')]), SHIPPING)).toBe(
      'Retry from here runs Tell; 5 steps keep what they gave.',
    );
  });

  it('is one item of a loop, from the step that failed in it', () => {
    const rows = [...before.slice(0, 2), row('lines', { kind: 'forEach', status: 'failed' }), row('lines[0]', { kind: 'item' })];
    expect(retryWords(failed('lines[1].print', [...rows, row('lines[1].reserve')]), SHIPPING)).toBe(
      'Retry from here runs Print for item 2 of Lines and what follows; Big, Note it, Reserve and 1 finished item of Lines keep what they gave.',
    );
  });

  it('is what handles an error, and what is always done, where the step that failed stands before them', () => {
    const tree = flow([step('safe', { try: [step('a'), step('b')], catch: [step('c')], finally: [step('d')] })]);
    expect(retryWords(failed('b', [row('a'), row('c'), row('d')]), tree)).toBe(
      'Retry from here runs B and what follows; A keeps what it gave.',
    );
    expect(retryWords(failed('d', [row('a'), row('c')]), tree)).toBe('Retry from here runs D; A and C keep what they gave.');
  });

  it('is not what other branches gave', () => {
    const tree = flow([step('both', { parallel: { one: [step('a')], two: [step('b'), step('c')] } })]);
    expect(retryWords(failed('b', [row('a')]), tree)).toBe('Retry from here runs B and what follows; A keeps what it gave.');
  });

  it('is everything where what failed is no step of the flow itself', () => {
    expect(retryWords(failed('alarm', before), SHIPPING)).toMatch(/^Retry from here runs every step again/);
    expect(retryWords(run([]), SHIPPING)).toBeUndefined();
  });
});

describe('what a re-run took over', () => {
  const given = (path: string, part: Partial<StepView> = {}): StepView => row(path, { given: 'recorded', ...part });
  const item = (path: string): StepView => given(path, { kind: 'item' });

  it('is counted by steps, a loop as one, and it says where the re-run began', () => {
    const over = [given('big', { kind: 'if' }), given('note'), given('lines', { kind: 'forEach' }), item('lines[0]'), item('lines[1]')];
    expect(takenOver(run([...over, row('ship'), row('tell')]), SHIPPING)).toEqual({
      words: '3 steps',
      isOne: false,
      from: 'Create shipment',
    });
    expect(takenOver(run(over), SHIPPING)).toEqual({ words: '3 steps', isOne: false, from: undefined });
    expect(takenOver(run([row('ship')]), SHIPPING)).toBeUndefined();
  });

  it('is told from what goes on around it: a loop that was opened again, branches beside it', () => {
    const rows = [row('lines', { kind: 'forEach' }), item('lines[0]'), given('lines[1].reserve')];
    const own = [row('lines[1]', { kind: 'item', status: 'failed' }), row('lines[1].print', { status: 'failed' })];
    expect(takenOver(run([...rows, ...own]), SHIPPING)).toMatchObject({
      words: '1 step and 1 item of Lines',
      from: 'Print for item 2 of Lines',
    });
    expect(takenOver(run([...rows.slice(0, 2), row('lines[1]', { kind: 'item' })]), SHIPPING)).toEqual({
      words: '1 item of Lines',
      isOne: true,
      from: 'item 2 of Lines',
    });
    const tree = flow([step('both', { parallel: { one: [step('a')], two: [step('b')] } })]);
    expect(takenOver(run([row('both', { kind: 'parallel' }), given('a'), row('b')]), tree)?.from).toBe('B');
  });

  it('is no stand-in of a test', () => {
    const row = given('note');
    expect(givenIn({ rerunOf: BEFORE }, row)).toBe('taken over');
    expect(givenIn({ rerunOf: null }, row)).toBe('recorded');
    expect(givenFrom('taken over', { rerunOf: BEFORE })).toBe('taken over from run abc123');
  });

  it('has no time in the re-run: what goes on began with that', () => {
    const [createdAt, earlier, later] = ['2026-01-02T00:00:00.000Z', '2026-01-01T00:00:00.000Z', '2026-01-03T00:00:00.000Z'];
    const startedAt = '2026-01-02T00:00:01.000Z';
    expect(beganIn({ rerunOf: BEFORE, createdAt, startedAt: null }, earlier)).toBe(Date.parse(createdAt));
    expect(beganIn({ rerunOf: BEFORE, createdAt, startedAt }, earlier)).toBe(Date.parse(startedAt));
    expect(beganIn({ rerunOf: BEFORE, createdAt, startedAt }, later)).toBe(Date.parse(later));
    expect(beganIn({ rerunOf: null, createdAt, startedAt }, earlier)).toBe(Date.parse(earlier));
  });
});

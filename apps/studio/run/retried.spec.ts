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
  const paths = (rows: readonly StepView[]): string[] => rows.map(({ path }) => path);
  /** A run that failed there, of which all this would be taken over. */
  const words = (from: string | null, rows: StepView[], tree = SHIPPING): string =>
    retryWords(run([...rows, row(from ?? 'alarm', { status: 'failed' })]), { from, reused: paths(rows) }, tree);

  it('is the step that failed and what follows; what came before keeps what it gave', () => {
    expect(words('ship', before)).toBe(
      'Retry from here runs Create shipment and what follows; Big, Note it and Lines keep what they gave.',
    );
    expect(words('ship', [row('note')])).toMatch(/; Note it keeps what it gave\.$/);
    expect(words('normalize', [])).toBe('Retry from here runs Normalize and what follows; no step before it gave anything.');
    expect(words('tell', [row('ship')])).toBe('Retry from here runs Tell; Create shipment keeps what it gave.');
  });

  it('is told from what would be done again, and from what was skipped', () => {
    const rows = [row('a'), row('b', { status: 'skipped' }), row('c')];
    const tree = flow([step('a'), step('b'), step('c'), step('d')]);
    const plan = { from: 'd', reused: ['a', 'b'] };
    expect(retryWords(run(rows), plan, tree)).toBe('Retry from here runs D; A keeps what it gave.');
  });

  it('is counted where it would be a long list', () => {
    expect(words('tell', [row('normalize'), ...before, row('ship')])).toBe('Retry from here runs Tell; 5 steps keep what they gave.');
  });

  it('is one item of a loop, from the step that failed in it', () => {
    const rows = [...before.slice(0, 2), row('lines[0]', { kind: 'item' }), row('lines[1].reserve')];
    expect(words('lines[1].print', rows)).toBe(
      'Retry from here runs Print for item 2 of Lines and what follows; Big, Note it, Reserve and 1 item of Lines keep what they gave.',
    );
  });

  it('is not what a finished loop keeps of its items', () => {
    const rows = [row('lines', { kind: 'forEach' }), row('lines[0]', { kind: 'item' }), row('lines[1].reserve')];
    expect(words('ship', rows)).toBe('Retry from here runs Create shipment and what follows; Lines keeps what it gave.');
  });

  it('ends with what stands last; finally comes in any case', () => {
    const tree = flow([step('safe', { try: [step('a'), step('b')], catch: [step('c')], finally: [step('d')] })]);
    expect(words('b', [row('a')], tree)).toBe('Retry from here runs B and what follows; A keeps what it gave.');
    expect(words('d', [row('a'), row('c')], tree)).toBe('Retry from here runs D; A and C keep what they gave.');
  });

  it('is everything where what failed is no step of the flow itself', () => {
    expect(words(null, before)).toMatch(/^Retry from here runs every step again/);
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

import { checkFlow } from '@millrace/flow';
import { everyStep, readFlow } from '../flow/structure.js';
import { placeOf } from './places.js';
import { readableFrom } from './readable.js';

interface Step {
  [key: string]: unknown;
  set?: Record<string, unknown>;
}

const set = (id: string, rest: Step = {}): Step => ({ id, set: { value: 1 }, ...rest });

/** Every kind of block, with steps before, inside and behind, that surely run and that may not. */
const FLOW = {
  format: 1,
  id: 'f',
  trigger: { type: 'webhook' },
  steps: [
    set('first'),
    set('maybe', { when: '{{ trigger.body.a }}' }),
    { id: 'risk', use: 'http.request', onError: 'continue' },
    {
      id: 'check',
      if: '{{ $exists(steps.risk.error) or steps.maybe.value > 1 }}',
      then: [set('yes'), set('yes2')],
      else: [set('no')],
      onError: 'continue',
    },
    { id: 'lanes', parallel: { left: [set('inLeft'), set('inLeft2')], right: [set('inRight')] } },
    {
      id: 'pick',
      switch: '{{ steps.maybe.value }}',
      cases: [{ when: 1, steps: [set('inCase')] }],
      default: [set('otherwise')],
    },
    { id: 'ask', switch: true, cases: [{ when: '{{ steps.risk.error }}', steps: [set('asked')] }], default: [set('unasked')] },
    {
      id: 'each',
      forEach: '{{ trigger.body.lines }}',
      as: 'line',
      steps: [set('inside'), { id: 'deep', if: true, then: [set('inDeep')] }, set('inside2')],
    },
    {
      id: 'guard',
      try: [
        set('tried'),
        { id: 'sub', parallel: { one: [set('beside')] } },
        { id: 'loop', forEach: [1], steps: [set('turn')] },
        set('tried2'),
      ],
      catch: [set('caught'), set('caught2')],
      finally: [set('after')],
    },
    {
      id: 'rounds',
      repeat: [set('round'), set('roundMaybe', { when: '{{ trigger.body.a }}' }), set('round2')],
      while: '{{ index < 1 }}',
    },
    { id: 'nap', wait: { for: '1s' } },
    set('guarded', { when: '{{ steps.risk.status = 200 }}' }),
    { id: 'answer', respond: { status: 200 } },
    set('last'),
  ],
  onError: [set('alarm'), set('alarm2')],
};

const tree = readFlow(JSON.stringify(FLOW));
const steps = everyStep([...tree.steps, ...tree.onError]);
const readers = steps.filter(({ kind }) => kind === 'set').map(({ id }) => id);

/** What the check accepts of all steps in the values of one: a plain reference, one with a default, or none. */
function acceptedAt(reader: string): [string, string][] {
  const { list, at } = placeOf(tree, reader)!;
  const flow = structuredClone(FLOW) as unknown as Step;
  const segments = `${list}/${at}`.split('/').slice(1);
  const ids = steps.map(({ id }) => id);
  segments.reduce((value, key) => value[key] as Step, flow).set = {
    plain: Object.fromEntries(ids.map((id) => [id, `{{ steps.${id} }}`])),
    'with a default': Object.fromEntries(ids.map((id) => [id, `{{ steps.${id} ?? 0 }}`])),
  };
  const { problems } = checkFlow(JSON.stringify(flow), { components: new Map(), credentials: new Map(), checkSchemas: false });
  const refused = new Set(problems.map(({ path }) => path));
  return ids.flatMap((id) => {
    const way = ['plain', 'with a default'].find((key) => !refused.has(`${list}/${at}/set/${key}/${id}`));
    return way === undefined ? [] : [[id, way] as [string, string]];
  });
}

function acceptsWhile(condition: string): boolean {
  const flow = { ...FLOW, steps: FLOW.steps.map((step) => ('repeat' in step ? { ...step, while: condition } : step)) };
  return checkFlow(JSON.stringify(flow), { components: new Map(), credentials: new Map(), checkSchemas: false }).problems.every(
    ({ path }) => !path.endsWith('/while'),
  );
}

describe('the steps whose results are offered', () => {
  it.each(readers)('to %s are those that the check accepts there, with a default where it wants one', (reader) => {
    const offered = readableFrom(tree, reader).map(({ step, mayBeMissing }) => [step.id, mayBeMissing ? 'with a default' : 'plain']);
    expect(offered.sort()).toEqual(acceptedAt(reader).sort());
  });

  it('to the condition of a repetition are those of a round too', () => {
    const accepted = ['plain', 'with a default'].flatMap((way) =>
      steps.flatMap(({ id }) => (acceptsWhile(`{{ steps.${id}${way === 'plain' ? '' : ' ?? 0'} }}`) ? [id] : [])),
    );
    const offered = readableFrom(tree, 'rounds', '/while').map(({ step }) => step.id);
    expect(offered.sort()).toEqual([...new Set(accepted)].sort());
    expect(offered).toEqual(expect.arrayContaining(['round', 'roundMaybe', 'round2']));
  });

  it('come in the order of the flow', () => {
    const order = steps.map(({ id }) => id);
    const ids = readableFrom(tree, 'alarm2').map(({ step }) => step.id);
    expect(ids).toEqual([...ids].sort((a, b) => order.indexOf(a) - order.indexOf(b)));
    expect(ids).toContain('tried');
  });

  it('are none before the first step, nor for the trigger', () => {
    expect([readableFrom(tree, 'first'), readableFrom(tree, 'trigger')]).toEqual([[], []]);
  });
});

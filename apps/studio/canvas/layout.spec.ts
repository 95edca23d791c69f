import { everyStep, readFlow } from '../flow/structure.js';
import { edgePath } from './edge-path.js';
import { GAP, layoutFlow } from './layout.js';
import { NODE, type Layout, type PlacedNode } from './placed.js';

const step = (id: string, part: object = { use: 'log' }): object => ({ id, ...part });
const flow = (steps: object[], rest: object = {}): string =>
  JSON.stringify({ format: 1, id: 'f', trigger: { type: 'webhook' }, steps, ...rest });
const layout = (steps: object[], rest: object = {}): Layout => layoutFlow(readFlow(flow(steps, rest)));

function node({ nodes }: Layout, id: string): PlacedNode {
  const found = nodes.find((placed) => placed.id === id);
  if (!found) throw new Error(`There is no node ${id}`);
  return found;
}

const centre = (placed: PlacedNode): number => placed.x + placed.width / 2;

const EVERYTHING = [
  step('first'),
  step('big', {
    if: true,
    then: [step('yes')],
    else: [step('no'), step('never', { switch: 1, cases: [{ when: 1, steps: [step('one')] }], default: [step('two')] })],
  }),
  step('each', { forEach: '{{ trigger.body }}', steps: [step('inner', { forEach: '{{ item }}', steps: [step('deep')] }), step('after')] }),
  step('both', { parallel: { crm: [step('crm')], chat: [step('chat'), step('chat2')], none: [] } }),
  step('safe', { try: [step('risky')], catch: [step('rescue')], finally: [step('tidy')] }),
  step('nap', { wait: { for: '1m' } }),
  step('sub', { call: 'other' }),
  step('reply', { respond: { status: 200 } }),
  step('vars', { set: { a: 1 } }),
  step('odd', { frobnicate: true }),
  step('done', { stop: { as: 'succeeded' } }),
];

describe('the layout of a flow', () => {
  const all = layout(EVERYTHING, { onError: [step('alarm'), step('log')] });

  it('draws every step of every kind exactly once', () => {
    const tree = readFlow(flow(EVERYTHING, { onError: [step('alarm'), step('log')] }));
    const wanted = everyStep([...tree.steps, ...tree.onError]).map(({ id }) => id);
    expect(
      all.nodes
        .filter(({ type }) => type === 'step')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...wanted].sort());
    expect(wanted).toHaveLength(27);
  });

  it('lets no two steps overlap', () => {
    const steps = all.nodes.filter(({ type }) => type !== 'frame');
    const overlaps = steps.flatMap((a, index) =>
      steps
        .slice(index + 1)
        .filter((b) => Math.abs(a.x - b.x) < NODE.width && Math.abs(a.y - b.y) < NODE.height)
        .map((b) => `${a.id} ${b.id}`),
    );
    expect(overlaps).toEqual([]);
  });

  it('reaches every step by exactly one edge', () => {
    const reached = all.edges.flatMap(({ to }) => to ?? []).sort();
    expect(reached).toEqual(
      all.nodes
        .filter(({ type }) => type === 'step')
        .map(({ id }) => id)
        .sort(),
    );
  });

  it('ends every edge at the top of the step it leads to', () => {
    for (const { to, points } of all.edges.filter((edge) => edge.to !== undefined)) {
      const target = node(all, to!);
      expect([to, points.at(-1)]).toEqual([to, { x: centre(target), y: target.y }]);
    }
  });

  it('turns by right angles only', () => {
    for (const { id, points } of all.edges)
      for (const [index, point] of points.slice(1).entries())
        expect([id, point.x === points[index]!.x || point.y === points[index]!.y]).toEqual([id, true]);
  });

  it('depends on the structure only', () => {
    expect(layout(EVERYTHING)).toEqual(layout(EVERYTHING));
    const renamed = EVERYTHING.map((entry) => ({ ...entry, name: 'Another name that is much longer than the one before' }));
    expect(layout(renamed).nodes.map(({ x, y }) => [x, y])).toEqual(layout(EVERYTHING).nodes.map(({ x, y }) => [x, y]));
  });

  it('moves nothing above an added step', () => {
    const more = layout([...EVERYTHING.slice(0, 5), step('new'), ...EVERYTHING.slice(5)]);
    const before = layout(EVERYTHING);
    for (const id of ['trigger', 'first', 'big', 'yes', 'deep', 'chat2', 'tidy'])
      expect(node(more, id)).toMatchObject({ x: node(before, id).x, y: node(before, id).y });
    expect(node(more, 'nap').y).toBe(node(before, 'nap').y + NODE.height + GAP);
  });
});

describe('the parts of a layout', () => {
  it('put a sequence on one axis, one gap apart', () => {
    const placed = layout([step('a'), step('b')]);
    expect(['trigger', 'a', 'b'].map((id) => node(placed, id))).toMatchObject(
      [0, 1, 2].map((n) => ({ x: -NODE.width / 2, y: n * (NODE.height + GAP) })),
    );
  });

  it('put branches side by side around the step that branches', () => {
    const placed = layout([step('big', { if: true, then: [step('yes')], else: [step('no')] }), step('next')]);
    expect(node(placed, 'yes').y).toBe(node(placed, 'no').y);
    expect(centre(node(placed, 'yes')) + centre(node(placed, 'no'))).toBe(2 * centre(node(placed, 'big')));
    expect(centre(node(placed, 'next'))).toBe(centre(node(placed, 'big')));
  });

  it('draw the branch that nobody wrote as a line of its own', () => {
    const { edges } = layout([step('big', { if: '{{ a >= 5 }}', then: [step('yes')] }), step('next')]);
    expect(edges.find(({ id }) => id === 'big/else')).toMatchObject({ label: 'otherwise', to: undefined });
    expect(edges.find(({ id }) => id === 'big/then')).toMatchObject({ label: 'a ≥ 5', to: 'yes' });
  });

  it('let nothing follow a stop', () => {
    const { edges } = layout([
      step('big', { if: true, then: [step('end', { stop: { as: 'failed' } })], else: [step('no')] }),
      step('next'),
    ]);
    expect(edges.map(({ id }) => id)).toEqual(expect.arrayContaining(['big/else/end', 'big→next']));
    expect(edges.map(({ id }) => id)).not.toContain('big/then/end');
  });

  it('put a frame around the body of a loop, with its node on the upper edge', () => {
    const placed = layout([step('each', { forEach: 'x', steps: [step('a'), step('b')] }), step('next')]);
    const [frame, head, last] = [node(placed, 'frame:each'), node(placed, 'each'), node(placed, 'b')];
    expect(frame.y).toBe(head.y + NODE.height / 2);
    expect(frame.x).toBeLessThan(last.x);
    expect(frame.y + frame.height).toBeGreaterThan(last.y + NODE.height);
    expect(node(placed, 'next').y).toBe(frame.y + frame.height + GAP);
  });

  it('put what rescues to the right, and what is always done below', () => {
    const placed = layout([step('safe', { try: [step('risky')], catch: [step('rescue')], on: ['http.4xx'], finally: [step('tidy')] })]);
    expect(centre(node(placed, 'risky'))).toBe(centre(node(placed, 'safe')));
    expect(node(placed, 'rescue').x).toBeGreaterThan(node(placed, 'risky').x + NODE.width);
    expect(node(placed, 'tidy').y).toBeGreaterThan(node(placed, 'rescue').y + NODE.height);
    expect(placed.edges.find(({ to }) => to === 'rescue')).toMatchObject({ kind: 'error', label: 'on http.4xx' });
  });

  it('put the steps on errors to the right of everything', () => {
    const placed = layout([step('big', { if: true, then: [step('yes')], else: [step('no')] })], { onError: [step('alarm')] });
    expect(node(placed, 'alarm').x).toBeGreaterThan(node(placed, 'no').x + NODE.width);
    expect(placed.edges.find(({ to }) => to === 'alarm')).toMatchObject({ kind: 'error', label: 'on error' });
  });

  it('leave room for a note at the end of a lane only where a step can be added', () => {
    const blocks = (note: object) => [
      step('big', { if: true, then: [step('yes', note)], else: [step('no')] }),
      step('each', { forEach: 'x', steps: [step('a', note)] }),
    ];
    for (const at of [0, 1]) {
      const y = (note: object, spots: boolean) => node(layoutFlow(readFlow(flow([blocks(note)[at]!, step('next')])), { spots }), 'next').y;
      expect(y({ note: 'Why' }, false)).toBe(y({}, false));
      expect(y({ note: 'Why' }, true)).toBe(y({}, true) + 18);
    }
  });

  it('leave room for what adds a step only where one can be added', () => {
    const y = (steps: object[], spots: boolean) => node(layoutFlow(readFlow(flow([...steps, step('next')])), { spots }), 'next').y;
    const branches = [step('big', { if: true, then: [step('yes')], else: [step('no')] })];
    expect(y(branches, true)).toBe(y(branches, false));
    const loop = (last: object) => [step('each', { forEach: 'x', steps: [step('a'), last] })];
    expect(y(loop(step('b')), true)).toBeGreaterThan(y(loop(step('b')), false));
    const ending = loop(step('end', { stop: { as: 'failed' } }));
    expect(y(ending, true)).toBe(y(ending, false));
  });

  it('survive a text that is no flow', () => {
    for (const text of ['', '[]', '{', '{"steps": 7}', '{"steps": [null, 1, {"if": 1, "then": {}}]}'])
      expect(layoutFlow(readFlow(text)).nodes[0]?.id).toBe('trigger');
  });
});

describe('the path of an edge', () => {
  it('rounds its corners and no more than half a piece', () => {
    expect(
      edgePath([
        { x: 0, y: 0 },
        { x: 0, y: 20 },
        { x: 6, y: 20 },
      ]),
    ).toBe('M0 0L0 12Q0 20 3 20L6 20');
  });

  it('has no corner where nothing turns away', () => {
    expect(
      edgePath([
        { x: 0, y: 0 },
        { x: 0, y: 0 },
        { x: 0, y: 20 },
      ]),
    ).toBe('M0 0L0 20');
  });
});

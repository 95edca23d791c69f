import { parseFlow, type EditResult } from '@millrace/flow';
import { layoutFlow } from '../canvas/layout.js';
import { NODE } from '../canvas/placed.js';
import { neighboursOf } from '../canvas/walk.js';
import { readFlow } from '../flow/structure.js';
import { addAction, copiedText, deleteAction, deletedWords, duplicateAction, pasteAction } from './actions.js';
import { loadedFrom, scopeFor, NOTHING_LOADED } from './loaded.js';
import { moveSteps, nudgeSteps, outermostIds, placeTowards, type MoveWay } from './moves.js';
import { lanesOf, placeAfter, placeOf, spotsOf } from './places.js';
import { readableFrom } from './readable.js';
import { resolveValue } from './resolve.js';
import { TRIGGER_TYPES, type TriggerType } from './trigger/types.js';
import { endpointOf, flowIdFrom, nameFrom, starterText } from './starter.js';
import { foundRows, rowsOf, sourcesOf } from './value-tree.js';

const set = (id: string, value = '1') => ({ id, set: { value } });

const FLOW = {
  format: 1,
  id: 'f',
  trigger: { type: 'webhook' },
  steps: [
    set('first'),
    { id: 'check', if: '{{ true }}', then: [set('yes')], else: [] },
    { id: 'lanes', parallel: { left: [set('inLeft')], right: [] } },
    { id: 'pick', switch: '{{ 1 }}', cases: [{ when: 1, steps: [set('inCase')] }], default: [] },
    { id: 'each', forEach: '{{ trigger.body.lines }}', as: 'line', steps: [set('inside', '{{ line.sku }}')] },
    { id: 'guard', try: [set('tried')], catch: [] },
    set('last'),
  ],
  onError: [set('alarm')],
};
const text = JSON.stringify(FLOW, null, 2);
const tree = readFlow(text);

describe('the places of a flow', () => {
  it('are JSON pointers at which the library finds or makes a list', () => {
    for (const { list, steps } of lanesOf(tree)) {
      const added = addAction({ list, at: steps.length }, { set: { added: 1 } });
      const result = added.work(text);
      expect([list, result.ok]).toEqual([list, true]);
      expect(added.select(result)).toBe('values');
    }
  });

  it('are behind the selected step, below the trigger, else at the end', () => {
    expect(placeAfter(tree, 'inCase')).toEqual({ list: '/steps/3/cases/0/steps', at: 1 });
    expect(placeAfter(tree, 'trigger')).toEqual({ list: '/steps', at: 0 });
    expect(placeAfter(tree, undefined)).toEqual({ list: '/steps', at: 7 });
    expect(placeAfter(tree, 'nobody')).toEqual({ list: '/steps', at: 7 });
    expect(placeOf(tree, 'inLeft')).toEqual({ list: '/steps/2/parallel/left', at: 0, count: 1 });
  });

  it('have a plus each: before, between and behind all steps of every lane', () => {
    const spots = spotsOf(tree, layoutFlow(tree, { spots: true }));
    const places = new Set(spots.map(({ place }) => `${place.list}@${place.at}`));
    const ends = lanesOf(tree).map(({ list, steps }) => `${list}@${steps.length}`);
    expect(ends.filter((end) => !places.has(end))).toEqual([]);
    expect(new Set(spots.map(({ id }) => id)).size).toBe(spots.length);
  });

  it('have a plus that the arrow keys reach in each lane without a step', () => {
    const spots = spotsOf(tree, layoutFlow(tree, { spots: true }));
    const stops = spots.flatMap(({ stop, place }) => (stop === undefined ? [] : [`${stop} ${place.list}`]));
    expect(stops.sort()).toEqual(
      [
        'check/else /steps/1/else',
        'guard/catch /steps/5/catch',
        'lanes/right /steps/2/parallel/right',
        'pick/default /steps/3/default',
      ].sort(),
    );
    const ways = neighboursOf(tree, { spots: true });
    expect(spots.filter(({ stop }) => stop !== undefined && !ways.has(stop))).toEqual([]);
  });

  it('have their pluses clear of steps, of the notes below them, and of each other', () => {
    const noted = (id: string) => ({ ...set(id), note: 'Why it is here' });
    const blocks = (rest: object[]) => [
      { id: 'check', note: 'x', if: '{{ true }}', then: [noted('yes')], else: [set('no'), noted('never')] },
      { id: 'each', note: 'x', forEach: '{{ trigger.body }}', steps: [noted('inside')] },
      { id: 'guard', note: 'x', try: [noted('tried')], catch: [noted('caught')], finally: [noted('tidied')] },
      ...rest,
    ];
    for (const rest of [[noted('last')], []]) {
      const noteful = readFlow(JSON.stringify({ ...FLOW, steps: blocks(rest), onError: [noted('alarm')] }));
      const layout = layoutFlow(noteful, { spots: true });
      const steps = layout.nodes.filter(({ type }) => type !== 'frame');
      const boxes = steps.map(({ id, x, y }) => ({
        id,
        x: x + NODE.width / 2,
        y: y + 41,
        width: NODE.width,
        height: id === 'trigger' ? 46 : 82,
      }));
      const pluses = spotsOf(noteful, layout).map((spot) => ({ ...spot, width: 20, height: 20 }));
      const overlaps = pluses.flatMap((a) =>
        [...boxes, ...pluses]
          .filter((b) => a !== b && Math.abs(a.x - b.x) < (a.width + b.width) / 2 && Math.abs(a.y - b.y) < (a.height + b.height) / 2)
          .map((b) => `${a.id} over ${b.id}`),
      );
      expect(overlaps).toEqual([]);
    }
  });
});

describe('the pluses at the end of a loop', () => {
  const noted = (id: string) => ({ ...set(id), note: 'Why' });
  const loop = (id: string, ...steps: object[]) => ({ id, name: `Loop ${id}`, forEach: '{{ trigger.body }}', steps });
  const ending = { id: 'ending', if: true, then: [{ id: 'a', stop: {} }], else: [{ id: 'b', stop: {} }] };
  const branch = (id: string, ...then: object[]) => ({ id, if: '{{ total >= 500 }}', then, else: [] });
  it.each<[string, object[]]>([
    ['of a loop before a step', [loop('one', set('x')), set('y')]],
    ['of the last loop', [loop('one', noted('x'))]],
    ['of a loop without steps', [loop('one'), set('y')]],
    ['of loops in loops', [loop('one', loop('two', loop('three', noted('x')))), set('y')]],
    ['of a loop at the end of a branch', [branch('if1', set('x'), loop('one', set('z'))), set('y')]],
    ['of a loop with a branch at its end', [loop('one', branch('if1', loop('two', set('x')))), set('y')]],
    ['of a loop whose branches all end', [loop('one', ending), set('y')]],
    [
      'of loops in all lanes of a try',
      [{ id: 't', try: [loop('one')], catch: [loop('two', set('x'))], finally: [loop('three', set('z'))] }],
    ],
  ])('%s stand clear of its frame, inside and outside', (_, steps) => {
    const flow = readFlow(JSON.stringify({ ...FLOW, steps }));
    const layout = layoutFlow(flow, { spots: true });
    const spots = spotsOf(flow, layout);
    for (const { id, x, y, width, height } of layout.nodes.filter(({ type }) => type === 'frame')) {
      const near = spots.filter((spot) => spot.x > x && spot.x < x + width && Math.abs(spot.y - y - height) < 20);
      expect([id, near.map(({ words }) => words)]).toEqual([id, []]);
      const name = `Add a step at the end of Loop ${id.replace('frame:', '')}`;
      const inner = spots.find(({ words }) => words === name);
      expect([name, inner && inner.y < y + height && inner.y > y]).toEqual([name, true]);
    }
  });

  it('are named by what they add to, as the drawing names it', () => {
    const steps = [loop('one', set('x')), branch('if1', set('z')), { id: 'both', parallel: { crm: [], chat: [] } }, set('y')];
    const flow = readFlow(JSON.stringify({ ...FLOW, steps }));
    const words = spotsOf(flow, layoutFlow(flow, { spots: true })).map((spot) => spot.words.replace('Add a step ', ''));
    expect(words.sort()).toEqual(
      [
        'after the trigger',
        'at the beginning of Loop one',
        'at the end of Loop one',
        'after Loop one',
        'at the beginning of “total ≥ 500” of If1',
        'at the end of “total ≥ 500” of If1',
        'at the end of “otherwise” of If1',
        'after If1',
        'at the end of “crm” of Both',
        'at the end of “chat” of Both',
        'after Both',
        'at the end of the flow',
        'at the end of what runs on errors',
      ].sort(),
    );
  });
});

describe('an action', () => {
  it('selects what stands before a deleted step, and counts what went with it and what read it', () => {
    const remove = (id: string) => deleteAction(tree, [id]);
    expect(['yes', 'first'].map((id) => remove(id).select(remove(id).work(text)))).toEqual(['check', 'trigger']);
    const words = (id: string, inText = text) => deletedWords(readFlow(inText), [id], deleteAction(readFlow(inText), [id]).work(inText));
    expect([words('yes'), words('check')]).toEqual(['Deleted yes', 'Deleted 2 steps']);
    const reading = JSON.stringify({
      steps: [
        { id: 'a', set: {} },
        { id: 'b', set: { x: '{{ steps.a.y }}', z: '{{ steps.a.y }}' } },
      ],
    });
    expect(words('a', reading)).toBe('Deleted a. 2 fields read it');
  });

  it('moves through lists, out of blocks and into those beside, and nowhere where there is nothing', () => {
    const way = (id: string, to: MoveWay) => placeTowards(tree, id, to);
    expect(way('first', 'down')).toEqual({ list: '/steps', at: 2 });
    expect([way('first', 'up'), way('last', 'down'), way('first', 'left')]).toEqual([undefined, undefined, undefined]);
    expect([way('yes', 'up'), way('yes', 'down'), way('yes', 'left')]).toEqual([
      { list: '/steps', at: 1 },
      { list: '/steps', at: 2 },
      { list: '/steps', at: 2 },
    ]);
    expect(way('yes', 'right')).toMatchObject({ list: '/steps/1/else', at: 0 });
    expect(way('first', 'right')).toEqual({ list: '/steps/1/then', at: 0 });
  });

  it('moves several steps together, in their order, and keeps what reads them', () => {
    const flow = JSON.stringify({ steps: ['a', 'b', 'c', 'd'].map((id) => ({ id, set: { x: '{{ steps.a.y }}' } })) });
    const ids = (result: EditResult) =>
      result.ok
        ? readFlow(result.text)
            .steps.map(({ id }) => id)
            .join('')
        : result.problem.message;
    expect(ids(moveSteps(flow, ['a', 'b'], { list: '/steps', at: 3 }))).toBe('cabd');
    expect(ids(nudgeSteps(flow, ['b', 'c'], 'up'))).toBe('bcad');
    expect(ids(nudgeSteps(flow, ['b', 'c'], 'down'))).toBe('adbc');
    expect(ids(nudgeSteps(flow, ['a', 'b'], 'up'))).toBe('abcd');
    const moved = nudgeSteps(flow, ['a'], 'down');
    expect(moved.ok && moved.text.match(/steps\.a\.y/g)).toHaveLength(4);
  });

  it('means the outer steps of what is selected, in the order of the file', () =>
    expect(outermostIds(tree, ['last', 'yes', 'check', 'nobody'])).toEqual(['check', 'last']));

  it('gives copies ids of their own', () => {
    const copy = duplicateAction(tree, ['check']);
    expect(copy.select(copy.work(text))).toBe('check2');
    const pasted = pasteAction(tree, 'last', copiedText(text, ['each'])!);
    expect(pasted.select(pasted.work(text))).toBe('each2');
    expect(pasteAction(tree, 'last', 'no JSON').work(text).ok).toBe(false);
  });
});

describe('the values of a step', () => {
  const run = { steps: [{ path: 'first', kind: 'set', status: 'succeeded', output: { value: 7 }, large: [] }] } as never;
  const event = {
    id: 'e',
    method: 'POST',
    url: '/x?a=1',
    headers: {},
    files: [],
    receivedAt: '',
    body: { kind: 'parsed', value: { lines: [{ sku: 'A' }] } },
  } as never;
  const loaded = loadedFrom(event, run);

  it('are of the steps that it can read only', () => {
    expect(readableFrom(tree, 'inside').map(({ step }) => step.id)).toEqual(['first', 'lanes']);
    expect(scopeFor(tree, 'inside', loaded)['steps']).toEqual({ first: { value: 7 } });
    expect(scopeFor(tree, 'first', loaded)['steps']).toEqual({});
  });

  it.each([
    ['{{ steps.first.value }}', { kind: 'value', value: 7 }],
    ['{{ line.sku }} of {{ trigger.query.a }}', { kind: 'value', value: 'A of 1' }],
    ['plain', { kind: 'plain' }],
  ])('make of %j what a run would', async (value, resolved) => {
    expect(await resolveValue(value, 'text', scopeFor(tree, 'inside', loaded))).toEqual(resolved);
  });

  it('of a repetition are what the round before gave, with a default, as far as anything is known of it', () => {
    const rounds = readFlow(
      JSON.stringify({ steps: [{ id: 'pages', repeat: [{ id: 'page', set: { next: '{{ 1 }}' } }], while: '{{ steps.page.next }}' }] }),
    );
    const known = { ...NOTHING_LOADED, steps: { page: { next: 2 } } };
    const ran = { ...NOTHING_LOADED, steps: { page: { next: 9 }, pages: [{ next: 1 }, { next: 2 }] } };
    expect(scopeFor(rounds, 'page', NOTHING_LOADED)).toMatchObject({ previous: undefined, index: 0 });
    expect(scopeFor(rounds, 'page', known)).toMatchObject({ previous: { next: 2 }, index: 1 });
    expect(scopeFor(rounds, 'page', ran)).toMatchObject({ previous: { next: 1 } });
    expect(scopeFor(rounds, 'pages', known)).not.toHaveProperty('previous');
    expect(scopeFor(rounds, 'pages', known, '/while')).toMatchObject({ steps: { page: { next: 2 } } });
    expect(scopeFor(rounds, 'pages', { ...ran, steps: { pages: ran.steps.pages } }, '/while')['steps']).toEqual({ page: { next: 2 } });
    const [source] = sourcesOf(scopeFor(rounds, 'page', known), [], known);
    expect(source).toMatchObject({ path: 'previous', needsDefault: true, value: { next: 2 } });
  });

  it('are said to be missing, or wrong, in words', async () => {
    const scope = scopeFor(tree, 'inside', loaded);
    expect(await resolveValue('{{ trigger.body.nobody }}', 'text', scope)).toMatchObject({ kind: 'missing' });
    expect(await resolveValue('{{ 1 + }}', 'text', scope)).toMatchObject({ kind: 'wrong' });
  });

  it('are found by key and by value, and read by paths that expressions understand', async () => {
    const source = { path: 'trigger', title: 'Trigger', value: { body: { 'odd key': [{ n: 'Ada' }] } } };
    expect(foundRows([source], 'ada').map(({ path }) => path)).toEqual(['trigger.body.`odd key`[0].n']);
    const resolved = await resolveValue('{{ trigger.body.`odd key`[0].n }}', 'text', { trigger: source.value });
    expect(resolved).toEqual({ kind: 'value', value: 'Ada' });
    expect(sourcesOf(scopeFor(tree, 'inside', loaded), readableFrom(tree, 'inside'), loaded).map(({ path }) => path)).toEqual([
      'line',
      'trigger',
      'steps.lanes',
      'steps.first',
    ]);
    expect(rowsOf({ path: 'trigger', title: 'Trigger', value: NOTHING_LOADED.trigger })).toMatchObject([{ value: undefined }]);
  });
});

describe('the result of a block', () => {
  const rows = (reader: string) =>
    sourcesOf(scopeFor(tree, reader, NOTHING_LOADED), readableFrom(tree, reader), NOTHING_LOADED).flatMap(rowsOf);

  it('is offered where it has one, with the branches that it has, and not what is inside of it', () => {
    const paths = rows('last').map(({ path }) => path);
    expect(paths).toEqual(['trigger', 'steps.each', 'steps.lanes', 'steps.lanes.left', 'steps.lanes.right', 'steps.first']);
  });

  it('is said to be one that may be missing where what failed is handled', () => {
    const offered = rows('alarm').filter(({ path }) => ['steps.first', 'steps.lanes.left', 'steps.yes'].includes(path));
    expect(offered.map(({ key, needsDefault }) => [key, needsDefault])).toEqual([
      ['left', true],
      ['yes, may be missing', true],
      ['first, may be missing', true],
    ]);
  });
});

describe('the event', () => {
  const given = { body: { n: 1 }, headers: { a: 'b' }, query: {}, files: [], method: 'POST', id: 'e', receivedAt: '' };
  const namesFor = (type: string): string[] => {
    const scope = scopeFor(readFlow(JSON.stringify({ trigger: { type } })), 'trigger', { ...NOTHING_LOADED, trigger: given });
    return Object.keys(scope['trigger'] as object);
  };

  it('is seen with what only requests have where they start the flow', () => {
    expect(namesFor('webhook')).toEqual(Object.keys(given));
    for (const type of ['schedule', 'event', 'call']) expect(namesFor(type)).toEqual(['body', 'id', 'receivedAt']);
  });
});

describe('a search for a value', () => {
  const item = { path: 'line', title: 'line, first of the loop', value: { sku: 'A-1' } };
  const body = { items: [{ sku: 'A-1' }], itemsInAll: 1, subItems: 2, note: 'two items' };
  const trigger = { path: 'trigger', title: 'Trigger', value: { body } };
  const found = (search: string): string[] => foundRows([item, trigger], search).map(({ path }) => path);

  it('finds first what is called so, then what begins or goes on so, then values, then what lies inside', () => {
    expect(found('items')).toEqual([
      ...['trigger.body.items', 'trigger.body.itemsInAll', 'trigger.body.subItems', 'trigger.body.note'],
      ...['trigger.body.items[0]', 'trigger.body.items[0].sku'],
    ]);
  });

  it('finds the item of the loop before the first one of the list, and says of each row where it is', () => {
    expect(found('sku')).toEqual(['line.sku', 'trigger.body.items[0].sku']);
    expect(foundRows([item, trigger], 'sku').map(({ where }) => where)).toEqual(found('sku'));
    expect(foundRows([item], '').map(({ where }) => where)).toEqual([undefined, undefined]);
  });
});

describe('the error that a step handles', () => {
  const flow = {
    steps: [
      { id: 'risky', try: [{ id: 'charge', use: 'log' }], catch: [{ id: 'caught', use: 'log' }], finally: [{ id: 'after', use: 'log' }] },
    ],
    onError: [{ id: 'alarm', use: 'log' }],
  };
  const handlers = readFlow(JSON.stringify(flow));
  const error = { code: 'http.502', message: 'Bad', step: 'charge', blame: 'remote', attempt: 2 };
  const run = { steps: [{ path: 'charge', kind: 'use', status: 'failed', output: null, large: [], error }] } as never;
  const failed = loadedFrom(undefined, run);
  const seen = { code: 'http.502', message: 'Bad', step: 'charge', attempt: 2 };

  it.each(['caught', 'alarm'])('is offered to %s with what is known of it', (id) => {
    const scope = scopeFor(handlers, id, failed);
    expect(scope['error']).toEqual(seen);
    expect(foundRows(sourcesOf(scope, [], failed), 'code')[0]).toMatchObject({ path: 'error.code', value: '"http.502"' });
  });

  it.each(['charge', 'after', 'risky'])('is not offered to %s, which handles none', (id) => {
    expect(sourcesOf(scopeFor(handlers, id, failed), [], failed).map(({ path }) => path)).toEqual(['trigger']);
  });

  it('is said to be known later where nothing has failed, and is not taken for missing', async () => {
    const scope = scopeFor(handlers, 'alarm', NOTHING_LOADED);
    const rows = foundRows(sourcesOf(scope, [], NOTHING_LOADED), 'error.');
    expect(rows.map(({ path, value }) => [path, value])).toContainEqual(['error.message', 'known when something has failed']);
    expect(await resolveValue('Oh: {{ error.message }}', 'text', scope)).toMatchObject({ kind: 'later' });
    expect(await resolveValue('{{ trigger.body.x }}', 'text', scope)).toMatchObject({ kind: 'missing' });
  });
});

describe('a flow that does not exist yet', () => {
  it.each(Object.keys(TRIGGER_TYPES) as TriggerType[])('begins with a text that is checked without a problem: %s', (type) => {
    const { flow, problems } = parseFlow(starterText('new', { name: 'New', type }));
    expect([flow?.id, flow?.trigger.type, problems]).toEqual(['new', type, []]);
  });

  it('listens where the event came in, under an id that is free', () => {
    expect(endpointOf('endpoints/orders')).toBe('orders');
    expect(endpointOf('hello')).toBeUndefined();
    expect(flowIdFrom('Order paid!', ['order-paid', 'order-paid-2'])).toBe('order-paid-3');
    expect(flowIdFrom('…', [])).toBe('flow');
    expect(nameFrom({ flowId: 'x', body: { kind: 'parsed', value: { type: 'order.paid' } } })).toBe('Order paid');
    expect(nameFrom({ flowId: 'endpoints/shop', body: { kind: 'text', value: 'x' } })).toBe('Shop flow');
  });
});

import { everyStep, readFlow } from '../flow/structure.js';
import { emptyStop, neighboursOf } from './walk.js';

const tree = readFlow(
  JSON.stringify({
    id: 'f',
    steps: [
      { id: 'a', use: 'log' },
      {
        id: 'big',
        if: true,
        then: [
          { id: 'yes', use: 'log' },
          { id: 'yes2', use: 'log' },
        ],
        else: [{ id: 'no', use: 'log' }],
      },
      { id: 'each', forEach: 'x', steps: [{ id: 'inner', use: 'log' }] },
      { id: 'end', use: 'log' },
    ],
    onError: [{ id: 'alarm', use: 'log' }],
  }),
);

describe('arrow keys', () => {
  const ways = neighboursOf(tree);

  it.each([
    ['trigger', { down: 'a', right: 'alarm' }],
    ['a', { up: 'trigger', down: 'big' }],
    ['big', { up: 'a', down: 'yes' }],
    ['yes', { up: 'big', down: 'yes2', right: 'no' }],
    ['yes2', { up: 'yes', down: 'each', right: 'no' }],
    ['no', { up: 'big', down: 'each', left: 'yes' }],
    ['each', { up: 'yes2', down: 'inner' }],
    ['inner', { up: 'each', down: 'end' }],
    ['end', { up: 'inner' }],
    ['alarm', { up: 'trigger', left: 'a' }],
  ])('lead from %s as the drawing looks', (id, wanted) => {
    expect(ways.get(id)).toMatchObject(wanted);
  });

  it('reach every step from the trigger', () => {
    const seen = new Set<string>();
    const visit = (id: string | undefined): void => {
      if (id === undefined || seen.has(id)) return;
      seen.add(id);
      Object.values(ways.get(id) ?? {}).forEach(visit);
    };
    visit('trigger');
    expect(
      everyStep([...tree.steps, ...tree.onError])
        .map(({ id }) => id)
        .filter((id) => !seen.has(id)),
    ).toEqual([]);
  });
});

describe('arrow keys where steps can be added', () => {
  const blocks = readFlow(
    JSON.stringify({
      id: 'f',
      steps: [
        { id: 'check', if: true, then: [], else: [{ id: 'no', use: 'log' }] },
        { id: 'each', forEach: 'x', steps: [] },
        { id: 'safe', try: [], catch: [], finally: [] },
      ],
    }),
  );
  const [then, body] = [emptyStop('check', 'then'), emptyStop('each', 'steps')];
  const [tried, caught, last] = ['try', 'catch', 'finally'].map((lane) => emptyStop('safe', lane));

  it.each([
    ['check', { down: then }],
    [then, { up: 'check', down: 'each', right: 'no' }],
    ['no', { up: 'check', down: 'each', left: then }],
    ['each', { up: then, down: body }],
    [body, { up: 'each', down: 'safe' }],
    ['safe', { up: body, down: tried }],
    [tried!, { up: 'safe', right: caught }],
    [caught!, { up: 'safe', left: tried, right: last }],
  ])('stop at the lanes that hold no step yet: %s', (id, wanted) => {
    expect(neighboursOf(blocks, { spots: true }).get(id)).toEqual(expect.objectContaining(wanted));
  });

  it('do not where none can be', () => {
    const ways = neighboursOf(blocks);
    expect([ways.get('check')?.down, ways.get('each')?.down, ways.has(then)]).toEqual(['no', 'safe', false]);
  });
});

import { readFlow } from '../flow/structure.js';
import { layoutFlow } from './layout.js';
import { NODE, type Layout } from './placed.js';
import { fitting, partsToShow, viewWith, type Box, type Room, type View } from './reveal.js';

const ROOM: Room = { left: 24, top: 80, right: 800, bottom: 700 };
const log = (id: string): object => ({ id, use: 'log' });
const drawn = (...steps: object[]): Layout => layoutFlow(readFlow(JSON.stringify({ id: 'f', steps })), { spots: true });
const idsShown = (before: [Layout, string?], now: [Layout, string?]): (string | undefined)[] =>
  partsToShow({ layout: before[0], selected: before[1] }, { layout: now[0], selected: now[1] }).map(
    (part) => now[0].nodes.find((node) => node === part)?.id,
  );

describe('a part of a drawing comes into sight', () => {
  const view: View = { x: 100, y: 80, zoom: 0.5 };
  const box = (x: number, y: number): Box => ({ x, y, ...NODE });

  it.each([
    ['is in sight already: nothing moves', box(0, 0), [0, 0]],
    ['is too far to the left', box(-200, 0), [24, 0]],
    ['is too far to the right', box(1300, 0), [-98, 0]],
    ['is above', box(0, -100), [0, 50]],
    ['is below', box(0, 1300), [0, -62]],
    ['lies in a corner', box(1300, 1300), [-98, -62]],
    ['does not fit: its beginning is shown', { x: 300, y: 0, width: 4000, height: 64 }, [-226, 0]],
  ] as const)('by the smallest move, at the same zoom: what %s', (_, part, [x, y]) => {
    expect(viewWith(view, part, ROOM)).toEqual({ x: view.x + x, y: view.y + y, zoom: view.zoom });
  });

  it('with what belongs to it only where there is room for that', () => {
    const [large, small] = [{ x: 0, y: 0, width: 2000, height: 64 }, box(0, 0)];
    expect([fitting([large, small], 0.3, ROOM), fitting([large, small], 1, ROOM), fitting([large], 1, ROOM)]).toEqual([
      large,
      small,
      large,
    ]);
  });
});

describe('after a change there comes into sight', () => {
  const two = drawn(log('a'), log('b'));

  it('the step that is new, whatever is selected: undo brings back what nobody has selected', () => {
    expect(idsShown([two, 'a'], [drawn(log('a'), log('new'), log('b')), 'a'])).toEqual([undefined, 'new']);
  });

  it('a new block with the lanes that it brought', () => {
    const block = { id: 'new', if: true, then: [], else: [] };
    const now = drawn(log('a'), block, log('b'));
    const [whole, step] = partsToShow({ layout: two, selected: undefined }, { layout: now, selected: 'new' });
    const lines = now.edges.filter(({ lane }) => lane?.owner === 'new').flatMap(({ points }) => points);
    expect(whole!.y + whole!.height).toBe(Math.max(...lines.map(({ y }) => y)));
    expect([whole!.y, step]).toEqual([step!.y, now.nodes.find(({ id }) => id === 'new')]);
  });

  it('the first of several new steps, as when a block is pasted', () => {
    const now = drawn(log('a'), log('b'), { id: 'each', forEach: [1], steps: [log('in')] });
    expect(idsShown([two], [now, 'each'])).toEqual([undefined, 'each']);
  });

  it('the step that is selected now, or was before it was drawn', () => {
    expect(idsShown([two, 'a'], [two, 'b'])).toEqual(['b']);
    expect(idsShown([two, undefined], [two, 'trigger'])).toEqual(['trigger']);
  });

  it('the selected step where it has moved along the list, or into another one', () => {
    expect(idsShown([two, 'a'], [drawn(log('b'), log('a')), 'a'])).toEqual(['a']);
    const block = (...then: object[]): object => ({ id: 'c', if: true, then, else: [log('no')] });
    expect(idsShown([drawn(block(), log('b')), 'b'], [drawn(block(log('b'))), 'b'])).toEqual(['b']);
  });

  it('nothing while somebody types or takes steps away', () => {
    const noted = drawn({ ...log('a'), note: 'Long' }, log('b'));
    expect(idsShown([two, 'b'], [noted, 'b'])).toEqual([]);
    expect(idsShown([two, 'b'], [drawn(log('a')), 'b'])).toEqual([]);
    expect(idsShown([two, undefined], [two, 'flow'])).toEqual([]);
    const grown = (note?: string): Layout => drawn({ id: 'c', if: true, then: [{ ...log('x'), note }], else: [] }, log('b'));
    expect(idsShown([grown(), 'x'], [grown('Note'), 'x'])).toEqual([]);
  });
});

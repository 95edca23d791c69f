import { readdirSync, readFileSync } from 'node:fs';
import { readFlow } from '../flow/structure.js';
import { layoutFlow } from './layout.js';
import type { Layout, PlacedNode } from './placed.js';
import { startView, type Pane } from './start-view.js';

const log = (id: string): object => ({ id, use: 'log' });
const branch = (id: string, lanes: number): object => ({
  id,
  parallel: Object.fromEntries(Array.from({ length: lanes }, (_, lane) => [`l${lane}`, [log(`${id}${lane}`)]])),
});
const drawn = (steps: object[], rest: object = {}): Layout => layoutFlow(readFlow(JSON.stringify({ id: 'f', steps, ...rest })));

/** Beside a navigation of 208 px in a window of 1440 × 900: with the inspector as it comes, and as wide as it gets. */
const USUAL: Pane = { width: 832, height: 852, top: 80 };
const NARROW: Pane = { ...USUAL, width: 592 };

/** Nodes of which a part is outside of the pane. */
function outside(layout: Layout, pane: Pane, selected?: string): string[] {
  const { x, y, zoom } = startView(layout, pane, selected);
  const isIn = (node: PlacedNode): boolean => {
    const [left, right] = [node.x, node.x + node.width].map((at) => at * zoom + x);
    const [top, bottom] = [node.y, node.y + node.height].map((at) => at * zoom + y);
    return left! >= 0 && right! <= pane.width && top! >= pane.top && bottom! <= pane.height;
  };
  return layout.nodes.filter((node) => !isIn(node)).map(({ id }) => id);
}

describe('a drawing opens', () => {
  const examples = readdirSync('flows').filter((name) => /^[\w-]+\.json$/.test(name) && !/^(credentials|endpoints)\./.test(name));

  it.each(examples)('with all of %s in view, however wide the inspector is', (name) => {
    const layout = layoutFlow(readFlow(readFileSync(`flows/${name}`, 'utf8')), { spots: true });
    expect([outside(layout, USUAL), outside(layout, NARROW)]).toEqual([[], []]);
  });

  it('with what runs on errors in view, with three branches beside it too', () => {
    for (const pane of [USUAL, NARROW]) {
      const layout = drawn([log('a'), branch('b', 3)], { onError: [log('alarm')] });
      expect(outside(layout, pane)).toEqual([]);
    }
  });

  it('never larger than it is, and no smaller than can be read: in between are sizes at which texts cannot', () => {
    const zooms = Array.from({ length: 12 }, (_, lanes) => startView(drawn([branch('b', lanes + 1)]), USUAL, undefined).zoom);
    expect(zooms[0]).toBe(1);
    const unreadable = zooms.filter((zoom) => zoom > 1 || zoom < 0.33 || (zoom > 0.44 && zoom < 0.5));
    expect(unreadable).toEqual([]);
  });

  it('at its trigger, at a size that is good to read, when it is too wide to be read as a whole', () => {
    const layout = drawn([branch('b', 12)], { onError: [log('alarm')] });
    expect(startView(layout, USUAL, undefined).zoom).toBe(0.9);
    expect(outside(layout, USUAL)).not.toContain('trigger');
  });

  it('at its beginning, in its whole width, when it is tall', () => {
    const layout = drawn(
      Array.from({ length: 40 }, (_, n) => log(`s${n}`)),
      { onError: [log('alarm')] },
    );
    expect(startView(layout, USUAL, undefined).zoom).toBeGreaterThan(0.65);
    for (const id of ['trigger', 's0', 'alarm']) expect(outside(layout, USUAL)).not.toContain(id);
  });

  it('with the selected step in view in any case', () => {
    const layout = drawn([...Array.from({ length: 40 }, (_, n) => log(`s${n}`)), branch('b', 12)]);
    for (const id of ['s39', 'b0', 'b11']) expect([id, outside(layout, USUAL, id).includes(id)]).toEqual([id, false]);
  });
});

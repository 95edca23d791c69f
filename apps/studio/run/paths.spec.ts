import { describe, expect, it } from '@jest/globals';
import { isCurrent, iterationsIn, placeOf, titleAt } from './paths.js';

const TITLES = new Map([
  ['notify', 'Notify'],
  ['each', 'Each line'],
]);

describe('a path of a step', () => {
  it.each([
    ['notify', 'Notify', ''],
    ['each[3].notify', 'Notify, item 4', 'each:3'],
    ['each[3].lines[0].notify', 'Notify, item 4.1', 'each:3,each[3].lines:0'],
    ['each[3]', 'Each line, item 4', 'each:3'],
    ['each[0].gone', 'gone, item 1', 'each:0'],
  ])('%s: %s', (path, title, iterations) => {
    expect(titleAt(path, TITLES)).toBe(title);
    expect(iterationsIn(path)).toBe(iterations);
  });
});

describe('a row of a run', () => {
  const overlay = { path: (id: string) => (id === 'each' ? 'each' : `each[3].${id}`), iteration: () => 3 };

  it.each([
    ['each', 'each', true],
    ['each[3]', 'each', true],
    ['each[2]', 'each', false],
    ['each[3].notify', 'notify', true],
    ['each[2].notify', 'notify', false],
    ['each[3].notify', 'each', false],
  ])('%s, where %s is looked at in the fourth item: %s', (path, selected, current) => {
    expect(isCurrent(path, selected, overlay)).toBe(current);
    expect(isCurrent(path, undefined, overlay)).toBe(false);
  });

  it('leads to its step in its item, and one outside of loops leaves the items as they are', () => {
    expect(placeOf('each[3].notify')).toEqual({ step: 'notify', more: { iter: 'each:3' } });
    expect(placeOf('notify')).toEqual({ step: 'notify', more: {} });
  });
});

import { describe, expect, it } from '@jest/globals';
import { iterationsIn, titleAt } from './paths.js';

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

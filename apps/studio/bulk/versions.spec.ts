import { outdatedWords } from './versions.js';

const live = new Map([
  ['orders', 3],
  ['invoices', 2],
  ['archived', 0],
]);
const ran = (...versions: number[]) => versions.map((version) => ({ flowId: 'orders', version }));

describe('what is said of the versions that failed runs were on', () => {
  it.each([
    [ran(2, 2), 'They ran on version 2; version 3 is live now.'],
    [ran(2), 'They ran on version 2; version 3 is live now.'],
    [ran(2, 1, 2), 'They ran on versions 1 and 2; version 3 is live now.'],
    [ran(1, 2, 3), 'Some of them ran on versions 1 and 2; version 3 is live now.'],
    [[...ran(2), { flowId: 'invoices', version: 1 }], 'They ran on versions that are not live any more.'],
    [[...ran(2), { flowId: 'invoices', version: 2 }], 'Some of them ran on versions that are not live any more.'],
  ])('names those that are not live any more: %j', (runs, words) => expect(outdatedWords(runs, live)).toBe(words));

  it('is nothing where all were on what is live, or where nothing is live that could be taken instead', () => {
    expect(outdatedWords(ran(3, 3), live)).toBeUndefined();
    expect(outdatedWords([{ flowId: 'archived', version: 2 }], live)).toBeUndefined();
    expect(outdatedWords([{ flowId: 'gone', version: 2 }], live)).toBeUndefined();
    expect(outdatedWords([], live)).toBeUndefined();
  });
});

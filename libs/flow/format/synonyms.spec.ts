import { parseFlow } from './parse.js';
import { keySuggestion } from './synonyms.js';

const STEP = ['id', 'when', 'use', 'with', 'credential', 'retry'];

describe('a key that the format does not have', () => {
  it.each([
    ['uses', STEP, ' Did you mean `use`?'],
    ['params', STEP, ' Did you mean `with`?'],
    ['params', ['id', 'call', 'input'], ' Did you mean `input`?'],
    ['do', ['if', 'then', 'else'], ' Did you mean `then`?'],
    ['do', ['forEach', 'steps'], ' Did you mean `steps`?'],
    ['params', ['with', 'input'], ' Did you mean one of `with`, `input`?'],
    ['rtery', STEP, ' Did you mean `retry`?'],
    ['constructor', STEP, ' Known: `id`, `when`, `use`, `with`, `credential`, `retry`.'],
  ])('%s among %j is answered with what was meant', (name, keys, words) => {
    expect(keySuggestion(name, keys)).toBe(words);
  });

  it('is named with what the format calls it', () => {
    const flow = { format: 1, id: 'a', trigger: { type: 'webhook', if: true }, steps: [{ id: 'b', call: 'c', with: {} }] };
    expect(parseFlow(JSON.stringify(flow)).problems.map(({ message }) => message)).toEqual([
      'A webhook trigger has no key `if`. Did you mean `when`?',
      'A step with `call` has no key `with`. Did you mean `input`?',
    ]);
  });
});

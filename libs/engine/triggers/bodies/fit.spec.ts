import { bodyFault } from './fit.js';
import { parseJson } from './json.js';

const lists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe('a value is the body of an event only if its JSON could be read again', () => {
  it.each([
    ['nothing', 'null', undefined],
    ['an object', '{"a":[1,"x",null,{"constructor":1}]}', undefined],
    ['a hundred levels', lists(100), undefined],
    ['a hundred and one levels', lists(101), 'is nested deeper than 100 levels'],
    ['a hundred thousand levels', lists(100_000), 'is nested deeper than 100 levels'],
    ['a forbidden key', '{"a":[{"__proto__":1}]}', 'has a "__proto__" key, which is not accepted'],
  ])('%s', (_, text, fault) => {
    expect(bodyFault(JSON.parse(text))).toBe(fault);
    if (fault === undefined) expect(() => parseJson(text)).not.toThrow();
    else expect(() => parseJson(text)).toThrow(fault.replace(/^\S+ /, ''));
  });
});

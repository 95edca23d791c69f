import { editDistance, listed, nearest, suggestion } from './names.js';

describe('nearest', () => {
  it.each([
    ['emial', ['email', 'name'], 'email'],
    ['Steps', ['steps'], 'steps'],
    ['x', ['completely', 'else'], undefined],
    ['slack.send-mesage', ['slack.update-message', 'slack.send-message'], 'slack.send-message'],
    ['id', [], undefined],
  ])('to %s in %j is %s', (name, known, expected) => {
    expect(nearest(name, known)).toBe(expected);
  });

  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['abcd', 'abdc', 1],
    ['kitten', 'sitting', 3],
  ])('counts %j to %j as %i edits', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it('compares no names of any length', () => {
    expect(nearest('a'.repeat(100_000), ['b'.repeat(100_000)])).toBeUndefined();
  });

  it('falls back to what there is', () => {
    expect(suggestion('zzz', ['one', 'two'])).toBe(' Known: `one`, `two`.');
    expect(suggestion('zzz', [])).toBe('');
    expect(listed(['a', 'b', 'c'], 2)).toBe('`a`, `b` and 1 more');
  });
});

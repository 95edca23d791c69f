import { jest } from '@jest/globals';
import fc from 'fast-check';
import { readFlow } from '../../flow/structure.js';
import { continued, openingAt, queryOf, withDefault, withReference, withReferenceAndDefault } from './completion.js';
import { brokenIn, lookOf, valueOfPath } from './look.js';
import { chipWords, sourceOf, tokensOf, unitAfter, unitBefore } from './tokens.js';
import { wordAfter, wordBefore } from './words.js';

/** Texts with everything that can stand next to each other. */
const texts = fc
  .array(
    fc.constantFrom(
      '{{ steps.a.b }}',
      '{{trigger.body.`odd key`[0]}}',
      '{{ $sum(steps.a.n) }}',
      '\\{{ steps.a }}',
      '{{',
      '}}',
      'é👩‍👩‍👧',
      '\n',
      '\u200b',
      'x ',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

const paths = (text: string, caret?: number): string[] =>
  tokensOf(text, caret).flatMap(({ kind, path }) => (kind === 'chip' ? [path] : []));

describe('the pieces of a field', () => {
  it('are the whole text, in order, whatever it holds', () => {
    fc.assert(
      fc.property(texts, (text) =>
        expect(
          tokensOf(text)
            .map(({ source }) => source)
            .join(''),
        ).toBe(text),
      ),
    );
  });

  it('are chips for plain paths, and text for everything that only its author can cut', () => {
    const text = 'A {{ steps.a.b }}{{trigger.body.`odd key`[0]}} {{ $sum(steps.a.n) }} \\{{ steps.c }} {{ true }} {{ item }}\u200b';
    expect(paths(text)).toEqual(['steps.a.b', 'trigger.body.`odd key`[0]', 'item', 'U+200B']);
  });

  it('stay text where the caret is, so that an expression can be written on', () => {
    expect(paths('{{ steps.a }}', 5)).toEqual([]);
    expect(paths('{{ steps.a }}', 13)).toEqual(['steps.a']);
  });

  it('are walked and deleted one by one: chips as one, characters as people see them', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const forth = [0];
        while (forth.at(-1)! < text.length) forth.push(unitAfter(text, forth.at(-1)!));
        const back = [text.length];
        while (back.at(-1)! > 0) back.push(unitBefore(text, back.at(-1)!));
        expect(forth).toEqual(back.reverse());
        for (const { kind, start, end } of tokensOf(text))
          if (kind === 'chip') expect(forth.filter((at) => at > start && at < end)).toEqual([]);
      }),
    );
  });

  it.each([
    ['hello', ''],
    ['one two', 'one '],
    ['one two  ', 'one '],
    ['one\ntwo', 'one\n'],
    ['one\n', 'one'],
    ['one\n  ', 'one\n'],
    ['so … ', 'so '],
    ['a.b()', 'a.b'],
    ['Hi {{ steps.a.b }}', 'Hi '],
    ['Hi {{ steps.a.b }} ', 'Hi '],
    ['{{ steps.a.b }}hello', '{{ steps.a.b }}'],
    ['{{ steps.a.b }}{{ item }}', '{{ steps.a.b }}'],
    ['  ', ''],
    ['', ''],
  ])('are deleted by words, a chip as one: of %j %j is left', (text, left) =>
    expect(text.slice(0, wordBefore(text, text.length))).toBe(left),
  );

  it.each([
    ['hello', ''],
    ['one two', ' two'],
    ['  one two', ' two'],
    ['\ntwo', 'two'],
    ['  \ntwo', '\ntwo'],
    ['{{ steps.a.b }} x', ' x'],
    [' {{ steps.a.b }} x', ' x'],
    ['… x', ' x'],
    ['  ', ''],
  ])('are deleted by words onwards: of %j %j is left', (text, left) => expect(text.slice(wordAfter(text, 0))).toBe(left));

  it.each([
    ['an order42', 'an '],
    ['$order42', '$'],
    ['10.5', ''],
    ['order42!', 'order42'],
  ])('are deleted by words where the browser takes none for one that ends with a digit, as Safari: of %j %j is left', (text, left) => {
    const { segment } = Intl.Segmenter.prototype;
    const safari = jest.spyOn(Intl.Segmenter.prototype, 'segment').mockImplementation(function (this: Intl.Segmenter, input) {
      const segments = [...segment.call(this, input)];
      return segments.map((one) => ({ ...one, isWordLike: one.isWordLike && !/\d$/.test(one.segment) })) as unknown as Intl.Segments;
    });
    expect(text.slice(0, wordBefore(text, text.length))).toBe(left);
    expect(safari).toHaveBeenCalled();
    safari.mockRestore();
  });

  it('are deleted to nothing word by word, from both sides, and a step of it never ends inside a chip', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const [forth, back] = [[0], [text.length]];
        while (forth.at(-1)! < text.length) forth.push(wordAfter(text, forth.at(-1)!));
        while (back.at(-1)! > 0) back.push(wordBefore(text, back.at(-1)!));
        expect([forth, back]).toEqual([[...new Set(forth)], [...new Set(back)]]);
        for (const { kind, start, end } of tokensOf(text))
          if (kind === 'chip') expect([...forth, ...back].filter((at) => at > start && at < end)).toEqual([]);
      }),
    );
  });

  it('say what they read in few words', () => {
    expect(['steps.contact.id', 'trigger.body.`odd key`', 'line.sku', 'trigger'].map(chipWords)).toEqual([
      'contact.id',
      'body.odd key',
      'line.sku',
      'trigger',
    ]);
    expect(['steps.contact.id', 'resume.ask.url', 'trigger.body', 'line.sku', 'triggers.x'].map(sourceOf)).toEqual([
      'contact',
      'ask',
      'trigger',
      undefined,
      undefined,
    ]);
  });
});

describe('the list of values', () => {
  it.each([
    ['Hi {', 4, false, '{'],
    ['Hi {{', 5, false, '{{'],
    ['/', 1, false, '/'],
    ['a /', 3, false, '/'],
    ['https:/', 7, false, undefined],
    ['\\{{', 3, true, undefined],
    ['\\{{', 3, false, undefined],
    ['{', 1, true, '{'],
    ['{"a": "{{', 9, true, '{{'],
    ['/', 1, true, '/'],
    ['a /', 3, true, '/'],
    ['https:/', 7, true, undefined],
    ['a {', 3, true, '{'],
    ['{"a": {', 7, true, undefined],
    ['[{', 2, true, undefined],
    ['{"a": "{', 8, true, '{'],
    ['{"a": "/', 8, true, '/'],
    ['{"a": "b /', 10, true, '/'],
    ['{"a": "https:/', 14, true, undefined],
    ['{"a": "\\"b", "c":/', 18, true, '/'],
    ['[/', 2, true, '/'],
  ])('is asked for by %j at %i (JSON: %s) with %j', (text, caret, isJson, typed) =>
    expect(openingAt(text, caret, isJson)?.typed).toBe(typed),
  );

  it('is searched by what is typed on, until that cannot be a reference', () => {
    const opening = { from: 3, typed: '{' } as const;
    expect(queryOf('Hi {ada', 7, opening)).toBe('ada');
    expect(continued('Hi {{', 5, opening)).toEqual({ from: 3, typed: '{{' });
    expect(queryOf('Hi {{ ada', 9, { from: 3, typed: '{{' })).toBe('ada');
    expect(queryOf('Hi {{ ada }', 11, { from: 3, typed: '{{' })).toBeUndefined();
    expect(queryOf('Hi ', 3, opening)).toBeUndefined();
    expect(queryOf('{ada', 4, { from: 0, typed: '{', mayBeObject: true })).toBe('ada');
    expect(queryOf('{"', 2, { from: 0, typed: '{', mayBeObject: true })).toBeUndefined();
    expect(queryOf('/ x', 3, { from: 0, typed: '/' })).toBeUndefined();
  });

  it.each([
    ['Hi {{', 5, { from: 3, typed: '{{' }, false, 'Hi {{ a.b }}', 12],
    ['Hi {{ }} x', 5, { from: 3, typed: '{{' }, false, 'Hi {{ a.b }} x', 12],
    ['Hi {na', 6, { from: 3, typed: '{' }, false, 'Hi {{ a.b }}', 12],
    ['/', 1, { from: 0, typed: '/' }, false, '{{ a.b }}', 9],
    ['Hi ', 3, { from: 0, typed: '' }, false, 'Hi {{ a.b }}', 12],
    ['x {{ old }} y', 0, { from: 2, to: 11, typed: '' }, false, 'x {{ a.b }} y', 11],
    ['{"a": }', 6, { from: 0, typed: '' }, true, '{"a": "{{ a.b }}"}', 17],
    ['{"a": /}', 7, { from: 6, typed: '/' }, true, '{"a": "{{ a.b }}"}', 17],
    ['{', 1, { from: 0, typed: '{' }, true, '{{ a.b }}', 9],
    ['{"a": "x "}', 9, { from: 0, typed: '' }, true, '{"a": "x {{ a.b }}"}', 18],
  ] as const)('puts a reference into %j at %i for %j', (text, at, opening, isJson, result, caret) =>
    expect(withReference(text, { start: at, end: at }, opening, 'a.b', isJson)).toEqual({ text: result, caret }),
  );

  it('gives a missing value a default whose text is typed at once, also inside JSON', () => {
    const chip = (text: string) => tokensOf(text).find(({ kind }) => kind === 'chip')!;
    expect(withDefault('Hi {{ a.b }}', chip('Hi {{ a.b }}'))).toEqual({ text: 'Hi {{ a.b ?? "" }}', caret: 14 });
    const json = '{"to": "{{ a.b }}"}';
    expect(withDefault(json, chip(json)).text).toBe(`{"to": "{{ a.b ?? '' }}"}`);
  });

  it('puts in what may be missing with such a default', () => {
    expect(withReferenceAndDefault('Hi {na', { start: 6, end: 6 }, { from: 3, typed: '{' }, 'a.b', false)).toEqual({
      text: 'Hi {{ a.b ?? "" }}',
      caret: 14,
    });
    const json = withReferenceAndDefault('{"to": }', { start: 7, end: 7 }, { from: 0, typed: '' }, 'a.b', true);
    expect(json.text).toBe(`{"to": "{{ a.b ?? '' }}"}`);
  });
});

describe('a chip', () => {
  const tree = readFlow(JSON.stringify({ id: 'f', steps: [{ id: 'contact', name: 'Find contact', set: { n: 1 } }] }));
  const scope = { trigger: { body: { 'odd key': [{ n: 7 }] } }, steps: { contact: { n: 1 } } };

  it('tells its value and where it comes from', () => {
    expect(lookOf('steps.contact.n', scope, tree)).toEqual({ title: '1, from Find contact', broken: false });
    expect(lookOf('trigger.body.x', scope, tree).title).toBe('nothing in this event, from the trigger');
    expect(lookOf('error.message', scope, tree).title).toBe('known when something has failed');
    expect(valueOfPath(scope, 'trigger.body.`odd key`[0].n')).toBe(7);
    expect(valueOfPath(scope, 'trigger.constructor')).toBeUndefined();
  });

  it('of a step that is gone says so', () => {
    expect(brokenIn(tokensOf('{{ steps.contact.n }} {{ steps.gone.n }}'), tree)).toMatchObject({
      chip: { path: 'steps.gone.n' },
      reason: 'There is no step gone in this flow. It was deleted, or never there.',
    });
    expect(brokenIn(tokensOf('{{ steps.contact.n }} {{ trigger.body }} {{ item.x }}'), tree)).toBeUndefined();
  });
});

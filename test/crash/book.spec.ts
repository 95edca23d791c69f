import { brokenPromises, repeats, STEPS, type Arrival, type Book, type Step } from './book.js';

function arrival(step: Step, life = 1, run = 'r1'): Arrival {
  return { event: `e-${run}`, run, step, key: `${run}/${step}`, life };
}

function book(arrivals: readonly Arrival[], rest: Partial<Book> = {}): Book {
  return { acknowledged: new Set(['e-r1']), arrivals, journalled: new Map(), ends: new Map([['r1', 'succeeded']]), active: 0, ...rest };
}

const all = STEPS.map((step) => arrival(step));

it('is content with one arrival each, and with one more of a step in flight per kill', () => {
  expect(brokenPromises(book(all))).toEqual([]);
  const repeated = [
    arrival('first'),
    arrival('first', 2),
    arrival('first', 3),
    arrival('second', 3),
    arrival('third', 3),
    arrival('third', 4),
  ];
  expect(brokenPromises(book(repeated))).toEqual([]);
  expect(repeats(repeated)).toBe(3);
});

it.each<[string, Book, string]>([
  ['an acknowledged event of which nothing arrived', book([], { ends: new Map() }), 'nothing of it arrived'],
  ['a step that never arrived', book(all.slice(0, 2)), 'step third never arrived'],
  ['a run without an end', book(all, { ends: new Map() }), 'has no end'],
  ['a run that failed', book(all, { ends: new Map([['r1', 'failed']]) }), 'ended failed'],
  ['a run that is left over', book(all, { active: 1 }), '1 runs have not ended'],
  ['two runs of one event', book([...all, { ...arrival('first', 1, 'r2'), event: 'e-r1' }]), 'has 2 runs'],
  ['a repetition without a kill', book([arrival('first'), ...all]), 'arrived twice without a kill'],
  ['a repetition after a later step', book([...all, arrival('first', 2)]), 'arrived again after third'],
  [
    'a repetition of what was in the journal',
    book([arrival('first'), arrival('first', 2), ...all.slice(1)], { journalled: new Map([['r1/first', 1]]) }),
    'was in the journal',
  ],
  ['another idempotency key', book([{ ...arrival('first'), key: 'other' }, ...all.slice(1)]), 'Idempotency-Key other'],
])('notices %s', (_name, broken, sentence) => {
  expect(brokenPromises(broken).join('\n')).toContain(sentence);
});

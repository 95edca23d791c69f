import { lookedAt, withValues } from './explain.js';

const known = { trigger: { body: { total: 812.5, lines: [{ sku: 'a' }] } }, steps: { order: { kind: 'b2b' } } };

describe('why a branch was taken', () => {
  it('names each value that the condition looked at, once', () => {
    expect(lookedAt('{{ trigger.body.total >= 500 and steps.order.kind = "b2b" or trigger.body.total < 1 }}', known)).toEqual([
      { path: 'trigger.body.total', value: 812.5 },
      { path: 'steps.order.kind', value: 'b2b' },
    ]);
  });

  it('says what was missing, and does not look into texts or prototypes', () => {
    expect(lookedAt("{{ steps.order.none = 'steps.order.kind' }}", known)).toEqual([{ path: 'steps.order.none', value: undefined }]);
    expect(lookedAt('{{ steps.order.constructor }}', known)).toEqual([{ path: 'steps.order.constructor', value: undefined }]);
  });

  it('follows positions', () => {
    expect(lookedAt('{{ trigger.body.lines[0].sku }}', known)).toEqual([{ path: 'trigger.body.lines[0].sku', value: 'a' }]);
  });
});

describe('a condition with its values', () => {
  it.each([
    ['{{ trigger.body.total >= 500 }}', '{{ 812.5 >= 500 }}'],
    ["{{ steps.order.kind = 'steps.order.kind' }}", '{{ "b2b" = \'steps.order.kind\' }}'],
    ['{{ $count(trigger.body.lines) > 0 and steps.order.none }}', '{{ $count([{"sku":"a"}]) > 0 and (missing) }}'],
    ['{{ item.n > 1 }}', '{{ item.n > 1 }}'],
  ])('%s reads %s', (condition, said) => expect(withValues(condition, known)).toBe(said));

  it('names what is long by its kind', () => {
    const long = { trigger: { body: { list: Array(99).fill(0), text: 'x'.repeat(99), map: { a: 'x'.repeat(99) } } }, steps: {} };
    expect(withValues('{{ trigger.body.list = trigger.body.text or trigger.body.map }}', long)).toMatch(
      /^\{\{ \(99 items\) = "x+…" or \(an object\) \}\}$/,
    );
  });
});

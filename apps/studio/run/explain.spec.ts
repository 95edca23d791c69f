import { lookedAt } from './explain.js';

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

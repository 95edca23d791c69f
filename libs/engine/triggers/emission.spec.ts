import type { Json } from '@millrace/component-sdk';
import { checkEmission } from './emission.js';

const check = (name: string, data: Json) => () => checkEmission({ name, data, depth: 1 }, { maxBytes: 100_000 });

describe('what may be emitted', () => {
  it('is data that the runs it starts can read', () => {
    expect(check('order.paid', JSON.parse('['.repeat(100) + ']'.repeat(100)) as Json)).not.toThrow();
    expect(check('order.paid', JSON.parse('['.repeat(101) + ']'.repeat(101)) as Json)).toThrow('The data of order.paid is nested deeper');
    expect(check('order.paid', JSON.parse('{"__proto__":1}') as Json)).toThrow('The data of order.paid has a "__proto__" key');
  });

  it("has no name that is the system's, which is said in a sentence", () => {
    expect(check('flow.failed', null)).toThrow(/that begins with none of "flow\.", .*, "instance\."\.$/);
  });
});

import fc from 'fast-check';
import { Pending } from './pending.js';

describe('the memory for bodies', () => {
  it('is shared, and free again when a share is released, once', () => {
    const pending = new Pending(10);
    const [first, second] = [pending.share(), pending.share()];
    expect([first.reserve(6), second.reserve(4), second.reserve(1)]).toEqual([true, true, false]);
    first.release();
    first.release();
    expect([second.reserve(6), second.reserve(1)]).toEqual([true, false]);
  });

  it('never goes over its bound, whatever is asked for and released', () => {
    const actions = fc.array(fc.record({ who: fc.nat(4), bytes: fc.nat(8), release: fc.boolean() }));
    fc.assert(
      fc.property(actions, (list) => {
        const pending = new Pending(20);
        const shares = Array.from({ length: 5 }, () => ({ share: pending.share(), held: 0 }));
        for (const { who, bytes, release } of list) {
          const one = shares[who]!;
          if (release) one.share.release();
          if (release) one.held = 0;
          else if (one.share.reserve(bytes)) one.held += bytes;
          const held = shares.reduce((sum, { held: each }) => sum + each, 0);
          expect(held).toBeLessThanOrEqual(20);
        }
      }),
    );
  });
});

import { keeper } from './same.js';

it('an object stays the same until one of its members is another', () => {
  const keep = keeper<{ a: object; b?: number }>();
  const a = {};
  const first = keep({ a, b: 1 });
  expect(keep({ a, b: 1 })).toBe(first);
  const second = keep({ a, b: 2 });
  expect(second).toEqual({ a, b: 2 });
  expect(keep({ a: {}, b: 2 })).not.toBe(second);
  const third = keep({ a });
  expect(third).toEqual({ a });
  expect(keep({ a })).toBe(third);
  expect(keep({ a, b: undefined })).not.toBe(third);
});

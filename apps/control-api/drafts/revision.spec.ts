import { MAX_INTEGER } from '../wire/parts.js';
import { givenRevision, seenRevision } from './revision.js';

describe('the revision that a caller has seen', () => {
  it.each([
    [3, undefined, 3],
    [3, '"4"', 3],
    [undefined, '"4"', 4],
    [undefined, ' 4 ', 4],
    [undefined, '"2147483648"', MAX_INTEGER],
    [undefined, `"${'9'.repeat(400)}"`, MAX_INTEGER],
    [undefined, undefined, undefined],
  ])('given as %p or in If-Match %p is %p', (given, ifMatch, revision) => {
    expect(givenRevision(given, ifMatch)).toBe(revision);
  });

  it.each(['*', 'W/"3"', '"three"', '"-1"', '"1", "2"', ''])('cannot be read from If-Match %p, which is not ignored', (ifMatch) => {
    expect(() => givenRevision(undefined, ifMatch)).toThrow(expect.objectContaining({ status: 400, code: 'request.invalid' }));
  });

  it('must be said of a draft', () => {
    expect(() => seenRevision(undefined, undefined)).toThrow(/^Say which revision of the draft you have seen/);
  });
});

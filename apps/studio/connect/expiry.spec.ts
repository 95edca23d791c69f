import { expiryWords } from './expiry.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');

it.each([
  [null, undefined],
  ['2026-03-16T12:00:00Z', undefined],
  ['2026-03-15T12:00:00Z', 'Expires in 14 days'],
  ['2026-03-10T11:00:00Z', 'Expires in 9 days'],
  ['2026-03-02T11:00:00Z', 'Expires within a day'],
  ['2026-03-01T12:00:00Z', 'Expired: nothing is accepted with it any more'],
  ['2025-03-01T12:00:00Z', 'Expired: nothing is accepted with it any more'],
])('a credential that ends %p is told of as %p', (expiresAt, words) => {
  expect(expiryWords({ expiresAt }, NOW)).toBe(words);
});

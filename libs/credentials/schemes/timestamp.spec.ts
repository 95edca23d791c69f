import fc from 'fast-check';
import { formatTimestamp, parseIsoTime, parseTimestamp } from './timestamp.js';

it.each(['s', 'ms', 'iso8601'] as const)('what is written as %s is read back', (unit) => {
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (now) => {
      const read = parseTimestamp(formatTimestamp(now, unit), unit);
      expect(read).toBe(unit === 's' ? Math.floor(now.getTime() / 1000) * 1000 : now.getTime());
    }),
  );
});

it.each(['', ' 1', '1 ', '-1', '+1', '1.0', '1e9', '0x10', 'NaN', 'Infinity', '1a', '12345678901234567', '١٢'])(
  'seconds refuse %j',
  (text) => {
    expect(parseTimestamp(text, 's')).toBeUndefined();
  },
);

it('leading zeros are refused: they could be zeros of the neighbouring body', () => {
  expect(parseTimestamp('0001760000000000', 'ms')).toBeUndefined();
  expect(parseTimestamp('0', 's')).toBe(0);
});

it('ISO times need a zone, a real day and a real hour', () => {
  expect(parseIsoTime('2025-10-09T08:53:10Z')).toBe(1759999990000);
  expect(parseIsoTime('2025-10-09T10:53:10.500+02:00')).toBe(1759999990500);
  expect(parseIsoTime('2024-02-29T00:00:00Z')).toBeDefined();
  const refused = ['2025-10-09', '2025-10-09T08:53:10', '2025-10-09 08:53:10Z', '2025-02-29T00:00:00Z', '2025-04-31T00:00:00Z'];
  const impossible = [
    '2025-13-01T00:00:00Z',
    '2025-10-09T24:00:00Z',
    '2025-10-09T08:60:00Z',
    '2025-10-09T08:53:10+25:00',
    '20251009T085310Z',
  ];
  expect([...refused, ...impossible].map(parseIsoTime)).toEqual(Array.from({ length: 10 }, () => undefined));
});

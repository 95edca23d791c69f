import { byteSize, duration } from './time.js';

describe('durations and sizes', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1.0 s'],
    [59_999, '59.9 s'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [-5, '0 ms'],
  ])('%d milliseconds read %s', (milliseconds, text) => expect(duration(milliseconds)).toBe(text));

  it.each([
    [0, '0 B'],
    [1_023, '1023 B'],
    [1_536, '1.5 KiB'],
    [2 * 1024 * 1024, '2.0 MiB'],
  ])('%d bytes read %s', (bytes, text) => expect(byteSize(bytes)).toBe(text));
});

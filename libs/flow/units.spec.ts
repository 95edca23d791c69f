import { parseDuration, parseSize } from './units.js';

describe('units', () => {
  it.each([
    ['500ms', 500],
    ['0s', 0],
    ['1.5m', 90_000],
    ['24h', 86_400_000],
    ['365d', 365 * 86_400_000],
  ])('the duration %s is %i milliseconds', (text, milliseconds) => {
    expect(parseDuration(text)).toBe(milliseconds);
  });

  it.each(['', '5', 's', '-1s', '1 s', '1S', '1w', '1e3s', '.5s', '1s '])('%j is no duration', (text) => {
    expect(() => parseDuration(text)).toThrow('write a number and ms, s, m, h or d');
  });

  it('a duration is at most a year', () => {
    expect(() => parseDuration('366d')).toThrow('longer than a year');
  });

  it.each([
    ['512b', 512],
    ['64kb', 65_536],
    ['1.5mb', 1_572_864],
  ])('the size %s is %i bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each(['', '5', '1gb', '1MB', '-1b'])('%j is no size', (text) => {
    expect(() => parseSize(text)).toThrow('write a number and b, kb or mb');
  });
});

import { jest } from '@jest/globals';
import { Consultations } from './consultations.js';

const NOW = 1_000_000;

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

function offerAll(
  consultations: Consultations,
  count: number,
  of: (at: number) => { flowId?: string; caller?: string; bytes?: number },
  now = NOW,
): number {
  let seen = 0;
  for (let at = 0; at < count; at += 1) {
    consultations.offer({ flowId: 'f', caller: '192.0.2.1', bytes: 10, ...of(at) }, now, () => (seen += 1));
    jest.advanceTimersByTime(60);
  }
  return seen;
}

describe('consultations', () => {
  it('take place after whoever asked has gone on, one at a time', () => {
    const consultations = new Consultations();
    const seen: number[] = [];
    for (const at of [1, 2, 3]) consultations.offer({ flowId: 'f', caller: undefined, bytes: 0 }, NOW, () => seen.push(at));
    expect(seen).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(seen).toEqual([1]);
    jest.advanceTimersByTime(1_000);
    expect(seen).toEqual([1, 2, 3]);
  });

  it('are few for one address, some for one flow, and bounded for all', () => {
    expect(offerAll(new Consultations(), 50, () => ({}))).toBe(6);
    expect(offerAll(new Consultations(), 100, (at) => ({ caller: `192.0.2.${at}` }))).toBe(30);
    expect(offerAll(new Consultations(), 300, (at) => ({ caller: `192.0.2.${at}`, flowId: `f${at}` }))).toBe(120);
  });

  it('begin anew after a minute', () => {
    const consultations = new Consultations();
    expect(offerAll(consultations, 50, () => ({}))).toBe(6);
    expect(offerAll(consultations, 50, () => ({}), NOW + 60_000)).toBe(6);
  });

  it('hold neither many bodies nor large ones', () => {
    const consultations = new Consultations();
    const offered = Array.from({ length: 20 }, (_, at) =>
      consultations.offer({ flowId: `f${at}`, caller: undefined, bytes: 1 }, NOW, () => undefined),
    );
    expect(offered.filter(Boolean)).toHaveLength(8);
    expect(new Consultations().offer({ flowId: 'f', caller: undefined, bytes: 2 * 1024 * 1024 }, NOW, () => undefined)).toBe(false);
  });

  it('go on after one that failed', () => {
    const consultations = new Consultations();
    let second = false;
    consultations.offer({ flowId: 'f', caller: undefined, bytes: 0 }, NOW, () => {
      throw new Error('broken');
    });
    consultations.offer({ flowId: 'f', caller: undefined, bytes: 0 }, NOW, () => (second = true));
    expect(() => jest.advanceTimersByTime(1)).toThrow('broken');
    jest.advanceTimersByTime(1_000);
    expect(second).toBe(true);
  });
});

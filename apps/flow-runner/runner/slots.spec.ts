import { describe, expect, it } from '@jest/globals';
import { Slots } from './slots.js';

const ticks = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('slots', () => {
  it('have room until all are taken', async () => {
    const slots = new Slots(2);
    slots.take();
    expect(await slots.room()).toBe(1);
    slots.take();
    let roomy = false;
    const waiting = slots.room().then(() => (roomy = true));
    await ticks();
    expect([roomy, slots.contended]).toEqual([false, true]);
    slots.release();
    await waiting;
  });

  it('wake everybody who waits, for whoever is woken may have no use for the room', async () => {
    const slots = new Slots(1);
    slots.take();
    const waiting = [slots.room(), slots.room(), slots.room()];
    slots.release();
    expect(await Promise.all(waiting)).toEqual([1, 1, 1]);
  });
});

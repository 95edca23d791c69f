import type { Room } from './reveal.js';

/** What lies under the bars, from the top of the canvas. */
export const TOP = 80;
/** What lies beside the corners: the buttons that zoom, the overview. */
const FOOT = 56;
const MARGIN = 24;

/** The part of a canvas that nothing lies over. */
export function roomOf(host: HTMLElement): Room {
  const { width, height } = host.getBoundingClientRect();
  return { left: MARGIN, top: TOP, right: width - coveredOf(host) - MARGIN, bottom: height - FOOT };
}

/** How much of a canvas lies under the panel that is beside it where the window is wide. */
export function coveredOf(host: HTMLElement): number {
  const panel = host.closest('.split')?.querySelector('.inspector')?.getBoundingClientRect();
  return panel && panel.width > 0 ? Math.max(0, host.getBoundingClientRect().right - panel.left) : 0;
}

import { useStore } from '@xyflow/react';
import { useMemo } from 'react';
import type { Layout, Point } from './placed.js';

/** Steps from which on only what is in view is drawn. */
export const MANY = 150;
/** The part that is drawn moves by tiles, so that panning seldom changes it: their least size in pixels of the screen. */
const TILE = 600;

const NOTHING = '0 0 0 0';

/** A part of a drawing, in its coordinates. */
export interface Part {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What has to be drawn: what is in view and a tile around it, which is nothing before there is a view; undefined: everything. */
export function usePart({ nodes }: Layout): Part | undefined {
  const isLarge = nodes.length > MANY;
  const key = useStore(({ width, height, transform: [x, y, zoom] }) => {
    if (!isLarge) return '';
    if (width === 0) return NOTHING;
    // The same for a range of zooms, so that zooming seldom changes it either.
    const tile = TILE / 2 ** Math.floor(Math.log2(zoom));
    const [left, top] = [-x, -y].map((edge) => Math.floor(edge / zoom / tile) - 1);
    const [right, bottom] = [width - x, height - y].map((edge) => Math.ceil(edge / zoom / tile) + 1);
    return [left!, top!, right!, bottom!].map((edge) => edge * tile).join(' ');
  });
  return useMemo(() => partOf(key), [key]);
}

function partOf(key: string): Part | undefined {
  if (key === '') return undefined;
  const [left = 0, top = 0, right = 0, bottom = 0] = key.split(' ').map(Number);
  return { left, top, right, bottom };
}

/** Whether anything between these points lies in the part. */
export function isIn(part: Part | undefined, points: readonly Point[]): boolean {
  if (!part) return true;
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return Math.max(...xs) >= part.left && Math.min(...xs) <= part.right && Math.max(...ys) >= part.top && Math.min(...ys) <= part.bottom;
}

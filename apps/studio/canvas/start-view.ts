import { NODE, type Layout, type PlacedNode } from './placed.js';
import type { View } from './reveal.js';

export interface Pane {
  readonly width: number;
  readonly height: number;
  /** What lies under the bars, from the top. */
  readonly top: number;
}

/** Good to read. Smaller than this, a tall flow is rather shown from its beginning: it goes on below, as everybody expects. */
const READABLE = 0.65;
/** Still to be read. What is beside the flow, as what runs on errors, nobody looks for: it is taken in down to here. */
const SMALL = 0.5;
/** From 0.45 down steps show nothing but their titles, which grow with it (`canvas.css`), and down to here those can be read. */
const TITLES = { most: 0.44, least: 0.33 } as const;
/** What is wider than that is shown from its trigger on. */
const GOOD = 0.9;
const MARGIN = 24;
/** Notes and what adds a step stand below the last step. */
const FOOT = 40;

/** All of it where that can be read, else its beginning in its whole width, else the trigger; the selected step in any case. */
export function startView({ bounds, nodes }: Layout, pane: Pane, selected: string | undefined): View {
  const wide = (pane.width - 2 * MARGIN) / bounds.width;
  const zoom = startZoom(wide, Math.min(wide, (pane.height - pane.top) / (bounds.height + FOOT)));
  const centre = wide >= zoom ? bounds.x + bounds.width / 2 : Math.max(0, bounds.x + (pane.width / 2 - MARGIN) / zoom);
  const target = nodes.find(({ id }) => id === selected);
  const middle = target && isAside(target, centre, pane.width / zoom) ? target.x + NODE.width / 2 : centre;
  const hidden = target && (target.y + NODE.height) * zoom + pane.top > pane.height;
  const lift = hidden ? (target.y + NODE.height / 2) * zoom - pane.height / 2 + pane.top : 0;
  return { x: pane.width / 2 - middle * zoom, y: pane.top - lift, zoom };
}

function startZoom(wide: number, whole: number): number {
  if (whole >= READABLE) return Math.min(1, whole);
  if (wide >= READABLE) return Math.min(1, wide);
  if (wide >= SMALL) return Math.max(SMALL, whole);
  return wide >= TITLES.least ? Math.min(TITLES.most, wide) : GOOD;
}

/** Whether a step is not wholly in a view of this width, in the coordinates of the drawing. */
function isAside({ x, width }: PlacedNode, centre: number, view: number): boolean {
  return Math.abs(x + width / 2 - centre) > view / 2 - width / 2;
}

import { useEffect, useRef } from 'react';
import type { Iteration } from '../run/overlay.js';
import { nextFailedItem, withIteration } from '../run/iterations.js';
import { useUrlState } from '../ui/url-state.js';
import { useCanvasView, useIterations } from './store.js';

const CELL = 6;
const HEIGHT = 14;
const WIDTH = 200;

/** The iterations of a loop, one cell each, on a canvas: ten thousand cost as much as ten. */
export function Strip({ loop }: { readonly loop: string }) {
  const { all, current } = useIterations(loop);
  const { overlay } = useCanvasView();
  const { get, set } = useUrlState();
  if (all.length === 0 || !overlay) return null;
  const position = Math.max(
    0,
    all.findIndex(({ index }) => index === current),
  );
  const path = overlay.path(loop);
  const go = (to: Iteration | undefined): void => {
    if (to) set({ iter: withIteration(get('iter'), path, to.index) }, { replace: true });
  };
  const failed = all.filter(({ status }) => status === 'failed');
  const nextFailed = nextFailedItem(all, current);
  return (
    <div className="strip nopan" role="group" aria-label="Iterations">
      <button type="button" tabIndex={-1} aria-label="Previous iteration" onClick={() => go(all[position - 1])} disabled={position === 0}>
        ‹
      </button>
      <Cells all={all} position={position} onPick={(at) => go(all[at])} />
      <button
        type="button"
        tabIndex={-1}
        aria-label="Next iteration"
        onClick={() => go(all[position + 1])}
        disabled={position === all.length - 1}
      >
        ›
      </button>
      <span className="strip-at">{(current ?? 0) + 1}</span>
      {nextFailed && (
        <button
          type="button"
          tabIndex={-1}
          className="bad"
          onClick={() => go(nextFailed)}
          aria-label={`Next failed iteration, ${failed.length} in all`}
        >
          {failed.length} ✕
        </button>
      )}
    </div>
  );
}

interface CellsProps {
  readonly all: readonly Iteration[];
  readonly position: number;
  readonly onPick: (position: number) => void;
}

const COLOURS: Readonly<Record<Iteration['status'], string>> = { succeeded: '--success', failed: '--failed', running: '--running' };

function Cells({ all, position, onPick }: CellsProps) {
  const ref = useRef<HTMLCanvasElement>(null);
  const shown = Math.floor(WIDTH / CELL);
  const first = Math.max(0, Math.min(position - Math.floor(shown / 2), all.length - shown));
  useEffect(() => {
    if (ref.current) paint(ref.current, all.slice(first, first + shown), position - first);
  }, [all, first, position, shown]);
  return (
    <canvas
      ref={ref}
      width={WIDTH * 2}
      height={HEIGHT * 2}
      className="strip-cells"
      onClick={({ nativeEvent: { offsetX } }) => onPick(first + Math.floor(offsetX / CELL))}
      aria-hidden
    />
  );
}

function paint(canvas: HTMLCanvasElement, cells: readonly Iteration[], selected: number): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const colours = getComputedStyle(canvas);
  const [scale, top] = [2, 3];
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, WIDTH, HEIGHT);
  cells.forEach(({ status }, at) => {
    context.fillStyle = resolveColour(colours, COLOURS[status]);
    context.fillRect(at * CELL, at === selected ? 0 : top, CELL - 1, at === selected ? HEIGHT : HEIGHT - 2 * top);
  });
}

/** Tokens are light-dark() pairs; the canvas needs the one that counts now. */
function resolveColour(style: CSSStyleDeclaration, token: string): string {
  const pair = /light-dark\(\s*([^,]+),\s*([^)]+)\)/.exec(style.getPropertyValue(token));
  if (!pair) return style.getPropertyValue(token);
  return matchMedia('(prefers-color-scheme: dark)').matches ? pair[2]!.trim() : pair[1]!.trim();
}

import { isInItem } from '@millrace/flow';
import type { StepView } from '../api/wire.js';

/** A stretch of time, in milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Idle time that is drawn as a mark. `at` is a fraction of the width. */
export interface Break {
  readonly at: number;
  readonly ms: number;
}

export interface TimeScale {
  /** Where a moment is, as a fraction of the width. */
  at(time: number): number;
  readonly breaks: readonly Break[];
}

const IDLE_MS = 5_000;
/** The share of the width that one break takes. */
const BREAK = 0.04;
const MOST_FOR_BREAKS = 0.4;

/** A scale over busy spans on which idle time of more than five seconds takes no more room than a mark. */
export function timeScale(spans: readonly Span[]): TimeScale {
  const busy = merge(spans);
  const gaps = busy.slice(1).map((span, index) => ({ from: busy[index]!.to, to: span.from }));
  const idle = gaps.filter(({ from, to }) => to - from > IDLE_MS);
  const first = busy[0]?.from ?? 0;
  const total = Math.max(1, (busy.at(-1)?.to ?? first) - first - idle.reduce((sum, { from, to }) => sum + to - from, 0));
  const mark = idle.length === 0 ? 0 : Math.min(BREAK, MOST_FOR_BREAKS / idle.length);
  const work = 1 - mark * idle.length;
  const at = (time: number): number => {
    const before = idle.filter(({ to }) => to <= time);
    const inside = idle.find(({ from, to }) => from < time && time < to);
    const skipped = before.reduce((sum, { from, to }) => sum + to - from, 0) + (inside ? time - inside.from : 0);
    const marks = before.length + (inside ? (time - inside.from) / (inside.to - inside.from) : 0);
    return Math.min(1, Math.max(0, ((time - first - skipped) / total) * work + marks * mark));
  };
  return { at, breaks: idle.map(({ from, to }) => ({ at: (at(from) + at(to)) / 2, ms: to - from })) };
}

function merge(spans: readonly Span[]): Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && span.from <= last.to) merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, span.to) };
    else merged.push(span);
  }
  return merged;
}

/** Rows that are drawn; the list has all of a long loop. */
const MOST_ROWS = 400;

type Drawn = Pick<StepView, 'path' | 'kind' | 'status'>;

/**
 * The rows of a run that are drawn. Of too many, what was done in items is left out, then items: those that did not succeed are left
 * out last, so that they and all that is beside the loop can be seen.
 */
export function drawnOf<T extends Drawn>(steps: readonly T[], most = MOST_ROWS): readonly T[] {
  if (steps.length <= most) return steps;
  const outside = steps.filter(({ path }) => !isInItem(path));
  const [good, bad, others] = [[] as T[], [] as T[], [] as T[]];
  for (const step of outside) (step.kind !== 'item' ? others : step.status === 'succeeded' ? good : bad).push(step);
  const drawn = new Set([...others, ...bad, ...good].slice(0, most));
  return outside.filter((step) => drawn.has(step));
}

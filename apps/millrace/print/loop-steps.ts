import type { RunView, StepView } from '../../control-api/index.js';

/** Items of one loop that are shown with their steps, unless everything is asked for. */
const SUCCEEDED_SHOWN = 20;
const FAILED_SHOWN = 50;

/** Ends that nobody has to look at. */
const FINE: readonly StepView['status'][] = ['succeeded', 'skipped'];

/** A step, or what is said in place of those that were left out. */
export type ShownStep = StepView | { readonly more: string };

interface Counted {
  readonly known: Set<string>;
  readonly shown: Set<string>;
  fine: number;
  failed: number;
}

/**
 * The steps without the items of loops beyond the first that succeeded and the first that did not, so that a failure among thousands
 * is seen; what was left out of a loop is said behind its last step that is shown. Loops within items go with their item.
 */
export function fewItems({ id, steps }: Pick<RunView, 'id' | 'steps'>): ShownStep[] {
  const bad = new Set(steps.filter(({ status }) => !FINE.includes(status)).map(({ path }) => itemOf(path)?.item));
  const loops = new Map<string, Counted>();
  const kept = steps.filter(({ path }) => isShown(path, bad, loops));
  const lasts = new Map(kept.map(({ path }, index) => [itemOf(path)?.loop, index] as const));
  return kept.flatMap((step, index) => {
    const { loop } = itemOf(step.path) ?? {};
    const more = loop === undefined || lasts.get(loop) !== index ? undefined : moreText(loop, loops.get(loop)!, id);
    return more === undefined ? [step] : [step, { more }];
  });
}

/** The outermost loop that a step is in, and the item of it. */
function itemOf(path: string): { readonly loop: string; readonly item: string } | undefined {
  const [item, loop] = /^([^[]*)\[\d+\]/.exec(path) ?? [];
  return item === undefined || loop === undefined ? undefined : { loop, item };
}

function isShown(path: string, bad: ReadonlySet<string | undefined>, loops: Map<string, Counted>): boolean {
  const place = itemOf(path);
  if (!place) return true;
  const counted = loops.get(place.loop) ?? { known: new Set<string>(), shown: new Set<string>(), fine: 0, failed: 0 };
  loops.set(place.loop, counted);
  return decided(counted, place.item, bad.has(place.item));
}

function decided(counted: Counted, item: string, isBad: boolean): boolean {
  if (!counted.known.has(item)) {
    counted.known.add(item);
    const count = isBad ? ++counted.failed : ++counted.fine;
    if (count <= (isBad ? FAILED_SHOWN : SUCCEEDED_SHOWN)) counted.shown.add(item);
  }
  return counted.shown.has(item);
}

function moreText(loop: string, { fine, failed }: Counted, id: string): string | undefined {
  const [succeeded, others] = [fine - SUCCEEDED_SHOWN, failed - FAILED_SHOWN];
  const told = [
    ...(succeeded > 0 ? [`${succeeded} more of ${loop} that succeeded`] : []),
    ...(others > 0 ? [`${others}${succeeded > 0 ? '' : ` more of ${loop}`} that did not`] : []),
  ];
  return told.length === 0 ? undefined : `… and ${told.join(', ')} (millrace runs show ${id} --all shows them)`;
}

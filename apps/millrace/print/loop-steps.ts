import type { RunView, StepView } from '../../control-api/index.js';

/** Items of one loop that are shown, unless everything is asked for. */
const SUCCEEDED_SHOWN = 20;
const FAILED_SHOWN = 50;
/** Of so many that succeeded, what their steps did, too. */
const SUCCEEDED_OPEN = 3;

/** Ends that nobody has to look at. */
const FINE: readonly StepView['status'][] = ['succeeded', 'skipped'];

/** A step, or what is said in place of those that were left out. */
export type ShownStep = StepView | { readonly more: string };

interface Counted {
  /** How an item is shown. */
  readonly items: Map<string, Shown>;
  /** Items of which the steps are left out. */
  readonly closed: Set<string>;
  fine: number;
  failed: number;
}

/** `closed`: its own row only. */
type Shown = 'open' | 'closed' | 'left out';

/**
 * The steps without the items of loops beyond the first that succeeded and the first that did not, so that a failure among thousands
 * is seen; what was left out of a loop is said behind its last step that is shown. Of items that succeeded only the first ones are
 * shown with their steps. Loops within items go with their item.
 */
export function fewItems({ id, steps }: Pick<RunView, 'id' | 'steps'>): ShownStep[] {
  const bad = new Set(steps.filter(({ status }) => !FINE.includes(status)).map(({ path }) => itemOf(path)?.item));
  const finished = new Set(steps.filter(({ kind }) => kind === 'item').map(({ path }) => path));
  const loops = new Map<string, Counted>();
  const kept = steps.filter(({ path }) => isShown(path, { bad, finished }, loops));
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

interface Items {
  /** Something in them somebody may have to look at. */
  readonly bad: ReadonlySet<string | undefined>;
  readonly finished: ReadonlySet<string>;
}

function isShown(path: string, items: Items, loops: Map<string, Counted>): boolean {
  const place = itemOf(path);
  if (!place) return true;
  const counted = loops.get(place.loop) ?? { items: new Map<string, Shown>(), closed: new Set<string>(), fine: 0, failed: 0 };
  loops.set(place.loop, counted);
  const shown = shownOf(counted, place.item, items);
  if (shown === 'closed' && path !== place.item) counted.closed.add(place.item);
  return shown === 'open' || (shown === 'closed' && path === place.item);
}

function shownOf(counted: Counted, item: string, items: Items): Shown {
  const known = counted.items.get(item);
  if (known) return known;
  const decided = items.bad.has(item) ? ofBad(++counted.failed) : ofFine(++counted.fine, items.finished.has(item));
  counted.items.set(item, decided);
  return decided;
}

function ofBad(nth: number): Shown {
  return nth <= FAILED_SHOWN ? 'open' : 'left out';
}

function ofFine(nth: number, isFinished: boolean): Shown {
  if (nth > SUCCEEDED_SHOWN) return 'left out';
  return nth > SUCCEEDED_OPEN && isFinished ? 'closed' : 'open';
}

function moreText(loop: string, { fine, failed, closed }: Counted, id: string): string | undefined {
  const [succeeded, others] = [fine - SUCCEEDED_SHOWN, failed - FAILED_SHOWN];
  const told = [
    ...(succeeded > 0 ? [`${succeeded} more of ${loop} that succeeded`] : []),
    ...(others > 0 ? [`${others}${succeeded > 0 ? '' : ` more of ${loop}`} that did not`] : []),
    ...(closed.size > 0 ? [`what the steps of ${closed.size} ${succeeded > 0 || others > 0 ? 'others' : `items of ${loop}`} did`] : []),
  ];
  return told.length === 0 ? undefined : `… and ${told.join(', ')} (millrace runs show ${id} --all shows all)`;
}

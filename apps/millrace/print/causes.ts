import type { CausesView } from '../../control-api/index.js';
import { printable, shorten, table } from './text.js';
import { localTime } from './time.js';

const MESSAGE_WIDTH = 70;

/** What dead letters failed of, a line for each cause. */
export function causeTable({ items, more }: CausesView): string {
  const rows = items.map(({ count, flowId, step, code, lastAt, message }) => [
    String(count),
    flowId,
    step === '' ? '—' : step,
    code,
    localTime(lastAt),
    shorten(printable(message), MESSAGE_WIDTH),
  ]);
  const end = more ? '\n\nThese are the newest dead letters; there are more.' : '';
  return `${table(['RUNS', 'FLOW', 'STEP', 'CODE', 'LAST', 'PROBLEM'], rows)}${end}`;
}

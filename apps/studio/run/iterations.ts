import type { Iteration, Iterations } from './overlay.js';

/** `each:3,each[3].inner:0` as the chosen iteration of each loop. What cannot be read is left out. */
export function readIterations(text: string | undefined): Iterations {
  const pairs = (text ?? '').split(',').map((part) => /^(.+):(\d+)$/.exec(part));
  return Object.fromEntries(pairs.flatMap((pair) => (pair ? [[pair[1]!, Number(pair[2])]] : [])));
}

/** Another choice for one loop; what was chosen inside of it no longer counts. */
export function withIteration(text: string | undefined, path: string, index: number): string {
  const kept = Object.entries(readIterations(text)).filter(([known]) => known !== path && !known.startsWith(`${path}[`));
  return [...kept, [path, index]].map(([known, at]) => `${known}:${at}`).join(',');
}

/** The next item that failed after this one, else the first that did. */
export function nextFailedItem(all: readonly Iteration[], current: number | undefined): Iteration | undefined {
  const failed = all.filter(({ status }) => status === 'failed');
  return failed.find(({ index }) => index > (current ?? -1)) ?? failed[0];
}

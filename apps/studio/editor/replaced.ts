import type { Edit, EditResult } from '@millrace/flow';

/** One edit of what differs; none when nothing does. */
export function differenceOf(from: string, to: string): Edit[] {
  if (from === to) return [];
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < most - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
  return [{ offset: start, length: from.length - start - end, content: to.slice(start, to.length - end) }];
}

/** An edit of the text that nothing but the text is known of. */
export function edited(text: string, edits: readonly Edit[]): EditResult {
  return { ok: true, text, edits, dangling: [], unsure: [], touched: [] };
}

/** One edit of what differs. */
export function replaced(from: string, to: string): EditResult {
  return edited(to, differenceOf(from, to));
}

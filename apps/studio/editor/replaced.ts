import type { EditResult } from '@millrace/flow';

/** One edit of what differs. */
export function replaced(from: string, to: string): EditResult {
  const most = Math.min(from.length, to.length);
  let start = 0;
  while (start < most && from[start] === to[start]) start += 1;
  let end = 0;
  while (end < most - start && from[from.length - 1 - end] === to[to.length - 1 - end]) end += 1;
  const edits = from === to ? [] : [{ offset: start, length: from.length - start - end, content: to.slice(start, to.length - end) }];
  return { ok: true, text: to, edits, dangling: [], unsure: [], touched: [] };
}

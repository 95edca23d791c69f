import type { RunView } from '../api/wire.js';
import { statusWords } from '../ui/glyph.js';

/** `Run failed`, or `Test failed`: what tests a draft counts for nothing else, and is never to be taken for the real thing. */
export function runWords({ test, status }: Pick<RunView, 'test' | 'status'>): string {
  return `${test ? 'Test' : 'Run'} ${statusWords(status).toLowerCase()}`;
}

/** Where the text is that a run followed: at its flow, or in the editor, where a draft is. */
export function followedPath({ flowId, version }: Pick<RunView, 'flowId' | 'version'>): string {
  return version === 0 ? `/flows/${flowId}/edit` : `/flows/${flowId}`;
}

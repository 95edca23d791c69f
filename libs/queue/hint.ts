/** The one queue there is. */
export const HINTS = 'millrace-hints';

/** Run ids of one commit. Nothing else: the run rows are the truth. */
export interface Hint {
  readonly runIds: readonly string[];
}

import { Conditions } from './conditions.js';
import { lowestId } from './partitions.js';
import type { Window } from './scan.js';

/** What lists of events, runs and refusals are narrowed by. */
export interface ListFilter {
  readonly flowId?: string | undefined;
  /** Only what is older than this id. */
  readonly before?: string | undefined;
  /** Only what is of this moment and later, in milliseconds. */
  readonly since?: number | undefined;
  /** A text that is looked for, letter by letter; also the beginning or the end of an id. */
  readonly search?: string | undefined;
  readonly limit: number;
}

/** The conditions that an index answers. */
export function bounds({ flowId, since }: ListFilter, { before, downTo }: Window, where = new Conditions()): Conditions {
  return where
    .add(flowId, (p) => `flow_id = ${p}`)
    .add(before, (p) => `id < ${p}::uuid`)
    .add(downTo, (p) => `id >= ${p}::uuid`)
    .add(since === undefined ? undefined : lowestId(since), (p) => `id >= ${p}::uuid`);
}

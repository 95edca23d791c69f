import type { RunItem } from '../api/wire.js';

type Ran = Pick<RunItem, 'flowId' | 'version'>;

/**
 * Says that runs were on a version that is not live any more; undefined where none was. `live`: the live version of each flow, 0
 * where there is none.
 */
export function outdatedWords(runs: readonly Ran[], live: ReadonlyMap<string, number>): string | undefined {
  const old = runs.filter(({ flowId, version }) => version > 0 && (live.get(flowId) ?? 0) > 0 && live.get(flowId) !== version);
  const [first] = old;
  if (!first) return undefined;
  const who = old.length === runs.length ? 'They' : 'Some of them';
  if (old.some(({ flowId }) => flowId !== first.flowId) || runs.some(({ flowId }) => flowId !== first.flowId))
    return `${who} ran on versions that are not live any more.`;
  const versions = [...new Set(old.map(({ version }) => version))].sort((a, b) => a - b);
  return `${who} ran on ${listed(versions)}; version ${live.get(first.flowId)} is live now.`;
}

/** Versions that are named one by one. */
const NAMED = 4;

function listed(versions: readonly number[]): string {
  if (versions.length === 1) return `version ${versions[0]}`;
  if (versions.length > NAMED) return 'older versions';
  return `versions ${versions.slice(0, -1).join(', ')} and ${versions.at(-1)}`;
}

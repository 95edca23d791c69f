import type { FlowList, RunItem } from '../api/wire.js';

/** What was run, and on which version. */
export type Ran = Pick<RunItem, 'flowId' | 'version'>;

/** The live version of each flow, 0 where there is none. */
export type LiveVersions = ReadonlyMap<string, number>;

export function liveVersions({ items }: Pick<FlowList, 'items'>): LiveVersions {
  return new Map(items.map(({ id, version }) => [id, version]));
}

/** Whether another version than that of this run is live now. */
export function isOutdated({ flowId, version }: Ran, live: LiveVersions): boolean {
  return version > 0 && (live.get(flowId) ?? 0) > 0 && live.get(flowId) !== version;
}

/** Says that runs were on a version that is not live any more; undefined where none was. */
export function outdatedWords(runs: readonly Ran[], live: LiveVersions): string | undefined {
  const old = runs.filter((run) => isOutdated(run, live));
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

import { flowIdPattern, hasErrors, type Flow, type Problem } from '@millrace/flow';
import {
  DraftMovedOn,
  textHash,
  type DraftEntity,
  type FlowEntity,
  type FlowVersionEntity,
  type PostgresDraftStore,
  type PostgresFlowStore,
  type Publication,
} from '@millrace/postgres';
import type { Catalog } from './catalog.js';
import { priorityOf, rateOf } from './live.js';
import { readFlowText, removeFlowFile, writeFlowText } from './flow-file.js';

/** The text that somebody began from. */
export interface Base {
  /** The version that was live; 0 for none. */
  readonly version: number;
  /** SHA-256 of the text, hex; empty for none. */
  readonly hash: string;
}

/** What stands where something was to be published: written by somebody else since its base. */
export interface Theirs {
  readonly from: 'file' | 'version';
  /** The newest version; 0 for none. */
  readonly version: number;
  /** Null when the file was deleted. */
  readonly text: string | null;
  readonly hash: string;
}

export type PublishResult =
  | { readonly kind: 'published' | 'unchanged'; readonly version: number }
  /** The text does not check. */
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'conflict'; readonly theirs: Theirs; readonly yours: string }
  /** The draft moved on; null when it is gone. */
  | { readonly kind: 'stale'; readonly draft: DraftEntity | null }
  | { readonly kind: 'missing' };

export type ArchiveResult =
  | { readonly kind: 'archived' }
  | { readonly kind: 'conflict'; readonly theirs: Theirs }
  /** Live flows call it; nothing was done. */
  | { readonly kind: 'called'; readonly callers: readonly string[] }
  | { readonly kind: 'missing' };

export interface PublisherParts {
  readonly catalog: Catalog;
  readonly flows: PostgresFlowStore;
  readonly drafts: PostgresDraftStore;
  /** The flows folder where it is the source; undefined where the database is. */
  readonly folder: string | undefined;
}

/** Ids whose files mean something else. */
const reservedIds = new Set(['credentials', 'endpoints']);

/** Why a flow cannot have this id; undefined when it can. */
export function flowIdObjection(id: string): string | undefined {
  if (reservedIds.has(id)) return `A flow cannot be called ${id}: ${id}.json is not a flow.`;
  if (new RegExp(flowIdPattern).test(id)) return undefined;
  return 'The id of a flow is written with lower-case letters, digits and dashes, at most 64 of them.';
}

class Conflict extends Error {
  constructor(readonly theirs: Theirs) {
    super('conflict');
  }
}

/** A text on its way to being a version. */
interface Candidate {
  readonly id: string;
  readonly text: string;
  /** Undefined publishes over whatever version is live, but never over a file that nobody published. */
  readonly base: Base | undefined;
  readonly publication: Omit<Publication, 'before'>;
}

/**
 * Makes versions, wherever texts come from: a draft, a deployment, an older version. Where the folder is the source its
 * file is written in the same action, before the version: what a crash between the two leaves is a file that becomes the
 * version at the next start.
 */
export class Publisher {
  constructor(private readonly parts: PublisherParts) {}

  /** Publishes the draft at this revision, and removes it. */
  async publishDraft(id: string, revision: number): Promise<PublishResult> {
    const draft = await this.parts.drafts.find(id);
    if (draft?.revision !== revision) return draft === null ? { kind: 'missing' } : { kind: 'stale', draft };
    const base = { version: draft.baseVersion, hash: draft.baseHash };
    return this.publish({ id, text: draft.text, base, publication: { origin: 'draft', draft: revision } });
  }

  /** Publishes a text from elsewhere. */
  deploy(id: string, text: string, base?: Base): Promise<PublishResult> {
    return this.publish({ id, text, base, publication: { origin: 'deploy' } });
  }

  /** Makes the text of an older version the newest one. It is checked against what is installed now. */
  async rollBack(id: string, version: number, base?: Base): Promise<PublishResult> {
    const old = await this.parts.flows.version(id, version);
    if (!old) return { kind: 'missing' };
    return this.publish({ id, text: old.text, base, publication: { origin: 'rollback', restored: version } });
  }

  /**
   * Takes a flow out of service: nothing starts it any more, and its file is gone where the folder is the source. Versions, runs
   * and events stay; rolling back brings it back. Without a base whatever version is live, but never a file that nobody published.
   * One that live flows call only with `force`: every run of theirs would fail there.
   */
  archive(id: string, base?: Base, force = false): Promise<ArchiveResult> {
    const { catalog, flows, folder } = this.parts;
    const before = async (latest: FlowVersionEntity | null): Promise<void> => {
      checkVersion(latest, NO_TEXT, base);
      if (folder !== undefined) await removeKnown(folder, { id, latest, base });
    };
    return catalog.change(async () => {
      const callers = catalog.flow(id) && !force ? catalog.callersOf(id) : [];
      if (callers.length > 0) return { kind: 'called', callers };
      try {
        return { kind: (await flows.archive(id, before)) ? 'archived' : 'missing' };
      } catch (error) {
        if (error instanceof Conflict) return { kind: 'conflict', theirs: error.theirs };
        throw error;
      }
    });
  }

  /** An operator's pause or its end; undefined when there is no such flow. */
  async pause(id: string, paused: boolean): Promise<FlowEntity | undefined> {
    const { catalog, flows } = this.parts;
    return (await catalog.change(() => flows.pause(id, paused))) ?? undefined;
  }

  /** The text that the next version would replace: the file where the folder is the source, else the newest version. */
  async current(id: string): Promise<{ readonly text: string; readonly hash: string } | undefined> {
    const { folder, flows } = this.parts;
    if (folder !== undefined) {
      const text = await readFlowText(folder, id);
      return text === undefined ? undefined : { text, hash: textHash(text) };
    }
    const live = (await flows.find(id))?.liveVersion;
    return (live ? await flows.version(id, live) : null) ?? undefined;
  }

  private publish(candidate: Candidate): Promise<PublishResult> {
    return this.parts.catalog.change(async () => {
      const { flow, problems } = this.parts.catalog.check(candidate.text, candidate.id);
      if (!flow || hasErrors(problems)) return { kind: 'refused', problems };
      return this.write(candidate, flow);
    });
  }

  private async write({ id, text, base, publication }: Candidate, flow: Flow): Promise<PublishResult> {
    const { flows, drafts, folder } = this.parts;
    const before = async (latest: FlowVersionEntity | null): Promise<void> => {
      checkVersion(latest, textHash(text), base);
      if (folder !== undefined) await writeOver(folder, { id, text, latest, base });
    };
    try {
      return await flows.publish(id, text, flow.enabled !== false, {
        ...publication,
        rate: rateOf(flow),
        priority: priorityOf(flow),
        before,
      });
    } catch (error) {
      if (error instanceof Conflict) return { kind: 'conflict', theirs: error.theirs, yours: text };
      if (error instanceof DraftMovedOn) return { kind: 'stale', draft: await drafts.find(id) };
      throw error;
    }
  }
}

/** Somebody published since the base, and something else than this. */
function checkVersion(latest: FlowVersionEntity | null, hash: string, base: Base | undefined): void {
  if (latest === null || base === undefined || latest.version === base.version) return;
  if (latest.hash === hash || latest.hash === base.hash) return;
  throw new Conflict({ from: 'version', version: latest.version, text: latest.text, hash: latest.hash });
}

/** The hash of no text. */
const NO_TEXT = '';

/** What was known of a flow's file before it is changed. */
interface Known {
  readonly id: string;
  readonly latest: FlowVersionEntity | null;
  readonly base: Base | undefined;
}

/** Writes the file unless somebody changed it since the base; without a base, since the newest version. */
async function writeOver(folder: string, { text, ...known }: Known & { readonly text: string }): Promise<void> {
  const file = await readFlowText(folder, known.id);
  if (file === text) return;
  const isDeletedByDesign = file === undefined && known.base === undefined;
  if (!isDeletedByDesign) checkFile(file, known);
  await writeFlowText(folder, known.id, text);
}

/** Removes the file unless somebody changed it since. */
async function removeKnown(folder: string, known: Known): Promise<void> {
  const file = await readFlowText(folder, known.id);
  if (file === undefined) return;
  checkFile(file, known);
  await removeFlowFile(folder, known.id);
}

function checkFile(file: string | undefined, { latest, base }: Known): void {
  const hash = file === undefined ? NO_TEXT : textHash(file);
  if (hash === (base?.hash ?? latest?.hash ?? NO_TEXT)) return;
  throw new Conflict({ from: 'file', version: latest?.version ?? 0, text: file ?? null, hash });
}

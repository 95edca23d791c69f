import { webhookRules, type WebhookRules } from '@millrace/engine';
import { checkTriggerOf, type CheckOptions, type Problem } from '@millrace/flow';
import type { DraftEntity } from '@millrace/postgres';
import { schemaCheck } from './components.js';
import type { CredentialBook } from './credentials.js';
import type { LiveFlow } from './live.js';

export interface Drafts {
  list(): Promise<DraftEntity[]>;
  /** Changes whenever any of them does. */
  revision(): Promise<string>;
}

/** What drafts are read with. */
export interface DraftSetting {
  readonly known: CheckOptions;
  readonly credentials: CredentialBook;
  /** Whether a version of the flow is live: its URL then is that version's. */
  isLive(flowId: string): boolean;
}

/**
 * An open URL that nobody published takes this much: enough to try things out by hand, and no room for whoever guesses
 * the ids of drafts to fill the database.
 */
const OPEN_RATE: NonNullable<WebhookRules['rate']> = { limit: 60, perMs: 60_000, key: () => '' };

/** The URLs of flows that were never published: they keep what comes, as their draft says, and run nothing. */
export class DraftPlaces {
  private places = new Map<string, LiveFlow>();
  private seen = '';

  constructor(private readonly drafts: Drafts | undefined) {}

  get(flowId: string): LiveFlow | undefined {
    return this.places.get(flowId);
  }

  all(): readonly LiveFlow[] {
    return [...this.places.values()];
  }

  /** Whether a draft changed since they were read. */
  async areOld(): Promise<boolean> {
    return this.drafts !== undefined && (await this.drafts.revision()) !== this.seen;
  }

  async read(setting: DraftSetting): Promise<void> {
    if (!this.drafts) return;
    const revision = await this.drafts.revision();
    const unpublished = (await this.drafts.list()).filter(({ flowId }) => !setting.isLive(flowId));
    this.places = new Map(unpublished.map((draft) => [draft.flowId, placeOf(draft, setting, this.places.get(draft.flowId))]));
    this.seen = revision;
  }
}

/** Half a text, as it is while somebody types, says nothing: what the last whole one said stays in force. */
function placeOf({ flowId, text }: DraftEntity, { known, credentials }: DraftSetting, before: LiveFlow | undefined): LiveFlow {
  const { trigger, readable, problems } = checkTriggerOf(text, known);
  const closed = (why: readonly Problem[]): LiveFlow => ({ ...draftOf(flowId, why), rules: undefined, credential: undefined });
  if (!readable && before?.rules) return before;
  if (!trigger) return closed(problems);
  if (trigger.type !== 'webhook') return { ...closed([]), trigger };
  const credential = trigger.credential === undefined ? undefined : credentials.get(trigger.credential);
  // A URL must never be open because its credential could not be had.
  if (trigger.credential !== undefined && !credential) return closed(problems);
  const rules = webhookRules(trigger, schemaCheck);
  const { endpoint } = trigger;
  return {
    ...draftOf(flowId, []),
    trigger,
    ...(endpoint !== undefined && { endpoint }),
    rules: credential ? rules : { ...rules, rate: rules.rate ?? OPEN_RATE },
    credential,
  };
}

function draftOf(id: string, problems: readonly Problem[]): Pick<LiveFlow, 'id' | 'version' | 'enabled' | 'draft' | 'problems'> {
  return { id, version: 0, enabled: true, draft: true, problems };
}

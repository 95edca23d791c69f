import type { DataSource } from 'typeorm';
import { DraftEntity } from './entities/draft.entity.js';

/** What a save or a removal came to. `stale`: somebody else was faster; `draft` is theirs, null when it is gone. */
export type DraftSaved = { readonly kind: 'saved'; readonly draft: DraftEntity } | DraftStale;
export interface DraftStale {
  readonly kind: 'stale';
  readonly draft: DraftEntity | null;
}

/** A text to be kept as a draft. */
export interface NewDraft {
  readonly flowId: string;
  readonly text: string;
  /** Taken over from the draft before when it is missing. */
  readonly base?: { readonly version: number; readonly hash: string };
}

const COLUMNS = `flow_id as "flowId", text, base_version as "baseVersion", base_hash as "baseHash", revision, updated_at as "updatedAt"`;

const CREATE = `
  insert into drafts (flow_id, text, base_version, base_hash) values ($1, $2, coalesce($3::int, 0), coalesce($4::text, ''))
  on conflict (flow_id) do nothing returning ${COLUMNS}`;

const UPDATE = `
  with changed as (
    update drafts set text = $2, base_version = coalesce($3::int, base_version), base_hash = coalesce($4::text, base_hash),
      revision = nextval('draft_revision'), updated_at = now()
    where flow_id = $1 and revision = $5::int returning *
  ) select ${COLUMNS} from changed`;

/** Drafts, one per flow, each changed only by whoever has seen its latest revision. */
export class PostgresDraftStore {
  constructor(private readonly dataSource: DataSource) {}

  find(flowId: string): Promise<DraftEntity | null> {
    return this.dataSource.getRepository(DraftEntity).findOneBy({ flowId });
  }

  /** All drafts, by flow. */
  list(): Promise<DraftEntity[]> {
    return this.dataSource.getRepository(DraftEntity).find({ order: { flowId: 'ASC' } });
  }

  /** Changes whenever any of them does. */
  async revision(): Promise<string> {
    const sql = `select coalesce(max(revision), 0) || '/' || count(*) as revision from drafts`;
    const rows = await this.dataSource.query<{ revision: string }[]>(sql);
    return rows[0]?.revision ?? '';
  }

  /**
   * Keeps a text, over the draft that has `revision`, or as a new draft where `revision` is 0. A save that was made
   * already, whose answer may have been lost, is made once.
   */
  async save({ flowId, text, base }: NewDraft, revision: number): Promise<DraftSaved> {
    const values = [flowId, text, base?.version, base?.hash];
    const [statement, parameters] = revision === 0 ? [CREATE, values] : [UPDATE, [...values, revision]];
    const rows = await this.dataSource.query<DraftEntity[]>(statement, parameters);
    if (rows[0] !== undefined) return { kind: 'saved', draft: rows[0] };
    const draft = await this.find(flowId);
    const isOurs = draft?.text === text && (base === undefined || (base.version === draft.baseVersion && base.hash === draft.baseHash));
    return isOurs ? { kind: 'saved', draft } : { kind: 'stale', draft };
  }

  /** Removes the draft that has `revision`. One that is gone already is removed. */
  async remove(flowId: string, revision: number): Promise<{ readonly kind: 'removed' } | DraftStale> {
    const { affected } = await this.dataSource.getRepository(DraftEntity).delete({ flowId, revision });
    const draft = affected === 1 ? null : await this.find(flowId);
    return draft === null ? { kind: 'removed' } : { kind: 'stale', draft };
  }
}

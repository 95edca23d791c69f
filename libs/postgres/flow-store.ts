import { createHash } from 'node:crypto';
import { UNUSED, type Priority, type UseRate } from '@millrace/engine';
import type { Problem } from '@millrace/flow';
import type { Pool } from 'pg';
import { LessThan } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import type { DataSource, EntityManager } from 'typeorm';
import { DraftEntity } from './entities/draft.entity.js';
import { FlowVersionEntity } from './entities/flow-version.entity.js';
import type { VersionOrigin } from './entities/flow-version.entity.js';
import { FlowEntity } from './entities/flow.entity.js';
import { PostgresLanes } from './lanes.js';
import { PostgresReleases } from './releases.js';
import { END_PRIORITY, SET_PRIORITY, SHIFT_S } from './sql/priorities.js';
import { END_RATE, SET_RATE } from './sql/rates.js';

/** One advisory lock for everybody who publishes: two processes that read the same folder make one version. */
const PUBLISH_LOCK = 0x6d696c6c;

export type Published = { readonly kind: 'published'; readonly version: number } | { readonly kind: 'unchanged'; readonly version: number };

/** SHA-256 of a text, hex: what tells versions, drafts and files apart. */
export function textHash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** A version without its text. */
export type VersionSummary = Omit<FlowVersionEntity, 'text'>;

/** How a version comes to be. */
export interface Publication {
  readonly origin: VersionOrigin;
  /** With `rollback`: the version whose text it is. */
  readonly restored?: number;
  /** How many runs of it begin within a time; undefined: as many as come. */
  readonly rate?: UseRate | undefined;
  /** Absent for the normal one. */
  readonly priority?: Priority | undefined;
  /** The revision of the draft that is published, and gone with it. */
  readonly draft?: number;
  /**
   * Called while nobody else publishes, with the newest version there is, before anything is written. What it throws
   * stops the publication and leaves everything as it was.
   */
  before?(latest: FlowVersionEntity | null): Promise<void>;
}

/** The draft that was to be published is no longer at the revision that whoever published it had seen. */
export class DraftMovedOn extends Error {}

interface Addition {
  readonly id: string;
  readonly text: string;
  readonly enabled: boolean;
  readonly publication: Publication;
  readonly version: number;
}

/** Flows and their immutable versions. */
export class PostgresFlowStore {
  private readonly lanes: PostgresLanes;
  private readonly releases: PostgresReleases;

  constructor(private readonly dataSource: DataSource) {
    const pool = (dataSource.driver as PostgresDriver).master as Pool;
    this.lanes = new PostgresLanes(pool);
    this.releases = new PostgresReleases(pool);
  }

  /** Makes `text` the live version unless it already is. The text must have been checked. */
  publish(id: string, text: string, enabled: boolean, publication: Publication = { origin: 'folder' }): Promise<Published> {
    return this.releasing(id, async (manager) => {
      const flow = await manager.findOneBy(FlowEntity, { id });
      const latest = await manager.findOne(FlowVersionEntity, { where: { flowId: id }, order: { version: 'DESC' } });
      await publication.before?.(latest);
      if (publication.draft !== undefined) await takeDraft(manager, id, publication.draft);
      await setRate(manager, id, publication.rate);
      await setPriority(manager, id, publication.priority);
      if (flow && isLive(flow, latest, textHash(text))) {
        await this.settle(manager, flow, { enabled, archived: false, problems: [] });
        return { kind: 'unchanged', version: latest.version };
      }
      return this.addVersion(manager, { id, text, enabled, publication, version: (latest?.version ?? 0) + 1 });
    });
  }

  private async addVersion(manager: EntityManager, { id, text, enabled, publication, version }: Addition): Promise<Published> {
    const { origin, restored = null } = publication;
    await upsert(manager, id, { enabled, archived: false, problems: [] });
    await manager.insert(FlowVersionEntity, { flowId: id, version, text, hash: textHash(text), origin, restored });
    await upsert(manager, id, { liveVersion: version });
    return { kind: 'published', version };
  }

  /**
   * An operator's pause, or its end. It stays whatever text is published, and over a restart. Gives the flow as it is
   * now, or null when there is none.
   */
  pause(id: string, paused: boolean): Promise<FlowEntity | null> {
    return this.releasing(id, async (manager) => {
      await manager.query(
        `update flows set paused = $2, revision = nextval('flow_revision'), updated_at = now() where id = $1 and paused <> $2`,
        [id, paused],
      );
      return manager.findOneBy(FlowEntity, { id });
    });
  }

  /** Keeps the last good version live and says why the newer text is not. */
  refuse(id: string, problems: readonly Problem[]): Promise<void> {
    return this.locked(async (manager) => {
      const flow = await manager.findOneBy(FlowEntity, { id });
      if (flow) await this.settle(manager, flow, { archived: false, problems });
      else await upsert(manager, id, { problems });
    });
  }

  /** Nothing starts the flow any more, its history stays. False where there is none, or it is archived. `before` as of a publication. */
  archive(id: string, before?: Publication['before']): Promise<boolean> {
    return this.releasing(id, async (manager) => {
      const flow = await manager.findOneBy(FlowEntity, { id, archived: false });
      if (!flow) return false;
      await before?.(await manager.findOne(FlowVersionEntity, { where: { flowId: id }, order: { version: 'DESC' } }));
      await setRate(manager, id, undefined);
      await upsert(manager, id, { archived: true });
      return true;
    });
  }

  /** Queues what is held for flows that go on: a front door learns a moment late of it, and many are not released at once. */
  async releaseHeld(): Promise<void> {
    if ((await this.releases.late()) > 0) await this.lanes.sweep();
  }

  list(): Promise<FlowEntity[]> {
    return this.dataSource.getRepository(FlowEntity).find({ order: { id: 'ASC' } });
  }

  find(id: string): Promise<FlowEntity | null> {
    return this.dataSource.getRepository(FlowEntity).findOneBy({ id });
  }

  version(flowId: string, version: number): Promise<FlowVersionEntity | null> {
    return this.dataSource.getRepository(FlowVersionEntity).findOneBy({ flowId, version });
  }

  /** Versions of a flow without their texts, newest first, older than `before`. */
  versions(flowId: string, limit: number, before?: number): Promise<VersionSummary[]> {
    return this.dataSource.getRepository(FlowVersionEntity).find({
      select: { flowId: true, version: true, hash: true, origin: true, restored: true, createdAt: true },
      where: { flowId, ...(before === undefined ? {} : { version: LessThan(before) }) },
      order: { version: 'DESC' },
      take: limit,
    });
  }

  /** Changes whenever any flow does. */
  async revision(): Promise<string> {
    const rows = await this.dataSource.query<{ revision: string | null }[]>('select max(revision) as revision from flows');
    return rows[0]?.revision ?? '0';
  }

  private locked<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [PUBLISH_LOCK]);
      return work(manager);
    });
  }

  /** The same for what may set a flow going again: its runs, and its lanes, go on once that is committed. */
  private async releasing<T>(id: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const done = await this.locked(work);
    // Housekeeping does what is not done here.
    await this.releases
      .of(id)
      .then(() => this.lanes.sweepFlow(id))
      .catch(() => undefined);
    return done;
  }

  /** Writes only what differs, so that a start without changes leaves the revision alone. */
  private async settle(manager: EntityManager, flow: FlowEntity, wanted: Wanted): Promise<void> {
    const current = { enabled: flow.enabled, archived: flow.archived, problems: flow.problems };
    if (JSON.stringify({ ...current, ...wanted }) === JSON.stringify(current)) return;
    await upsert(manager, flow.id, wanted);
  }
}

async function setPriority(manager: EntityManager, id: string, priority: Priority | undefined): Promise<void> {
  if (priority) await manager.query(SET_PRIORITY, [id, SHIFT_S[priority]]);
  else await manager.query(END_PRIORITY, [id]);
}

async function setRate(manager: EntityManager, id: string, rate: UseRate | undefined): Promise<void> {
  if (rate) await manager.query(SET_RATE, [id, rate.limit, rate.perMs, JSON.stringify(UNUSED)]);
  else await manager.query(END_RATE, [id]);
}

function isLive(flow: FlowEntity, latest: FlowVersionEntity | null, hash: string): latest is FlowVersionEntity {
  return latest !== null && flow.liveVersion === latest.version && latest.hash === hash;
}

async function takeDraft(manager: EntityManager, flowId: string, revision: number): Promise<void> {
  const { affected } = await manager.delete(DraftEntity, { flowId, revision });
  if (affected !== 1) throw new DraftMovedOn(`The draft of ${flowId} is no longer at revision ${revision}.`);
}

interface Wanted {
  readonly liveVersion?: number;
  readonly enabled?: boolean;
  readonly archived?: boolean;
  readonly problems?: readonly Problem[];
}

async function upsert(manager: EntityManager, id: string, wanted: Wanted): Promise<void> {
  await manager.query(
    `insert into flows (id, live_version, enabled, archived, problems)
     values ($1, $2::int, coalesce($3::boolean, true), coalesce($4::boolean, false), coalesce($5::jsonb, '[]'))
     on conflict (id) do update set
       live_version = coalesce($2::int, flows.live_version), enabled = coalesce($3::boolean, flows.enabled),
       archived = coalesce($4::boolean, flows.archived), problems = coalesce($5::jsonb, flows.problems),
       revision = nextval('flow_revision'), updated_at = now()`,
    [id, wanted.liveVersion, wanted.enabled, wanted.archived, wanted.problems && JSON.stringify(wanted.problems)],
  );
}

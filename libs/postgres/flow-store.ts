import { createHash } from 'node:crypto';
import type { Problem } from '@millrace/flow';
import type { DataSource, EntityManager } from 'typeorm';
import { FlowVersionEntity } from './entities/flow-version.entity.js';
import { FlowEntity } from './entities/flow.entity.js';
import { RELEASE_HELD, RELEASE_LATE_HELD } from './sql/runs.js';

/** One advisory lock for everybody who publishes: two processes that read the same folder make one version. */
const PUBLISH_LOCK = 0x6d696c6c;

export type Published = { readonly kind: 'published'; readonly version: number } | { readonly kind: 'unchanged'; readonly version: number };

/** Flows and their immutable versions. */
export class PostgresFlowStore {
  constructor(private readonly dataSource: DataSource) {}

  /** Makes `text` the live version unless it already is. The text must have been checked. */
  publish(id: string, text: string, enabled: boolean): Promise<Published> {
    return this.locked(async (manager) => {
      const flow = await manager.findOneBy(FlowEntity, { id });
      const hash = createHash('sha256').update(text).digest('hex');
      const latest = await manager.findOne(FlowVersionEntity, { where: { flowId: id }, order: { version: 'DESC' } });
      if (flow?.liveVersion && latest?.version === flow.liveVersion && latest.hash === hash) {
        await this.settle(manager, flow, { enabled, archived: false, problems: [] });
        return { kind: 'unchanged', version: flow.liveVersion };
      }
      const version = (latest?.version ?? 0) + 1;
      await upsert(manager, id, { enabled, archived: false, problems: [] });
      await manager.insert(FlowVersionEntity, { flowId: id, version, text, hash });
      await upsert(manager, id, { liveVersion: version });
      if (enabled) await manager.query(RELEASE_HELD, [id]);
      return { kind: 'published', version };
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

  /** The flow's file is gone: nothing starts it any more, its history stays. */
  archive(id: string): Promise<void> {
    return this.locked((manager) => upsert(manager, id, { archived: true }));
  }

  /** Queues what was held for flows that are enabled: a front door learns a moment late that a flow goes on. */
  async releaseHeld(): Promise<void> {
    await this.dataSource.query(RELEASE_LATE_HELD);
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

  /** Writes only what differs, so that a start without changes leaves the revision alone. */
  private async settle(manager: EntityManager, flow: FlowEntity, wanted: Wanted): Promise<void> {
    const current = { enabled: flow.enabled, archived: flow.archived, problems: flow.problems };
    if (JSON.stringify({ ...current, ...wanted }) === JSON.stringify(current)) return;
    await upsert(manager, flow.id, wanted);
    if (wanted.enabled && !flow.enabled) await manager.query(RELEASE_HELD, [flow.id]);
  }
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

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Events that wait for the run that they have together. A collection is the row that accepts of its key lock, and what
 * is looked at to see when it is due; `turn` changes when it is closed. Which run took an event stays known as long as
 * the event is kept.
 */
export class Collections1764400000014 implements MigrationInterface {
  readonly name = 'Collections1764400000014';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence collection_turns;

      create table collections (
        flow_id text not null,
        version int not null,
        key bytea not null,
        kind text not null check (kind in ('debounce', 'batch')),
        window_ms float8 not null,
        max_wait_ms float8,
        size int,
        depth int not null,
        turn bigint not null default nextval('collection_turns'),
        count int not null,
        bytes bigint not null,
        first_at timestamptz not null,
        last_at timestamptz not null,
        due_at timestamptz not null,
        primary key (flow_id, version, key)
      ) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
      create index collections_due on collections (due_at);

      create table collected (
        event_id uuid not null,
        flow_id text not null,
        version int not null,
        key bytea not null,
        place bigint generated always as identity,
        at timestamptz not null,
        bytes int not null,
        run_id uuid,
        primary key (event_id, flow_id)
      );
      create index collected_open on collected (flow_id, version, key, place) where run_id is null;
      create index collected_by_run on collected (run_id) where run_id is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table collected, collections; drop sequence collection_turns');
  }
}

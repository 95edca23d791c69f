import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Active runs live in a small hot table; events, finished runs and journal rows are history, range-partitioned on
 * their UUIDv7 ids (partitions are made by partitions.ts). No foreign key points at a partitioned table: it would
 * block detaching one.
 */
export class Initial1763700000000 implements MigrationInterface {
  readonly name = 'Initial1763700000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create sequence flow_revision;

      create table flows (
        id text primary key,
        live_version int,
        enabled boolean not null default true,
        archived boolean not null default false,
        problems jsonb not null default '[]',
        revision bigint not null default nextval('flow_revision'),
        updated_at timestamptz not null default now()
      );

      create table flow_versions (
        flow_id text not null references flows (id),
        version int not null,
        text text not null,
        hash text not null,
        created_at timestamptz not null default now(),
        primary key (flow_id, version)
      );

      create table events (
        id uuid primary key,
        flow_id text not null,
        received_at timestamptz not null,
        request bytea not null,
        body bytea not null
      ) partition by range (id);
      create index events_by_flow on events (flow_id, id);

      create table runs (
        id uuid primary key,
        event_id uuid not null,
        flow_id text not null,
        version int not null,
        status text not null check (status in ('queued', 'running', 'waiting', 'held')),
        runner uuid,
        claim int not null default 0,
        due_at timestamptz,
        started_at timestamptz,
        crashes int not null default 0,
        journal_rows int not null default 0,
        journal_rows_at_claim int not null default 0,
        check ((status = 'running') = (runner is not null))
      ) with (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);
      create index runs_due on runs (due_at) where due_at is not null;

      create table finished_runs (
        id uuid primary key,
        event_id uuid not null,
        flow_id text not null,
        version int not null,
        status text not null check (status in ('succeeded', 'failed', 'cancelled', 'filtered')),
        started_at timestamptz,
        finished_at timestamptz not null,
        error bytea
      ) partition by range (id);
      create index finished_runs_by_flow on finished_runs (flow_id, id);
      create index finished_runs_failed on finished_runs (id) where status = 'failed';
      create index finished_runs_by_event on finished_runs (event_id);

      create table journal (
        run_id uuid not null,
        path text not null,
        attempt int not null,
        status text not null check (status in ('started', 'succeeded', 'skipped', 'retrying', 'failed')),
        kind text not null,
        started_at timestamptz not null,
        finished_at timestamptz not null,
        data bytea not null,
        primary key (run_id, path, attempt)
      ) partition by range (run_id);

      create table dedupe_keys (
        flow_id text not null,
        key bytea not null,
        event_id uuid not null,
        duplicates int not null default 0,
        expires_at timestamptz not null,
        primary key (flow_id, key)
      );
      create index dedupe_keys_expiry on dedupe_keys (expires_at);

      create table runners (
        id uuid primary key,
        name text not null,
        lease_until timestamptz not null,
        started_at timestamptz not null default now()
      );

      create table refusals (
        id uuid primary key,
        flow_id text not null,
        at timestamptz not null,
        status int not null,
        code text not null,
        reason text not null,
        request bytea not null
      );
      create index refusals_by_flow on refusals (flow_id, id);
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop table refusals, runners, dedupe_keys, journal, finished_runs, runs, events, flow_versions, flows;
      drop sequence flow_revision;
    `);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What starts runs beside requests: schedules, and events that producers, steps and the system itself emit. */
export class Triggers1763720000000 implements MigrationInterface {
  readonly name = 'Triggers1763720000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- timing: cron line, interval and zone, so that a change is seen. turn: counts the changes, for the compare-and-set.
      -- waiting: times that are to start when the run before has ended. changed_at: by the clock that decided.
      create table schedules (
        flow_id text primary key,
        version int not null,
        timing text not null,
        turn bigint not null default 0,
        next_at timestamptz,
        last_at timestamptz,
        last_run uuid,
        waiting timestamptz[] not null default '{}',
        left_out bigint not null default 0,
        left_out_at timestamptz,
        left_out_because text,
        changed_at timestamptz not null
      );

      -- Emitted events: written with what they tell of, delivered to the flows that listen afterwards.
      -- key: the same event emitted again is found here. event_id, run_ids: what became of it.
      create table outbox (
        id bigint generated always as identity primary key,
        name text not null,
        key bytea unique,
        flow_id text,
        run_id uuid,
        depth int not null default 0,
        data bytea not null,
        emitted_at timestamptz not null default now(),
        delivered_at timestamptz,
        event_id uuid,
        run_ids uuid[] not null default '{}'
      );
      create index outbox_open on outbox (id) where delivered_at is null;
      create index outbox_delivered on outbox (delivered_at) where delivered_at is not null;

      -- Flows whose latest runs failed: only these are looked at for their recovery.
      create table failing_flows (
        flow_id text primary key,
        since timestamptz not null,
        failed_at timestamptz not null,
        run_id uuid not null,
        failures bigint not null default 1
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table failing_flows, outbox, schedules');
  }
}

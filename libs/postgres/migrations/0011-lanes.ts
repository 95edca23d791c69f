import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lanes: of the runs of a flow, or of those with an equal key, only some go on at a time, in the order of their commits. */
export class Lanes1764100000011 implements MigrationInterface {
  readonly name = 'Lanes1764100000011';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row per lane that has runs. taken: runs that have their turn, until they end. waiting: runs that stand in line.
      -- next_turn: counts all that ever came. let_in: how many of them the last accept let in at once.
      create table lanes (
        id uuid primary key,
        flow_id text not null,
        name text not null,
        most int not null,
        next_turn bigint not null,
        taken int not null,
        waiting int not null,
        let_in int not null
      ) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 2000);

      -- behind: it stands in line. turn: its place there; null once it has its turn.
      alter table runs drop constraint runs_status_check;
      alter table runs add constraint runs_status_check check (status in ('queued', 'running', 'waiting', 'held', 'behind'));
      alter table runs add column lane uuid, add column turn bigint;
      create index runs_in_lanes on runs (lane, turn) where lane is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update runs set status = 'queued', due_at = now() where status = 'behind';
      drop index runs_in_lanes;
      alter table runs drop column lane, drop column turn;
      alter table runs drop constraint runs_status_check;
      alter table runs add constraint runs_status_check check (status in ('queued', 'running', 'waiting', 'held'));
      drop table lanes;
    `);
  }
}

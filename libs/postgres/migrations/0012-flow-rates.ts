import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How many runs of a flow begin within a time. */
export class FlowRates1764300000012 implements MigrationInterface {
  readonly name = 'FlowRates1764300000012';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row per flow whose live version has a rate. state: what began lately. open_at: no room before that.
      create table flow_rates (
        flow_id text primary key,
        most int not null,
        per_ms bigint not null,
        state json not null,
        open_at timestamptz not null default now()
      ) with (fillfactor = 50);

      -- paced: nothing else holds it back, it begins when the rate of its flow has room.
      alter table runs drop constraint runs_status_check;
      alter table runs add constraint runs_status_check check (status in ('queued', 'running', 'waiting', 'held', 'behind', 'paced'));
      create index runs_paced on runs (flow_id, id) where status = 'paced';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      drop index runs_paced;
      update runs set status = 'queued', due_at = now() where status = 'paced';
      alter table runs drop constraint runs_status_check;
      alter table runs add constraint runs_status_check check (status in ('queued', 'running', 'waiting', 'held', 'behind'));
      drop table flow_rates;
    `);
  }
}

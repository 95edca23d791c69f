import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which runs are taken first when many wait. */
export class FlowPriorities1764400000043 implements MigrationInterface {
  readonly name = 'FlowPriorities1764400000043';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      -- A row per flow whose live version is of high or low priority. shift: how much later than others its runs are due.
      create table flow_priorities (
        flow_id text primary key,
        shift interval not null
      );
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table flow_priorities');
  }
}

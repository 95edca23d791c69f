import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What repeats a run is found by it. Few runs do, and the others have no part in these indexes. */
export class RepeatedRuns1764700000047 implements MigrationInterface {
  readonly name = 'RepeatedRuns1764700000047';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create index runs_repeating on runs (rerun_of) where rerun_of is not null;
      create index finished_runs_repeating on finished_runs (rerun_of) where rerun_of is not null;
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop index runs_repeating, finished_runs_repeating');
  }
}

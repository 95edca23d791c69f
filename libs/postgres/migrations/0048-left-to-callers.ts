import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A failed run whose caller was told of it is nobody's dead letter: whoever ran it again would do what its caller does again, too. */
export class LeftToCallers1764700000048 implements MigrationInterface {
  readonly name = 'LeftToCallers1764700000048';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table finished_runs drop constraint finished_runs_resolution_check,
        add constraint finished_runs_resolution_check check (resolution in ('rerun', 'discarded', 'caller'))
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      update finished_runs set resolution = null where resolution = 'caller';
      alter table finished_runs drop constraint finished_runs_resolution_check,
        add constraint finished_runs_resolution_check check (resolution in ('rerun', 'discarded'))
    `);
  }
}

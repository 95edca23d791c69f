import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Runs whose answer a caller of the front door wants. awaited_by: the process that keeps the caller and is rung.
 * answer_from: what counts as the answer. Both are of active runs only: what was answered stands in journal and output.
 */
export class AwaitedAnswers1763790000000 implements MigrationInterface {
  readonly name = 'AwaitedAnswers1763790000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      alter table runs add column awaited_by uuid,
        add column answer_from text check (answer_from in ('step', 'end'));
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`alter table runs drop column awaited_by, drop column answer_from`);
  }
}

import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What people ask to be done to many events or runs: which ones is decided once, in the commit of the order. turn counts the
 * pieces that are done: each is done by whoever saw the one before, in one commit with what it did.
 */
export class Operations1764200000018 implements MigrationInterface {
  readonly name = 'Operations1764200000018';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      create table operations (
        id uuid primary key,
        key text unique,
        kind text not null check (kind in ('replay', 'rerun', 'retry', 'discard', 'cancel')),
        state text not null default 'running' check (state in ('running', 'done', 'cancelled')),
        options jsonb not null,
        per_second real not null check (per_second > 0),
        total int not null default 0,
        done int not null default 0,
        failed int not null default 0,
        turn int not null default 0,
        due_at timestamptz not null default now(),
        created_at timestamptz not null default now(),
        finished_at timestamptz
      );
      create index operations_due on operations (due_at) where state = 'running';

      -- runs: what was started for the item, or the run that it is.
      create table operation_items (
        operation_id uuid not null references operations (id) on delete cascade,
        position int not null,
        item_id uuid not null,
        state text not null default 'open' check (state in ('open', 'done', 'failed')),
        runs uuid[] not null default '{}',
        problem text,
        primary key (operation_id, position)
      );
      create index operation_items_open on operation_items (operation_id, position) where state = 'open';
      create index operation_items_failed on operation_items (operation_id, position) where state = 'failed';
    `);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table operation_items, operations');
  }
}

import type { Pool } from 'pg';
import { Conditions } from './conditions.js';
import { lowestId } from './partitions.js';
import { firstPage, type Found } from './scan.js';

/** One change that somebody made. */
export interface AuditEntry {
  /** Begins with its time. */
  readonly id: string;
  /** What was done, such as `flow.published`. */
  readonly action: string;
  /** To what: the id of a flow or run, the name of a credential. */
  readonly subject: string | null;
  /** What else is worth knowing: a version, a count. Never a secret. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
  readonly via: 'studio' | 'api' | 'command-line' | 'folder';
  /** As they call themselves; nobody checks it. */
  readonly person: string | null;
  /** Of whoever asked. */
  readonly address: string | null;
}

export interface AuditFilter {
  readonly action?: string | undefined;
  readonly subject?: string | undefined;
  /** Only entries older than this id. */
  readonly before?: string | undefined;
  readonly limit: number;
}

const COLUMNS = 'id, action, subject, details, via, person, address';
const KEEP = `insert into audit_log (${COLUMNS}) values ($1, $2, $3, $4, $5, $6, $7)`;

/** Every change that was made on purpose, for as long as it may be asked for. Entries are never changed. */
export class PostgresAuditLog {
  constructor(private readonly pool: Pool) {}

  async keep({ id, action, subject, details, via, person, address }: AuditEntry): Promise<void> {
    await this.pool.query(KEEP, [id, action, subject, details, via, person, address]);
  }

  /** Newest first. */
  list({ limit, ...filter }: AuditFilter): Promise<Found<AuditEntry>> {
    return firstPage(limit, (most) => this.find(filter, most));
  }

  /** Forgets what was done before this moment (milliseconds since the epoch). */
  async trim(before: number): Promise<void> {
    await this.pool.query('delete from audit_log where id < $1', [lowestId(before)]);
  }

  private async find({ action, subject, before }: Omit<AuditFilter, 'limit'>, limit: number): Promise<AuditEntry[]> {
    const where = new Conditions();
    where.add(before, (value) => `id < ${value}`);
    where.add(action, (value) => `action = ${value}`);
    where.add(subject, (value) => `subject = ${value}`);
    const text = `select ${COLUMNS} from audit_log ${where.where} order by id desc limit ${limit}`;
    return (await this.pool.query<AuditEntry>(text, where.values)).rows;
  }
}

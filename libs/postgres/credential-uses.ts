import type { Pool } from 'pg';
import { plainArray, textArray } from './packing.js';

/** Why a credential did not do. */
export interface CredentialFailure {
  readonly code: string;
  readonly reason: string;
}

/** When a credential was last used, in either direction. Times are ISO 8601. */
export interface CredentialUse {
  readonly succeededAt: string | null;
  readonly failedAt: string | null;
  readonly failure: CredentialFailure | null;
}

/** At most one statement in so many milliseconds, whatever is going on. */
const EVERY_MS = 3_000;
const REASON_CHARACTERS = 500;

const WRITE = `
  insert into credential_uses as known (name, succeeded_at, failed_at, failure_code, failure_reason)
  select name, to_timestamp(succeeded_at / 1000), to_timestamp(failed_at / 1000), code, reason
  from unnest($1::text[], $2::float8[], $3::float8[], $4::text[], $5::text[]) as t (name, succeeded_at, failed_at, code, reason)
  on conflict (name) do update set
    succeeded_at = greatest(known.succeeded_at, excluded.succeeded_at),
    failure_code = case when excluded.failed_at >= coalesce(known.failed_at, '-infinity') then excluded.failure_code else known.failure_code end,
    failure_reason = case when excluded.failed_at >= coalesce(known.failed_at, '-infinity') then excluded.failure_reason else known.failure_reason end,
    failed_at = greatest(known.failed_at, excluded.failed_at)`;

/** What happened to one credential since the last statement. */
interface Noted {
  succeededAt?: number;
  failedAt?: number;
  failure?: CredentialFailure;
}

/** Remembers when credentials were last used, written behind and gathered: of many uses only the last ones matter. */
export class PostgresCredentialUses {
  private noted = new Map<string, Noted>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly pool: Pool,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Never fails and never waits. */
  note(name: string, failure?: CredentialFailure): void {
    const noted = this.noted.get(name) ?? {};
    if (failure === undefined) noted.succeededAt = Date.now();
    else Object.assign(noted, { failedAt: Date.now(), failure });
    this.noted.set(name, noted);
    this.timer ??= setTimeout(() => void this.flush(), EVERY_MS).unref();
  }

  /** By credential name. */
  async all(): Promise<ReadonlyMap<string, CredentialUse>> {
    const { rows } = await this.pool.query<UseRow>('select * from credential_uses');
    return new Map(rows.map((row) => [row.name, useOf(row)]));
  }

  /** Forgets a credential that is gone. */
  async forget(name: string): Promise<void> {
    this.noted.delete(name);
    await this.pool.query('delete from credential_uses where name = $1', [name]);
  }

  /** Writes what was noted so far. Never fails. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const noted = this.noted;
    this.noted = new Map();
    if (noted.size > 0) this.writing = this.writing.then(() => this.write([...noted])).catch(this.onError);
    return this.writing;
  }

  private async write(noted: readonly (readonly [string, Noted])[]): Promise<void> {
    await this.pool.query(WRITE, [
      textArray(noted.map(([name]) => name)),
      plainArray(noted.map(([, { succeededAt }]) => succeededAt)),
      plainArray(noted.map(([, { failedAt }]) => failedAt)),
      textArray(noted.map(([, { failure }]) => failure?.code)),
      textArray(noted.map(([, { failure }]) => failure?.reason.slice(0, REASON_CHARACTERS))),
    ]);
  }
}

interface UseRow {
  readonly name: string;
  readonly succeeded_at: Date | null;
  readonly failed_at: Date | null;
  readonly failure_code: string | null;
  readonly failure_reason: string | null;
}

function useOf({ succeeded_at: succeeded, failed_at: failed, failure_code: code, failure_reason: reason }: UseRow): CredentialUse {
  return {
    succeededAt: succeeded?.toISOString() ?? null,
    failedAt: failed?.toISOString() ?? null,
    failure: code === null ? null : { code, reason: reason ?? '' },
  };
}

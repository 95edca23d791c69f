import type { DataSource, EntityManager } from 'typeorm';
import { EndpointEntity } from './entities/endpoint.entity.js';

/** What can be done to endpoints within one change. */
export interface EndpointChange {
  find(name: string): Promise<EndpointEntity | null>;
  /**
   * Keeps a definition over the endpoint that has the revision `seen`, or as a new one where `seen` is 0, or whatever is
   * there where it is undefined. Null when somebody else was faster; nothing was changed then.
   */
  put(name: string, definition: object, seen: number | undefined): Promise<EndpointEntity | null>;
  /** False when there was none of that name. */
  remove(name: string): Promise<boolean>;
}

const COLUMNS = `name, definition, revision, created_at as "createdAt", updated_at as "updatedAt"`;

const CREATE = `insert into endpoints (name, definition) values ($1, $2) on conflict (name) do nothing returning ${COLUMNS}`;

const CHANGED = `definition = $2, revision = nextval('endpoint_revision'), updated_at = now()`;

const REPLACE = `insert into endpoints (name, definition) values ($1, $2) on conflict (name) do update set ${CHANGED} returning ${COLUMNS}`;

const CHANGE = `
  with changed as (update endpoints set ${CHANGED} where name = $1 and revision = $3::int returning *)
  select ${COLUMNS} from changed`;

/** Shared endpoints that were made through the API. */
export class PostgresEndpointStore {
  constructor(private readonly dataSource: DataSource) {}

  /** By name. */
  list(): Promise<EndpointEntity[]> {
    return this.dataSource.getRepository(EndpointEntity).find({ order: { name: 'ASC' } });
  }

  find(name: string): Promise<EndpointEntity | null> {
    return this.dataSource.getRepository(EndpointEntity).findOneBy({ name });
  }

  /** Changes whenever any of them does. */
  async revision(): Promise<string> {
    const sql = `select coalesce(max(revision), 0) || '/' || count(*) as revision from endpoints`;
    const rows = await this.dataSource.query<{ revision: string }[]>(sql);
    return rows[0]?.revision ?? '';
  }

  /** Does the work in one transaction: all of it is committed or nothing. */
  change<T>(work: (change: EndpointChange) => Promise<T>): Promise<T> {
    return this.dataSource.transaction((manager) => work(endpointChange(manager)));
  }
}

/** The same within a transaction of somebody else. */
export function endpointChange(manager: EntityManager): EndpointChange {
  const repository = manager.getRepository(EndpointEntity);
  return {
    find: (name) => repository.findOneBy({ name }),
    put: async (name, definition, seen) => {
      const values = [name, JSON.stringify(definition)];
      const rows = await (seen === undefined
        ? manager.query<EndpointEntity[]>(REPLACE, values)
        : manager.query<EndpointEntity[]>(seen === 0 ? CREATE : CHANGE, seen === 0 ? values : [...values, seen]));
      return rows[0] ?? null;
    },
    remove: async (name) => ((await repository.delete({ name })).affected ?? 0) > 0,
  };
}

import type { DataSource, EntityManager } from 'typeorm';
import { endpointChange, type EndpointChange } from './endpoint-store.js';
import { SealedCredentialEntity } from './entities/sealed-credential.entity.js';

/**
 * One advisory lock for everybody who changes sealed credentials or their key: revisions are committed in their order,
 * and nobody seals with a key that another is about to retire.
 */
const SEAL_LOCK = 0x6d696c73;

/** What can be done to sealed credentials within one change. */
export interface SealedChange {
  list(): Promise<SealedCredentialEntity[]>;
  find(name: string): Promise<SealedCredentialEntity | null>;
  put(name: string, definition: object, sealed: string): Promise<void>;
  /** Only the envelope, as after a change of the key. */
  reseal(name: string, sealed: string): Promise<void>;
  /** False when there was none of that name. */
  remove(name: string): Promise<boolean>;
  /** For an endpoint that is made together with its credential. */
  readonly endpoints: EndpointChange;
}

/** Credentials with sealed secrets. Knows nothing of keys. */
export class PostgresSealedStore {
  constructor(private readonly dataSource: DataSource) {}

  list(): Promise<SealedCredentialEntity[]> {
    return this.dataSource.getRepository(SealedCredentialEntity).find({ order: { name: 'ASC' } });
  }

  /** Changes whenever any of them does. */
  async revision(): Promise<string> {
    const sql = `select coalesce(max(revision), 0) || '/' || count(*) as revision from sealed_credentials`;
    const rows = await this.dataSource.query<{ revision: string }[]>(sql);
    return rows[0]?.revision ?? '';
  }

  /** Does the work in one transaction, alone among all processes. All of it is committed or nothing. */
  change<T>(work: (change: SealedChange) => Promise<T>): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('select pg_advisory_xact_lock($1)', [SEAL_LOCK]);
      return work(changeOf(manager));
    });
  }
}

const PUT = `
  insert into sealed_credentials (name, definition, sealed) values ($1, $2, $3)
  on conflict (name) do update set
    definition = excluded.definition, sealed = excluded.sealed, revision = nextval('sealed_revision'), updated_at = now()`;

const RESEAL = `update sealed_credentials set sealed = $2, revision = nextval('sealed_revision') where name = $1`;

function changeOf(manager: EntityManager): SealedChange {
  const repository = manager.getRepository(SealedCredentialEntity);
  return {
    list: () => repository.find({ order: { name: 'ASC' } }),
    find: (name) => repository.findOneBy({ name }),
    put: async (name, definition, sealed) => void (await manager.query(PUT, [name, JSON.stringify(definition), sealed])),
    reseal: async (name, sealed) => void (await manager.query(RESEAL, [name, sealed])),
    remove: async (name) => ((await repository.delete({ name })).affected ?? 0) > 0,
    endpoints: endpointChange(manager),
  };
}

import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';

/** 32 random bytes that all processes of an instance share under a name; made when first asked for. */
export async function instanceSecret(pool: Pool, name: string): Promise<Buffer> {
  await pool.query('insert into instance_secrets (name, value) values ($1, $2) on conflict (name) do nothing', [name, randomBytes(32)]);
  const { rows } = await pool.query<{ value: Buffer }>('select value from instance_secrets where name = $1', [name]);
  if (!rows[0]) throw new Error(`The instance secret ${name} was removed while it was made; start again.`);
  return rows[0].value;
}

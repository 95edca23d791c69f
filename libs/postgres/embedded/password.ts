import { randomBytes } from 'node:crypto';
import { homeOwner, readSmallFile, writeDurably, type Home } from './home.js';

/** The superuser's password, from `postgres.password`; undefined when there is none yet. */
export function readPassword(home: Home): Promise<string | undefined> {
  return readSmallFile(home.password);
}

/** 192 random bits in hex: safe in SQL and in a URL without escaping. */
export function newPassword(): string {
  return randomBytes(24).toString('hex');
}

/** Keeps the password in `postgres.password`, readable by the owner of the home only. */
export async function keepPassword(home: Home, password: string): Promise<void> {
  await writeDurably(home.password, `${password}\n`, await homeOwner(home));
}

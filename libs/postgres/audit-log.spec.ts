import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startPrivatePostgres, type PrivatePostgres } from '../../test/contract/private-postgres.js';
import { newId } from '../engine/contract/index.js';
import { lowestId, PostgresAuditLog, type AuditEntry } from './index.js';

let server: PrivatePostgres;
let log: PostgresAuditLog;

beforeAll(async () => {
  server = await startPrivatePostgres();
  log = new PostgresAuditLog((await server.newDatabase()).pool);
}, 60_000);
afterAll(() => server.stop(), 60_000);

function entry(parts: Partial<AuditEntry>): AuditEntry {
  return { id: newId(), action: 'flow.paused', subject: 'hello', details: {}, via: 'api', person: null, address: '192.0.2.7', ...parts };
}

describe('the audit log', () => {
  it('gives back what was kept, newest first, page by page, and by what it is about', async () => {
    const kept = [
      entry({ action: 'flow.published', details: { version: 3, forced: false }, via: 'folder', address: null }),
      entry({ person: 'Ada' }),
      entry({ subject: null, action: 'session.begun' }),
      entry({ subject: 'other' }),
    ];
    for (const one of kept) await log.keep(one);
    const first = await log.list({ limit: 3 });
    expect(first.items).toEqual([...kept].reverse().slice(0, 3));
    expect(await log.list({ limit: 3, before: first.next! })).toEqual({ items: [kept[0]], next: null });
    expect((await log.list({ limit: 9, subject: 'hello' })).items).toEqual([kept[1], kept[0]]);
    expect((await log.list({ limit: 9, subject: 'hello', action: 'flow.paused' })).items).toEqual([kept[1]]);
  });

  it('forgets what is older than it is told', async () => {
    const old = entry({ id: lowestId(Date.now() - 1_000_000), subject: 'old' });
    const young = entry({ subject: 'young' });
    await log.keep(old);
    await log.keep(young);
    await log.trim(Date.now() - 999_000);
    expect((await log.list({ limit: 9, subject: 'old' })).items).toEqual([]);
    expect((await log.list({ limit: 9, subject: 'young' })).items).toEqual([young]);
  });
});

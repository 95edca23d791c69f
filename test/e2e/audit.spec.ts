import { execFile } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import type { AuditPage, AuditEntryView } from '../../apps/control-api/index.js';
import { eventually, printed, webhookFlow } from '../support/flow-files.js';
import { MAIN, startInstance, type TestInstance } from '../support/instance.js';

jest.setTimeout(300_000);

const SECRET = 'a-secret-that-nobody-may-read';
const JSON_TYPE = { 'content-type': 'application/json' };

let instance: TestInstance;

beforeAll(async () => {
  instance = await startInstance({ flows: webhookFlow('hello', {}), env: { MILLRACE_KEY: 'ab'.repeat(32) } });
});
afterAll(() => instance.stop());

type Shown = Pick<AuditEntryView, 'action' | 'subject' | 'details' | 'via' | 'person'>;

/** What was kept since this many entries, oldest first. */
async function entries(query = ''): Promise<Shown[]> {
  const { items } = await instance.api<AuditPage>(`audit?limit=200${query}`);
  return items.map(({ action, subject, details, via, person }) => ({ action, subject, details, via, person })).reverse();
}

function post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<unknown> {
  return instance.api(path, { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: JSON.stringify(body) });
}

describe('the audit log', () => {
  it('holds what was published from the folder, and what is taken out of it', async () => {
    await writeFile(join(instance.flows, 'brief.json'), JSON.stringify(webhookFlow('brief', {})['brief']));
    await eventually('its publication', async () => (await entries('&subject=brief')).at(0));
    await rm(join(instance.flows, 'brief.json'));
    await eventually('its archiving', async () => (await entries('&subject=brief')).at(1));
    expect(await entries('&subject=brief')).toEqual([
      { action: 'flow.published', subject: 'brief', details: { version: 1 }, via: 'folder', person: null },
      { action: 'flow.archived', subject: 'brief', details: {}, via: 'folder', person: null },
    ]);
  });

  it('names who did it as they call themselves, and how they came', async () => {
    await post('flows/hello/pause', {}, { 'x-millrace-as': encodeURIComponent('Zoë') });
    const env = { ...process.env, MILLRACE_HOME: instance.home, MILLRACE_FLOWS: instance.flows, MILLRACE_TOKEN: '' };
    await promisify(execFile)(process.execPath, [MAIN, 'resume', 'hello'], { env });
    const [paused, resumed] = (await entries('&subject=hello')).slice(-2);
    expect(paused).toEqual({ action: 'flow.paused', subject: 'hello', details: {}, via: 'api', person: 'Zoë' });
    expect(resumed).toMatchObject({ action: 'flow.resumed', via: 'command-line', person: userInfo().username });
    await printed(instance, /info .*Paused hello \(Zoë, api, 127\.0\.0\.1\)/);
    const { stdout } = await promisify(execFile)(process.execPath, [MAIN, 'audit', '--subject', 'hello'], { env });
    expect(stdout).toMatch(/^\S+ \S+ +Resumed hello +\(\S+, command-line, 127\.0\.0\.1\)\n\S+ \S+ +Paused hello +\(Zoë, api, /);
  });

  it('says when somebody signed in by a link', async () => {
    await fetch(`${instance.url}/runs?token=${instance.token}`, { redirect: 'manual' });
    await eventually('the entry', async () => (await entries('&action=session.begun')).at(0));
    expect(await entries('&action=session.begun')).toEqual([
      { action: 'session.begun', subject: null, details: {}, via: 'studio', person: null },
    ]);
  });

  it('holds no secret', async () => {
    const definition = { type: 'api-key', in: 'header', name: 'x-key', value: { secret: SECRET } };
    await instance.api('credentials/partner', { method: 'PUT', headers: JSON_TYPE, body: JSON.stringify(definition) });
    await post('credentials/partner/secret', { secret: `${SECRET}-2` });
    expect((await entries('&subject=partner')).map(({ action }) => action)).toEqual(['credential.sealed', 'credential.secret-added']);
    expect(JSON.stringify(await instance.api('audit?limit=200'))).not.toContain(SECRET);
  });

  it('holds nothing that was refused, only counted, or changed nothing', async () => {
    const before = await entries();
    await expect(post('flows/nowhere/pause')).rejects.toThrow(/404/);
    await expect(post('flows/hello/rollback', { version: 99 })).rejects.toThrow(/404/);
    await post('runs/cancel', { flow: 'hello' });
    await post('operations', { kind: 'replay', flow: 'hello' });
    await instance.api('flows/hello/pins/nothing', { method: 'DELETE' });
    const { text } = await instance.api<{ text: string }>('flows/hello/source');
    await post('flows/hello/check', { text });
    await post('flows/hello/versions', { text });
    expect(await entries()).toEqual(before);
  });

  it('tells an action that there is none of from one that nobody did', async () => {
    await expect(instance.api('audit?action=flow.exploded')).rejects.toThrow(/400.*action/);
    expect(await entries('&action=key.rotated')).toEqual([]);
  });
});

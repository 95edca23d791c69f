import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './index.js';

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'millrace-config-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

describe('the configuration', () => {
  it('has absolute paths, from the working directory', () => {
    const config = loadConfig(cwd, { MILLRACE_FLOWS: 'f', MILLRACE_HOME: '/var/lib/millrace' });
    expect(config).toMatchObject({
      home: '/var/lib/millrace',
      flows: join(cwd, 'f'),
      credentials: join(cwd, 'f', 'credentials.json'),
      cwd,
    });
    expect(loadConfig(cwd, { MILLRACE_CREDENTIALS: 'c.json' }).credentials).toBe(join(cwd, 'c.json'));
  });

  it('comes from .env where the environment says nothing', async () => {
    await writeFile(join(cwd, '.env'), '# ours\nPORT=4000\nHOST=0.0.0.0\nAPI_KEY="a key"\n');
    const config = loadConfig(cwd, { PORT: '5000' });
    expect([config.port, config.host, config.variable('API_KEY'), config.variable('NOBODY')]).toEqual([
      5000,
      '0.0.0.0',
      'a key',
      undefined,
    ]);
  });

  it('does not write into the environment', async () => {
    await writeFile(join(cwd, '.env'), 'MILLRACE_CONFIG_SPEC=1\n');
    const environment = {};
    loadConfig(cwd, environment);
    expect([environment, process.env['MILLRACE_CONFIG_SPEC']]).toEqual([{}, undefined]);
  });

  it('does without a .env, but not with one that cannot be read', async () => {
    expect(loadConfig(cwd, {}).port).toBe(3000);
    await mkdir(join(cwd, '.env'));
    expect(() => loadConfig(cwd, {})).toThrow(`Cannot read ${cwd}/.env`);
  });

  it('knows true and false', () => {
    expect([loadConfig(cwd, {}).hideUnknown, loadConfig(cwd, { MILLRACE_HIDE_UNKNOWN: 'true' }).hideUnknown]).toEqual([false, true]);
  });
});

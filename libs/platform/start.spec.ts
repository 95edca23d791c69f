import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '@millrace/config';
import { ensureFreePort } from './port.js';
import { isDeadProcess, processName } from './process-name.js';
import { controlToken } from './token.js';

describe('the port', () => {
  it('that is free is fine, and 0 always is', async () => {
    await ensureFreePort('127.0.0.1', 0);
  });

  it('in use is said, with what to type instead', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await expect(ensureFreePort('127.0.0.1', port)).rejects.toMatchObject({
      code: 'start.port-in-use',
      message: `Port ${port} on 127.0.0.1 is in use. Stop what listens there, or start with another one: PORT=${port + 1} npm start`,
    });
    server.close();
  });

  it('on an address of another machine is said', async () => {
    await expect(ensureFreePort('192.0.2.1', 0)).rejects.toMatchObject({ code: 'start.host-unknown' });
  });
});

describe('the name of a process', () => {
  it('tells that one lives, is gone, or is not for us to judge', () => {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    const [host, machine] = processName().split('/');
    expect(isDeadProcess(processName())).toBe(false);
    expect(isDeadProcess(`${host}/${machine}/1`)).toBe(false);
    expect(isDeadProcess(`elsewhere/${machine}/${pid}`)).toBe(false);
    expect(isDeadProcess(`${host}/unknown/${pid}`)).toBe(false);
    expect(isDeadProcess('')).toBe(false);
    expect(isDeadProcess(`${host}/${machine}/${pid}`)).toBe(machine !== 'unknown');
  });
});

describe('the token of the control API', () => {
  let home: string;
  beforeEach(async () => {
    home = join(await mkdtemp(join(tmpdir(), 'millrace-token-')), 'home');
  });
  afterEach(() => rm(join(home, '..'), { recursive: true, force: true }));

  const tokenIn = (part: Partial<Config> = {}): Promise<string> => controlToken({ home, ...part } as Config);

  it('is generated once, for its owner only', async () => {
    const token = await tokenIn();
    expect(token).toMatch(/^[\w-]{43}$/);
    expect(await tokenIn()).toBe(token);
    expect((await stat(join(home, 'token'))).mode & 0o777).toBe(0o600);
  });

  it('is one, however many processes start at the same time', async () => {
    const tokens = await Promise.all(Array.from({ length: 10 }, () => tokenIn()));
    expect(new Set(tokens).size).toBe(1);
    expect((await readFile(join(home, 'token'), 'utf8')).trim()).toBe(tokens[0]);
  });

  it('is kept for the next start where a crash left its file empty', async () => {
    await mkdir(home);
    await writeFile(join(home, 'token'), '');
    const token = await tokenIn();
    expect(await tokenIn()).toBe(token);
    expect((await stat(join(home, 'token'))).mode & 0o777).toBe(0o600);
  });

  it('is what MILLRACE_TOKEN says, and then no file is written', async () => {
    expect(await tokenIn({ token: 'mine' })).toBe('mine');
    await expect(stat(home)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('says what to do where no folder can be made', async () => {
    await expect(controlToken({ home: '/proc/millrace' } as Config)).rejects.toMatchObject({
      code: 'start.home-unusable',
      message: expect.stringMatching(/^MILLRACE_HOME \(\/proc\/millrace\) cannot be used: .*mkdir.* Set it to a folder of yours\.$/),
    });
  });

  it('that cannot be kept says what to do', async () => {
    await writeFile(home, 'a file where the folder should be');
    await expect(tokenIn()).rejects.toMatchObject({
      code: 'start.home-unusable',
      message: expect.stringMatching(/Set it to a folder of yours\.$/),
    });
  });
});

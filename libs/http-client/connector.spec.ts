import { isStepError } from '@millrace/component-sdk';
import { createHttpClient } from './client.js';
import type { Connect } from './connector.js';

/** A client whose connector only writes down where it was told to go: nothing ever leaves the process. */
function recordingClient(addresses: Record<string, string[]> = {}, allow: string[] = []) {
  const dialled: string[] = [];
  const resolved: string[] = [];
  const connect: Connect = ({ hostname, host, servername }, callback) => {
    dialled.push([hostname, host, servername].filter(Boolean).join(' '));
    callback(Object.assign(new Error('recorded'), { code: 'ECONNREFUSED' }), null);
  };
  const resolve = async (hostname: string): Promise<string[]> => {
    resolved.push(hostname);
    return addresses[hostname] ?? [];
  };
  const client = createHttpClient({ connect, resolve, allow });
  return { dialled, resolved, attempt: (url: string) => codeOf(client.request({ method: 'GET', url, headers: {} })) };
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  return isStepError(error) ? `${error.code}: ${error.message}` : String(error);
}

describe('guarded connections', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f000001/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://１２７.０.０.１/',
    'http://169.254.169.254/latest/meta-data/',
    'https://10.0.0.1/',
    'http://192.168.1.1:8080/',
    'http://100.64.0.1/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
  ])('refuse the literal %s before connecting', async (url) => {
    const { attempt, dialled, resolved } = recordingClient();
    expect(await attempt(url)).toMatch(/^address\.blocked: .*add .* to MILLRACE_HTTP_ALLOW/);
    expect([dialled, resolved]).toEqual([[], []]);
  });

  it('refuse a name when any of its addresses is not public', async () => {
    const { attempt, dialled } = recordingClient({ 'mixed.test': ['93.184.215.14', '10.0.0.7'] });
    expect(await attempt('http://mixed.test/')).toContain('mixed.test is at 10.0.0.7');
    expect(dialled).toEqual([]);
  });

  it('dial the address that was checked, not the name again, and keep the name for TLS', async () => {
    const { attempt, dialled, resolved } = recordingClient({ 'public.test': ['93.184.215.14'] });
    expect(await attempt('https://public.test:8443/')).toMatch(/^network\.refused/);
    expect(resolved).toEqual(['public.test']);
    expect(dialled).toEqual(['93.184.215.14 public.test:8443']);
  });

  it('check every new connection, so that a rebound name is refused', async () => {
    const answers = { 'rebind.test': ['93.184.215.14'] };
    const { attempt, dialled } = recordingClient(answers);
    await attempt('http://rebind.test/');
    answers['rebind.test'] = ['127.0.0.1'];
    expect(await attempt('http://rebind.test/')).toMatch(/^address\.blocked/);
    expect(dialled).toHaveLength(1);
  });

  it('try the next address when one cannot be reached', async () => {
    const { attempt, dialled } = recordingClient({ 'two.test': ['93.184.215.14', '93.184.215.15'] });
    expect(await attempt('http://two.test/')).toMatch(/^network\.refused/);
    expect(dialled.map((entry) => entry.split(' ')[0])).toEqual(['93.184.215.14', '93.184.215.15']);
  });

  it('reach private addresses that the operator allows, and no others', async () => {
    const { attempt } = recordingClient({ 'in.test': ['10.1.2.3'], 'out.test': ['10.2.2.3'] }, ['10.1.0.0/16']);
    expect(await attempt('http://in.test/')).toMatch(/^network\.refused/);
    expect(await attempt('http://out.test/')).toMatch(/^address\.blocked/);
  });

  it('say when a name has no address at all', async () => {
    expect(await recordingClient().attempt('http://empty.test/')).toMatch(/^network\.dns/);
  });
});

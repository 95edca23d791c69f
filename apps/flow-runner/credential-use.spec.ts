import { StepError, type ComponentContext } from '@millrace/component-sdk';
import { createCredential } from '@millrace/credentials';
import { reporting } from './credential-use.js';

const { credential } = createCredential('vendor', { type: 'api-key', name: 'x-key', value: { env: 'KEY' } }, () => 'a-long-enough-secret');

async function noted(fetch: () => Promise<{ status: number }>): Promise<[string, string | undefined][]> {
  const seen: [string, string | undefined][] = [];
  const watch = reporting(
    fetch as unknown as ComponentContext['fetch'],
    credential,
    (name, failure) => void seen.push([name, failure?.code]),
  );
  await watch('https://example.com').catch(() => undefined);
  return seen;
}

function failing(code: string, status?: number): () => Promise<never> {
  return () => Promise.reject(new StepError({ code, message: 'No.', ...(status !== undefined && { status }) }));
}

describe('the watch over a credential', () => {
  it('counts what was answered as taken, and 401 and 403 as not', async () => {
    expect(await noted(() => Promise.resolve({ status: 200 }))).toEqual([['vendor', undefined]]);
    expect(await noted(() => Promise.resolve({ status: 404 }))).toEqual([['vendor', undefined]]);
    expect(await noted(() => Promise.resolve({ status: 401 }))).toEqual([['vendor', 'http.401']]);
    expect(await noted(failing('http.403', 403))).toEqual([['vendor', 'http.403']]);
    expect(await noted(failing('credential.secret-expired'))).toEqual([['vendor', 'credential.secret-expired']]);
  });

  it('says nothing where nothing is known of it', async () => {
    expect(await noted(failing('network.refused'))).toEqual([]);
    expect(await noted(failing('http.500', 500))).toEqual([]);
  });

  it('hands on what the request gave, and watches nothing without a credential', async () => {
    const fetch = (() => Promise.resolve({ status: 200 })) as unknown as ComponentContext['fetch'];
    expect(reporting(fetch, undefined, () => undefined)).toBe(fetch);
    await expect(
      reporting(failing('http.403', 403) as unknown as ComponentContext['fetch'], credential, () => undefined)('https://x'),
    ).rejects.toMatchObject({ code: 'http.403' });
  });
});

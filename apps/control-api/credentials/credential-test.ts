import { StepError } from '@millrace/component-sdk';
import { verify, type Credential } from '@millrace/credentials';
import { createHttpClient } from '@millrace/http-client';
import type { TestedCredential } from '../wire/credential.js';

const TIMEOUT_MS = 15_000;
const SAMPLE = { method: 'POST', url: 'https://example.test/hook', body: Buffer.from('{"test":true}') } as const;

/** Signs a sample as a sender would and checks it as the front door would. Nothing leaves this process. */
export function testByItself(credential: Credential, now: Date): TestedCredential {
  try {
    const { url, headers, body = SAMPLE.body } = credential.apply({ ...SAMPLE, headers: {} }, { now });
    const rawHeaders = Object.entries(headers).flat();
    const verdict = verify(credential, { method: SAMPLE.method, url, rawHeaders, body: Buffer.from(body) }, now);
    if (verdict.ok)
      return told(
        true,
        'A sample that was signed with it was accepted. Whether the other side has the same secret only a real request shows.',
      );
    if (verdict.code === 'credential.not-for-incoming')
      return told(true, 'It is an address to send to, and can be used. Give it a URL to try it on.');
    return told(false, `A sample that was signed with it was refused: ${verdict.reason}`);
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    if (error.code === 'credential.cannot-sign')
      return told(true, 'It can check requests that come in. Only the vendor can sign them, so a real request has to show it.');
    return told(false, error.message);
  }
}

/** Sends a GET with it through the guarded client, as a step would. */
export async function testAgainst(credential: Credential, url: string, allow: readonly string[]): Promise<TestedCredential> {
  const http = createHttpClient({ allow: [...allow], timeoutMs: TIMEOUT_MS });
  try {
    const { status } = await http.request({ method: 'GET', url, headers: {}, accept: () => true }, { credential });
    const taken = status !== 401 && status !== 403;
    const sentence = taken ? `The other side answered ${status}.` : `The other side answered ${status}: it does not take this credential.`;
    return { ok: taken && status < 500, message: sentence, status };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return told(false, error.message);
  } finally {
    await http.close();
  }
}

function told(ok: boolean, message: string): TestedCredential {
  return { ok, message, status: null };
}

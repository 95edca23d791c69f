import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Config } from '@millrace/config';
import { StartError } from '../start-error.js';

type Certificate = Pick<Config, 'tlsCert' | 'tlsKey'>;

/** Plain HTTP, or TLS where a certificate is named. Throws a StartError when it cannot be used. */
export async function transport({ tlsCert, tlsKey }: Certificate, maxHeaderSize: number): Promise<object> {
  const options = { maxHeaderSize };
  if (tlsCert === undefined || tlsKey === undefined) return { http: options };
  try {
    const [cert, key] = await Promise.all([readFile(tlsCert), readFile(tlsKey)]);
    createSecureContext({ cert, key });
    return { https: { ...options, cert, key } };
  } catch (error) {
    throw new StartError(
      'start.tls-unusable',
      `The certificate ${tlsCert} with the key ${tlsKey} cannot be used: ${(error as Error).message}. Check MILLRACE_TLS_CERT and MILLRACE_TLS_KEY.`,
    );
  }
}

/** The path under which a proxy passes requests on. */
export function prefixOf(publicUrl: string | undefined): string {
  return publicUrl === undefined ? '' : new URL(publicUrl).pathname.replace(/\/+$/, '');
}

/** The path and query of a request whose target was sent as a whole URL, which RFC 9112, section 3.2.2 wants understood. */
export function originForm(target: string): string {
  const rest = target.replace(/^https?:\/\/[^/?#]*/i, '');
  return rest === target || rest.startsWith('/') ? rest : `/${rest}`;
}

/** Whether a proxy takes the prefix away or not, what comes after it is the same. */
export function withoutPrefix(url: string, prefix: string): string {
  if (prefix === '' || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  if (rest.startsWith('/')) return rest;
  return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
}

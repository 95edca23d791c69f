import { decodeHex } from '../../bytes.js';
import { headerValues, withHeader, type IncomingRequest } from '../../request.js';
import { refuse } from '../../verdict.js';
import { signatureIn, type CodeScheme } from './code-scheme.js';

const HEADER = 'X-HubSpot-Signature';
const VERSION = 'x-hubspot-signature-version';

type Signed = Pick<IncomingRequest, 'method' | 'url'> & { readonly body?: Uint8Array };

function version(name: 'v1' | 'v2', over: string, content: (request: Signed) => Buffer): CodeScheme {
  return {
    about: { header: HEADER, made: 'SHA-256 of the secret and what is signed, hex', over },
    digest: 'sha256-of-secret',
    encoding: 'hex',
    guarded: [HEADER.toLowerCase(), VERSION],
    read: (request) => {
      const [said = name] = headerValues(request, [VERSION]);
      if (said !== name) return refuse('credential.malformed', `The signature is not of version ${name}: use the scheme of its version.`);
      const signature = signatureIn(headerValues(request, [HEADER.toLowerCase()])[0], HEADER, decodeHex);
      return Buffer.isBuffer(signature) ? { signature, contents: [content(request)] } : signature;
    },
    prepare: (request) => ({
      request: { ...request, headers: withHeader(request.headers, 'X-HubSpot-Signature-Version', name) },
      content: content(request),
    }),
  };
}

// developers.hubspot.com, "Validating requests", versions 1 and 2: bare digests, kept for older apps. Key: the client secret.
export const hubspotV1 = version('v1', 'body', ({ body = new Uint8Array() }) => Buffer.from(body));

export const hubspotV2 = version('v2', 'method, URL, body', ({ method, url, body = new Uint8Array() }) =>
  Buffer.concat([Buffer.from(method + url, 'utf8'), body]),
);

import type { IncomingRequest, OutgoingRequest } from '../../request.js';
import type { Refused } from '../../verdict.js';

/** What a request says of its signature, and what that may have been made over. */
export interface SignatureClaim {
  readonly signature: Buffer;
  /** Several where senders differ in how they write the address; any of them may match. */
  readonly contents: readonly Buffer[];
  /** When it was signed, in milliseconds since 1970, where that is part of what is signed. */
  readonly signedAt?: number;
}

/**
 * A way of signing that cannot be said as data, because what is signed has to be rebuilt from the request.
 * Its fields cannot be overridden in the credentials file.
 */
export interface CodeScheme {
  /** For the reference: where the signature is, how it is made, over what. */
  readonly about: { readonly header: string; readonly made: string; readonly over: string };
  /** `sha1`, `sha256`: an HMAC of the content. `sha256-of-secret`: a bare digest of secret and content, one after the other. */
  readonly digest: 'sha1' | 'sha256' | 'sha256-of-secret';
  readonly encoding: 'hex' | 'base64';
  /** Names of headers that decide the outcome, in lower case: each may be sent once. */
  readonly guarded: readonly string[];
  /** How far `signedAt` may lie from now, in both directions. */
  readonly toleranceSeconds?: number;
  /** Pure; the claim, or why there is none. */
  read(request: IncomingRequest): SignatureClaim | Refused;
  /** The request with all headers but the signature, and what is to be signed of it. */
  prepare(request: OutgoingRequest, now: Date): { readonly request: OutgoingRequest; readonly content: Buffer };
}

/** The signature in a header, or why there is none. */
export function signatureIn(value: string | undefined, header: string, decode: (text: string) => Buffer | undefined): Buffer | Refused {
  if (value === undefined || value === '') {
    return { ok: false, status: 401, code: 'credential.missing', reason: `The header ${header} was not sent.` };
  }
  const bytes = decode(value);
  if (bytes !== undefined && bytes.length > 0) return bytes;
  return {
    ok: false,
    status: 401,
    code: 'credential.malformed',
    reason: `The signature in the header ${header} is not encoded as it should be.`,
  };
}

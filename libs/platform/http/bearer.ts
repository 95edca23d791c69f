/** The token that a request carries as `Authorization: Bearer …` (RFC 6750, section 2.1); undefined where it carries none. */
export function bearerOf({ authorization }: { readonly authorization?: string | undefined }): string | undefined {
  return /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1];
}

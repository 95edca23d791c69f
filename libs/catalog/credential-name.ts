/** Fits into a path and a shell without quoting. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** What names of credentials may be, as a sentence. */
export const CREDENTIAL_NAMES =
  'A credential is named by letters, digits, dots, dashes and underscores, 80 at the most, of which the first is a letter or a digit.';

/** Whether a credential may be called so, in the file as through the API. */
export function isCredentialName(name: string): boolean {
  return NAME.test(name);
}

import { isRecord } from '../shape.js';

/** What becomes of a definition that is to be sealed. */
export interface Split {
  /** With `{ "sealed": "<slot>" }` where a secret stood: may be stored and shown. */
  readonly definition: unknown;
  /** The secrets by slot. */
  readonly secrets: Readonly<Record<string, string>>;
}

/** The name of a slot, with its number: what stands in a definition in the place of a secret. */
export const SLOT = /^sealed_(\d{1,9})$/;

/**
 * Takes the secrets out of a definition: every `{ "secret": "…" }` becomes `{ "sealed": "<slot>" }`, its other keys stay.
 * References to slots of `kept` keep their secret, references to variables stay as they are.
 */
export function splitSecrets(definition: unknown, kept: Readonly<Record<string, string>> = {}): Split {
  const secrets: Record<string, string> = {};
  let last = Math.max(0, ...Object.keys(kept).map((slot) => Number(slot.slice('sealed_'.length))));
  const visit = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(visit);
    if (!isRecord(value)) return value;
    if (typeof value.secret === 'string') return taken(value as { readonly secret: string });
    if (typeof value.sealed === 'string' && Object.hasOwn(kept, value.sealed)) secrets[value.sealed] = kept[value.sealed]!;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, visit(item)]));
  };
  const taken = ({ secret, ...rest }: { readonly secret: string }): object => {
    last += 1;
    secrets[`sealed_${last}`] = secret;
    return { sealed: `sealed_${last}`, ...rest };
  };
  return { definition: visit(definition), secrets };
}

/**
 * The definition as `createCredential` reads it: slots become references by name. A reference is a name, and what it is
 * looked up in is the caller's business, so a credential need not know whether it was sealed.
 */
export function withReferences(definition: unknown): unknown {
  if (Array.isArray(definition)) return definition.map(withReferences);
  if (!isRecord(definition)) return definition;
  const { sealed, ...rest } = definition;
  if (typeof sealed === 'string' && SLOT.test(sealed)) return { env: sealed, ...rest };
  return Object.fromEntries(Object.entries(definition).map(([key, item]) => [key, withReferences(item)]));
}

import type { ComponentView, CredentialItem } from '../api/wire.js';
import { freeName } from '../flow/free-name.js';

/** A usual way to make a credential: what is asked for, and the definition that it becomes part of. */
export type Recipe = NonNullable<ComponentView['credential']>['recipes'][number];

/** What a new credential is for. */
export interface Wanted {
  /** Types that will do; all, unless said. */
  readonly types?: readonly string[];
  /** It is to verify requests, so an address will not do: that is only sent to. */
  readonly incoming?: boolean;
  /** Those of the components that it is for. */
  readonly recipes: readonly Recipe[];
}

const SIGNATURE: Recipe = {
  title: 'Signature of a sender',
  help: null,
  definition: { type: 'hmac', scheme: 'standard-webhooks' },
  asks: { scheme: 'How it signs', secret: 'Signing secret' },
};

/** Ways that fit any vendor. */
const GENERAL: readonly Recipe[] = [
  {
    title: 'Bearer token',
    help: null,
    definition: { type: 'api-key', in: 'header', name: 'authorization', prefix: 'Bearer ' },
    asks: { secret: 'Token' },
  },
  {
    title: 'Key in a header',
    help: null,
    definition: { type: 'api-key', in: 'header', name: 'x-api-key' },
    asks: { name: 'Header', secret: 'Key' },
  },
  {
    title: 'Key in the query',
    help: 'It ends up in logs on the way: only where nothing else is possible.',
    definition: { type: 'api-key', in: 'query', name: 'key' },
    asks: { name: 'Parameter', secret: 'Key' },
  },
  { title: 'User name and password', help: null, definition: { type: 'basic' }, asks: { username: 'User name', secret: 'Password' } },
  {
    title: 'Secret address',
    help: 'Whoever knows it may send there.',
    definition: { type: 'api-key', in: 'url' },
    asks: { secret: 'Address, https://…' },
  },
];

export interface Offered {
  /** Of the components that it is for. */
  readonly own: readonly Recipe[];
  readonly general: readonly Recipe[];
}

/** What a form offers: every recipe once. */
export function offeredRecipes({ types, incoming = false, recipes }: Wanted): Offered {
  const own = [...new Map(recipes.map((recipe) => [recipe.title, recipe])).values()];
  const ways = incoming ? [SIGNATURE, ...GENERAL] : [...GENERAL, SIGNATURE];
  const fits = (recipe: Recipe): boolean =>
    (types === undefined || types.includes(recipe.definition['type'] ?? '')) && !(incoming && isAddress(recipe));
  return { own: own.filter(fits), general: ways.filter(fits) };
}

/** A secret address is only sent to. */
export function isAddress({ definition }: Pick<CredentialItem, 'definition'>): boolean {
  return (definition as { in?: unknown } | null)?.in === 'url';
}

/** Whether Millrace can make its secret: where both sides only have to hold the same. What a vendor gives out, it cannot. */
export function mayGenerate({ own }: Offered, recipe: Recipe): boolean {
  return !own.includes(recipe) && !isAddress(recipe);
}

/** What is asked for beside the secret, with what the recipe suggests. */
export function suggestedAnswers({ asks, definition }: Recipe): Readonly<Record<string, string>> {
  const keys = Object.keys(asks).filter((key) => key !== 'secret');
  return Object.fromEntries(keys.map((key) => [key, definition[key] ?? '']));
}

/** A name that no credential has: of the vendor, where one is named, else of the way. */
export function suggestedName({ title }: Recipe, { scheme }: Readonly<Record<string, string>>, taken: readonly string[]): string {
  const plain = (scheme ?? title.split(' ')[0] ?? '').toLowerCase().replace(/[^a-z0-9-]/g, '') || 'credential';
  return freeName(plain, taken);
}

/** The definition as the server takes it. Without a secret it is to be made there. */
export function definitionOf(recipe: Recipe, answers: Readonly<Record<string, string>>, secret: string): object {
  const definition = { ...recipe.definition, ...answers };
  return secret === '' ? definition : { ...definition, ...placed(String(recipe.definition['type']), { secret }) };
}

function placed(type: string, secret: { readonly secret: string }): object {
  if (type === 'hmac') return { secrets: [secret] };
  return type === 'basic' ? { password: secret } : { value: secret };
}

import { withSecret } from '@millrace/credentials';
import { CommandError } from '../command.js';

/** The options of `credentials set` that say what a credential is. */
export interface DefinitionOptions {
  readonly type?: string;
  readonly scheme?: string;
  readonly header?: string;
  readonly query?: string;
  readonly address?: boolean;
  readonly prefix?: string;
  readonly algorithm?: string;
  readonly username?: string;
  readonly 'base-url'?: string;
  readonly rate?: string;
}

/** The definition that the options describe; undefined when they describe none. What is wrong with it the instance says. */
export function definitionOf(options: DefinitionOptions): object | undefined {
  const type = options.type ?? impliedType(options);
  const unplaced = unplacedOf(type, options);
  if (unplaced !== undefined) throw new CommandError(unplaced);
  if (type === undefined) return undefined;
  const { scheme, prefix, algorithm, username } = options;
  const given = { scheme, ...placeOf(type, options), prefix, algorithm, username };
  return { type, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}

function impliedType({ scheme, algorithm, username, query, address }: DefinitionOptions): string | undefined {
  if (scheme !== undefined || algorithm !== undefined) return 'hmac';
  if (username !== undefined) return 'basic';
  return query !== undefined || address === true ? 'api-key' : undefined;
}

/** What says nothing of a credential of this type would be passed over; the instance never hears of it. */
function unplacedOf(type: string | undefined, { header, query, prefix, address }: DefinitionOptions): string | undefined {
  if (type === undefined && (header !== undefined || prefix !== undefined))
    return 'Say with --type, or for a vendor with --scheme, what it is that --header and --prefix are of.';
  if (type !== undefined && type !== 'api-key' && (query !== undefined || address))
    return `--query and --address say where an api-key stands, not one of type ${type}.`;
  const places = [header !== undefined, query !== undefined, address === true].filter(Boolean);
  return places.length > 1 ? 'An api-key stands in one place: take one of --header, --query and --address.' : undefined;
}

function placeOf(type: string, { header, query, address }: DefinitionOptions): object {
  if (type !== 'api-key') return { header };
  if (address) return { in: 'url' };
  return query === undefined ? { in: 'header', name: header } : { in: 'query', name: query };
}

/** The definition with what any credential can have: where it points, and how often it may be used. */
export function withSettings(definition: unknown, { 'base-url': baseUrl, rate }: DefinitionOptions): object {
  const { rate: before, ...rest } = (definition ?? {}) as { readonly rate?: unknown };
  const kept = rate === undefined ? before : rateOf(rate);
  return { ...rest, ...(baseUrl !== undefined && { baseUrl }), ...(kept !== undefined && { rate: kept }) };
}

/** `90/10s`; undefined for `none`. What is wrong with its parts the instance says. */
function rateOf(text: string): object | undefined {
  if (text === 'none') return undefined;
  const [, limit, per] = /^(\d{1,9})\/(\S+)$/.exec(text) ?? [];
  if (per === undefined) throw new CommandError('--rate takes how many within how long, such as 90/10s, or none.');
  return { limit: Number(limit), per };
}

/** The definition with the secret where its type has it. */
export function place(definition: unknown, secret: string): object {
  const placed = withSecret(definition, secret);
  if ('refused' in placed) throw new CommandError(placed.refused);
  return placed.definition as object;
}

import { generateSecret } from '../seal/rotate.js';
import { codeSchemes } from './code/index.js';
import { schemeAliases, schemes } from './presets/index.js';
import type { SignatureScheme } from './scheme.js';

/** What there is to choose a scheme by. */
export interface ListedScheme {
  /** What `scheme` says. */
  readonly name: string;
  /** Other names for it that are understood, too. */
  readonly aliases: readonly string[];
  /** Where its signature travels: the name of a header, or a pointer into the body. */
  readonly signature: string;
  /** Whether its secret can be made here; otherwise the vendor makes a pair of keys. */
  readonly shared: boolean;
}

/** Every scheme that a credential of type `hmac` can name, by its name. */
export function listSchemes(): readonly ListedScheme[] {
  const data = Object.entries(schemes).map(([name, scheme]) => listed(name, placeOf(scheme)));
  const code = Object.entries(codeSchemes).map(([name, { about }]) => listed(name, about.header));
  return [...data, ...code].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listed(name: string, signature: string): ListedScheme {
  const aliases = Object.keys(schemeAliases).filter((alias) => schemeAliases[alias] === name);
  return { name, aliases, signature, shared: 'secret' in generateSecret({ type: 'hmac', scheme: name }) };
}

/** Of several spellings of one header, the one that is signed with. */
function placeOf({ header = [], signature = '' }: SignatureScheme): string {
  return [header].flat()[0] ?? signature;
}

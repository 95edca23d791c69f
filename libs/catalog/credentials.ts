import { readFile } from 'node:fs/promises';
import { createCredential, withReferences, type Credential, type CredentialConfig, type CredentialRate } from '@millrace/credentials';
import { positionsOf, propertiesOf, readJsonc, valueOf, type JsonDocument, type JsonNode, type Position } from '@millrace/flow';
import { CREDENTIAL_NAMES, isCredentialName } from './credential-name.js';
import { sealedLookup, type SealedEntry } from './vault/vault.js';

/** One thing wrong with the credentials. */
export interface CredentialFileProblem {
  readonly code: string;
  /** Begins with the place: the file, with `at` its line and column. */
  readonly message: string;
  readonly at?: Position;
}

/** What the checker may know of a credential. */
export interface KnownCredential {
  readonly type: string;
  readonly in?: string;
  /** The environment variable to set before the credential can be used. */
  readonly missing?: string;
  /** What is wrong with its definition otherwise, as a sentence. */
  readonly broken?: string;
}

/** A credential as it was defined: by the file, or sealed, which goes before the file. */
export interface DefinedCredential {
  readonly name: string;
  readonly source: 'file' | 'sealed';
  /** Sealed, and the file defines the same name. */
  readonly shadowsFile: boolean;
  /** Holds no secrets, but the names of variables and slots. */
  readonly definition: unknown;
  readonly updatedAt: Date | undefined;
}

/** The credentials by logical name, as far as they can be used, and why the others cannot. */
export interface CredentialBook {
  get(name: string): Credential | undefined;
  /** How often it may be used; undefined: there is no limit. */
  rate(name: string): CredentialRate | undefined;
  readonly known: ReadonlyMap<string, KnownCredential>;
  readonly defined: ReadonlyMap<string, DefinedCredential>;
  readonly problems: readonly CredentialFileProblem[];
}

type Variable = (name: string) => string | undefined;

/** An entry of either kind, on its way into the book. */
interface Entry extends DefinedCredential {
  /** Where to say that it is wrong. */
  readonly place: string;
  readonly config: unknown;
  readonly variable: Variable;
  readonly locked: string | undefined;
}

/**
 * Reads `credentials.json` and adds what is sealed; of one name in both, the sealed one counts, whole. Never fails: a file that is
 * missing or broken is a book with problems.
 */
export async function readCredentials(path: string, variable: Variable, sealed: readonly SealedEntry[] = []): Promise<CredentialBook> {
  const { entries, problems } = await readEntries(path);
  const file = entries.map(([name, config]) => fileEntry(name, config, path, variable));
  const names = new Set(file.map(({ name }) => name));
  const own = sealed.map((entry) => sealedEntry(entry, names.has(entry.name), variable));
  return book(new Map([...file, ...own].map((entry) => [entry.name, entry])), problems);
}

interface ReadEntries {
  readonly entries: readonly (readonly [name: string, config: unknown])[];
  readonly problems: readonly CredentialFileProblem[];
}

async function readEntries(path: string): Promise<ReadEntries> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string')
    return text.code === 'ENOENT' ? { entries: [], problems: [] } : broken(`${path} cannot be read: ${text.message}`);
  const document = readJsonc(text);
  const fault = syntaxFault(document);
  if (fault) return broken(`${path}:${fault.at.line}:${fault.at.column}: ${fault.message}`, fault.at);
  if (document.root?.type !== 'object') return broken(`${path}: This must be one object: names and what they stand for.`);
  return namedEntries(path, text, document.root);
}

/** What cannot be a name is told where it stands, and costs its entry only. */
function namedEntries(path: string, text: string, root: JsonNode): ReadEntries {
  const place = positionsOf(text);
  const entries: [string, unknown][] = [];
  const problems: CredentialFileProblem[] = [];
  for (const { key, value } of propertiesOf(root)) {
    const name = String(key.value);
    if (name.startsWith('$') || name.startsWith('x-')) continue;
    if (isCredentialName(name)) entries.push([name, value && valueOf(value)]);
    else problems.push(nameProblem(path, name, place(key.offset)));
  }
  return { entries, problems };
}

function nameProblem(path: string, name: string, at: Position): CredentialFileProblem {
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  const message = `${path}:${at.line}:${at.column}: ${shown} is left out. ${CREDENTIAL_NAMES}`;
  return { code: 'credential.name-invalid', message, at };
}

/** A key that stands twice is none: the last one counts. */
function syntaxFault({ text, faults }: JsonDocument): { readonly message: string; readonly at: Position } | undefined {
  const fault = faults.find(({ code }) => ABOUT_SYNTAX.has(code));
  return fault && { message: fault.message, at: positionsOf(text)(fault.offset) };
}

const ABOUT_SYNTAX: ReadonlySet<string> = new Set(['flow.syntax', 'flow.too-deep', 'flow.too-large']);

function broken(message: string, at?: Position): ReadEntries {
  return { entries: [], problems: [{ code: 'credentials.unreadable', message, ...(at && { at }) }] };
}

function fileEntry(name: string, config: unknown, place: string, variable: Variable): Entry {
  return { name, source: 'file', shadowsFile: false, definition: config, updatedAt: undefined, place, config, variable, locked: undefined };
}

function sealedEntry({ name, definition, secrets, locked, updatedAt }: SealedEntry, shadowsFile: boolean, variable: Variable): Entry {
  const lookup = sealedLookup(secrets, variable);
  const config = withReferences(definition);
  const common = { name, source: 'sealed', shadowsFile, definition, updatedAt, place: 'Sealed credentials' } as const;
  return { ...common, config, variable: (env) => lookup({ env }), locked };
}

function book(entries: ReadonlyMap<string, Entry>, fileProblems: readonly CredentialFileProblem[]): CredentialBook {
  const credentials = new Map<string, Credential>();
  const rates = new Map<string, CredentialRate>();
  const known = new Map<string, KnownCredential>();
  const problems = [...fileProblems];
  for (const [name, { config, variable, place, locked }] of entries) {
    const created =
      locked === undefined ? createCredential(name, config as CredentialConfig, ({ env }) => variable(env)) : unusable(locked);
    if (created.credential) credentials.set(name, created.credential);
    if (created.rate) rates.set(name, created.rate);
    known.set(name, describe(config, created.problems));
    for (const { code, message } of created.problems) problems.push({ code, message: `${place}: ${name}: ${message}` });
  }
  const defined = new Map(
    [...entries].map(([name, { source, shadowsFile, definition, updatedAt }]) => [
      name,
      { name, source, shadowsFile, definition, updatedAt },
    ]),
  );
  return { get: (name) => credentials.get(name), rate: (name) => rates.get(name), known, defined, problems };
}

interface Created {
  readonly credential?: Credential;
  readonly rate?: CredentialRate;
  readonly problems: readonly Pick<CredentialFileProblem, 'code' | 'message'>[];
}

function unusable(message: string): Created {
  return { problems: [{ code: 'credential.locked', message }] };
}

function describe(config: unknown, problems: readonly { code: string; message: string }[]): KnownCredential {
  const { type, in: place } = isRecord(config) ? config : {};
  const missing = problems.map(({ message }) => /environment variable (\S+?)[:\s]/.exec(message)?.[1]).find((name) => name !== undefined);
  const broken = missing === undefined ? problems[0]?.message : undefined;
  return {
    type: typeof type === 'string' ? type : 'unknown',
    ...(typeof place === 'string' ? { in: place } : {}),
    ...(missing === undefined ? {} : { missing }),
    ...(broken === undefined ? {} : { broken }),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

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
  /** What was read before is still in use. */
  readonly kept?: boolean;
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
  /** What stood in the file when it could last be read. */
  readonly file: FileEntries;
}

/** Names and what the file says of them, which holds no secrets. */
export type FileEntries = readonly (readonly [name: string, config: unknown])[];

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
 * missing or broken is a book with problems. A file that cannot be read is taken as it was in `before`, and so is an entry that
 * cannot be used any more: a slip of the pen must not close URLs and end runs.
 */
export async function readCredentials(
  path: string,
  variable: Variable,
  sealed: readonly SealedEntry[] = [],
  before: CredentialBook = NO_CREDENTIALS,
): Promise<CredentialBook> {
  const read = await readEntries(path);
  const stays = read.entries === undefined && before.file.length > 0;
  const entries = read.entries ?? before.file;
  const file = entries.map(([name, config]) => fileEntry(name, config, path, variable));
  const names = new Set(file.map(({ name }) => name));
  const own = sealed.map((entry) => sealedEntry(entry, names.has(entry.name), variable));
  const problems = stays ? read.problems.map(asKept) : [...read.problems, ...gonePart(path, read, before)];
  return { ...book(new Map([...file, ...own].map((entry) => [entry.name, entry])), problems, before), file: entries };
}

/** A book in which nothing is. */
export const NO_CREDENTIALS: CredentialBook = {
  get: () => undefined,
  rate: () => undefined,
  known: new Map(),
  defined: new Map(),
  problems: [],
  file: [],
};

interface ReadEntries {
  /** Undefined: they cannot be read. */
  readonly entries: FileEntries | undefined;
  readonly problems: readonly CredentialFileProblem[];
  /** There is no file. */
  readonly missing?: true;
}

function asKept(problem: CredentialFileProblem): CredentialFileProblem {
  return { ...problem, message: `${problem.message} What was read before stays in use.`, kept: true };
}

/** A file that is taken away takes its credentials with it. */
function gonePart(path: string, { missing }: ReadEntries, { file }: CredentialBook): CredentialFileProblem[] {
  if (!missing || file.length === 0) return [];
  const names = file.map(([name]) => name).join(', ');
  return [{ code: 'credentials.gone', message: `${path} is gone, and with it ${names}. Put it back, or seal them.` }];
}

async function readEntries(path: string): Promise<ReadEntries> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string')
    return text.code === 'ENOENT' ? { entries: [], problems: [], missing: true } : broken(`${path} cannot be read: ${text.message}`);
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
  return { entries: undefined, problems: [{ code: 'credentials.unreadable', message, ...(at && { at }) }] };
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

function book(
  entries: ReadonlyMap<string, Entry>,
  fileProblems: readonly CredentialFileProblem[],
  before: CredentialBook,
): Omit<CredentialBook, 'file'> {
  const credentials = new Map<string, Credential>();
  const rates = new Map<string, CredentialRate>();
  const known = new Map<string, KnownCredential>();
  const problems = [...fileProblems];
  for (const [name, entry] of entries) {
    const made = madeOf(entry, before);
    if (made.credential) credentials.set(name, made.credential);
    if (made.rate) rates.set(name, made.rate);
    known.set(name, made.known);
    problems.push(...made.problems);
  }
  const defined = new Map(
    [...entries].map(([name, { source, shadowsFile, definition, updatedAt }]) => [
      name,
      { name, source, shadowsFile, definition, updatedAt },
    ]),
  );
  return { get: (name) => credentials.get(name), rate: (name) => rates.get(name), known, defined, problems };
}

interface Made {
  readonly credential?: Credential | undefined;
  readonly rate?: CredentialRate | undefined;
  readonly known: KnownCredential;
  readonly problems: readonly CredentialFileProblem[];
}

/** An entry that cannot be used is as it was before, if it could be used then. */
function madeOf({ name, source, config, variable, place, locked }: Entry, before: CredentialBook): Made {
  const created: Created =
    locked === undefined ? createCredential(name, config as CredentialConfig, ({ env }) => variable(env)) : unusable(locked);
  const problems = created.problems.map(({ code, message }) => ({ code, message: `${place}: ${name}: ${message}` }));
  const [credential, known] = [before.get(name), before.known.get(name)];
  if (created.credential || !credential || !known || source !== 'file' || before.defined.get(name)?.source !== 'file')
    return { credential: created.credential, rate: created.rate, known: describe(config, created.problems), problems };
  return { credential, rate: before.rate(name), known, problems: problems.map(asKept) };
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

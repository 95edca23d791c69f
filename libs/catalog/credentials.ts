import { readFile } from 'node:fs/promises';
import { createCredential, type Credential, type CredentialConfig } from '@millrace/credentials';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';

/** One thing wrong with the credentials file. */
export interface CredentialFileProblem {
  readonly code: string;
  readonly message: string;
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

/** The credentials by logical name, as far as they can be used, and why the others cannot. */
export interface CredentialBook {
  get(name: string): Credential | undefined;
  readonly known: ReadonlyMap<string, KnownCredential>;
  readonly problems: readonly CredentialFileProblem[];
}

/** Reads `credentials.json`. Never fails: a file that is missing or broken is a book with problems. */
export async function readCredentials(path: string, variable: (name: string) => string | undefined): Promise<CredentialBook> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (typeof text !== 'string') return unreadable(path, text);
  const errors: ParseError[] = [];
  const entries = parse(text, errors, { allowTrailingComma: true }) as unknown;
  if (errors[0]) return broken(`${path}: ${printParseErrorCode(errors[0].error)} at offset ${errors[0].offset}. Mend the JSON.`);
  if (!isRecord(entries)) return broken(`${path} must be one object: names and what they stand for.`);
  return book(path, entries, variable);
}

function book(path: string, entries: Record<string, unknown>, variable: (name: string) => string | undefined): CredentialBook {
  const credentials = new Map<string, Credential>();
  const known = new Map<string, KnownCredential>();
  const problems: CredentialFileProblem[] = [];
  for (const [name, config] of Object.entries(entries)) {
    if (name.startsWith('$') || name.startsWith('x-')) continue;
    const created = createCredential(name, config as CredentialConfig, ({ env }) => variable(env));
    if (created.credential) credentials.set(name, created.credential);
    known.set(name, describe(config, created.problems));
    for (const { code, message } of created.problems) problems.push({ code, message: `${path}: ${name}: ${message}` });
  }
  return { get: (name) => credentials.get(name), known, problems };
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

function unreadable(path: string, error: NodeJS.ErrnoException): CredentialBook {
  return error.code === 'ENOENT' ? empty([]) : broken(`${path} cannot be read: ${error.message}`);
}

function broken(message: string): CredentialBook {
  return empty([{ code: 'credentials.unreadable', message }]);
}

function empty(problems: readonly CredentialFileProblem[]): CredentialBook {
  return { get: () => undefined, known: new Map(), problems };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import { readFile } from 'node:fs/promises';
import { parse, type ParseError } from 'jsonc-parser';
import type { EndpointItem } from '../../control-api/index.js';
import { CommandError } from '../command.js';
import { definitionOf } from '../credentials/definition.js';
import { piped } from '../credentials/read-secret.js';
import type { EndpointValues } from './options.js';

/** The body that the control API takes. What is wrong with it the instance says. */
export interface EndpointBody {
  readonly definition: object;
  readonly generate?: object;
  readonly revision: number;
}

/** A new endpoint: who may send has to be said, for a URL must not be open by an oversight. */
export async function created(values: EndpointValues): Promise<EndpointBody> {
  const { definition, generate } = await said({}, values);
  if (!generate && !values.open && !('credential' in definition)) {
    throw new CommandError(
      'Say who may send: --scheme <vendor> or --type <type> makes a secret, --credential <name> takes one that is there, --open lets anybody in.',
    );
  }
  return { definition, ...(generate && { generate }), revision: 0 };
}

/** What is there with what the options say. One of the file becomes one of its own, which goes before the file. */
export async function changed(now: EndpointItem, values: EndpointValues): Promise<EndpointBody> {
  const { definition, generate } = await said((now.definition ?? {}) as object, values);
  return { definition, ...(generate && { generate }), revision: now.revision };
}

async function said(
  before: object,
  values: EndpointValues,
): Promise<{ readonly definition: object; readonly generate: object | undefined }> {
  const generate = definitionOf(values);
  const ways = [values.credential !== undefined, generate !== undefined, values.open === true].filter(Boolean);
  if (ways.length > 1) throw new CommandError('Take one of --credential, --open, and --scheme or --type.');
  const base = values.definition === undefined ? before : await readDefinition(values.definition);
  const credential = ways.length > 0 ? { credential: values.credential } : {};
  const all = { ...base, ...given({ name: values.title, note: values.note }), ...credential };
  return { definition: given(all), generate };
}

function given(values: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

async function readDefinition(path: string): Promise<object> {
  const text = await (path === '-' ? piped() : readFile(path, 'utf8')).catch((error: Error) => {
    throw new CommandError(`${path} cannot be read: ${error.message}`);
  });
  const errors: ParseError[] = [];
  const value = parse(text, errors, { allowTrailingComma: true }) as unknown;
  if (errors.length > 0 || typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CommandError(`${path} must hold one JSON object, as an entry of endpoints.json.`);
  }
  return value;
}

import { readFile, writeFile } from 'node:fs/promises';
import { getNodeValue, parseTree, type Node, type ParseError } from 'jsonc-parser';
import type { FlowCase } from '@millrace/cases';
import { CommandError } from '../command.js';

/** Adds a case to the end of a cases file, whose comments and other cases stay as they are; makes the file where there is none. */
export async function appendCase(path: string, added: FlowCase): Promise<void> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]\n';
    throw error;
  });
  await writeFile(path, withCase(text, path, added), 'utf8');
}

function withCase(text: string, path: string, added: FlowCase): string {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  if (errors.length > 0 || root?.type !== 'array')
    throw new CommandError(`${path} is no list of cases. Mend it first: millrace test names the place.`);
  const names = (getNodeValue(root) as readonly Partial<FlowCase>[]).map((one) => one?.name);
  if (names.includes(added.name)) {
    throw new CommandError(`${path} has a case called ${JSON.stringify(added.name)} already. Say with --name what to call this one.`);
  }
  return inserted(text, root, JSON.stringify(added, undefined, 2).replaceAll('\n', '\n  '));
}

/** Right behind the last case, in front of whatever follows it: a comma, a comment. */
function inserted(text: string, { offset, children = [] }: Node, added: string): string {
  const last = children.at(-1);
  const at = last ? last.offset + last.length : offset + 1;
  return `${text.slice(0, at)}${last ? ',' : ''}\n  ${added}${last ? '' : '\n'}${text.slice(at)}`;
}

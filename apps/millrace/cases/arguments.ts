import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A flow by its id, its file or its cases file, as the path of its file. Folders stay what they are. */
export function flowPathOf(argument: string, { cwd, flows }: { readonly cwd: string; readonly flows: string }): string {
  if (argument.endsWith('.cases.json')) return argument.replace(/\.cases\.json$/, '.json');
  const isId = /^[a-z0-9][a-z0-9-]*$/.test(argument) && !existsSync(resolve(cwd, argument));
  return isId ? join(flows, `${argument}.json`) : argument;
}

import { operations } from '../openapi/operations.js';

const PATHS = operations.map(({ method, path }) => ({ method: method.toUpperCase(), parts: partsOf(path) }));

/** What the API can be asked for at this path, in capitals; nothing where it has no such path. Where there is GET there is HEAD. */
export function methodsAt(path: string): readonly string[] {
  const parts = partsOf(path);
  const methods = PATHS.filter((operation) => isSame(operation.parts, parts)).flatMap(({ method }) =>
    method === 'GET' ? ['GET', 'HEAD'] : method,
  );
  return [...new Set(methods)].sort();
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '');
}

/** A part in braces stands for any. */
function isSame(described: readonly string[], parts: readonly string[]): boolean {
  return described.length === parts.length && described.every((part, index) => part.startsWith('{') || part === parts[index]);
}

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** One file of the built studio as it is sent. */
export interface BuiltFile {
  readonly type: string;
  readonly bytes: Buffer;
  /** The same, compressed at build time; the encodings that a file is not worth are missing. */
  readonly encoded: Readonly<Partial<Record<Encoding, Buffer>>>;
}

export type Encoding = 'br' | 'gzip';

const SUFFIXES: Readonly<Record<Encoding, string>> = { br: '.br', gzip: '.gz' };

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * The files of a build by their path below it, read once: a lookup cannot leave the folder, and a rebuild under a running
 * server cannot mix two builds. Undefined when there is no build. What has another type than those of a build is left out.
 */
export function readBuiltFiles(folder: string): ReadonlyMap<string, BuiltFile> | undefined {
  if (!existsSync(join(folder, 'index.html'))) return undefined;
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => extname(path) in TYPES);
  return new Map(paths.map((path) => [path.replaceAll('\\', '/'), builtFile(join(folder, path))]));
}

function builtFile(path: string): BuiltFile {
  const encoded = Object.entries(SUFFIXES).filter(([, suffix]) => existsSync(path + suffix));
  return {
    type: TYPES[extname(path)]!,
    bytes: readFileSync(path),
    encoded: Object.fromEntries(encoded.map(([encoding, suffix]) => [encoding, readFileSync(path + suffix)])),
  };
}

/** The best encoding that the caller accepts (RFC 9110, 12.5.3) and the file has. `q=0` refuses one. */
export function bestEncoding({ encoded }: BuiltFile, accept: string | undefined): Encoding | undefined {
  const accepted = (accept ?? '').split(',').map((part) => part.trim().split(/\s*;\s*/));
  const takes = (name: Encoding): boolean => accepted.some(([coding, weight]) => coding === name && !/^q=0(\.0*)?$/.test(weight ?? ''));
  return (['br', 'gzip'] as const).find((name) => encoded[name] !== undefined && takes(name));
}

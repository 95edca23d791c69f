/**
 * Many rows as a few statement parameters: one binary blob that rows cut their bytes out of (sent as it is, no
 * hex, no escaping), and array literals for the rest. Measured cheaper than node-postgres's own array encoding,
 * which escapes every element.
 */
export class Blob {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;

  /** Appends bytes; answers their 1-based offset, as `substring(blob from … for …)` counts. */
  add(bytes: Uint8Array): number {
    const offset = this.length + 1;
    this.chunks.push(bytes);
    this.length += bytes.length;
    return offset;
  }

  toBuffer(): Buffer {
    return this.chunks.length === 1 ? asBuffer(this.chunks[0]!) : Buffer.concat(this.chunks, this.length);
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** For numbers and uuids, which need no quoting. `undefined` becomes NULL. */
export function plainArray(values: readonly (string | number | undefined)[]): string {
  return `{${values.map((value) => value ?? 'NULL').join(',')}}`;
}

/** For any text. `undefined` becomes NULL. NUL characters, which Postgres cannot hold, become U+FFFD. */
export function textArray(values: readonly (string | undefined)[]): string {
  return `{${values.map(textElement).join(',')}}`;
}

function textElement(value: string | undefined): string {
  if (value === undefined) return 'NULL';
  if (/^[A-Za-z0-9_.-]+$/.test(value) && value.toUpperCase() !== 'NULL') return value;
  return `"${value.replaceAll('\0', '\uFFFD').replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}

const encoder = new TextEncoder();

export function jsonBytes(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

export function parseJsonBytes<T>(bytes: Buffer): T {
  return JSON.parse(bytes.toString('utf8')) as T;
}

import type { StepRow } from '@millrace/engine';
import { jsonBytes, parseJsonBytes } from '../packing.js';
import type { JournalRow } from '../rows.js';
import type { BlobStore } from './blob-store.js';

/** A value that lies in the blob store. */
export interface BlobRef {
  readonly key: string;
  /** Of the value as JSON. */
  readonly bytes: number;
  /** How it begins, as JSON text. */
  readonly preview: string;
}

const SPILLED = ['input', 'output'] as const;
type Refs = Partial<Record<(typeof SPILLED)[number], BlobRef>>;

/** What a journal row keeps as bytes; `refs` stand for values that lie elsewhere. */
interface StoredData extends Pick<
  StepRow,
  'input' | 'output' | 'error' | 'retryAt' | 'resumeAt' | 'rateOf' | 'firstStartedAt' | 'deaths' | 'given'
> {
  readonly refs?: Refs;
}

/** The first bytes of a value as JSON text. */
export interface Beginning {
  readonly bytes: Uint8Array;
  /** Of the whole text, in bytes. */
  readonly size: number;
}

/** A row whose large values are references. */
export interface ListedRow extends StepRow {
  readonly refs?: Refs;
}

const PREVIEW_LENGTH = 500;

/**
 * How rows of the journal become bytes and come back. Inputs and outputs above `maxInline` bytes go to the blob store, where
 * they are safe before the row that names them commits.
 */
export class StepData {
  constructor(
    private readonly blobs?: BlobStore,
    private readonly maxInline = Infinity,
  ) {}

  /** At once for most rows; fails with a TypeError for what is not JSON. */
  encode(runId: string, row: StepRow): Uint8Array | Promise<Uint8Array> {
    const data = jsonBytes(storedData(row));
    return this.blobs && data.length > this.maxInline ? this.spilled(runId, row, this.blobs) : data;
  }

  /** Large values as references. */
  listed(row: JournalRow): ListedRow {
    const { path, attempt, status, kind, started_at: startedAt, finished_at: finishedAt } = row;
    return { path, attempt, status, kind, startedAt, finishedAt, ...parseJsonBytes<StoredData>(row.data) };
  }

  /** With all values. A step whose values are gone has failed: the run cannot go on without them. */
  async decode(row: JournalRow): Promise<StepRow> {
    const { refs, ...rest } = this.listed(row);
    if (!refs) return rest;
    const values = await Promise.all(SPILLED.map(async (name) => [name, refs[name] && (await this.fetched(refs[name]))] as const));
    const lost = values.some(([name, value]) => refs[name] && value === undefined);
    return lost ? lostRow(rest) : { ...rest, ...Object.fromEntries(values.filter(([, value]) => value !== undefined)) };
  }

  /** What the bytes of a row say that its step gave; undefined when that is gone. */
  async output(data: Buffer): Promise<StepRow['output']> {
    const { output, refs } = parseJsonBytes<StepRow & { readonly refs?: Refs }>(data);
    if (!refs?.output) return output;
    const bytes = await this.fetch(refs.output);
    return bytes && parseJsonBytes<NonNullable<StepRow['output']>>(Buffer.from(bytes));
  }

  /** The value of a reference as JSON text; undefined when it is gone. */
  async fetch(ref: BlobRef): Promise<Uint8Array | undefined> {
    return this.blobs?.get(ref.key);
  }

  /** Its first `most` bytes; undefined when it is gone. */
  async fetchBeginning(ref: BlobRef, most: number): Promise<Beginning | undefined> {
    const bytes = await this.blobs?.beginning(ref.key, most);
    return bytes && { bytes, size: ref.bytes };
  }

  private async fetched(ref: BlobRef): Promise<StepRow['output']> {
    const bytes = await this.fetch(ref);
    return bytes && parseJsonBytes<NonNullable<StepRow['output']>>(Buffer.from(bytes));
  }

  private async spilled(runId: string, row: StepRow, blobs: BlobStore): Promise<Uint8Array> {
    const data = storedData(row);
    const refs: { -readonly [K in keyof Refs]: Refs[K] } = {};
    for (const name of SPILLED) {
      const bytes = data[name] === undefined ? undefined : jsonBytes(data[name]);
      if (!bytes || bytes.length <= this.maxInline) continue;
      refs[name] = { key: await blobs.put(runId, bytes), bytes: bytes.length, preview: beginning(bytes) };
      data[name] = undefined;
    }
    return jsonBytes(Object.keys(refs).length > 0 ? { ...data, refs } : data);
  }
}

function storedData({ input, output, error, retryAt, resumeAt, rateOf, firstStartedAt, deaths, given }: StepRow): StoredData {
  return { input, output, error, retryAt, resumeAt, rateOf, firstStartedAt, deaths, given };
}

function beginning(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes.subarray(0, PREVIEW_LENGTH)).replace(/\uFFFD$/, '');
}

function lostRow(row: StepRow): StepRow {
  const message = `What ${row.path} was given or gave is not in the blob folder any more. Restore the folder (MILLRACE_BLOBS), or re-run from this step.`;
  return { ...row, status: 'failed', error: { code: 'output.lost', message, step: row.path, blame: 'operator' } };
}

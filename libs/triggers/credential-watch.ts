import type { Json } from '@millrace/component-sdk';

/** Where a credential was refused. */
export interface RefusedAt {
  readonly flow: string;
  readonly run: string;
  readonly step: string;
}

/** So many refusals in a row are no accident. */
const IN_A_ROW = 3;
const HOUR_MS = 3600 * 1000;

/** Sees how the other sides take our credentials, and tells of one that they go on refusing, once an hour. */
export class CredentialWatch {
  private readonly refusals = new Map<string, number>();
  private readonly toldIn = new Map<string, number>();

  constructor(
    /** The key keeps several processes from telling the same. */
    private readonly tell: (data: Json, key: string) => void,
    private readonly now: () => number,
  ) {}

  /** What a request with this credential was answered. */
  answered(credential: string, status: number, at: RefusedAt): void {
    if (status === 401 || status === 403) this.refused(credential, status, at);
    else this.refusals.delete(credential);
  }

  private refused(credential: string, status: number, { flow, run, step }: RefusedAt): void {
    const count = (this.refusals.get(credential) ?? 0) + 1;
    this.refusals.set(credential, count);
    const hour = Math.floor(this.now() / HOUR_MS);
    if (count < IN_A_ROW || this.toldIn.get(credential) === hour) return;
    this.toldIn.set(credential, hour);
    this.tell({ credential, status, refusals: count, flow, run, step }, `credential.failing/${credential}/${hour}`);
  }
}

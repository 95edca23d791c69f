/** What one request holds of the memory for bodies. */
export interface Share {
  /** False, and nothing taken, when that would be more than there is for all requests together. */
  reserve(bytes: number): boolean;
  release(): void;
}

/** The memory for bodies that are being read or wait for their commit. Many callers at a time must not exhaust the process. */
export class Pending {
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  /** What all requests together hold now. */
  get held(): number {
    return this.bytes;
  }

  share(): Share {
    let held = 0;
    return {
      reserve: (bytes) => {
        if (this.bytes + bytes > this.maxBytes) return false;
        this.bytes += bytes;
        held += bytes;
        return true;
      },
      release: () => {
        this.bytes -= held;
        held = 0;
      },
    };
  }
}

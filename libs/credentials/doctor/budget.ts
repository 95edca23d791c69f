/** A try costs its body and this much, which stands for parsing headers and making keys. */
const BYTES_OF_A_TRY = 4 * 1024;
/** Some tens of milliseconds of hashing. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Bounds the work of one diagnosis by the bytes that it hashes: whoever sends large bodies must not buy more of it. */
export class Budget {
  private left = MOST_BYTES;

  /** False when a try over a body of that size is no longer to be made. */
  spend(bodyBytes: number, secrets: number): boolean {
    this.left -= (bodyBytes + BYTES_OF_A_TRY) * Math.max(1, secrets);
    return this.left >= 0;
  }
}

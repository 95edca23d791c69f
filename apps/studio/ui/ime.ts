interface Pressed {
  readonly isComposing: boolean;
  readonly keyCode: number;
}

/** What browsers call every key that an IME takes. */
const TAKEN = 229;

/**
 * Whether a key is for the IME that a person types with, such as the Enter that takes what it suggests. Safari tells of that one once
 * the composition is over, and then only the code tells it apart: https://bugs.webkit.org/show_bug.cgi?id=165004
 */
export function isForIme({ isComposing, keyCode }: Pressed): boolean {
  return isComposing || keyCode === TAKEN;
}

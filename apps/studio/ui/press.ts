/** Whether what is pressed right now repeats the press before it. */
let repeats = false;

/** Keeps track of presses, for as long as the page is there. */
export function watchPresses(): void {
  // A click by a key or by a shortcut counts none: then the key decides, which came just before.
  addEventListener('click', ({ detail }) => (detail > 0 ? note(detail > 1) : undefined), true);
  addEventListener('keydown', ({ repeat }) => note(repeat), true);
  addEventListener('keyup', () => note(false), true);
}

/** For as long as the press is being dealt with: what happens by itself later repeats nothing. */
function note(value: boolean): void {
  repeats = value;
  if (value) setTimeout(() => (repeats = false));
}

/** Whether the press that is being dealt with is the second click of a double click, or comes from a key that is held. */
export function isRepeatedPress(): boolean {
  return repeats;
}

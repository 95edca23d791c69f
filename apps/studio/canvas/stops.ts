/** Frames after which what is shown is drawn, on a slow machine too. */
const DRAWN_WITHIN = 60;

/** What the arrow keys know an element by. */
export function stopOf({ dataset }: HTMLElement): string | undefined {
  return dataset['step'] ?? dataset['stop'];
}

/** The focus to a step, or to where one can be added, once it is drawn there and if it is wanted still; says when that is over. */
export function focusStop(stop: string, isWanted = (): boolean => true, onEnd = (): void => undefined): void {
  const name = CSS.escape(stop);
  const focus = (frames: number): void => {
    if (!isWanted()) return;
    const drawn = document.querySelector<HTMLElement>(`:is([data-step="${name}"], [data-stop="${name}"])`);
    if (!drawn && frames > 0) return void requestAnimationFrame(() => focus(frames - 1));
    onEnd();
    drawn?.focus({ preventScroll: true });
  };
  requestAnimationFrame(() => focus(DRAWN_WITHIN));
}

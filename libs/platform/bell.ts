/** Tells whoever listens in this process that something became due. Nothing depends on it: everybody looks by itself too. */
export class Bell {
  private readonly listeners = new Set<() => void>();

  listen(listener: () => void): void {
    this.listeners.add(listener);
  }

  ring(): void {
    for (const listener of this.listeners) listener();
  }
}

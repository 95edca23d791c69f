import { createContext, useContext, useSyncExternalStore } from 'react';
import type { Iteration, Overlay, StepState } from '../run/overlay.js';

/** What the canvas shows beside the structure: it changes often, and each node looks only at its own part. */
export interface CanvasView {
  /** Undefined when only the flow is shown. */
  readonly overlay: Overlay | undefined;
  readonly selected: string | undefined;
  /** Steps that are selected beside it. */
  readonly also: ReadonlySet<string>;
  /** The step that the Tab key reaches. */
  readonly entry: string;
  /** Steps with problems, by id. */
  readonly marked: ReadonlyMap<string, string>;
  /** Steps whose output is pinned for tests. */
  readonly pinned: ReadonlySet<string>;
}

const NOBODY: ReadonlySet<string> = new Set();

const EMPTY: CanvasView = {
  overlay: undefined,
  selected: undefined,
  also: new Set(),
  entry: 'trigger',
  marked: new Map(),
  pinned: new Set(),
};

/** A change here renders the nodes whose part differs, not the canvas. */
export class CanvasStore {
  private view = EMPTY;
  private readonly listeners = new Set<() => void>();
  private failedOf: { readonly overlay: Overlay | undefined; readonly steps: ReadonlySet<string> } = { overlay: undefined, steps: NOBODY };
  private readonly states = new Map<string, StepState>();

  set(view: CanvasView): void {
    this.view = view;
    for (const changed of this.listeners) changed();
  }

  readonly subscribe = (changed: () => void): (() => void) => {
    this.listeners.add(changed);
    return () => this.listeners.delete(changed);
  };

  readonly current = (): CanvasView => this.view;

  /** The steps that failed; the same set as long as they are the same. */
  failed(): ReadonlySet<string> {
    const { overlay } = this.view;
    if (this.failedOf.overlay === overlay) return this.failedOf.steps;
    const [known, fresh] = [this.failedOf.steps, overlay?.failed() ?? NOBODY];
    const isSame = known.size === fresh.size && [...fresh].every((id) => known.has(id));
    this.failedOf = { overlay, steps: isSame ? known : fresh };
    return this.failedOf.steps;
  }

  /** The same object as long as nothing of it differs. */
  state(id: string): StepState | undefined {
    const fresh = this.view.overlay?.state(id);
    if (!fresh) return undefined;
    const known = this.states.get(id);
    if (
      known &&
      known.status === fresh.status &&
      known.durationMs === fresh.durationMs &&
      known.attempts === fresh.attempts &&
      known.isFolded === fresh.isFolded &&
      known.given === fresh.given &&
      known.row === fresh.row
    )
      return known;
    this.states.set(id, fresh);
    return fresh;
  }
}

export const CanvasContext = createContext(new CanvasStore());

export function useCanvasView(): CanvasView {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, store.current);
}

export function useStepState(id: string): StepState | undefined {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, () => store.state(id));
}

export function useSelected(id: string): boolean {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, () => store.current().selected === id);
}

export function useAlsoSelected(id: string): boolean {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, () => store.current().also.has(id));
}

export function useIsEntry(id: string): boolean {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, () => store.current().entry === id);
}

export function useMark(id: string): string | undefined {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, () => store.current().marked.get(id));
}

export function useIsPinned(id: string): boolean {
  const store = useContext(CanvasContext);
  return useSyncExternalStore(store.subscribe, () => store.current().pinned.has(id));
}

const NO_ITERATIONS: readonly Iteration[] = [];

export function useIterations(id: string): { readonly all: readonly Iteration[]; readonly current: number | undefined } {
  const { overlay } = useCanvasView();
  return { all: overlay?.iterations(id) ?? NO_ITERATIONS, current: overlay?.iteration(id) };
}

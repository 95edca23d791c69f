/** What JSONata hands to a native function as `this`. */
export interface Focus {
  readonly environment: { lookup(name: string): unknown };
}

export interface NativeFunction {
  readonly _jsonata_function: true;
  readonly implementation: (this: Focus, ...args: never[]) => unknown;
  /** How many arguments functions like `$map` hand over; by default as many as the implementation has. */
  readonly arity?: number;
}

// JSONata reads a function's parameters out of its source text, so implementations keep plain parameter lists.
export function native(implementation: (this: Focus, ...args: never[]) => unknown): NativeFunction {
  return { _jsonata_function: true, implementation };
}

/** JSONata's own function of this name, with its argument checks; guarded names are renamed, so nothing hides it. */
export function original(focus: Focus, name: string): (...args: unknown[]) => unknown {
  const found = focus.environment.lookup(name) as {
    implementation(this: Focus, ...args: unknown[]): unknown;
    signature?: { validate(args: unknown[], context: unknown): unknown[] };
  };
  return (...args) => found.implementation.apply(focus, found.signature?.validate(trimmed(args), undefined) ?? args);
}

function trimmed(args: unknown[]): unknown[] {
  const last = args.findLastIndex((arg) => arg !== undefined);
  return args.slice(0, Math.max(1, last + 1));
}
